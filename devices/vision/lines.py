"""Quadrilaterals put together from straight lines: for sheets whose outline is broken or touches other things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from devices.vision.edges import Floats, Grey
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")

MOST_LINES: Final = 18
"""Longest lines that are combined; the number of combinations grows with its fourth power."""

SHORTEST: Final = 0.05
"""Least length of a piece of a line, as a share of the picture's width."""

SAME_ANGLE: Final = 0.05
SAME_OFFSET: Final = 3.0
"""Radians and pixels within which two pieces are one line."""

OPPOSITE: Final = 0.65
"""Radians by which opposite sides may differ in direction, seen in perspective."""

LEAST_CORNER: Final = 0.6
"""Radians between neighbouring sides, at least."""


def quads_of_lines(smooth: Grey, least_area: float, most_area: float) -> Floats:
    """N × 4 × 2: all convex figures of four strong lines whose area lies between the two."""
    lines, directions = _strong_lines(smooth)
    empty = np.zeros((0, 4, 2), np.float32)
    if len(lines) < 4:
        return empty
    first, second = np.triu_indices(len(lines), 1)
    turn = _turn(directions[first], directions[second])
    opposite = np.stack([first, second], axis=1)[turn < OPPOSITE]
    if len(opposite) < 2:
        return empty
    p, q = np.triu_indices(len(opposite), 1)
    pair, other = opposite[p], opposite[q]
    square = np.minimum.reduce(
        [_turn(directions[pair[:, i]], directions[other[:, j]]) for i in range(2) for j in range(2)]
    )
    pair, other = pair[square > LEAST_CORNER], other[square > LEAST_CORNER]
    order = (pair[:, 0], other[:, 0], pair[:, 1], other[:, 1])
    corners = []
    for index in range(4):
        meets = np.cross(lines[order[index]], lines[order[(index + 1) % 4]])
        depth = np.where(np.abs(meets[:, 2]) < 1e-9, 1e-9, meets[:, 2])
        corners.append(meets[:, :2] / depth[:, None])
    quads = np.stack(corners, axis=1)
    return _plausible(quads, smooth.shape[1], smooth.shape[0], least_area, most_area)


def _plausible(quads: NDArray[np.float64], width: int, height: int, least_area: float, most_area: float) -> Floats:
    margin = 0.03 * width
    inside = ((quads > -margin) & (quads < (width + margin, height + margin))).all(axis=(1, 2))
    quads = quads[inside]
    sides = np.roll(quads, -1, axis=1) - quads
    after = np.roll(sides, -1, axis=1)
    turns = sides[:, :, 0] * after[:, :, 1] - sides[:, :, 1] * after[:, :, 0]
    convex = (turns > 0).all(axis=1) | (turns < 0).all(axis=1)
    following = np.roll(quads, -1, axis=1)
    area = np.abs((quads[:, :, 0] * following[:, :, 1] - quads[:, :, 1] * following[:, :, 0]).sum(axis=1)) / 2
    plausible: Floats = quads[convex & (area >= least_area) & (area <= most_area)].astype(np.float32)
    return plausible


def _strong_lines(smooth: Grey) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lines (N × 3, homogeneous) with the most edge on them, and their directions in radians."""
    found = cv2.createLineSegmentDetector().detect(smooth)[0]
    if found is None:
        return np.zeros((0, 3)), np.zeros(0)
    pieces = found.reshape(-1, 4).astype(np.float64)
    lengths = np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1])
    long = lengths >= SHORTEST * smooth.shape[1]
    pieces, lengths = pieces[long], lengths[long]
    order = np.argsort(-lengths)[: MOST_LINES * 6]
    lines: list[NDArray[np.float64]] = []
    weights: list[float] = []
    directions: list[float] = []
    for x1, y1, x2, y2 in pieces[order]:
        length = float(np.hypot(x2 - x1, y2 - y1))
        line = np.array([y1 - y2, x2 - x1, x1 * y2 - x2 * y1]) / length
        direction = float(np.arctan2(y2 - y1, x2 - x1))
        for index, known in enumerate(lines):
            off = max(abs(known @ (x1, y1, 1)), abs(known @ (x2, y2, 1)))
            if off < SAME_OFFSET and float(_turn(np.array(direction), np.array(directions[index]))) < SAME_ANGLE:
                weights[index] += length
                break
        else:
            lines.append(line)
            weights.append(length)
            directions.append(direction)
    strongest = np.argsort(-np.array(weights))[:MOST_LINES]
    return np.array([lines[i] for i in strongest]).reshape(-1, 3), np.array([directions[i] for i in strongest])


def _turn(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """The angle between two undirected lines, 0 to π/2."""
    difference = np.abs(one - other) % np.pi
    return np.minimum(difference, np.pi - difference)
