"""A person before the camera: drawn, shaded and nobody; a finder of faces takes it for one."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float]
Picture = NDArray[np.uint8]
Mask = NDArray[np.float32]

SIDE: Final = 640
"""Pixels of the square on which a bust is drawn; the head is about half as high."""

SKIN: Final = (124.0, 164.0, 206.0)
HAIR: Final = (26.0, 28.0, 34.0)
SHIRT: Final = (150.0, 118.0, 86.0)
LIPS: Final = (92.0, 92.0, 172.0)
WALL: Final = (196, 188, 182)

_EYES: Final = (0.415, 0.585)
_EYE_LINE: Final = 0.40


@lru_cache(maxsize=8)
def draw_bust(turn: float = 0.0) -> NDArray[np.uint8]:
    """Head and shoulders on a transparent ground (SIDE × SIDE × BGRA). ``turn`` from −1 to 1 moves the features aside,
    as on a head that is turned by some 40 degrees. Not to be written to: it is kept."""
    picture = np.zeros((SIDE, SIDE, 3), np.float32)
    alpha = np.zeros((SIDE, SIDE), np.float32)
    aside = 0.07 * turn

    def paint(mask: Mask, colour: Colour, strength: float = 1.0) -> None:
        part = mask[:, :, None] * strength
        picture[:] = picture * (1 - part) + np.array(colour, np.float32) * part

    def add(mask: Mask, colour: Colour) -> None:
        np.maximum(alpha, mask, out=alpha)
        paint((mask / np.maximum(alpha, 1e-3)).astype(np.float32), colour)

    add(_ellipse(0.5, 1.12, 0.40, 0.40, 3), SHIRT)
    add(_ellipse(0.5, 0.40, 0.235, 0.285, 4), HAIR)
    add(_box(0.42, 0.58, 0.58, 0.80, 6), _shade(SKIN, 0.78))
    add(_ellipse(0.5, 0.76, 0.13, 0.07, 8), _shade(SKIN, 0.80))
    face = _ellipse(0.5 + aside / 3, 0.44, 0.178, 0.245, 3)
    add(face, SKIN)
    _light(picture, face, 0.5 + aside / 2)
    paint(_ellipse(0.5, 0.185, 0.19, 0.085, 5) * np.maximum(face, 0.9), HAIR)
    for eye in _EYES:
        x = eye + aside
        paint(_ellipse(x, _EYE_LINE - 0.005, 0.052, 0.034, 9), _shade(SKIN, 0.70), 0.7)
        paint(_ellipse(x, _EYE_LINE, 0.036, 0.0165, 1.5), (226, 230, 232))
        paint(_ellipse(x, _EYE_LINE, 0.0155, 0.0165, 1.2), (38, 44, 58))
        paint(_ellipse(x + 0.005, _EYE_LINE - 0.005, 0.004, 0.004, 0.8), (250, 250, 250))
        paint(_arc(x, _EYE_LINE + 0.006, 0.040, 0.026, 190, 350, 5), _shade(HAIR, 1.2), 0.9)
        paint(_arc(x, _EYE_LINE - 0.012, 0.052, 0.040, 200, 340, 9), HAIR, 0.85)
    paint(_ellipse(0.5 + 1.7 * aside, 0.475, 0.020, 0.075, 9), _shade(SKIN, 1.14), 0.8)
    paint(_ellipse(0.5 + 2.2 * aside, 0.520, 0.034, 0.022, 6), _shade(SKIN, 1.08), 0.8)
    for side in (-1, 1):
        paint(_ellipse(0.5 + 2.1 * aside + side * 0.019, 0.536, 0.010, 0.006, 2.5), _shade(SKIN, 0.40), 0.9)
        paint(_ellipse(0.5 + aside + side * 0.115, 0.50, 0.045, 0.055, 16), _shade(SKIN, 0.90), 0.5)
    paint(_ellipse(0.5 + 1.2 * aside, 0.558, 0.03, 0.010, 6), _shade(SKIN, 0.80), 0.7)
    paint(_ellipse(0.5 + 1.2 * aside, 0.598, 0.066, 0.020, 3), LIPS)
    paint(_ellipse(0.5 + 1.2 * aside, 0.597, 0.058, 0.0045, 1.6), _shade(LIPS, 0.5))
    paint(_ellipse(0.5 + aside, 0.628, 0.045, 0.010, 7), _shade(SKIN, 0.78), 0.7)
    return np.dstack([picture.clip(0, 255), alpha * 255]).astype(np.uint8)


def person(
    width: int, height: int, *, head: float = 0.5, x: float = 0.5, turn: float = 0.0, ground: Picture | None = None
) -> Picture:
    """Somebody before a wall, or before ``ground`` (BGR), who fills ``head`` of the picture's height with head and
    hair; ``x`` is where, from 0 to 1."""
    wall = np.empty((height, width, 3), np.uint8)
    wall[:] = WALL
    wall = (wall * np.linspace(1.06, 0.90, width, dtype=np.float32)[None, :, None]).clip(0, 255).astype(np.uint8)
    picture = (wall if ground is None else ground).astype(np.float32)
    side = head * height / 0.57
    place = np.array([[side / SIDE, 0, x * width - side / 2], [0, side / SIDE, height - side]], np.float32)
    bust = cv2.warpAffine(draw_bust(turn), place, (width, height), flags=cv2.INTER_AREA)
    alpha = bust[:, :, 3:].astype(np.float32) / 255
    standing: Picture = (picture * (1 - alpha) + bust[:, :, :3] * alpha).astype(np.uint8)
    return standing


def _light(picture: NDArray[np.float32], face: Mask, middle: float) -> None:
    """A face is round: brighter in the middle, darker to its sides and its chin."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    away = ((columns - middle) / 0.20) ** 2 + ((rows - 0.40) / 0.30) ** 2
    shade = (1.10 - 0.30 * away).clip(0.6, 1.12)
    picture *= 1 + (shade - 1)[:, :, None] * face[:, :, None]


def _shade(colour: Colour, factor: float) -> Colour:
    blue, green, red = (min(255.0, part * factor) for part in colour)
    return blue, green, red


def _ellipse(x: float, y: float, half_width: float, half_height: float, soft: float) -> Mask:
    mask = np.zeros((SIDE, SIDE), np.float32)
    centre, axes = (
        (round(x * SIDE), round(y * SIDE)),
        (max(1, round(half_width * SIDE)), max(1, round(half_height * SIDE))),
    )
    cv2.ellipse(mask, centre, axes, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    blurred: Mask = cv2.GaussianBlur(mask, (0, 0), soft)
    return blurred


def _arc(x: float, y: float, half_width: float, half_height: float, start: int, stop: int, thick: int) -> Mask:
    mask = np.zeros((SIDE, SIDE), np.float32)
    centre, axes = (round(x * SIDE), round(y * SIDE)), (round(half_width * SIDE), round(half_height * SIDE))
    cv2.ellipse(mask, centre, axes, 0, start, stop, 1.0, thick, cv2.LINE_AA)
    blurred: Mask = cv2.GaussianBlur(mask, (0, 0), 1.2)
    return blurred


def _box(left: float, right: float, top: float, bottom: float, soft: float) -> Mask:
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[round(top * SIDE) : round(bottom * SIDE), round(left * SIDE) : round(right * SIDE)] = 1
    blurred: Mask = cv2.GaussianBlur(mask, (0, 0), soft)
    return blurred
