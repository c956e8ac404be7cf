"""The photo question by touch: what is in sight is drawn and spoken, the shutter works all the same, and nothing looks on."""

import inspect
from collections.abc import Iterator

import pytest
from kivy.graphics import Line
from screens_harness import BOOT, Hands

from kiosk.ports import CaptureKind, Hint
from protocol.languages import LANGUAGES
from rehearsal.citizen import Citizen
from rehearsal.devices import Problem, Sight
from rehearsal.every_control import SERVICE_ID
from rehearsal.gallery.checks import problems
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way, open_form
from screens.citizen.controls import photo, sighting, viewfinder
from screens.citizen.controls.sighting import CalmHint
from screens.citizen.controls.viewfinder import SPOKEN_LOOKS, SightMarks, Viewfinder
from screens.language.texts import Catalogues

FAULTS = (
    *("TOO_DARK", "TOO_BLURRED", "GLARE", "NO_FRAME", "NO_SHEET"),
    *("NO_FACE", "SEVERAL_FACES", "FACE_TOO_SMALL", "FACE_AT_EDGE", "FACE_TURNED"),
)


@pytest.fixture
def before_the_camera(citizens: Hands) -> Iterator[Hands]:
    """A citizen at the question for a photo of a document."""
    show("foto")(Way(citizens))
    citizens.settle()
    yield citizens


@pytest.fixture
def before_the_mirror(citizens: Hands) -> Iterator[Hands]:
    """The same at the question for a photo of themselves."""
    show("wajah")(Way(citizens))
    citizens.settle()
    yield citizens


def view_of(hands: Hands) -> Viewfinder:
    return next(each for each in hands.widgets() if isinstance(each, Viewfinder))


def marks_of(hands: Hands) -> SightMarks:
    return next(each for each in hands.widgets() if isinstance(each, SightMarks))


def look(hands: Hands, hint: str, *, times: int = 2, sheet: bool = True) -> None:
    """Lets the camera find the sheet, with that hint, as often as a hint needs to be shown."""
    camera = hands.rehearsal.camera
    camera.in_sight = Sight(camera.sheet if sheet else None, hint)
    watch = view_of(hands).sighting
    assert watch is not None
    for _ in range(times):
        hands.join()
        watch.look()
        hands.join()


def test_without_a_sheet_nothing_is_outlined(before_the_camera: Hands) -> None:
    before_the_camera.must_see(before_the_camera.text("photo.hint.no_sheet"))
    assert marks_of(before_the_camera).outline == []


def test_the_found_sheet_is_outlined_where_the_picture_shows_it(before_the_camera: Hands) -> None:
    hands = before_the_camera
    look(hands, Hint.READY)
    marks = marks_of(hands)
    # The widget is wider than the picture of 4:3 or higher; the picture stands in its middle.
    assert marks.texture is not None
    scale = min(marks.width / 960, marks.height / 720)
    left, top = marks.center_x - 480 * scale, marks.center_y + 360 * scale
    expected = [place for x, y in hands.rehearsal.camera.SHEET for place in (left + x * scale, top - y * scale)]
    assert marks.outline == pytest.approx(expected)
    assert sum(isinstance(each, Line) for each in marks.canvas.children) == 2


def test_the_outline_is_of_another_colour_when_the_photo_would_be_good(before_the_camera: Hands) -> None:
    hands = before_the_camera
    look(hands, Hint.TOO_FAR)
    before = tuple(marks_of(hands).line)
    look(hands, Hint.READY)
    assert tuple(marks_of(hands).line) != before


@pytest.mark.parametrize("hint", [Hint.TOO_FAR, Hint.GLARE, Hint.READY])
def test_the_hint_is_shown(before_the_camera: Hands, hint: Hint) -> None:
    look(before_the_camera, hint)
    before_the_camera.must_see(before_the_camera.text(f"photo.hint.{hint.lower()}"))


def test_a_camera_whose_code_fails_leaves_the_shutter_free(before_the_camera: Hands) -> None:
    hands = before_the_camera
    hands.rehearsal.camera.broken = True
    hands.tap(hands.text("photo.shoot"))
    hands.join()
    hands.must_see(hands.text("photo.problem.no_frame"))
    assert not view_of(hands).busy
    hands.rehearsal.camera.broken = False
    hands.tap(hands.text("photo.shoot"))
    hands.join()
    hands.must_see(hands.text("photo.taken"))


def test_looking_that_fails_is_reported_and_looks_again(before_the_camera: Hands) -> None:
    hands = before_the_camera
    hands.rehearsal.camera.broken = True
    look(hands, Hint.READY)
    hands.must_see(hands.text("photo.hint.no_frame"))
    assert marks_of(hands).outline == []
    hands.rehearsal.camera.broken = False
    look(hands, Hint.READY)
    hands.must_see(hands.text("photo.hint.ready"))


def test_a_shorter_hint_does_not_move_the_shutter(before_the_camera: Hands) -> None:
    hands = before_the_camera
    shutter = view_of(hands).ids.shoot
    view_of(hands).tell("Satu baris yang panjang. " * 8, "info")
    hands.settle()
    before = tuple(shutter.to_window(*shutter.center))
    look(hands, Hint.READY)
    hands.settle()
    assert tuple(shutter.to_window(*shutter.center)) == pytest.approx(before)


def test_the_room_for_a_hint_is_no_higher_than_it(before_the_camera: Hands) -> None:
    """Before its width is known a text is laid out in a column."""
    view = view_of(before_the_camera)
    assert view.hint_room == pytest.approx(view.ids.message.height)


def test_the_shutter_works_whatever_the_hint(before_the_camera: Hands) -> None:
    hands = before_the_camera
    look(hands, Hint.TOO_BLURRED)
    hands.tap(hands.text("photo.shoot"))
    hands.join()
    hands.must_see(hands.text("photo.taken"))
    assert hands.rehearsal.camera.kinds == [CaptureKind.DOCUMENT]


def test_a_photo_that_was_taken_is_not_outlined(before_the_camera: Hands) -> None:
    hands = before_the_camera
    look(hands, Hint.READY)
    hands.tap(hands.text("photo.shoot"))
    hands.join()
    view = view_of(hands)
    assert view.corners is None
    assert view.sighting is not None and not view.sighting.running


def test_taken_again_it_looks_again(before_the_camera: Hands) -> None:
    hands = before_the_camera
    hands.tap(hands.text("photo.shoot"))
    hands.join()
    hands.must_see(hands.text("photo.taken"))
    hands.settle()
    hands.tap(hands.text("photo.again"))
    hands.must_see(hands.text("photo.shoot"))
    look(hands, Hint.READY)
    assert marks_of(hands).outline


def test_the_page_that_goes_looks_no_more(before_the_camera: Hands) -> None:
    hands = before_the_camera
    watch = view_of(hands).sighting
    assert watch is not None and watch.running
    hands.go_home()
    hands.settle()
    assert not watch.running
    assert not hands.rehearsal.camera.running


def test_another_language_looks_on(before_the_camera: Hands) -> None:
    hands = before_the_camera
    before = view_of(hands).sighting
    hands.app.flow.preferences.set_language("en")
    hands.settle()
    watch = view_of(hands).sighting
    assert before is not None and watch is not None and before is not watch
    assert watch.running and not before.running
    assert hands.rehearsal.camera.running
    hands.must_see(hands.text("photo.hint.no_sheet"))


def test_what_was_being_looked_at_is_not_passed_to_a_page_that_went(before_the_camera: Hands) -> None:
    hands = before_the_camera
    view, camera = view_of(hands), hands.rehearsal.camera
    camera.in_sight = Sight(camera.sheet, Hint.READY)
    hands.join()
    assert view.sighting is not None
    view.sighting.look()
    hands.go_home()
    hands.join()
    assert view.corners is None


def test_a_lost_camera_is_not_asked(citizens: Hands) -> None:
    citizens.rehearsal.camera.become("UNAVAILABLE", "DISCONNECTED")
    show("foto")(Way(citizens))
    citizens.settle()
    citizens.must_see(citizens.text("photo.no_camera"))
    watch = view_of(citizens).sighting
    assert watch is not None and not watch.running


def test_a_selfie_is_a_portrait_within_an_oval(before_the_mirror: Hands) -> None:
    hands = before_the_mirror
    hands.must_see(hands.text("photo.hint.no_face"))
    assert marks_of(hands).oval
    hands.tap(hands.text("photo.shoot"))
    hands.join()
    hands.must_see(hands.text("photo.taken_portrait"))
    assert hands.rehearsal.camera.kinds == [CaptureKind.PORTRAIT]


def test_a_portrait_that_failed_is_explained_in_its_own_words(before_the_mirror: Hands) -> None:
    hands = before_the_mirror
    hands.rehearsal.camera.problem = "TOO_DARK"
    hands.tap(hands.text("photo.shoot"))
    hands.join()
    hands.must_see(hands.text("photo.problem.portrait.too_dark"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_hint_and_problem_has_words(before_the_mirror: Hands, catalogues: Catalogues, language: str) -> None:
    hands = before_the_mirror
    hands.app.flow.preferences.set_language(language)
    hands.settle()
    view = view_of(hands)
    reported = []
    for fault in FAULTS:
        view.tell_problem(Problem(fault))
        reported.append(view.hint)
    reported += [hands.text(f"photo.hint.{hint.lower()}") for hint in Hint]
    assert not [text for text in reported if not text or text.startswith("photo.")]
    assert len(set(reported)) == len(reported)


def test_a_hint_is_shown_when_it_came_twice() -> None:
    calm = CalmHint(Hint.NO_SHEET)
    for hint in (Hint.GLARE, Hint.READY, Hint.GLARE):
        calm.take(hint, 1)
        assert calm.shown == Hint.NO_SHEET
    calm.take(Hint.GLARE, 1)
    assert calm.shown == Hint.GLARE


def test_a_spoken_hint_stands_as_long_as_saying_it_takes() -> None:
    calm = CalmHint(Hint.NO_SHEET)
    for _ in range(SPOKEN_LOOKS - 1):
        calm.take(Hint.READY, SPOKEN_LOOKS)
    assert calm.shown == Hint.NO_SHEET
    calm.take(Hint.READY, SPOKEN_LOOKS)
    assert calm.shown == Hint.READY


def test_nothing_is_bound_by_a_lambda() -> None:
    """A lambda would hold the page of a citizen who has gone."""
    assert not [each for each in (photo, sighting, viewfinder) if "lambda" in inspect.getsource(each)]


@pytest.mark.parametrize("orientation", ["portrait", "landscape"])
def test_what_can_be_done_with_a_photo_is_as_wide_as_before(citizens: Hands, orientation: str) -> None:
    sizes = {"portrait": (BOOT.width, BOOT.height), "landscape": (BOOT.height, BOOT.width)}
    citizens.turn(*sizes[orientation])
    open_form(Way(citizens), SERVICE_ID)
    session = citizens.kiosk.session
    assert session is not None
    session.show("/data/foto")
    citizens.settle()
    for problem in ("", "GLARE"):
        citizens.rehearsal.camera.problem = problem
        citizens.tap(citizens.text("photo.shoot"))
        citizens.join()
        citizens.settle(4)
        assert problems(citizens.stage) == []
        citizens.tap(citizens.text("photo.again"))
        citizens.settle(4)
        assert problems(citizens.stage) == []
    citizens.turn(*sizes["portrait"])


def test_a_card_that_is_photographed_before_the_scanner_is_no_scan(citizens: Hands) -> None:
    open_form(Way(citizens), SERVICE_ID)
    session = citizens.kiosk.session
    assert session is not None
    session.show("/data/foto")
    citizens.settle()
    Citizen(citizens).hold_card()
    assert citizens.unseen(citizens.text("form.scan.unused")) != []
