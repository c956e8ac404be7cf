"""What the edges of a picture say about a quadrilateral: are its sides really there, and exactly where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")


Grey: TypeAlias = "NDArray[np.uint8]"
Floats: TypeAlias = "NDArray[np.float32]"

SAMPLES: Final = 40
"""Places looked at along each side."""

LEAST_STEP: Final = 3.0
"""Grey levels a pixel that make an edge."""

_REACH: Final = 2
_BEYOND: Final = 0.12


class Edges:
    """The brightness gradient of a picture."""

    def __init__(self, grey: Grey) -> None:
        # Scharr's weights sum to 32: a slope of one grey level a pixel becomes 1.
        self._dx = cv2.Scharr(grey, cv2.CV_32F, 1, 0, scale=1 / 32)
        self._dy = cv2.Scharr(grey, cv2.CV_32F, 0, 1, scale=1 / 32)

    def support(self, quads: Floats) -> Floats:
        """For each of ``quads`` (N × 4 × 2) the share of its worst side that lies on an edge along it, 0 to 1.

        What is outside of the picture counts as half supported: nobody can tell.
        """
        worst: Floats = self._edge_shares(quads, np.roll(quads, -1, axis=1), 0.06, 0.94).min(axis=1)
        return worst

    def overrun(self, quads: Floats) -> Floats:
        """For each of ``quads`` the mean share of edge just beyond its corners, in line with the sides.

        The sides of a sheet end at its corners; those of a figure put together from other things run on.
        """
        following = np.roll(quads, -1, axis=1)
        after = self._edge_shares(quads, following, 1.03, 1.03 + _BEYOND)
        before = self._edge_shares(quads, following, -0.03 - _BEYOND, -0.03)
        mean: Floats = (after + before).mean(axis=1) / 2
        return mean

    def refined(self, quad: Floats, reach: float) -> Floats:
        """``quad`` with each side moved to the strongest edge within ``reach`` pixels; itself where there is none."""
        following = np.roll(quad, -1, axis=0)
        offsets = np.arange(-np.ceil(reach), np.ceil(reach) + 1)
        points, across, _ = self._sampled(quad[None], following[None], 0.1, 0.9, offsets)
        lines = []
        for side in range(4):
            rows = np.arange(SAMPLES)
            best = across[0, side].argmax(axis=1)
            on_edge = across[0, side, rows, best] >= LEAST_STEP
            if on_edge.sum() < SAMPLES // 3:
                return quad
            vx, vy, x, y = cv2.fitLine(points[0, side, rows, best][on_edge], cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
            lines.append((vy, -vx, vx * y - vy * x))
        moved = corners_of(np.array(lines, np.float64))
        if moved is None or float(np.abs(moved - quad).max()) > 2.5 * reach:
            return quad
        return moved

    def _edge_shares(self, starts: Floats, stops: Floats, first: float, last: float) -> Floats:
        offsets = np.arange(-_REACH, _REACH + 1, dtype=np.float32)
        points, across, lengthwise = self._sampled(starts, stops, first, last, offsets)
        best = across.argmax(axis=3, keepdims=True)
        peak = np.take_along_axis(across, best, 3)[..., 0]
        edge = (peak >= LEAST_STEP) & (peak > np.take_along_axis(lengthwise, best, 3)[..., 0])
        height, width = self._dx.shape
        middle = points[:, :, :, _REACH]
        inside = ((middle >= 0) & (middle < (width, height))).all(axis=3)
        shares: Floats = np.where(inside, edge, 0.5).mean(axis=2).astype(np.float32)
        return shares

    def _sampled(
        self, starts: Floats, stops: Floats, first: float, last: float, offsets: NDArray[np.floating]
    ) -> tuple[Floats, Floats, Floats]:
        """Points N × 4 sides × SAMPLES × offsets × 2, and the gradient there across and along the side."""
        height, width = self._dx.shape
        along = stops - starts
        length = np.maximum(np.linalg.norm(along, axis=2, keepdims=True), 1e-6)
        normal = np.stack([-along[:, :, 1], along[:, :, 0]], axis=2) / length
        steps = np.linspace(first, last, SAMPLES)[None, None, :, None, None]
        points = (
            starts[:, :, None, None, :]
            + along[:, :, None, None, :] * steps
            + normal[:, :, None, None, :] * offsets[None, None, None, :, None]
        ).astype(np.float32)
        x = np.rint(points[..., 0]).astype(np.int32).clip(0, width - 1)
        y = np.rint(points[..., 1]).astype(np.int32).clip(0, height - 1)
        dx, dy = self._dx[y, x], self._dy[y, x]
        nx, ny = normal[:, :, None, None, 0], normal[:, :, None, None, 1]
        across = np.abs(dx * nx + dy * ny).astype(np.float32)
        lengthwise = np.abs(dx * ny - dy * nx).astype(np.float32)
        return points, across, lengthwise


def corners_of(lines: NDArray[np.float64]) -> Floats | None:
    """Where each of four lines (4 × 3, homogeneous, in order round the figure) meets the one before it."""
    meets = np.cross(np.roll(lines, 1, axis=0), lines)
    if float(np.abs(meets[:, 2]).min()) < 1e-9:
        return None
    corners: Floats = (meets[:, :2] / meets[:, 2:]).astype(np.float32)
    return corners
