"""What is to be said, made safe for a speech program: its text is data, never a command."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

LONGEST_TEXT: Final = 4000
"""Characters of one utterance; a minute or two of speech. What is longer is cut off."""

SLOWEST: Final = 80
FASTEST: Final = 450
"""Words a minute that espeak-ng takes."""

_PHONEMES: Final = re.compile(r"\[(?=\[)")
"""espeak-ng reads phonemes, not text, between double brackets."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Utterance:
    """``language`` is one of the kiosk's, ``rate`` in words a minute, ``volume`` from 0 to 1."""

    text: str = field(repr=False)
    language: str
    rate: int
    volume: float


def clean(text: str) -> str:
    """Plain text on one line: no control characters, no phonemes, not longer than LONGEST_TEXT."""
    plain = _CONTROL.sub(" ", _PHONEMES.sub("[ ", text))
    return " ".join(plain.split())[:LONGEST_TEXT]


def is_sign(text: str) -> bool:
    """Whether it is punctuation alone, which is to be called by its name."""
    return bool(text) and not any(character.isalnum() for character in text)


def utterance(text: str, language: str, rate: int, volume: float) -> Utterance:
    """One that can be spoken: cleaned, with rate and volume within their limits."""
    return Utterance(clean(text), language, min(max(rate, SLOWEST), FASTEST), min(max(volume, 0.0), 1.0))
