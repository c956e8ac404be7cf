"""A photograph that a citizen took, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class CaptureKind(StrEnum):
    """What is to be photographed."""

    DOCUMENT = "DOCUMENT"
    PORTRAIT = "PORTRAIT"


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


class CaptureFault(StrEnum):
    """Why a picture is not good enough."""

    TOO_DARK = "TOO_DARK"
    TOO_BLURRED = "TOO_BLURRED"
    GLARE = "GLARE"
    NO_FRAME = "NO_FRAME"
    NO_FACE = "NO_FACE"
    SEVERAL_FACES = "SEVERAL_FACES"
    FACE_TOO_SMALL = "FACE_TOO_SMALL"
    """Too far from the camera."""
    FACE_AT_EDGE = "FACE_AT_EDGE"
    """Too near, or not in the middle: a part of the photograph is outside of the picture."""
    FACE_TURNED = "FACE_TURNED"
    """Not looking at the camera."""


MESSAGES: Final = {fault: f"camera.{fault.value.lower()}" for fault in CaptureFault}
"""The key of the text that says what to do."""


@dataclass(frozen=True, slots=True)
class CaptureProblem:
    """``message`` is the key of the text that tells the citizen what to do; ``photo`` is what was taken, if anything,
    so that it can be shown and kept all the same."""

    kind: CaptureFault
    message: str
    photo: Photo | None = None
