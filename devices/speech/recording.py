"""A recorded sound, as an author gave it to a form: played instead of spoken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

LARGEST_RECORDING: Final = 10_000_000
"""Bytes; ten minutes of good speech as MP3. What is larger is not played."""


@dataclass(frozen=True, slots=True)
class Recording:
    """``sound`` is a whole WAV, MP3, Ogg Vorbis or FLAC file; ``volume`` from 0 to 1."""

    sound: bytes = field(repr=False)
    volume: float
