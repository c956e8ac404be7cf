"""Drawn pictures of documents, desks and people, with what is true of each: to measure what the camera says of them.

Every picture follows from its seed, so a set can be made again, and another seed gives a set that nobody tuned to. What a sheen
did to a document is not guessed but computed, from the same picture without it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.simulator.drawing import (
    CardCode,
    Item,
    Pose,
    Sheen,
    Shot,
    draw_card,
    draw_family_card,
    draw_letter,
    draw_marriage_book,
    person,
    place,
    tabletop,
)
from devices.simulator.drawing.cards import invented_nik
from devices.vision import Quad, rectify

Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 1280, 720
DESKS: Final = ("wood", "stone", "dark", "white", "cluttered")
#: How good light is without any sheen: usual, a head's shadow, dim, bright, a camera that compresses hard.
LIGHTS: Final = (
    Shot(blur=0.5),
    Shot(blur=0.6, shadow=0.35),
    Shot(blur=0.5, light=0.7, noise=4),
    Shot(blur=0.5, light=1.05),
    Shot(blur=0.8, jpeg=70),
)
#: Of a document's print, from which it is spoiled: half of a number of sixteen digits on a card.
SPOILED: Final = 0.01
#: Under it nothing is lost that anybody would miss.
SPARED: Final = 0.001
#: Grey levels by which print is darker than what it stands on.
_PRINT: Final = 60
#: Least share of that which must be left for print to be read.
_LEFT: Final = 0.35
_FLAT: Final = 900


@dataclass(frozen=True, slots=True)
class Sample:
    """``picture`` as a camera gives it; ``lost`` is the share of the print that a sheen wiped out."""

    name: str
    picture: Picture
    lost: float = 0.0


def clean_documents(count: int, seed: int = 1) -> Iterator[Sample]:
    """Documents without any sheen, on every desk, in every light."""
    rng = random.Random(seed)
    for index in range(count):
        item, pose = _document(rng, index)
        ground, light = DESKS[index % len(DESKS)], LIGHTS[index // len(DESKS) % len(LIGHTS)]
        picture, _ = place(_tabletop(ground, index % 3), item, pose, light, np.random.default_rng(seed + index))
        yield Sample(f"{_NAMES[index % len(_NAMES)]} on {ground}", picture)


def shining_documents(count: int, seed: int = 2) -> Iterator[Sample]:
    """Documents with a sheen of every kind, each somewhere else, larger or smaller, weaker or stronger."""
    rng = random.Random(seed)
    kinds = tuple(Sheen)
    for index in range(count):
        item, pose = _document(rng, index)
        sheen = kinds[index // len(_NAMES) % len(kinds)]
        bare = Shot(blur=0.5, noise=0, light=rng.choice((0.85, 1.0, 1.03)))
        spot = Shot(
            blur=bare.blur,
            noise=0,
            light=bare.light,
            glare=rng.uniform(0.35, 1.0),
            sheen=sheen,
            glare_at=(rng.uniform(0.15, 0.85), rng.uniform(0.15, 0.85)),
            glare_size=rng.uniform(0.15, 0.6) * (1.6 if sheen is Sheen.TUBE else 1.0),
            glare_angle=rng.uniform(0, 180),
        )
        ground = _tabletop(DESKS[index % len(DESKS)], index % 3)
        before, corners = place(ground, item, pose, bare, np.random.default_rng(0))
        after, _ = place(ground, item, pose, spot, np.random.default_rng(0))
        noise = np.random.default_rng(seed + index).standard_normal(after.shape, dtype=np.float32) * 2.5
        picture: Picture = np.clip(after + noise, 0, 255).astype(np.uint8)
        yield Sample(str(sheen), picture, lost_print(before, after, corners.astype(np.float32)))


def lost_print(before: Picture, after: Picture, corners: Quad) -> float:
    """The share of a sheet's print that can no longer be read after a sheen fell on it."""
    flat = [
        rectify(cv2.cvtColor(each, cv2.COLOR_BGR2GRAY), corners, _FLAT, _FLAT).astype(np.float32)
        for each in (before, after)
    ]
    around = cv2.getStructuringElement(cv2.MORPH_RECT, (25, 25))
    grounds = [cv2.dilate(each, around) for each in flat]
    contrast = grounds[0] - flat[0]
    print_there = contrast > _PRINT
    gone = print_there & ((grounds[1] - flat[1]) < _LEFT * contrast)
    return float(gone.sum()) / max(1.0, float(print_there.sum()))


def empty_desks(count: int) -> Iterator[Sample]:
    """Desks on which nothing lies: not the one with papers on it."""
    bare = DESKS[:-1]
    for index in range(count):
        kind = bare[index % len(bare)]
        light = LIGHTS[index // len(bare) % len(LIGHTS)]
        picture, _ = place(
            _tabletop(kind, 3 + index // len(bare) % 2), None, Pose(), light, np.random.default_rng(index)
        )
        yield Sample(f"empty {kind} desk", picture)


def people(count: int, seed: int = 4) -> Iterator[Sample]:
    """Somebody who looks into the camera, before a wall or a desk."""
    rng = random.Random(seed)
    for index in range(count):
        ground = _tabletop(DESKS[index % len(DESKS)], 0) if index % 2 else None
        scene = person(
            WIDTH,
            HEIGHT,
            head=rng.uniform(0.3, 0.85),
            turn=rng.uniform(-0.8, 0.8),
            x=rng.uniform(0.3, 0.7),
            ground=ground,
        )
        picture, _ = place(scene, None, Pose(), LIGHTS[index % len(LIGHTS)], np.random.default_rng(index))
        yield Sample("a face", picture)


_NAMES: Final = ("card with QR", "card with Code 128", "card with PDF417", "family card", "letter", "marriage book")


def _document(rng: random.Random, index: int) -> tuple[Item, Pose]:
    kind = index % len(_NAMES)
    fills = (0.6, 0.6, 0.6, 0.62, 0.36, 0.62)[kind]
    pose = Pose(
        tilt=rng.uniform(-14, 14),
        swing=rng.uniform(-14, 14),
        turn=rng.uniform(-8, 8),
        fills=fills * rng.uniform(0.9, 1.08),
        x=rng.uniform(0.46, 0.54),
        y=rng.uniform(0.47, 0.53),
    )
    return _item(kind, index // len(_NAMES) % 4), pose


@lru_cache(maxsize=25)
def _tabletop(kind: str, variant: int) -> Picture:
    return tabletop(WIDTH, HEIGHT, kind, variant)


@lru_cache(maxsize=32)
def _item(kind: int, variant: int) -> Item:
    if kind < len(CardCode):
        return draw_card(invented_nik(random.Random(kind * 10 + variant)), tuple(CardCode)[kind])
    return (draw_family_card, draw_letter, draw_marriage_book)[kind - len(CardCode)]()
