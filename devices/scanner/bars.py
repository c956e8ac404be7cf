"""Where bars lie in a picture, and how they are turned: for codes on things whose rim cannot be seen.

Bars make gradients of one direction over an area; the structure tensor finds that at a small scale.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from devices.scanner.decode import Grey
from devices.vision import turned_upright

SEARCH_WIDTH: Final = 400
WINDOW: Final = 13
"""Pixels of SEARCH_WIDTH over which the direction is averaged."""

LEAST_STRENGTH: Final = 220.0
LEAST_COHERENCE: Final = 0.55
"""0 for gradients of all directions (print, cloth), 1 for a single one."""

LEAST_AREA: Final = 0.002
"""Least share of the picture that the bars cover."""

UPRIGHT_WIDTH: Final = 1400
MARGIN: Final = 1.25


def bar_views(grey: Grey, most: int = 3) -> tuple[Grey, ...]:
    """Up to ``most`` cut-outs of ``grey`` in which bars stand upright, the largest first."""
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
    views = []
    for contour in large[:most]:
        inside = np.zeros_like(mask)
        cv2.drawContours(inside, [contour], -1, 1, -1)
        a, b, c = (float(product[inside > 0].sum()) for product in (xx, yy, xy))
        across = 0.5 * math.atan2(2 * c, a - b)
        views.append(_upright(grey, contour.reshape(-1, 2) / scale, across))
    return tuple(views)


def _upright(grey: Grey, outline: np.ndarray[tuple[int, ...], np.dtype[np.float64]], across: float) -> Grey:
    """The cut-out around ``outline``, turned so that the direction ``across`` (radians) the bars is horizontal."""
    along = np.array([math.cos(across), math.sin(across)])
    normal = np.array([-along[1], along[0]])
    u, v = outline @ along, outline @ normal
    middle = along * (u.min() + u.max()) / 2 + normal * (v.min() + v.max()) / 2
    size = (float(np.ptp(u)) * MARGIN + 24, float(np.ptp(v)) * MARGIN + 8)
    cut = turned_upright(grey, (float(middle[0]), float(middle[1])), size, math.degrees(across))
    enlarge = min(3.0, UPRIGHT_WIDTH / cut.shape[1])
    if enlarge <= 1.2:
        return cut
    larger: Grey = cv2.resize(cut, None, fx=enlarge, fy=enlarge, interpolation=cv2.INTER_CUBIC)
    return larger
