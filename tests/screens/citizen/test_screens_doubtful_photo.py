"""A photo that is not good, or not there yet, is never left behind without a word: the way forward waits for a choice."""

import gc
import weakref
from collections.abc import Callable, Iterator
from threading import Event

import pytest
from flows_kit import session_of
from keys_kit import press, walk_to
from screens_harness import Hands

from kiosk.events import EndReason, Step
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way
from screens.citizen.controls.viewfinder import Viewfinder
from screens.look.tokens import TextSize


@pytest.fixture
def before_the_camera(citizens: Hands) -> Iterator[Hands]:
    """A citizen at the question for a photo of a document."""
    show("foto")(Way(citizens))
    citizens.settle()
    yield citizens


class SlowCamera:
    """A camera that takes its photo when it is told to."""

    def __init__(self, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
        self._go = Event()
        self._capture: Callable[[str], object] = hands.rehearsal.camera.capture
        monkeypatch.setattr(hands.rehearsal.camera, "capture", self._wait)

    def _wait(self, kind: str) -> object:
        self._go.wait(20)
        return self._capture(kind)

    def take(self) -> None:
        self._go.set()


def page_ref(hands: Hands) -> str:
    page = session_of(hands).page
    assert page is not None
    return page.ref


def attached(hands: Hands) -> bool:
    session = hands.kiosk.session
    return session is not None and session.attachment("/data/foto") is not None


def view_of(hands: Hands) -> Viewfinder:
    return next(each for each in hands.widgets() if isinstance(each, Viewfinder))


def in_sight(hands: Hands, view: Viewfinder) -> bool:
    """Whether the choice and the sentence can be seen within the pane."""
    holder = hands.page.ids.pane.ids.holder
    bottom, top = holder.to_window(0, holder.y)[1], holder.to_window(0, holder.top)[1]
    return all(
        bottom - 1 <= widget.to_window(0, widget.y)[1] and widget.to_window(0, widget.top)[1] <= top + 1
        for widget in (view.ids.message, view.ids.again, view.ids.shoot)
    )


def shoot(hands: Hands, problem: str = "") -> None:
    hands.rehearsal.camera.problem = problem
    hands.tap(hands.text("photo.shoot"))
    hands.join()


def test_with_a_doubtful_photo_the_form_does_not_go_on_but_asks(before_the_camera: Hands) -> None:
    hands = before_the_camera
    shoot(hands, "GLARE")
    here = page_ref(hands)
    hands.forward()
    assert page_ref(hands) == here
    hands.must_see(hands.text("photo.choose"))
    assert in_sight(hands, view_of(hands))


@pytest.mark.parametrize("key", ["photo.use", "photo.again"])
def test_after_the_choice_the_way_forward_is_free(before_the_camera: Hands, key: str) -> None:
    hands = before_the_camera
    shoot(hands, "GLARE")
    here = page_ref(hands)
    hands.forward()
    hands.tap(hands.text(key))
    assert not hands.sees(hands.text("photo.choose"))
    if key == "photo.again":
        shoot(hands)
    assert attached(hands)
    hands.forward()
    assert page_ref(hands) != here


@pytest.mark.parametrize("how", ["another_language", "another_size", "back_and_forth"])
def test_a_doubtful_photo_stays_until_the_choice_wherever_one_goes(before_the_camera: Hands, how: str) -> None:
    hands = before_the_camera
    shoot(hands, "GLARE")
    if how == "another_language":
        hands.app.flow.preferences.set_language("en")
    elif how == "another_size":
        hands.app.flow.preferences.set_text_size(TextSize.LARGE)
    else:
        here = page_ref(hands)
        hands.back()
        assert page_ref(hands) != here
        session_of(hands).show("/data/foto")
    hands.settle()
    view = view_of(hands)
    assert view.doubtful
    assert view.still is not None
    hands.must_see(hands.text("photo.problem.glare"))
    hands.tap(hands.text("photo.use"))
    assert attached(hands)


@pytest.mark.parametrize("leaving", [False, True])
def test_a_doubtful_photo_goes_into_the_draft(before_the_camera: Hands, leaving: bool) -> None:
    hands = before_the_camera
    shoot(hands, "GLARE")
    if leaving:
        hands.app.flow.ask_leave()
        hands.settle()
    hands.tap(hands.text("draft.save"), nth=1 if leaving else 0)
    assert hands.place == "SAVE_DRAFT"
    assert attached(hands)
    hands.app.flow.drafts.back_to_form()
    hands.settle()
    assert not view_of(hands).doubtful
    hands.must_see(hands.text("photo.taken"))


def test_nobody_holds_the_form_of_a_page_that_was_left(before_the_camera: Hands) -> None:
    """Its answers go with it, also while the citizen is still here."""
    hands = before_the_camera
    model = weakref.ref(hands.page.model)
    while session_of(hands).step is not Step.SERVICE:
        session_of(hands).back()
    hands.settle()
    gc.collect()
    assert model() is None


def test_nothing_of_a_doubtful_photo_is_kept_after_the_session(before_the_camera: Hands) -> None:
    hands = before_the_camera
    shoot(hands, "GLARE")
    photo = weakref.ref(hands.page.model.doubtful["/data/foto"].photo)
    hands.kiosk.end(EndReason.CANCELLED)
    hands.settle()
    gc.collect()
    assert photo() is None


def test_the_form_waits_for_a_shutter_that_is_still_at_work(
    before_the_camera: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = before_the_camera
    camera = SlowCamera(hands, monkeypatch)
    here = page_ref(hands)
    hands.tap(hands.text("photo.shoot"))
    hands.forward()
    assert page_ref(hands) == here
    hands.must_see(hands.text("photo.wait_first"))
    camera.take()
    hands.join()
    assert attached(hands)
    hands.forward()
    assert page_ref(hands) != here


def test_by_keys_alone_the_form_asks_too(before_the_camera: Hands) -> None:
    hands = before_the_camera
    shoot(hands, "TOO_DARK")
    here = page_ref(hands)
    walk_to(hands, hands.text("common.next"))
    press(hands, "enter")
    assert page_ref(hands) == here
    hands.must_see(hands.text("photo.choose"))
    walk_to(hands, hands.text("photo.use"))
    press(hands, "enter")
    assert attached(hands)
