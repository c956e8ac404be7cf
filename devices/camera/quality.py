"""How good a picture is: sharpness, darkness, glare. Numbers, so that limits can be calibrated for each camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")


MEASURED_WIDTH: Final = 1280
"""Pixels of width to which a larger picture is reduced before sharpness is measured: noise is no sharpness."""

GLARE_LEVEL: Final = 252
"""Brightness (0–255) from which a pixel of a face counts as blown out."""

SHEEN_LEVEL: Final = 251
"""The same for the darkest of a sheet's three colours: light that is thrown back takes the colour of the lamp, and print is lost
where paper can get no brighter."""

SHEEN_WIDTH: Final = 640
"""Pixels of width on which a sheet is searched for sheens."""

BRIGHT_SHEET: Final = (40, 248)
"""A percentile, and the level from which on a sheet whose ground reaches it there is simply bright: nothing stands out of it."""

GLARE_SPOT_SHARE: Final = 0.0015
"""Least share of the picture that a blown-out spot covers to count as glare: a gap between letters is not one."""

FACE_PART: Final = ((0.25, 0.78), (0.22, 0.78))
"""Where the face is in a portrait: shares of its height and of its width."""

FACE_WIDTH: Final = 90
"""Pixels of width on which a face's sharpness is measured: noise and pores are no sharpness."""

_SPOT_KERNEL: Final = 15
_SHEEN_KERNEL: Final = 5


@dataclass(frozen=True, slots=True)
class Quality:
    """``sharpness``: variance of the Laplacian (about 1,000 sharp, 120 at a blur of one pixel). ``darkness``: 0 for
    a paper that is as bright as can be, 1 for black. ``glare``: the share of the picture that reflections cover."""

    sharpness: float
    darkness: float
    glare: float


def measure(sheet: NDArray[np.uint8]) -> Quality:
    """The quality of a document (BGR), best of a rectified crop."""
    grey: NDArray[np.uint8] = cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY)
    return Quality(sharpness(grey), darkness(grey), sheen(sheet))


def measure_face(portrait: NDArray[np.uint8]) -> Quality:
    """The quality of a portrait, measured on the face in its middle; what is behind it does not count.

    A face is smooth and its size in the picture varies, so ``sharpness`` is the variance of the Laplacian at
    FACE_WIDTH per thousand of the face's own variance: some 35 sharp, 20 at a blur of a sixtieth of the way from eye to
    eye, 8 at twice that.
    """
    height, width = portrait.shape[:2]
    rows, columns = FACE_PART
    face = portrait[int(rows[0] * height) : int(rows[1] * height), int(columns[0] * width) : int(columns[1] * width)]
    size = (FACE_WIDTH, max(1, round(FACE_WIDTH * face.shape[0] / face.shape[1])))
    small = cv2.GaussianBlur(cv2.resize(face, size, interpolation=cv2.INTER_AREA), (3, 3), 0).astype(np.float32)
    detail = 1000.0 * float(cv2.Laplacian(small, cv2.CV_32F).var()) / max(1.0, float(small.var()))
    return Quality(detail, darkness(face), glare(face))


def sharpness(grey: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian, at MEASURED_WIDTH at most, with brightness evened out: dark is not blurred."""
    if grey.shape[1] > MEASURED_WIDTH:
        scale = MEASURED_WIDTH / grey.shape[1]
        grey = cv2.resize(
            grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        )
    bright = max(1.0, float(np.percentile(grey[::4, ::4], 95)))
    gain = min(4.0, 230.0 / bright)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var()) * gain * gain


def darkness(grey: NDArray[np.uint8]) -> float:
    """1 − the brightness (0 to 1) that the brightest tenth reaches: paper is bright, however much is printed."""
    return 1.0 - float(np.percentile(grey[::4, ::4], 90)) / 255.0


def sheen(sheet: NDArray[np.uint8]) -> float:
    """The share of a flattened sheet (BGR) that light thrown back has wiped out.

    Print is lost where the paper round it is blown out, and only there: a weaker sheen lightens both. A card's white panel, or
    paper in good light, stays below that. Half of a number of sixteen digits on a card is about a hundredth of it.
    """
    size = (SHEEN_WIDTH, max(2, round(SHEEN_WIDTH * sheet.shape[0] / sheet.shape[1])))
    small = cv2.resize(sheet, size, interpolation=cv2.INTER_AREA)
    darkest = cv2.blur(small.min(axis=2), (3, 3))
    ground = cv2.resize(cv2.dilate(darkest, np.ones((11, 11), np.uint8)), (16, 12), interpolation=cv2.INTER_AREA)
    percentile, level = BRIGHT_SHEET
    if float(np.percentile(ground, percentile)) >= level:
        return 0.0
    return _spots((darkest >= SHEEN_LEVEL).astype(np.uint8), _SHEEN_KERNEL)


def glare(grey: NDArray[np.uint8]) -> float:
    """The share of a face inside large blown-out spots."""
    return _spots((grey >= GLARE_LEVEL).astype(np.uint8), _SPOT_KERNEL)


def _spots(blown: NDArray[np.uint8], narrowest: int) -> float:
    """The share of the picture inside of spots that are nowhere narrower than so many pixels, and not too small."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (narrowest, narrowest))
    spots = cv2.morphologyEx(blown, cv2.MORPH_OPEN, kernel)
    count, _, stats, _ = cv2.connectedComponentsWithStats(spots)
    least = GLARE_SPOT_SHARE * blown.size
    areas = [float(stats[index, cv2.CC_STAT_AREA]) for index in range(1, count)]
    return sum(area for area in areas if area >= least) / float(blown.size)
