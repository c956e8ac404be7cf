"""Fees: what a service costs, as kiosk and server work it out and tell it. Money is whole rupiah."""

import math
from typing import Annotated

from pydantic import Field

from protocol.limits import FEE_RUPIAH

#: An amount on its way, or in a service's standard.
Rupiah = Annotated[int, Field(ge=0, le=FEE_RUPIAH)]


def rupiah(worked_out: float) -> int | None:
    """The amount that a rule gave, half a rupiah up; None for what is no amount: no number, below zero, above FEE_RUPIAH."""
    if not math.isfinite(worked_out) or not 0 <= worked_out <= FEE_RUPIAH:
        return None
    return min(math.floor(worked_out + 0.5), FEE_RUPIAH)
