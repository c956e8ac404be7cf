"""A sheen that takes print away is told, whatever is mirrored and wherever it lies; good pictures, desks and faces are not doubted."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.camera import CaptureProblem, Frame, Hint, quality
from devices.camera.drawn_set import SPOILED, clean_documents, empty_desks, lost_print, people, shining_documents
from devices.camera.measure import GOOD, judge
from devices.camera.sheet import CaptureLimits, find_sheet, flatten, shows_person, take
from devices.camera.sight import SEEK_BY_LINES_EVERY, SheetWatch
from devices.simulator.drawing import CardCode, Pose, Sheen, Shot, draw_card, place, tabletop
from devices.vision.faces import FaceFinder
from protocol.peripherals import CaptureFault

NIK = "9912055203900001"
#: Where the NIK stands on the card: from 0 to 1 across and down.
NUMBER = (0.62, 0.27)


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    picture = cv2.imread(str(Path(__file__).with_name("pictures") / "astronaut.jpg"))
    assert picture is not None
    return cv2.resize(picture, (1280, 720))


@pytest.mark.parametrize("sheen", [Sheen.FOIL, Sheen.TUBE, Sheen.SPOON])
def test_a_sheen_over_the_number_of_a_card_is_glare(sheen: Sheen) -> None:
    ground, card, pose = tabletop(1280, 720), draw_card(NIK, CardCode.QR), Pose(8, 6, -4, 0.6)
    spot = Shot(blur=0.5, noise=0, glare=1.0, sheen=sheen, glare_at=NUMBER, glare_size=0.5, glare_angle=0)
    bare, corners = place(ground, card, pose, Shot(blur=0.5, noise=0), np.random.default_rng(0))
    shining, _ = place(ground, card, pose, spot, np.random.default_rng(0))
    assert lost_print(bare, shining, corners) >= SPOILED
    limit = CaptureLimits().most_glare
    assert quality.sheen(_flat(bare)) < limit < quality.sheen(_flat(shining))


def test_pictures_that_lost_print_are_glare_and_good_ones_are_good() -> None:
    spoiled = (each for each in shining_documents(40, seed=5) if each.lost >= SPOILED)
    assert judge(islice(spoiled, 2), CaptureFault.GLARE).wrong == []
    assert judge(clean_documents(4, seed=5), GOOD).wrong == []


def test_an_empty_desk_and_a_face_are_no_document() -> None:
    assert judge(empty_desks(3), CaptureFault.NO_SHEET).wrong == []
    assert judge(people(2), CaptureFault.NO_SHEET).wrong == []


def test_a_real_face_before_shelves_is_no_document(astronaut: np.ndarray) -> None:
    """Shoulders and a wall have four straight sides."""
    assert find_sheet(cv2.cvtColor(astronaut, cv2.COLOR_BGR2GRAY)) is not None
    taken = take(astronaut, CaptureLimits(), FaceFinder())
    assert isinstance(taken, CaptureProblem)
    assert (taken.kind, taken.photo is not None) == (CaptureFault.NO_SHEET, True)


def test_a_real_face_is_told_to_lay_down_a_document_before_the_shutter(astronaut: np.ndarray) -> None:
    watch = SheetWatch(CaptureLimits(), FaceFinder())
    seen = [
        watch.look(Frame(astronaut, number, datetime(2026, 1, 5, tzinfo=UTC))) for number in range(SEEK_BY_LINES_EVERY)
    ]
    assert {(each.corners, each.hint) for each in seen} == {(None, Hint.NO_SHEET)}


def test_the_face_on_a_card_is_nobody_before_the_camera() -> None:
    sheet = np.full((320, 320), 40, np.uint8)
    card, _ = place(tabletop(1280, 720), draw_card(NIK), Pose(8, 6, -4, 0.6), Shot(blur=0.5), np.random.default_rng(0))
    assert not shows_person(card, sheet, FaceFinder())


def test_paper_that_is_bright_all_over_has_no_glare() -> None:
    paper = np.full((600, 900, 3), 255, np.uint8)
    cv2.putText(paper, "NIK 3578014107900001", (60, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (20, 20, 20), 3)
    assert quality.sheen(paper) == 0.0


@pytest.mark.soak
def test_of_many_pictures_few_are_judged_wrongly() -> None:
    shining = list(shining_documents(240, seed=21))
    missed = judge((each for each in shining if each.lost >= SPOILED), CaptureFault.GLARE)
    doubted = judge(clean_documents(120, seed=21), GOOD)
    assert missed.share(CaptureFault.GLARE) >= 0.95
    assert doubted.share(CaptureFault.GLARE) <= 0.02


def _flat(picture: np.ndarray) -> np.ndarray:
    corners = find_sheet(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    assert corners is not None
    return flatten(picture, corners)
