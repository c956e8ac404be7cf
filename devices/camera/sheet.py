"""Documents before the camera: the sheet is found, cut out and flattened, measured, and kept as a JPEG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.camera import jpeg, quality
from devices.camera.frame import Picture
from devices.camera.photo import MESSAGES, CaptureProblem, Photo
from devices.vision import Quad, find_quads, rectify
from devices.vision.edges import Edges
from devices.vision.faces import FaceFinder, NoFaceModel
from devices.vision.rectify import true_aspect, visible_size
from protocol.peripherals import CaptureFault
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")

LARGEST_SIDE: Final = 2400
"""Pixels of the longer side of a flattened sheet: 200 dots an inch of A4."""

REFINE_REACHES: Final = (0.014, 0.004)
"""Shares of the picture's width within which the exact edge of a side is sought, one after the other: first away from
the rim of a shadow, then exactly."""

SMALLEST_SHEET: Final = 0.10
"""Least share of the picture that a sheet fills; what is smaller is a part of it (a table, a photograph)."""

PAPER_SHARE: Final = 0.55
"""Share of a sheet that is about as bright as its paper; of what has less it is asked whether it is a person. Print, photographs and
the shadow of a head leave more of nearly every document, and asking takes 30 ms."""

PAPER_BRIGHT: Final = 0.6
"""As bright as paper: this part of the brightness that a tenth of the sheet exceeds."""

PERSON_SHARE: Final = 0.04
"""Least share of the picture that a face fills when somebody stands before the camera. The one on a card fills a hundredth."""

DARK_ROOM: Final = 0.88
"""Darkness from which a picture without a sheet is dark, and not merely of a dark desk."""


@dataclass(frozen=True, slots=True)
class CaptureLimits:
    """Beyond these a picture is not good enough. Calibrate for each camera."""

    least_sharpness: float = 40.0
    most_darkness: float = 0.65
    most_glare: float = 0.004
    target_bytes: int = 300_000


def find_sheet(grey: NDArray[np.uint8]) -> Quad | None:
    """The sheet in the picture, its corners exact to about two pixels, or None."""
    area = float(grey.shape[0] * grey.shape[1])
    for quad in find_quads(grey, lines=True):
        if float(cv2.contourArea(quad)) >= SMALLEST_SHEET * area:
            edges = Edges(cv2.GaussianBlur(grey, (5, 5), 0))
            for reach in REFINE_REACHES:
                quad = edges.refined(quad, reach * grey.shape[1])
            return quad
    return None


def flatten(picture: Picture, quad: Quad) -> Picture:
    """The sheet alone, in its own proportions, with about as many pixels as it has in ``picture``."""
    across, down = visible_size(quad)
    aspect = true_aspect(quad, picture.shape[1], picture.shape[0])
    width, height = (across, across / aspect) if across >= down * aspect else (down * aspect, down)
    shrink = min(1.0, LARGEST_SIDE / max(width, height))
    return rectify(picture, quad, max(2, round(width * shrink)), max(2, round(height * shrink)))


def shows_person(picture: Picture, sheet: NDArray[np.uint8], faces: FaceFinder) -> bool:
    """Whether what was found in ``picture`` and flattened (grey) is no sheet, but shoulders, a wall and a face."""
    bright = PAPER_BRIGHT * float(np.percentile(sheet[::4, ::4], 90))
    if float((sheet[::4, ::4] >= bright).mean()) >= PAPER_SHARE:
        return False
    try:
        found = faces.find(picture)
    except NoFaceModel:
        return False
    least = PERSON_SHARE * picture.shape[0] * picture.shape[1]
    return any((right - left) * (bottom - top) >= least for left, top, right, bottom in (face.box for face in found))


def take(picture: Picture, limits: CaptureLimits, faces: FaceFinder | None = None) -> Photo | CaptureProblem:
    """The photograph of the document in ``picture``, or what is wrong with it (with the photograph all the same). With ``faces``
    somebody before the camera is not taken for a document."""
    grey: NDArray[np.uint8] = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    quad = find_sheet(grey)
    kept = picture if quad is None else flatten(picture, quad)
    if quad is not None and faces is not None and shows_person(picture, cv2.cvtColor(kept, cv2.COLOR_BGR2GRAY), faces):
        quad, kept = None, picture
    measured = quality.measure(kept)
    data, width, height = jpeg.encode(kept, limits.target_bytes)
    photo = Photo(
        data, width, height, measured.sharpness, measured.darkness, measured.glare, found_sheet=quad is not None
    )
    fault = _judge(measured, limits, found_sheet=quad is not None)
    return photo if fault is None else CaptureProblem(fault, MESSAGES[fault], photo)


def _judge(measured: quality.Quality, limits: CaptureLimits, *, found_sheet: bool) -> CaptureFault | None:
    if measured.darkness > (limits.most_darkness if found_sheet else DARK_ROOM):
        return CaptureFault.TOO_DARK
    if not found_sheet:
        return CaptureFault.NO_SHEET
    # A sheen takes print away, and with it sharpness: what is told is what can be mended.
    if measured.glare > limits.most_glare:
        return CaptureFault.GLARE
    return CaptureFault.TOO_BLURRED if measured.sharpness < limits.least_sharpness else None
