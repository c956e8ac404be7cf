"""Nobody goes without the code of what was kept, whichever way they go; and the farewell says what is true."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flows_kit import begin, fill, send, session_of
from kivy.tests.common import UnitTestTouch
from screens_harness import Hands

from kiosk.ports import PrintOutcome
from protocol.kiosk_settings import NUMBERS
from screens.navigation.places import Over

BORN = "17081990"


@pytest.fixture
def kiosk(citizens: Hands) -> Iterator[Hands]:
    """Nothing comes out of its printer."""
    citizens.rehearsal.printer.outcome = PrintOutcome.NOT_PRINTED
    citizens.rehearsal.line.drafts.clear()
    yield citizens
    citizens.rehearsal.printer.finish(PrintOutcome.PRINTED)
    citizens.rehearsal.printer.outcome = PrintOutcome.PRINTED


def twice(hands: Hands, widget: Any) -> None:
    """A double touch: what came by then is not looked at."""
    hands.look()
    place = widget.to_window(*widget.center)
    for _ in range(2):
        touch = UnitTestTouch(*place)
        touch.touch_down()
        hands.frame()
        touch.touch_up()
        hands.settle()
        hands.rehearsal.clock.seconds += 0.15


def sent(hands: Hands) -> str:
    send(hands)
    hands.wait(2.1)
    submission = session_of(hands).submission
    assert submission is not None
    return hands.kiosk.codes.display(submission.code)


def kept(hands: Hands) -> str:
    """A form that was put aside."""
    begin(hands, "domisili")
    hands.tap(hands.text("draft.save"))
    hands.type(BORN)
    hands.tap(hands.text("draft.save.go"))
    (code,) = hands.rehearsal.line.drafts
    return hands.kiosk.codes.display(code)


def in_sight_until_they_have_it(hands: Hands, code: str) -> None:
    assert hands.app.flow.over is Over.CODE
    hands.must_see(code, hands.text("code.title"))
    hands.tap(hands.text("code.stay"))
    assert hands.app.flow.over is Over.NOTHING
    hands.must_see(code)


def forward(hands: Hands) -> None:
    hands.forward()


def another(hands: Hands) -> None:
    hands.back()


def by_the_strip(hands: Hands) -> None:
    hands.tap(hands.text("head.leave"))


def by_the_help(hands: Hands) -> None:
    hands.app.flow.open_help()
    hands.settle()
    hands.tap(hands.text("help.leave"), nth=-1)


def by_the_warning(hands: Hands) -> None:
    hands.wait(NUMBERS["code_hold_s"].default)
    hands.tap(hands.text("idle.end"), nth=-1)


@pytest.mark.parametrize("way", [forward, another, by_the_strip, by_the_help, by_the_warning])
def test_no_way_leads_away_before_they_say_that_they_have_the_code(kiosk: Hands, way: Callable[[Hands], None]) -> None:
    code = sent(kiosk)
    way(kiosk)
    in_sight_until_they_have_it(kiosk, code)
    way(kiosk)
    kiosk.tap(kiosk.text("code.go"))
    assert kiosk.place == ("SERVICES" if way is another else "THANKS")


@pytest.mark.parametrize("way", [forward, by_the_strip, by_the_help])
def test_the_same_is_so_of_a_form_that_was_put_aside(kiosk: Hands, way: Callable[[Hands], None]) -> None:
    code = kept(kiosk)
    kiosk.must_see(kiosk.text("saved.slip.not_printed"))
    way(kiosk)
    in_sight_until_they_have_it(kiosk, code)
    way(kiosk)
    kiosk.tap(kiosk.text("code.go"))
    assert kiosk.place == "THANKS"
    kiosk.must_see(kiosk.text("thanks.text.code"))


def test_a_double_touch_on_send_shows_the_code(kiosk: Hands) -> None:
    session = begin(kiosk, "domisili")
    fill(kiosk)
    session.finish_review()
    kiosk.settle()
    kiosk.tap(kiosk.text("consent.agree"))
    twice(kiosk, kiosk.page.ids.forward)
    assert (kiosk.place, kiosk.app.flow.over) == ("SAVED", Over.NOTHING)
    assert session.submission is not None
    kiosk.must_see(kiosk.kiosk.codes.display(session.submission.code))


def test_a_double_touch_on_save_shows_the_code(kiosk: Hands) -> None:
    begin(kiosk, "domisili")
    kiosk.tap(kiosk.text("draft.save"))
    kiosk.type(BORN)
    twice(kiosk, kiosk.page.ids.forward)
    (code,) = kiosk.rehearsal.line.drafts
    assert (kiosk.place, kiosk.app.flow.over) == ("SAVE_DRAFT", Over.NOTHING)
    kiosk.must_see(kiosk.kiosk.codes.display(code))


def test_who_has_the_code_is_not_asked_again(kiosk: Hands) -> None:
    sent(kiosk)
    kiosk.back()
    kiosk.tap(kiosk.text("code.go"))
    kiosk.tap(kiosk.text("head.leave"))
    assert (kiosk.place, kiosk.kiosk.session) == ("THANKS", None)


def test_a_slip_that_comes_out_answers_the_question(kiosk: Hands) -> None:
    kiosk.rehearsal.printer.outcome = None
    sent(kiosk)
    kiosk.forward()
    assert kiosk.app.flow.over is Over.CODE
    kiosk.rehearsal.printer.finish(PrintOutcome.PRINTED)
    kiosk.settle()
    assert (kiosk.place, kiosk.app.flow.over) == ("SAVED", Over.NOTHING)
    kiosk.must_see(kiosk.text("saved.slip.printed"))
    kiosk.forward()
    kiosk.must_see(kiosk.text("thanks.text.slip"))


def test_a_draft_whose_slip_is_printed_is_left_at_once(kiosk: Hands) -> None:
    kept(kiosk)
    kiosk.rehearsal.printer.outcome = PrintOutcome.PRINTED
    kiosk.tap(kiosk.text("saved.print"))
    kiosk.must_see(kiosk.text("saved.slip.printed"))
    kiosk.forward()
    kiosk.must_see(kiosk.text("thanks.text.slip"))


def test_who_has_nothing_to_take_along_is_reminded_of_nothing(kiosk: Hands) -> None:
    kiosk.tap(kiosk.text("home.start"))
    kiosk.app.flow.citizen.finish()
    kiosk.settle()
    kiosk.must_see(kiosk.text("thanks.text.nothing"))


def test_who_did_nothing_leaves_without_a_farewell(kiosk: Hands) -> None:
    kiosk.tap(kiosk.text("home.start"))
    kiosk.tap(kiosk.text("head.leave"))
    assert (kiosk.place, kiosk.kiosk.session) == ("HOME", None)


def test_who_entered_something_is_asked_before_it_is_wiped(kiosk: Hands) -> None:
    begin(kiosk, "domisili")
    kiosk.tap(kiosk.text("head.leave"))
    assert kiosk.app.flow.over is Over.LEAVE


def test_whoever_writes_the_code_down_is_waited_for(kiosk: Hands) -> None:
    code = sent(kiosk)
    kiosk.wait(NUMBERS["code_hold_s"].default - 5)
    kiosk.must_see(code)
    assert kiosk.app.flow.idle_left is None
    kiosk.app.flow.touched()
    kiosk.forward()
    kiosk.tap(kiosk.text("code.go"))
    assert kiosk.kiosk.session is None
    kiosk.tap(kiosk.text("thanks.dismiss"))
    kiosk.tap(kiosk.text("home.start"))
    kiosk.wait(NUMBERS["idle_s"].default + 1)
    assert kiosk.kiosk.session is None
