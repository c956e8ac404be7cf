"""Which voice speaks a language: its own, or the closest one that is installed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

CLOSEST: Final = {
    "id": ("id", "ms"),
    # Javanese and Madurese have no voice of their own (espeak-ng 1.51); an Indonesian one reads their spelling right.
    "jv": ("jv", "id", "ms"),
    "mad": ("mad", "id", "ms"),
    "en": ("en-gb", "en", "en-us"),
}
"""By language: voices from best to worst."""


def parse_voices(listing: str) -> frozenset[str]:
    """Language codes of the voices in the table that ``espeak-ng --voices`` prints."""
    rows = (line.split() for line in listing.splitlines()[1:])
    return frozenset(row[1] for row in rows if len(row) > 1)


def choose_voice(language: str, installed: Collection[str]) -> str | None:
    """The best installed voice for a language; None when there is none that could be understood."""
    return next((voice for voice in CLOSEST.get(language, (language,)) if voice in installed), None)
