"""Where bars lie in a picture, and how they are turned: for codes on things whose rim cannot be seen.

Bars make gradients of one direction over an area; the structure tensor finds that at a small scale.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from devices.scanner.reading.decode import Grey
from devices.vision import Quad, rectify
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")

SEARCH_WIDTH: Final = 400
WINDOW: Final = 13
"""Pixels of SEARCH_WIDTH over which the direction is averaged."""

LEAST_STRENGTH: Final = 220.0
LEAST_COHERENCE: Final = 0.55
"""0 for gradients of all directions (print, cloth), 1 for a single one."""

LEAST_AREA: Final = 0.002
"""Least share of the picture that the bars cover."""

RECTIFIED_WIDTH: Final = 1400
MOST_ENLARGED: Final = 3.0
MARGIN: Final = 1.25


def find_bars(grey: Grey, most: int = 3) -> tuple[Quad, ...]:
    """Up to ``most`` rectangles around bars, the largest first; their first side runs across the bars."""
    scale = min(1.0, SEARCH_WIDTH / grey.shape[1])
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    dx = cv2.Scharr(small, cv2.CV_32F, 1, 0, scale=1 / 16)
    dy = cv2.Scharr(small, cv2.CV_32F, 0, 1, scale=1 / 16)
    xx, yy, xy = (cv2.blur(product, (WINDOW, WINDOW)) for product in (dx * dx, dy * dy, dx * dy))
    energy = xx + yy
    coherence = np.sqrt((xx - yy) ** 2 + 4 * xy * xy) / (energy + 1e-3)
    mask = ((energy > LEAST_STRENGTH) & (coherence > LEAST_COHERENCE)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((WINDOW, WINDOW), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    large = [contour for contour in contours if cv2.contourArea(contour) >= LEAST_AREA * mask.size]
    large.sort(key=lambda contour: -float(cv2.contourArea(contour)))
    found = []
    for contour in large[:most]:
        inside = np.zeros_like(mask)
        cv2.drawContours(inside, [contour], -1, 1, -1)
        a, b, c = (float(product[inside > 0].sum()) for product in (xx, yy, xy))
        found.append(_around(contour.reshape(-1, 2) / scale, 0.5 * math.atan2(2 * c, a - b)))
    return tuple(found)


def rectified_bars(grey: Grey, bars: Quad) -> Grey:
    """What is inside ``bars`` with the bars upright, enlarged when it is small."""
    width, height = math.dist(bars[0], bars[1]), math.dist(bars[1], bars[2])
    enlarge = max(1.0, min(MOST_ENLARGED, RECTIFIED_WIDTH / width))
    return rectify(grey, bars, max(2, round(width * enlarge)), max(2, round(height * enlarge)))


def _around(outline: NDArray[np.float64], across: float) -> Quad:
    """The rectangle around ``outline`` with a margin, whose first side has the direction ``across`` (radians)."""
    along = np.array([math.cos(across), math.sin(across)])
    normal = np.array([-along[1], along[0]])
    u, v = outline @ along, outline @ normal
    middle = along * (u.min() + u.max()) / 2 + normal * (v.min() + v.max()) / 2
    half_u = along * (float(np.ptp(u)) * MARGIN + 24) / 2
    half_v = normal * (float(np.ptp(v)) * MARGIN + 8) / 2
    corners = [middle - half_u - half_v, middle + half_u - half_v, middle + half_u + half_v, middle - half_u + half_v]
    return np.array(corners, np.float32)
