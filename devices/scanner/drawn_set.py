"""Drawn pictures of cards on tabletops with known texts, to measure readers on: tilt, turn, blur, glare, darkness.

Every picture follows from its seed, so a set can be made again, and another seed gives a set that nobody tuned to.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.simulator.drawing import CardCode, Pose, Shot, draw_card, place, tabletop
from devices.simulator.drawing.cards import invented_nik

TABLETOPS: Final = ("wood", "stone", "dark", "white", "cluttered")
SIZES: Final = ((1280, 720), (640, 480))


@dataclass(frozen=True, slots=True)
class Condition:
    """How the cards of one condition lie: angles in degrees, and light and lens for a picture 1280 pixels wide."""

    name: str
    tilt: float = 3.0
    swing: float = 3.0
    turn: float = 3.0
    blur: float = 0.4
    motion: float = 0.0
    glare: float = 0.0
    light: float = 1.0
    fills: float = 0.6
    noise: float = 2.5
    shadow: float = 0.0
    thumb: bool = False
    jpeg: int = 0


CONDITIONS: Final = (
    Condition("straight"),
    Condition("tilt 15", tilt=15),
    Condition("tilt 30", tilt=30),
    Condition("tilt 45", tilt=45),
    Condition("swing 30", swing=30),
    Condition("swing 45", swing=45),
    Condition("tilt and swing 30", tilt=30, swing=30),
    Condition("turn 15", turn=15),
    Condition("turn 30", turn=30, fills=0.5),
    Condition("turn 45", turn=45, fills=0.45),
    Condition("turn 90", turn=90, fills=0.42),
    Condition("blur", blur=1.3),
    Condition("motion", motion=5),
    Condition("glare", glare=0.9),
    Condition("dark", light=0.3),
    Condition("far", fills=0.42),
    Condition("upside down", turn=180),
    Condition("noise", noise=18.0),
    Condition("shadow", shadow=0.75),
    Condition("thumb", thumb=True),
    Condition("JPEG", jpeg=12),
    Condition("askew with glare", tilt=20, swing=15, turn=15, glare=0.6, blur=0.7, fills=0.55),
)


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A grey picture, and the text that its card's code holds (for a PDF417: the NIK in it)."""

    condition: str
    code: CardCode
    size: tuple[int, int]
    text: str
    grey: NDArray[np.uint8]


def drawn_pictures(each: int, seed: int = 1, sizes: tuple[tuple[int, int], ...] = SIZES) -> Iterator[DrawnPicture]:
    """``each`` pictures of every condition, code and size."""
    rng = random.Random(seed)
    noise = np.random.default_rng(seed)
    for size in sizes:
        tabletops = [tabletop(*size, kind, seed + index) for index, kind in enumerate(TABLETOPS)]
        for condition in CONDITIONS:
            for code in CardCode:
                for _ in range(each):
                    nik = invented_nik(rng)
                    pose, shot = _pose(condition, rng), _shot(condition, size[0] / 1280, rng)
                    picture, _ = place(rng.choice(tabletops), draw_card(nik, code), pose, shot, noise)
                    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
                    yield DrawnPicture(condition.name, code, size, nik, grey)


def empty_tabletops(size: tuple[int, int], seed: int = 1) -> Iterator[NDArray[np.uint8]]:
    """Every tabletop without a card, as the camera sees it most of the day."""
    noise = np.random.default_rng(seed)
    for index, kind in enumerate(TABLETOPS):
        picture, _ = place(tabletop(*size, kind, seed + index), None, Pose(), Shot(blur=0.4, noise=2.5), noise)
        yield cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def _pose(condition: Condition, rng: random.Random) -> Pose:
    def angle(largest: float) -> float:
        """The condition's own angles are met exactly; the small ones of any hand are at random."""
        return rng.choice((-1, 1)) * (largest if largest > 3 else rng.uniform(0, largest))

    return Pose(
        tilt=angle(condition.tilt),
        swing=angle(condition.swing),
        turn=angle(condition.turn),
        fills=condition.fills * rng.uniform(0.94, 1.06),
        x=rng.uniform(0.46, 0.54),
        y=rng.uniform(0.46, 0.54),
    )


def _shot(condition: Condition, scale: float, rng: random.Random) -> Shot:
    return Shot(
        blur=condition.blur * scale,
        glare=condition.glare,
        light=condition.light * rng.uniform(0.9, 1.05),
        noise=condition.noise,
        shadow=condition.shadow,
        thumb=condition.thumb,
        jpeg=condition.jpeg,
        motion=condition.motion * scale,
        motion_angle=rng.uniform(0, 180),
    )
