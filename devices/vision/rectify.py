"""A tilted sheet as seen from straight above."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from devices.vision.quads import Quad
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")

FIELD_OF_VIEW: Final = math.radians(60)
"""Horizontal angle of view that is assumed: usual webcams have 55 to 70 degrees."""

USUAL_ASPECTS: Final = (math.sqrt(2), 85.6 / 53.98, 330 / 215)
"""ISO 216 (A4), cards (ID-1), folio."""

SNAP: Final = 0.035


def rectify(picture: NDArray[np.uint8], quad: Quad, width: int, height: int, margin: float = 0.0) -> NDArray[np.uint8]:
    """What is inside ``quad`` stretched to ``width`` × ``height``, with ``margin`` (a share of each side) around it.

    ``picture`` is grey or has colour channels; the result has as many.
    """
    left, top = width * margin, height * margin
    target = np.array(
        [[left, top], [width - left, top], [width - left, height - top], [left, height - top]], np.float32
    )
    warp = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    flat: NDArray[np.uint8] = cv2.warpPerspective(
        picture, warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return flat


def visible_size(quad: Quad) -> tuple[float, float]:
    """The longer of the upper and lower side, and the longer of left and right, in pixels."""
    a, b, c, d = quad
    return max(math.dist(a, b), math.dist(c, d)), max(math.dist(b, c), math.dist(d, a))


def true_aspect(quad: Quad, picture_width: int, picture_height: int) -> float:
    """Width ÷ height of the flat rectangle that ``quad`` shows, for a camera of FIELD_OF_VIEW with square pixels.

    After Zhang and He, "Whiteboard scanning and image enhancement" (2007), section 3, with the focal length assumed
    rather than solved for: nearly straight on, a corner that is off by one pixel would change it manifold. A result
    within SNAP of a usual format is taken for that format.
    """
    centre = np.array([picture_width / 2, picture_height / 2])
    top_left, top_right, bottom_right, bottom_left = (np.append(p - centre, 1.0) for p in quad.astype(np.float64))
    diagonal = np.cross(top_left, bottom_right)
    k2 = _ratio(diagonal @ bottom_left, np.cross(top_right, bottom_right) @ bottom_left)
    k3 = _ratio(diagonal @ top_right, np.cross(bottom_left, bottom_right) @ top_right)
    n2, n3 = k2 * top_right - top_left, k3 * bottom_left - top_left
    focal_squared = (0.5 * picture_width / math.tan(FIELD_OF_VIEW / 2)) ** 2
    across = (n2[0] ** 2 + n2[1] ** 2) / focal_squared + n2[2] ** 2
    down = (n3[0] ** 2 + n3[1] ** 2) / focal_squared + n3[2] ** 2
    return _snapped(math.sqrt(across / down))


def _snapped(aspect: float) -> float:
    for usual in USUAL_ASPECTS:
        for candidate in (usual, 1 / usual):
            if abs(aspect / candidate - 1) <= SNAP:
                return candidate
    return aspect


def _ratio(upper: float, lower: float) -> float:
    return float(upper / lower) if abs(lower) > 1e-9 else 1.0
