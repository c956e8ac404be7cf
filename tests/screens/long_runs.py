"""Which of many ways are walked in each run, and which only in a long one (``make soak``)."""

from collections.abc import Iterable
from typing import Any

import pytest

LONG = pytest.mark.soak


def ways(every: Iterable[tuple[str, ...]], always: Iterable[tuple[str, ...]]) -> list[Any]:
    """Parameters for ``every`` way; those that are not among ``always`` belong to long runs."""
    short = set(always)
    return [pytest.param(*way, id="-".join(way), marks=() if way in short else LONG) for way in every]
