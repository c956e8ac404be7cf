"""What the camera has in sight, for a live picture: the corners of the sheet or the portrait, and one hint.

Cheap enough for a few pictures a second: what was found is followed from picture to picture by its edges, and sought
anew only now and then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from devices.camera import portrait, quality
from devices.camera.frame import Frame
from devices.camera.portrait import PortraitLimits
from devices.camera.sheet import DARK_ROOM, SMALLEST_SHEET, CaptureLimits, shows_person
from devices.vision import Quad, find_quads, rectify
from devices.vision.edges import Edges
from devices.vision.faces import Face, FaceFinder
from devices.vision.quads import SAME_DISTANCE
from devices.vision.rectify import visible_size
from protocol.peripherals import CaptureFault, Hint
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")

Corner = tuple[float, float]
Corners = tuple[Corner, Corner, Corner, Corner]

SEEK_EVERY: Final = 12
"""Pictures after which a sheet that is followed is sought anew, also from straight lines, which takes some 30 ms: it may
have been exchanged for another, or a part of it was followed."""

SEEK_BY_LINES_EVERY: Final = 6
"""The same for pictures in which none could be followed; between, only outlines are looked at."""

FOLLOW_WIDTH: Final = 480
FOLLOW_REACH: Final = 10.0
"""Pixels of FOLLOW_WIDTH by which a side may have moved since the last picture."""

LEAST_FOLLOWED: Final = 0.7
"""Least share of each side that must still lie on an edge."""

FAR_BELOW: Final = 0.18
"""Share of the picture under which a sheet is too far away for its small print."""

STILL: Final = 0.008
"""Share of the picture's width by which no corner may move between two pictures for it to be held still."""

FACE_STILL: Final = 0.032
"""The same for the corners of a portrait, which jump with every uncertainty about eyes and mouth."""

LOOK_WIDTH: Final = 320


@dataclass(frozen=True, slots=True)
class Sight:
    """``corners`` of the sheet, or of what a portrait would show: (x, y) from 0 to 1 of the picture's width and height,
    from its top left, clockwise from the corner nearest to that; None when there is none. ``sequence`` is the frame's.
    """

    corners: Corners | None
    hint: Hint
    sequence: int = -1


class Watch(Protocol):
    """Looks at one picture after another."""

    def look(self, frame: Frame) -> Sight: ...


class SheetWatch:
    """Follows the sheet through the pictures given to `look`."""

    def __init__(self, limits: CaptureLimits, faces: FaceFinder | None = None) -> None:
        self._limits = limits
        self._faces = faces
        self._quad: Quad | None = None
        self._since_lines = 0

    def look(self, frame: Frame) -> Sight:
        grey = frame.grey
        scale = min(1.0, FOLLOW_WIDTH / grey.shape[1])
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
        before, found = self._quad, self._follow(small)
        self._since_lines += 1
        if self._since_lines >= (SEEK_BY_LINES_EVERY if found is None else SEEK_EVERY):
            self._since_lines = 0
            found = self._checked(small, found)
        elif found is None:
            found = self._seek(small, lines=False)
        self._quad = found
        hint = self._hint(frame, small, before, found, scale)
        return Sight(None if self._quad is None or found is None else _normal(found, small), hint, frame.sequence)

    def _follow(self, small: NDArray[np.uint8]) -> Quad | None:
        if self._quad is None:
            return None
        edges = Edges(cv2.GaussianBlur(small, (5, 5), 0))
        moved = edges.refined(self._quad, FOLLOW_REACH)
        return moved if float(edges.support(moved[None])[0]) >= LEAST_FOLLOWED and _is_sheet(moved, small) else None

    def _seek(self, small: NDArray[np.uint8], *, lines: bool) -> Quad | None:
        found = find_quads(small, most=1, search_width=FOLLOW_WIDTH, lines=lines)
        return found[0] if found and _is_sheet(found[0], small) else None

    def _checked(self, small: NDArray[np.uint8], followed: Quad | None) -> Quad | None:
        """The best sheet there is; ``followed`` when it is that, or none is found."""
        found = self._seek(small, lines=True)
        if followed is None or found is None:
            return found if followed is None else followed
        return followed if float(np.abs(found - followed).max()) < SAME_DISTANCE * small.shape[1] else found

    def _hint(
        self, frame: Frame, small: NDArray[np.uint8], before: Quad | None, found: Quad | None, scale: float
    ) -> Hint:
        if found is None:
            return Hint.TOO_DARK if quality.darkness(small) > DARK_ROOM else Hint.NO_SHEET
        flat = rectify(small, found, LOOK_WIDTH, LOOK_WIDTH)
        if self._faces is not None and shows_person(frame.picture, flat, self._faces):
            self._quad = None
            return Hint.NO_SHEET
        if quality.darkness(flat) > self._limits.most_darkness:
            return Hint.TOO_DARK
        if float(cv2.contourArea(found)) < FAR_BELOW * small.size:
            return Hint.TOO_FAR
        if before is None or float(np.abs(found - before).max()) > STILL * small.shape[1]:
            return Hint.HOLD_STILL
        whole = (found / scale).astype(np.float32)
        across, down = visible_size(whole)
        height = max(2, round(quality.SHEEN_WIDTH * down / max(1.0, across)))
        # In colour and large enough: the print that a sheen takes is small.
        sheet = rectify(frame.picture, whole, quality.SHEEN_WIDTH, min(height, 2 * quality.SHEEN_WIDTH))
        if quality.sheen(sheet) > self._limits.most_glare:
            return Hint.GLARE
        left, top = (max(0, int(edge)) for edge in whole.min(axis=0))
        right, bottom = (int(edge) for edge in whole.max(axis=0))
        if quality.sharpness(frame.grey[top:bottom, left:right]) < self._limits.least_sharpness:
            return Hint.TOO_BLURRED
        return Hint.READY


class FaceWatch:
    """Looks for the one face in the pictures given to `look`; 20 to 40 ms each, so not on a thread that draws."""

    def __init__(self, finder: FaceFinder, limits: PortraitLimits) -> None:
        self._finder = finder
        self._limits = limits
        self._before: NDArray[np.float32] | None = None

    def look(self, frame: Frame) -> Sight:
        faces = portrait.sitters(self._finder.find(frame.picture))
        if len(faces) != 1:
            self._before = None
            dark = quality.darkness(frame.grey) > DARK_ROOM
            missing = Hint.TOO_DARK if dark else Hint.NO_FACE
            return Sight(None, Hint.SEVERAL_FACES if faces else missing, frame.sequence)
        corners = portrait.corners(faces[0], self._limits.format)
        before, self._before = self._before, corners
        size = (frame.width, frame.height)
        posture = portrait.judge_face(faces[0], *size)
        hint = _POSTURES[posture] if posture is not None else self._judge(frame, faces[0], before, corners)
        return Sight(_normal(corners, frame.grey), hint, frame.sequence)

    def _judge(
        self, frame: Frame, face: Face, before: NDArray[np.float32] | None, corners: NDArray[np.float32]
    ) -> Hint:
        measured = quality.measure_face(portrait.crop(frame.grey, face, self._limits.format))
        if measured.darkness > self._limits.most_darkness:
            return Hint.TOO_DARK
        if before is None or float(np.abs(corners - before).max()) > FACE_STILL * frame.width:
            return Hint.HOLD_STILL
        if measured.glare > self._limits.most_glare:
            return Hint.GLARE
        return Hint.TOO_BLURRED if measured.sharpness < self._limits.least_sharpness else Hint.READY


_POSTURES: Final = {
    CaptureFault.FACE_TOO_SMALL: Hint.TOO_FAR,
    CaptureFault.FACE_AT_EDGE: Hint.FACE_AT_EDGE,
    CaptureFault.FACE_TURNED: Hint.FACE_TURNED,
}


def _is_sheet(quad: Quad, picture: NDArray[np.uint8]) -> bool:
    return float(cv2.contourArea(quad)) >= SMALLEST_SHEET * picture.size and cv2.isContourConvex(quad)


def _normal(points: NDArray[np.float32], picture: NDArray[np.uint8]) -> Corners:
    height, width = picture.shape[:2]
    a, b, c, d = ((float(x) / width, float(y) / height) for x, y in points)
    return a, b, c, d
