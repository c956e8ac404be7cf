"""Portraits: the one face before the camera, eyes level, cut out in the proportions of a photograph for papers.

Sizes follow ISO/IEC 19794-5 (full frontal) and what Indonesian offices ask for: 3 × 4 or 35 × 45 mm, the head about
two thirds of the height, the eyes a little above the middle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from devices.camera import jpeg, quality
from devices.camera.frame import Picture
from devices.camera.photo import MESSAGES, CaptureProblem, Photo
from devices.vision.faces import Face, FaceFinder, Point
from protocol.peripherals import CaptureFault
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")

HEAD_SHARE: Final = 0.68
"""Height of the head, from crown to chin, as a share of the photograph's."""

EYE_LINE: Final = 0.45
"""Where the eyes are, as a share of the photograph's height from its top."""

HEAD_BY_MOUTH: Final = 3.4
HEAD_BY_EYES: Final = 3.1
"""A head is so many times as high as the way from eyes to mouth, and as the way from eye to eye (both are taken: a
nod shortens the first, a turn the second)."""

LEAST_EYE_DISTANCE: Final = 45.0
"""Pixels between the eyes in the camera's picture; fewer make no photograph that anybody can be known by."""

MOST_TURN: Final = 0.20
"""How far the nose may be beside the middle of eyes and mouth, as a share of the way from eye to eye: some 20°."""

NOD: Final = (0.30, 0.80)
"""Where the nose may be between eyes and mouth, as a share of that way: outside, the head is bent back or down."""

MOST_TILT: Final = math.radians(25)
"""A head that leans less is set upright."""

MOST_OUTSIDE: Final = 0.06
"""Share of the photograph that may be missing in the camera's picture: then the edge's colour goes on."""

OTHER_FACE: Final = 0.5
"""A face at least this share of the sitter's size is a second sitter; smaller ones are passers-by."""


class PortraitFormat(StrEnum):
    """Proportions of the photograph, width by height in millimetres."""

    THREE_BY_FOUR = "30x40"
    PASSPORT = "35x45"


SIZES: Final = {PortraitFormat.THREE_BY_FOUR: (480, 640), PortraitFormat.PASSPORT: (490, 630)}
"""Pixels: 400 and 355 dots an inch."""


@dataclass(frozen=True, slots=True)
class PortraitLimits:
    """Beyond these a portrait is not good enough. Calibrate for each camera."""

    least_sharpness: float = 9.0
    most_darkness: float = 0.7
    most_glare: float = 0.06
    target_bytes: int = 120_000
    format: PortraitFormat = PortraitFormat.THREE_BY_FOUR


def take_portrait(picture: Picture, finder: FaceFinder, limits: PortraitLimits) -> Photo | CaptureProblem:
    """The portrait of the one person in ``picture`` (BGR), or what is wrong, with the photograph where there is one."""
    faces = finder.find(picture)
    sitting = sitters(faces)
    if len(sitting) != 1:
        return _problem(CaptureFault.SEVERAL_FACES if sitting else CaptureFault.NO_FACE)
    face = sitting[0]
    posture = judge_face(face, picture.shape[1], picture.shape[0])
    if posture in (CaptureFault.FACE_TOO_SMALL, CaptureFault.FACE_AT_EDGE):
        return _problem(posture)
    kept = crop(picture, face, limits.format)
    measured = quality.measure_face(cv2.cvtColor(kept, cv2.COLOR_BGR2GRAY))
    data, width, height = jpeg.encode(kept, limits.target_bytes)
    photo = Photo(data, width, height, measured.sharpness, measured.darkness, measured.glare, found_face=True)
    fault = posture or _judge(measured, limits)
    return photo if fault is None else _problem(fault, photo)


def sitters(faces: tuple[Face, ...]) -> tuple[Face, ...]:
    """The largest of ``faces`` and those nearly as large."""
    if not faces:
        return ()
    least = OTHER_FACE * max(_height(face) for face in faces)
    return tuple(face for face in faces if _height(face) >= least)


def judge_face(face: Face, width: int, height: int) -> CaptureFault | None:
    """What is wrong with how the person stands before a picture of ``width`` × ``height`` pixels."""
    if math.dist(face.left_eye, face.right_eye) < LEAST_EYE_DISTANCE:
        return CaptureFault.FACE_TOO_SMALL
    if outside(face, width, height) > MOST_OUTSIDE:
        return CaptureFault.FACE_AT_EDGE
    turn, nod, tilt = bearing(face)
    if abs(turn) > MOST_TURN or not NOD[0] <= nod <= NOD[1] or abs(tilt) > MOST_TILT:
        return CaptureFault.FACE_TURNED
    return None


def bearing(face: Face) -> tuple[float, float, float]:
    """How the head is held: how far the nose is beside the middle (share of the eyes' distance; 0 straight on), how far
    down it is from eyes to mouth (share; about 0.55 straight on), and how the head leans (radians, clockwise)."""
    along, down = _axes(face)
    eyes, mouth = _middle(face.left_eye, face.right_eye), _middle(face.mouth_left, face.mouth_right)
    centre = (eyes + mouth) / 2
    nose = np.array(face.nose)
    apart = math.dist(face.left_eye, face.right_eye)
    drop = float((mouth - eyes) @ down)
    nod = float((nose - eyes) @ down) / drop if drop > 0 else 0.0
    return float((nose - centre) @ along) / apart, nod, math.atan2(along[1], along[0])


def corners(face: Face, portrait: PortraitFormat = PortraitFormat.THREE_BY_FOUR) -> NDArray[np.float32]:
    """4 × 2: where the photograph's corners are in the picture, clockwise from its top left."""
    along, down = _axes(face)
    eyes, mouth = _middle(face.left_eye, face.right_eye), _middle(face.mouth_left, face.mouth_right)
    drop = float((mouth - eyes) @ down)
    head = (HEAD_BY_MOUTH * drop + HEAD_BY_EYES * math.dist(face.left_eye, face.right_eye)) / 2
    height = head / HEAD_SHARE
    across, tall = SIZES[portrait]
    half = height * across / tall / 2
    # In the middle of eyes and mouth, not of the eyes alone: a head that is turned a little stays in the middle.
    middle = eyes + along * float(((mouth - eyes) / 2) @ along)
    top, bottom = middle - down * height * EYE_LINE, middle + down * height * (1 - EYE_LINE)
    return np.array([top - along * half, top + along * half, bottom + along * half, bottom - along * half], np.float32)


def crop(picture: Picture, face: Face, portrait: PortraitFormat = PortraitFormat.THREE_BY_FOUR) -> Picture:
    """The photograph, as many pixels as its format has."""
    width, height = SIZES[portrait]
    source = corners(face, portrait)
    target = np.array([[0, 0], [width, 0], [width, height]], np.float32)
    shrinking = math.dist(source[0], source[1]) > 1.5 * width
    ready = cv2.GaussianBlur(picture, (0, 0), 0.4 * math.dist(source[0], source[1]) / width) if shrinking else picture
    cut: Picture = cv2.warpAffine(
        ready,
        cv2.getAffineTransform(source[:3], target),
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cut


def outside(face: Face, width: int, height: int, portrait: PortraitFormat = PortraitFormat.THREE_BY_FOUR) -> float:
    """The share of the photograph that lies outside of the picture."""
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    wanted = corners(face, portrait)
    inside, _ = cv2.intersectConvexConvex(wanted, frame)
    return 1.0 - float(inside) / max(1.0, float(cv2.contourArea(wanted)))


def _judge(measured: quality.Quality, limits: PortraitLimits) -> CaptureFault | None:
    if measured.darkness > limits.most_darkness:
        return CaptureFault.TOO_DARK
    if measured.sharpness < limits.least_sharpness:
        return CaptureFault.TOO_BLURRED
    if measured.glare > limits.most_glare:
        return CaptureFault.GLARE
    return None


def _problem(fault: CaptureFault, photo: Photo | None = None) -> CaptureProblem:
    return CaptureProblem(fault, MESSAGES[fault], photo)


def _axes(face: Face) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Unit vectors from the left to the right eye of the picture, and down the face."""
    way = np.array(face.right_eye) - np.array(face.left_eye)
    along = way / max(1e-6, float(np.linalg.norm(way)))
    return along, np.array([-along[1], along[0]])


def _middle(one: Point, other: Point) -> NDArray[np.float64]:
    middle: NDArray[np.float64] = (np.array(one) + np.array(other)) / 2
    return middle


def _height(face: Face) -> float:
    return face.box[3] - face.box[1]
