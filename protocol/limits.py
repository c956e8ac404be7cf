"""Limits that kiosk and server both keep, and that its pages tell. Each stands here alone."""

import math
from typing import Annotated, Final

from pydantic import Field

from protocol.sealing import OVERHEAD

#: One batch of envelopes: items, and bytes of its JSON.
BATCH_ITEMS: Final = 50
BATCH_BYTES: Final = 1_000_000
#: One sealed envelope, as a batch carries it.
SEALED_BYTES: Final = 700_000
#: One attachment as it is sent, and as a camera or a form gives it.
ATTACHMENT_BYTES: Final = 10_000_000
ATTACHMENT_PLAIN_BYTES: Final = ATTACHMENT_BYTES - OVERHEAD
ATTACHMENTS_PER_SUBMISSION: Final = 30
#: What one request of an upload carries.
CHUNK_BYTES: Final = 262_144
#: A draft as it is kept at the server, and what a kiosk puts into one: sealing adds less than the difference.
DRAFT_BYTES: Final = 12_000_000
DRAFT_PLAIN_BYTES: Final = DRAFT_BYTES - 1_000
#: A citizen's answer to the office.
ANSWER_CHARACTERS: Final = 2_000
#: What an officer tells a citizen, and what field staff note of a visit.
NOTE_CHARACTERS: Final = 2_000
#: A notice on the kiosks' start screens, in each language.
NOTICE_CHARACTERS: Final = 500
#: The PIN of field staff.
PIN_DIGITS: Final = 6
#: The number of a person (NIK).
NIK_DIGITS: Final = 16
#: What one service may cost: a million million rupiah less one, more than any table of fees holds.
FEE_RUPIAH: Final = 999_999_999_999
#: An amount on its way, or in a service's standard.
Rupiah = Annotated[int, Field(ge=0, le=FEE_RUPIAH)]


def whole_rupiah(worked_out: float) -> int | None:
    """The amount that a rule gave, half a rupiah up; None for what is no amount: no number, below zero, above FEE_RUPIAH."""
    if not math.isfinite(worked_out) or not 0 <= worked_out <= FEE_RUPIAH:
        return None
    return min(math.floor(worked_out + 0.5), FEE_RUPIAH)
