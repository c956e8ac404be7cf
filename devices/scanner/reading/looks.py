"""Other ways to look at a picture, or at the place of one code in it: evened light, sharpened, turned, larger, smaller."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from devices.scanner.reading.decode import Grey, Read, Symbology
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")

EVEN_PARTS: Final = 16
"""The light is evened over squares of this share of the picture's width."""

EVEN_LEVEL: Final = 150.0

SMALL_PICTURE: Final = 800
"""Pixels of the longer side up to which a picture is also read enlarged."""

LOOK_MARGIN: Final = 0.2
"""How far around a code another look reaches, as a share of the code's size."""

Look = Callable[[Grey], Grey]


def evened(grey: Grey) -> Grey:
    """The picture in even light: each place divided by the mean of what is around it."""
    side = max(15, grey.shape[1] // EVEN_PARTS) | 1
    around = cv2.blur(grey, (side, side)).astype(np.float32) + 1.0
    even: Grey = cv2.divide(grey.astype(np.float32), around, scale=EVEN_LEVEL).clip(0, 255).astype(np.uint8)
    return even


def enlarged(grey: Grey) -> Grey | None:
    """Twice as large, or None when it is large already: decoders want some two pixels for the thinnest bar."""
    if max(grey.shape[:2]) > SMALL_PICTURE:
        return None
    twice: Grey = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return twice


def sharpened(grey: Grey) -> Grey:
    """Unsharp masking, for bars that a lens or a movement smeared."""
    soft = cv2.GaussianBlur(grey, (0, 0), 4)
    crisp: Grey = cv2.addWeighted(grey, 2.5, soft, -1.5, 0)
    return crisp


def place_of(read: Read, view: Grey) -> Grey:
    """The part of ``view`` around ``read``."""
    corners = np.array(read.corners)
    margin = LOOK_MARGIN * float(np.ptp(corners, axis=0).max()) + 12
    left, top = (max(0, int(edge)) for edge in corners.min(axis=0) - margin)
    right, bottom = (int(edge) + 1 for edge in corners.max(axis=0) + margin)
    return view[top:bottom, left:right]


def smaller(view: Grey) -> Grey:
    reduced: Grey = cv2.resize(view, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    return reduced


def turned(view: Grey, degrees: float = 2.0, scale: float = 1.25) -> Grey:
    """Turned a little and enlarged: other lines of pixels cross the bars."""
    height, width = view.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    turn[:, 2] += ((scale - 1) / 2 * width, (scale - 1) / 2 * height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    seen: Grey = cv2.warpAffine(view, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return seen


def turned_less(view: Grey) -> Grey:
    return turned(view, 1.0, 1.5)


def softened(view: Grey) -> Grey:
    soft: Grey = cv2.GaussianBlur(view, (0, 0), 0.8)
    return soft


LOOKS_AT_BARS: Final[tuple[Look, ...]] = (smaller, turned, turned_less)
"""Few: what is no code at all must not be asked until chance agrees."""

LOOKS_AT_PDF417: Final[tuple[Look, ...]] = (*LOOKS_AT_BARS, evened, sharpened, softened)
"""More: its rows are easily lost, and its error correction is easily led astray, but never by chance."""


def looks_at(symbology: str) -> tuple[Look, ...]:
    """In which other ways the place of such a code is looked at, before a read of it is believed."""
    return LOOKS_AT_PDF417 if symbology == Symbology.PDF417 else LOOKS_AT_BARS
