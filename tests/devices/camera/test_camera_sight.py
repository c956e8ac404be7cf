"""What is in sight before the shutter: corners that follow the sheet, and the one hint that helps now."""

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from devices.camera import CameraSettings, CaptureKind, Frame, Hint, PortraitLimits, Sight, build_camera
from devices.camera.sheet import CaptureLimits
from devices.camera.sight import SEEK_BY_LINES_EVERY, SEEK_EVERY, FaceWatch, SheetWatch
from devices.frame import FakeClock
from devices.simulator.bench import Bench
from devices.simulator.drawing import Pose, Shot, draw_letter, draw_marriage_book, person, place, tabletop
from devices.vision.faces import FaceFinder

WIDTH, HEIGHT = 1280, 720
LETTER = draw_letter()


def frame_of(picture: np.ndarray, number: int = 0) -> Frame:
    return Frame(picture, number, datetime(2026, 1, 5, tzinfo=UTC))


def letter(x: float = 0.5, *, light: float = 1.0, blur: float = 0.5, fills: float = 0.34) -> tuple[Frame, np.ndarray]:
    shot = Shot(blur=blur, light=light)
    picture, corners = place(
        tabletop(WIDTH, HEIGHT), LETTER, Pose(12, -6, 4, fills, x), shot, np.random.default_rng(int(x * 100))
    )
    return frame_of(picture), corners / (WIDTH, HEIGHT)


def looked(frames: list[Frame]) -> Sight:
    watch = SheetWatch(CaptureLimits())
    return [watch.look(frame) for frame in frames][-1]


def test_a_sheet_that_is_held_still_is_ready() -> None:
    frame, corners = letter()
    seen = looked([frame, frame])
    assert seen.hint is Hint.READY
    assert np.abs(np.array(seen.corners) - corners).max() < 0.01


def test_a_sheet_that_moves_is_followed_and_asked_to_hold_still() -> None:
    watch = SheetWatch(CaptureLimits())
    for step in range(12):
        frame, corners = letter(0.44 + 0.01 * step)
        seen = watch.look(frame)
        assert seen.hint is Hint.HOLD_STILL
        assert np.abs(np.array(seen.corners) - corners).max() < 0.012


def test_a_sheet_that_is_taken_away_is_gone() -> None:
    seen = looked([letter()[0], letter()[0], frame_of(tabletop(WIDTH, HEIGHT))])
    assert (seen.corners, seen.hint) == (None, Hint.NO_SHEET)


@pytest.mark.parametrize(
    ("light", "blur", "fills", "hint"),
    [
        (0.25, 0.5, 0.34, Hint.TOO_DARK),
        (0.02, 0.5, 0.34, Hint.TOO_DARK),
        (1.0, 5.0, 0.34, Hint.TOO_BLURRED),
        (1.0, 0.5, 0.23, Hint.TOO_FAR),
    ],
)
def test_the_hint_names_what_is_wrong(light: float, blur: float, fills: float, hint: Hint) -> None:
    frame, _ = letter(light=light, blur=blur, fills=fills)
    assert looked([frame, frame]).hint is hint


def test_a_reflection_is_glare() -> None:
    frame, corners = letter()
    middle = (corners.mean(axis=0) * (WIDTH, HEIGHT)).astype(int).tolist()
    cv2.ellipse(frame.picture, middle, (90, 60), 0, 0, 360, (255, 255, 255), -1)
    assert looked([frame, frame]).hint is Hint.GLARE


def test_a_sheet_without_an_outline_is_found_by_its_lines() -> None:
    picture, corners = place(
        tabletop(WIDTH, HEIGHT, "cluttered"),
        draw_marriage_book(),
        Pose(12, -10, 6, 0.6),
        Shot(blur=0.5),
        np.random.default_rng(2),
    )
    seen = looked([frame_of(picture)] * (2 * SEEK_EVERY + SEEK_BY_LINES_EVERY))
    assert np.abs(np.array(seen.corners) - corners / (WIDTH, HEIGHT)).max() < 0.012


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


@pytest.mark.parametrize(
    ("how", "hint"),
    [
        ({}, Hint.READY),
        ({"turn": 1.0}, Hint.FACE_TURNED),
        ({"head": 0.18}, Hint.TOO_FAR),
        ({"x": 0.13}, Hint.FACE_AT_EDGE),
    ],
)
def test_a_person_gets_the_hint_that_helps(finder: FaceFinder, how: dict[str, float], hint: Hint) -> None:
    watch = FaceWatch(finder, PortraitLimits())
    frame = frame_of(person(WIDTH, HEIGHT, **how))
    watch.look(frame)
    seen = watch.look(frame)
    assert seen.hint is hint
    assert seen.corners is not None


def test_nobody_and_two_people_have_no_portrait(finder: FaceFinder) -> None:
    watch = FaceWatch(finder, PortraitLimits())
    nobody = watch.look(frame_of(tabletop(WIDTH, HEIGHT)))
    two = watch.look(frame_of(person(WIDTH, HEIGHT, x=0.7, ground=person(WIDTH, HEIGHT, x=0.3))))
    assert (nobody.corners, nobody.hint) == (None, Hint.NO_FACE)
    assert (two.corners, two.hint) == (None, Hint.SEVERAL_FACES)


def test_a_camera_tells_what_it_has_in_sight() -> None:
    bench = Bench()
    clock = FakeClock()
    camera = build_camera(CameraSettings(driver="simulated"), clock=clock, simulated=bench.camera)
    assert camera.sight() == Sight(None, Hint.NO_FRAME)
    camera.start_preview()
    bench.show_document("letter")
    for _ in range(4):
        clock.advance(camera.worker.step())
        seen = camera.sight()
    assert seen.hint is Hint.READY
    assert camera.sheet() == seen.corners
    assert camera.sight() is seen
    bench.show_person()
    for _ in range(12):
        clock.advance(camera.worker.step())
    assert camera.sight(CaptureKind.PORTRAIT).corners is not None
    assert camera.capture("PORTRAIT").found_face
    camera.stop()


def test_a_kind_that_does_not_exist_is_refused() -> None:
    camera = build_camera(CameraSettings(driver="simulated"), clock=FakeClock(), simulated=Bench().camera)
    with pytest.raises(ValueError, match="X-RAY"):
        camera.sight("X-RAY")
    with pytest.raises(ValueError, match="X-RAY"):
        camera.capture("X-RAY")
