"""A photograph that a citizen took, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protocol.peripherals import CaptureFault


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG without metadata and what was measured on it (see :class:`devices.camera.quality.Quality`).

    ``found_sheet`` tells whether a sheet was found and cut out, or the whole picture was kept; ``found_face`` that it
    is a portrait.
    """

    jpeg: bytes
    width: int
    height: int
    sharpness: float
    darkness: float
    glare: float
    found_sheet: bool = False
    found_face: bool = False


MESSAGES: Final = {fault: f"camera.{fault.value.lower()}" for fault in CaptureFault}
"""The key of the text that says what to do."""


@dataclass(frozen=True, slots=True)
class CaptureProblem:
    """``message`` is the key of the text that tells the citizen what to do; ``photo`` is what was taken, if anything,
    so that it can be shown and kept all the same."""

    kind: CaptureFault
    message: str
    photo: Photo | None = None
