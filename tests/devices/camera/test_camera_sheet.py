"""Photographs of documents: found, flattened, measured, kept small and without metadata."""

import cv2
import numpy as np
import pytest

from devices.camera import CaptureProblem, Photo, Picture
from devices.camera.jpeg import encode
from devices.camera.photo import CaptureFault
from devices.camera.sheet import CaptureLimits, find_sheet, take
from devices.simulator.drawing import Pose, Shot, draw_family_card, draw_letter, draw_marriage_book, place, tabletop
from devices.simulator.drawing.items import Item
from devices.vision import find_quads

ITEMS = {
    "family card": (draw_family_card, 0.6),
    "letter": (draw_letter, 0.34),
    "marriage book": (draw_marriage_book, 0.6),
}


def shot(item: Item, fills: float, kind: str = "wood", *, light: float = 1, blur: float = 0.5) -> Picture:
    pose = Pose(tilt=12, swing=-10, turn=6, fills=fills)
    picture, _ = place(tabletop(1280, 720, kind), item, pose, Shot(blur=blur, light=light), np.random.default_rng(2))
    return picture


@pytest.mark.parametrize("name", list(ITEMS))
@pytest.mark.parametrize("kind", ["wood", "stone", "dark", "white", "cluttered"])
def test_a_sheet_is_found_on_every_tabletop(name: str, kind: str) -> None:
    draw, fills = ITEMS[name]
    picture, corners = place(
        tabletop(1280, 720, kind), draw(), Pose(12, -10, 6, fills), Shot(blur=0.5), np.random.default_rng(2)
    )
    found = find_sheet(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    assert found is not None
    assert float(np.abs(found - corners).max()) < 8


@pytest.mark.parametrize("name", list(ITEMS))
def test_a_flattened_sheet_has_its_own_proportions(name: str) -> None:
    draw, fills = ITEMS[name]
    item = draw()
    taken = take(shot(item, fills), CaptureLimits())
    assert isinstance(taken, Photo)
    assert taken.found_sheet
    assert taken.width / taken.height == pytest.approx(item.width_mm / item.height_mm, rel=0.04)


def test_an_empty_tabletop_has_no_sheet() -> None:
    assert find_sheet(cv2.cvtColor(tabletop(1280, 720, "stone"), cv2.COLOR_BGR2GRAY)) is None


@pytest.mark.parametrize("shape", [(1, 1), (2, 900), (40, 40)])
def test_odd_pictures_hold_no_quadrilateral(shape: tuple[int, int]) -> None:
    assert find_quads(np.full(shape, 90, np.uint8), lines=True) == ()


@pytest.mark.parametrize(
    ("light", "blur", "fault"), [(0.2, 0.5, CaptureFault.TOO_DARK), (1.0, 6.0, CaptureFault.TOO_BLURRED)]
)
def test_a_bad_picture_is_named_and_kept(light: float, blur: float, fault: CaptureFault) -> None:
    taken = take(shot(draw_letter(), 0.34, light=light, blur=blur), CaptureLimits())
    assert isinstance(taken, CaptureProblem)
    assert taken.kind is fault
    assert taken.photo is not None


def test_a_reflection_is_glare() -> None:
    picture = shot(draw_family_card(), 0.66)
    cv2.ellipse(picture, (640, 360), (150, 90), 0, 0, 360, (255, 255, 255), -1)
    taken = take(picture, CaptureLimits())
    assert isinstance(taken, CaptureProblem)
    assert taken.kind is CaptureFault.GLARE


@pytest.mark.parametrize("target", [30_000, 100_000])
def test_a_jpeg_meets_its_target(target: int) -> None:
    noisy = np.random.default_rng(0).integers(0, 255, (900, 1200, 3), np.uint8)
    data, width, height = encode(noisy, target)
    assert len(data) <= target
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded.shape[:2] == (height, width)


def test_a_jpeg_holds_no_metadata() -> None:
    data, _, _ = encode(np.zeros((400, 400, 3), np.uint8), 100_000)
    assert b"Exif" not in data
    assert b"\xff\xe1" not in data
    assert b"\xff\xfe" not in data
