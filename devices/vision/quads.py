"""Finding flat four-cornered things (cards, sheets) in a picture.

Outlines and straight lines propose quadrilaterals; the picture's edges decide. The corners are where lines along the
four sides meet, so the round corners of a card do not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from devices.vision.edges import Edges, Floats, Grey, corners_of
from devices.vision.lines import quads_of_lines
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")

Quad: TypeAlias = "NDArray[np.float32]"
"""4 × 2 (x, y), clockwise in the picture, from the corner nearest to its top left."""

SEARCH_WIDTH: Final = 480
"""Pixels of width on which quadrilaterals are sought by default."""

SMALLEST_SHARE: Final = 0.03
LARGEST_SHARE: Final = 0.97
"""Shares of the picture's area between which a quadrilateral counts."""

FILLED: Final = 0.88
"""Least share of the quadrilateral that its outline's hull covers."""

LEAST_SUPPORT: Final = 0.6
"""Least share of each side that must lie on an edge; figures made of lines must do better."""

LEAST_LINE_SUPPORT: Final = 0.8
MOST_OVERRUN: Final = 0.55

SAME_DISTANCE: Final = 0.04
"""Two quadrilaterals whose corners are all nearer than this share of the picture's width are one."""

_SIDE_PART: Final = 0.70
_CANNY_PAIRS: Final = ((20, 60), (50, 150))


def find_quads(grey: Grey, most: int = 4, *, search_width: int = SEARCH_WIDTH, lines: bool = False) -> tuple[Quad, ...]:
    """Up to ``most`` quadrilaterals whose four sides are edges of the picture, the best first, in its pixels.

    ``lines`` also puts figures together from straight lines, for sheets that touch other things; it costs some 30 ms.
    """
    scale = min(1.0, search_width / grey.shape[1])
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    smooth = cv2.GaussianBlur(small, (5, 5), 0)
    edges = Edges(smooth)
    area = float(small.shape[0] * small.shape[1])
    rated = _rated(_from_outlines(smooth, area), edges, LEAST_SUPPORT)
    if lines:
        rated += _rated(quads_of_lines(smooth, SMALLEST_SHARE * area, LARGEST_SHARE * area), edges, LEAST_LINE_SUPPORT)
    rated.sort(key=lambda entry: -entry[0])
    chosen: list[Quad] = []
    near = SAME_DISTANCE * small.shape[1]
    for _, quad in rated:
        if len(chosen) < most and all(float(np.abs(quad - other).max()) >= near for other in chosen):
            chosen.append(quad)
    return tuple((quad / scale).astype(np.float32) for quad in chosen)


def ordered(points: Floats) -> Quad:
    """Four points clockwise (as seen, y down) from the one nearest to the top left."""
    middle = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    clockwise = points[np.argsort(angles)]
    first = int(np.argmin(clockwise.sum(axis=1)))
    return np.roll(clockwise, -first, axis=0).astype(np.float32)


def _rated(quads: Floats, edges: Edges, least_support: float) -> list[tuple[float, Quad]]:
    """Those of ``quads`` with enough edge along every side; larger, better supported and closed ones rate higher."""
    if not len(quads):
        return []
    support = edges.support(quads)
    quads, support = quads[support >= least_support], support[support >= least_support]
    if not len(quads):
        return []
    overrun = edges.overrun(quads)
    return [
        (float(cv2.contourArea(quad)) * float(share) ** 2 * (1.0 - float(over)), ordered(quad))
        for quad, share, over in zip(quads, support, overrun, strict=True)
        if over <= MOST_OVERRUN
    ]


def _from_outlines(smooth: Grey, picture_area: float) -> Floats:
    quads = [quad for hull in _hulls(smooth) if (quad := _as_quad(hull, picture_area)) is not None]
    return np.array(quads, np.float32).reshape(-1, 4, 2)


def _hulls(smooth: Grey) -> Iterator[NDArray[np.int32]]:
    kernel = np.ones((3, 3), np.uint8)
    for low, high in _CANNY_PAIRS:
        yield from _large_hulls(cv2.dilate(cv2.Canny(smooth, low, high), kernel))
    _, bright = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    for mask in (bright, 255 - bright):
        yield from _large_hulls(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)))


def _large_hulls(mask: Grey) -> Iterator[NDArray[np.int32]]:
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    least = SMALLEST_SHARE * mask.shape[0] * mask.shape[1]
    for contour in contours:
        _, _, width, height = cv2.boundingRect(contour)
        if width * height < least:
            continue
        hull = cv2.convexHull(contour)
        if len(hull) >= 4 and cv2.contourArea(hull) >= least:
            yield hull


def _as_quad(hull: NDArray[np.int32], picture_area: float) -> Quad | None:
    around = cv2.arcLength(hull, True)
    for tolerance in (0.015, 0.025, 0.04, 0.06):
        candidate = cv2.approxPolyDP(hull, tolerance * around, True)
        if len(candidate) == 4:
            break
    else:
        return None
    quad = _by_sides(hull.reshape(-1, 2).astype(np.float32), ordered(candidate.reshape(4, 2).astype(np.float32)))
    area = float(cv2.contourArea(quad))
    if not SMALLEST_SHARE * picture_area <= area <= LARGEST_SHARE * picture_area:
        return None
    if not cv2.isContourConvex(quad) or cv2.contourArea(hull) < FILLED * area:
        return None
    return quad


def _by_sides(hull: Floats, rough: Quad) -> Quad:
    """The meeting points of lines through the middle parts of the four sides; ``rough`` where they do not meet."""
    dense = _dense(hull)
    lines = []
    margin = (1 - _SIDE_PART) / 2
    for start, stop in zip(rough, np.roll(rough, -1, axis=0), strict=True):
        along = stop - start
        length = float(np.linalg.norm(along))
        if length < 4:
            return rough
        unit = along / length
        offset = dense - start
        position = offset @ unit / length
        distance = np.abs(offset @ np.array([-unit[1], unit[0]], np.float32))
        side = dense[(position > margin) & (position < 1 - margin) & (distance < 0.06 * length + 2)]
        if len(side) < 2:
            return rough
        vx, vy, x, y = cv2.fitLine(side, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append((vy, -vx, vx * y - vy * x))
    quad = corners_of(np.array(lines, np.float64))
    size = float(np.ptp(rough, axis=0).max())
    if quad is None or float(np.abs(quad - rough).max()) > 0.15 * size:
        return rough
    return quad


def _dense(hull: Floats) -> Floats:
    """Points about one pixel apart along the hull."""
    pieces = []
    for start, stop in zip(hull, np.roll(hull, -1, axis=0), strict=True):
        count = max(1, int(np.linalg.norm(stop - start)))
        steps = np.arange(count, dtype=np.float32)[:, None] / count
        pieces.append(start + (stop - start) * steps)
    return np.concatenate(pieces).astype(np.float32)
