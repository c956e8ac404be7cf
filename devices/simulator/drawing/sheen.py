"""Light that a glossy sheet throws back: drawn lamps, tubes, windows and foil, and sheens out of a photograph."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.float32]
"""Rows × columns, 0 (no light) to 1 (the brightest)."""

SIDE: Final = 256
"""Pixels of the square on which a sheen is drawn."""

_FOLDER: Final = Path(__file__).with_name("sheens")


class Sheen(StrEnum):
    """What is mirrored: the first four are drawn, the others come from a photograph."""

    LAMP = "lamp"
    TUBE = "tube"
    WINDOW = "window"
    #: The wide veil of a laminated card, with a core.
    FOIL = "foil"
    SAUCER = "saucer"
    RIM = "rim"
    HANDLE = "handle"
    SPOON = "spoon"
    TABLE = "table"

    @property
    def is_photographed(self) -> bool:
        return self not in _DRAWN


def sheen_mask(
    shape: tuple[int, int], sheen: Sheen, middle: tuple[float, float], size: float, angle: float, softness: float
) -> Mask:
    """The sheen on a picture of that shape (rows, columns): ``size`` pixels across, about ``middle`` (x, y), turned by ``angle``
    degrees, its edges blurred over ``softness`` pixels."""
    square = _square(sheen)
    turn = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), angle, size / SIDE)
    turn[:, 2] += np.array(middle) - SIDE / 2
    laid = cv2.warpAffine(square, turn, (shape[1], shape[0]), flags=cv2.INTER_LINEAR)
    mask: Mask = cv2.GaussianBlur(laid, (0, 0), max(0.8, softness)).astype(np.float32)
    return mask


@lru_cache(maxsize=len(Sheen))
def _square(sheen: Sheen) -> Mask:
    """SIDE × SIDE. Not to be written to: it is kept."""
    if sheen.is_photographed:
        photographed = cv2.imread(str(_FOLDER / f"{sheen}.png"), cv2.IMREAD_GRAYSCALE)
        if photographed is None:
            raise FileNotFoundError(f"{sheen}.png is missing from {_FOLDER}")
        height, width = photographed.shape
        square = np.zeros((SIDE, SIDE), np.float32)
        top, left = (SIDE - height) // 2, (SIDE - width) // 2
        square[top : top + height, left : left + width] = photographed.astype(np.float32) / 255
        return square
    return _DRAWN[sheen]()


def _lamp() -> Mask:
    return _ellipse(0.5, 0.30)


def _tube() -> Mask:
    square = np.zeros((SIDE, SIDE), np.float32)
    half = round(0.07 * SIDE)
    square[SIDE // 2 - half : SIDE // 2 + half, round(0.03 * SIDE) : round(0.97 * SIDE)] = 1
    return square


def _window() -> Mask:
    """Four panes between bars."""
    square = np.zeros((SIDE, SIDE), np.float32)
    square[round(0.2 * SIDE) : round(0.8 * SIDE), round(0.1 * SIDE) : round(0.9 * SIDE)] = 1
    bar = round(0.02 * SIDE)
    square[SIDE // 2 - bar : SIDE // 2 + bar] = 0
    square[:, SIDE // 2 - bar : SIDE // 2 + bar] = 0
    return square


def _foil() -> Mask:
    veil = cv2.GaussianBlur(_ellipse(0.42, 0.26), (0, 0), 0.06 * SIDE)
    foil: Mask = np.maximum(0.45 * veil, cv2.GaussianBlur(_ellipse(0.22, 0.09), (0, 0), 0.02 * SIDE))
    return foil


def _ellipse(half_width: float, half_height: float) -> Mask:
    square = np.zeros((SIDE, SIDE), np.float32)
    axes = (math.floor(half_width * SIDE) - 2, math.floor(half_height * SIDE) - 2)
    cv2.ellipse(square, (SIDE // 2, SIDE // 2), axes, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    return square


_DRAWN: Final[dict[Sheen, Callable[[], Mask]]] = {
    Sheen.LAMP: _lamp,
    Sheen.TUBE: _tube,
    Sheen.WINDOW: _window,
    Sheen.FOIL: _foil,
}
