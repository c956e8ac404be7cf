"""Finding flat four-cornered things (cards, sheets) in a picture.

Edges and brightness give outlines; an outline counts when its hull is nearly a quadrilateral. The corners are where
lines fitted to the four sides meet, so the round corners of a card do not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Quad = NDArray[np.float32]
"""4 × 2 (x, y), clockwise in the picture, from the corner nearest to its top left."""

Grey = NDArray[np.uint8]

SEARCH_WIDTH: Final = 480
"""Pixels of width on which outlines are sought; corners are exact to about one pixel of it."""

SMALLEST_SHARE: Final = 0.03
LARGEST_SHARE: Final = 0.97
"""Shares of the picture's area between which a quadrilateral counts."""

FILLED: Final = 0.88
"""Least share of the quadrilateral that its outline's hull covers."""

SAME_DISTANCE: Final = 0.04
"""Two quadrilaterals whose corners are all nearer than this share of the picture's width are one."""

_SIDE_PART: Final = 0.70
_CANNY_PAIRS: Final = ((20, 60), (50, 150))


def find_quads(grey: Grey, most: int = 4) -> tuple[Quad, ...]:
    """Up to ``most`` quadrilaterals, the largest first, in pixels of ``grey``."""
    width = grey.shape[1]
    scale = min(1.0, SEARCH_WIDTH / width)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    found: list[tuple[float, Quad]] = []
    near = SAME_DISTANCE * small.shape[1]
    for outline in _outlines(small):
        quad = _as_quad(outline, small.shape[0] * small.shape[1])
        if quad is None or any(float(np.abs(quad - other).max()) < near for _, other in found):
            continue
        found.append((float(cv2.contourArea(quad)), quad))
    found.sort(key=lambda entry: -entry[0])
    return tuple((quad / scale).astype(np.float32) for _, quad in found[:most])


def ordered(points: NDArray[np.float32]) -> Quad:
    """Four points clockwise (as seen, y down) from the one nearest to the top left."""
    middle = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    clockwise = points[np.argsort(angles)]
    first = int(np.argmin(clockwise.sum(axis=1)))
    return np.roll(clockwise, -first, axis=0).astype(np.float32)


def _outlines(small: Grey) -> Iterator[NDArray[np.int32]]:
    smooth = cv2.GaussianBlur(small, (5, 5), 0)
    kernel = np.ones((3, 3), np.uint8)
    for low, high in _CANNY_PAIRS:
        yield from _contours(cv2.dilate(cv2.Canny(smooth, low, high), kernel))
    _, bright = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    closed = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    yield from _contours(closed)
    opened = cv2.morphologyEx(255 - bright, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    yield from _contours(opened)


def _contours(mask: Grey) -> Iterator[NDArray[np.int32]]:
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    least = SMALLEST_SHARE * mask.shape[0] * mask.shape[1]
    for contour in contours:
        hull = cv2.convexHull(contour)
        if len(hull) >= 4 and cv2.contourArea(hull) >= least:
            yield hull


def _as_quad(hull: NDArray[np.int32], picture_area: float) -> Quad | None:
    around = cv2.arcLength(hull, True)
    rough = None
    for tolerance in (0.015, 0.025, 0.04, 0.06):
        candidate = cv2.approxPolyDP(hull, tolerance * around, True)
        if len(candidate) == 4:
            rough = ordered(candidate.reshape(4, 2).astype(np.float32))
            break
    if rough is None:
        return None
    quad = _by_sides(hull.reshape(-1, 2).astype(np.float32), rough)
    area = float(cv2.contourArea(quad))
    if not SMALLEST_SHARE * picture_area <= area <= LARGEST_SHARE * picture_area:
        return None
    if not cv2.isContourConvex(quad) or cv2.contourArea(hull) < FILLED * area:
        return None
    return quad


def _by_sides(hull: NDArray[np.float32], rough: Quad) -> Quad:
    """The meeting points of lines through the middle parts of the four sides; ``rough`` where they do not meet."""
    dense = _dense(hull)
    lines = []
    for index in range(4):
        start, stop = rough[index], rough[(index + 1) % 4]
        along = stop - start
        length = float(np.linalg.norm(along))
        if length < 4:
            return rough
        unit = along / length
        offset = dense - start
        position = offset @ unit / length
        distance = np.abs(offset @ np.array([-unit[1], unit[0]], np.float32))
        margin = (1 - _SIDE_PART) / 2
        side = dense[(position > margin) & (position < 1 - margin) & (distance < 0.06 * length + 2)]
        if len(side) < 2:
            return rough
        vx, vy, x, y = cv2.fitLine(side, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append(np.array([vy, -vx, vx * y - vy * x]))
    corners = []
    for index in range(4):
        meet = np.cross(lines[index - 1], lines[index])
        if abs(meet[2]) < 1e-6:
            return rough
        corners.append(meet[:2] / meet[2])
    quad = np.array(corners, np.float32)
    if float(np.abs(quad - rough).max()) > 0.15 * float(np.abs(rough.max(axis=0) - rough.min(axis=0)).max()):
        return rough
    return quad


def _dense(hull: NDArray[np.float32]) -> NDArray[np.float32]:
    """Points about one pixel apart along the hull."""
    following = np.roll(hull, -1, axis=0)
    pieces = []
    for start, stop in zip(hull, following, strict=True):
        count = max(1, int(np.linalg.norm(stop - start)))
        steps = np.arange(count, dtype=np.float32)[:, None] / count
        pieces.append(start + (stop - start) * steps)
    return np.concatenate(pieces).astype(np.float32)
