"""What a finger finds that was on its way when it came: nothing that it was not sent to. Keys wait for nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from flows_kit import answer_page, begin, session_of
from keys_kit import press
from kivy.core.window import Window
from kivy.tests.common import UnitTestTouch
from screens_harness import Hands

from kiosk.events import EndReason
from protocol.kiosk_settings import NUMBERS
from rehearsal.citizen import Citizen, card_of
from screens.access.keys import _CODES
from screens.citizen.controls.signature import SignaturePad
from screens.navigation.places import Over

REST_S = NUMBERS["touch_rest_s"].default
IDLE_S = NUMBERS["idle_s"].default
WARNING_S = NUMBERS["idle_warning_s"].default
#: From one touch of a double one to the next.
BETWEEN_S = 0.15


@pytest.fixture
def kiosk(citizens: Hands) -> Iterator[Hands]:
    yield citizens
    citizens.kiosk.settings.store_new({})
    citizens.kiosk.settings.reload()


def at_once(hands: Hands, x: float, y: float) -> None:
    """A touch without a look at what has come."""
    touch = UnitTestTouch(x, y)
    touch.touch_down()
    hands.frame()
    touch.touch_up()
    hands.settle()


def double(hands: Hands, widget: Any, times: int = 2, between: float = BETWEEN_S) -> None:
    """Touches where the widget is, and again, whatever is there by then."""
    hands.look()
    place = widget.to_window(*widget.center)
    for _ in range(times):
        at_once(hands, *place)
        hands.rehearsal.clock.seconds += between


def forward(hands: Hands, times: int = 2, between: float = BETWEEN_S) -> None:
    double(hands, hands.page.ids.forward, times, between)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_a_double_touch_turns_one_page_of_the_form(kiosk: Hands) -> None:
    session = begin(kiosk, "domisili")
    pages = [page.ref for page in session.pages()]
    for expected in pages[1:3]:
        _answer(kiosk)
        forward(kiosk)
        assert session.page is not None
        assert session.page.ref == expected


def test_two_touches_within_one_frame_turn_one_page(kiosk: Hands) -> None:
    session = begin(kiosk, "domisili")
    _answer(kiosk)
    second = session.pages()[1].ref
    kiosk.look()
    place = kiosk.page.ids.forward.to_window(*kiosk.page.ids.forward.center)
    for _ in range(2):
        touch = UnitTestTouch(*place)
        touch.touch_down()
        touch.touch_up()
    kiosk.settle()
    assert session.page is not None
    assert session.page.ref == second


def test_whoever_hammers_turns_one_page_until_they_pause(kiosk: Hands) -> None:
    session = begin(kiosk, "domisili")
    _answer(kiosk)
    second = session.pages()[1].ref
    forward(kiosk, times=12)
    assert session.page is not None
    assert session.page.ref == second


def test_what_is_drawn_on_is_deaf_as_long_as_its_page_is_new(kiosk: Hands) -> None:
    pad = _sign(kiosk)
    at_once(kiosk, *_middle(pad))
    assert pad.strokes == []
    kiosk.touch(*_middle(pad))
    assert len(pad.strokes) == 1


def test_whoever_hammers_draws_nothing_until_they_pause(kiosk: Hands) -> None:
    pad = _sign(kiosk)
    for _ in range(8):
        at_once(kiosk, *_middle(pad))
        kiosk.rehearsal.clock.seconds += BETWEEN_S
    assert pad.strokes == []
    kiosk.touch(*_middle(pad))
    assert len(pad.strokes) == 1


def test_a_touch_elsewhere_does_not_keep_a_page_deaf(kiosk: Hands) -> None:
    kiosk.tap("Sentuh untuk mulai")
    card = kiosk.find("Surat Keterangan Domisili")
    wanted = card.to_window(*card.center)
    for x in (1, 200, 400):
        at_once(kiosk, x, 1)
        kiosk.rehearsal.clock.seconds += REST_S / 2
    at_once(kiosk, *wanted)
    assert kiosk.place == "SERVICE"


def test_the_nine_questions_are_answered_one_by_one(kiosk: Hands) -> None:
    begin(kiosk, "domisili")
    flow = kiosk.app.flow
    flow.rating.begin()
    kiosk.settle()
    double(kiosk, kiosk.find(kiosk.text("rate.score.3")))
    assert len(flow.rating.scores) == 1


def test_how_long_is_a_setting(kiosk: Hands) -> None:
    kiosk.kiosk.settings.store_new({"touch_rest_s": 0})
    kiosk.kiosk.settings.reload()
    session = begin(kiosk, "domisili")
    third = session.pages()[2].ref
    answer_page(session)
    answer_page(session)
    kiosk.settle()
    session.back()
    session.back()
    kiosk.settle()
    forward(kiosk)
    assert session.page is not None
    assert session.page.ref == third


def test_keys_wait_for_nothing(kiosk: Hands) -> None:
    kiosk.tap("Sentuh untuk mulai")
    press(kiosk, "tab")
    kiosk.tap("Surat Keterangan Domisili")
    for _ in range(2):
        Window.dispatch("on_keyboard", _CODES["escape"], 0, "", [])
        Window.dispatch("on_key_up", _CODES["escape"], 0)
        kiosk.settle()
    assert (kiosk.place, kiosk.kiosk.session) == ("HOME", None)


# --- layers ----------------------------------------------------------------------------------------------------------


def test_a_dialog_is_deaf_to_the_touch_that_brought_it(kiosk: Hands) -> None:
    begin(kiosk, "domisili")
    kiosk.app.flow.ask_leave()
    kiosk.settle()
    leave = kiosk.find(kiosk.text("leave.go"))
    place = leave.to_window(*leave.center)
    at_once(kiosk, *place)
    assert kiosk.kiosk.session is not None
    kiosk.touch(*place)
    assert kiosk.kiosk.session is None


def test_a_finger_on_its_way_when_the_warning_comes_stays(kiosk: Hands) -> None:
    begin(kiosk, "domisili")
    kiosk.wait(IDLE_S - WARNING_S + 1)
    end = kiosk.find(kiosk.text("idle.end"))
    at_once(kiosk, *end.to_window(*end.center))
    assert kiosk.kiosk.session is not None
    assert kiosk.app.flow.idle_left is None


def test_the_warning_is_answered_with_leaving_all_the_same(kiosk: Hands) -> None:
    begin(kiosk, "domisili")
    kiosk.wait(IDLE_S - WARNING_S + 1)
    kiosk.tap(kiosk.text("idle.end"))
    assert kiosk.kiosk.session is None


def test_a_finger_that_rests_while_a_layer_comes_chooses_nothing(kiosk: Hands) -> None:
    kiosk.tap("Sentuh untuk mulai")
    kiosk.look()
    card = kiosk.find("Surat Keterangan Domisili")
    touch = UnitTestTouch(*card.to_window(*card.center))
    touch.touch_down()
    kiosk.app.flow.open_help()
    kiosk.settle()
    touch.touch_up()
    kiosk.settle()
    assert (kiosk.place, kiosk.app.flow.over) == ("SERVICES", Over.HELP)


# --- what moves, comes, or says something else -------------------------------------------------------------------------


def test_a_list_that_changed_under_a_finger_is_deaf_until_it_stands(kiosk: Hands) -> None:
    kiosk.tap("Sentuh untuk mulai")
    kiosk.app.flow.citizen.open_search()
    kiosk.settle()
    kiosk.type("akta")
    found = kiosk.find("Akta Kelahiran")
    place = found.to_window(*found.center)
    at_once(kiosk, *place)
    assert kiosk.place == "SEARCH"
    kiosk.touch(*place)
    assert kiosk.place == "SERVICE"


def test_what_was_moved_under_a_finger_is_not_chosen(kiosk: Hands) -> None:
    kiosk.tap("Sentuh untuk mulai")
    pane = kiosk.page.ids.pane
    kiosk.look()
    pane.scroll_to(120)
    kiosk.settle()
    card = next(each for each in kiosk.widgets() if getattr(each, "key", "") and each.collide_point(*_middle(pane)))
    assert not card.listens
    at_once(kiosk, *_middle(pane))
    assert kiosk.place == "SERVICES"
    kiosk.touch(*_middle(pane))
    assert kiosk.place != "SERVICES"


def test_the_way_forward_that_says_something_else_by_now_is_not_taken(kiosk: Hands) -> None:
    kiosk.tap("Sentuh untuk mulai")
    kiosk.tap("Surat Keterangan Domisili")
    kiosk.look()
    kiosk.page.forward = "Lanjut ke sesuatu yang lain"
    kiosk.settle()
    place = kiosk.page.ids.forward.to_window(*kiosk.page.ids.forward.center)
    at_once(kiosk, *place)
    assert kiosk.place == "SERVICE"


def test_a_tick_that_is_touched_twice_stays(kiosk: Hands) -> None:
    session = begin(kiosk, "setiap-isian")
    ref = next(node.ref for node in _form(kiosk).nodes.values() if node.name == "bantuan")
    session.show(ref)
    kiosk.settle()
    question = next(each for each in Citizen(kiosk).questions() if each.ref == ref)
    kiosk.page.reveal(card_of(question, "kursi"))
    kiosk.settle()
    double(kiosk, card_of(question, "kursi"), times=4)
    assert _form(kiosk).nodes[ref].value == "kursi"


def test_a_letter_that_is_touched_twice_stands_twice(kiosk: Hands) -> None:
    kiosk.tap("Sentuh untuk mulai")
    kiosk.app.flow.citizen.open_search()
    kiosk.settle()
    double(kiosk, kiosk.key("a"), between=0.05)
    assert kiosk.page.entry.text.casefold() == "aa"


# --- drags -------------------------------------------------------------------------------------------------------------


def test_a_drag_that_ends_on_another_page_of_the_form_answers_nothing(kiosk: Hands) -> None:
    session = begin(kiosk, "setiap-isian")
    ref = next(node.ref for node in _form(kiosk).nodes.values() if node.name == "pindah")
    session.show(ref)
    kiosk.settle()
    question = next(each for each in Citizen(kiosk).questions() if each.ref == ref)
    kiosk.look()
    touch = UnitTestTouch(*_middle(card_of(question, "ya")))
    touch.touch_down()
    session.show(next(node.ref for node in _form(kiosk).nodes.values() if node.name == "nama"))
    kiosk.settle()
    touch.touch_up()
    kiosk.settle()
    assert _form(kiosk).nodes[ref].value == ""


def test_a_finger_of_the_session_before_touches_nothing_of_the_next(kiosk: Hands) -> None:
    kiosk.tap("Sentuh untuk mulai")
    kiosk.look()
    card = kiosk.find("Surat Keterangan Domisili")
    touch = UnitTestTouch(*_middle(card))
    touch.touch_down()
    kiosk.kiosk.end(EndReason.IDLE)
    kiosk.app.flow.citizen.start()
    kiosk.settle()
    touch.touch_up()
    kiosk.settle()
    assert kiosk.place == "SERVICES"


def _form(hands: Hands) -> Any:
    form = session_of(hands).form
    assert form is not None
    return form


def _answer(hands: Hands) -> None:
    """The page in sight, and it stays there."""
    session = session_of(hands)
    answer_page(session)
    session.back()
    hands.settle()


def _sign(hands: Hands) -> SignaturePad:
    """A page to sign on has only just come."""
    session = begin(hands, "setiap-isian")
    hands.look()
    session.show(next(node.ref for node in _form(hands).nodes.values() if node.name == "tanda_tangan"))
    hands.settle()
    return next(each for each in hands.widgets() if isinstance(each, SignaturePad))


def _middle(widget: Any) -> tuple[float, float]:
    x, y = widget.to_window(*widget.center)
    return float(x), float(y)
