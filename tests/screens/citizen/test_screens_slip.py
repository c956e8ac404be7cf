"""What became of the slip is shown as long as the session lasts, whatever else was in sight meanwhile."""

from collections.abc import Callable, Iterator

import pytest
from flows_kit import send
from screens_harness import Hands

from kiosk.cases.case import CaseStateName
from kiosk.ports import PrintOutcome
from rehearsal.citizen import Citizen
from rehearsal.gallery.case_states import CODE, QUESTION, case
from screens.look.colours import Contrast
from screens.look.tokens import TextSize
from screens.navigation.appearance import Appearance

#: What is shown of each outcome, whether another slip is offered, and whether the code has to be kept.
SHOWN = {
    PrintOutcome.PRINTED: ("saved.slip.printed", "", False),
    PrintOutcome.PROBABLY_PRINTED: ("saved.slip.probably_printed", "saved.print_again", False),
    PrintOutcome.NOT_PRINTED: ("saved.slip.not_printed", "saved.print", True),
    PrintOutcome.UNKNOWN: ("saved.slip.unknown", "saved.print", True),
}
OUTCOMES = tuple(SHOWN)


@pytest.fixture
def kiosk(citizens: Hands) -> Iterator[Hands]:
    citizens.dress(Appearance())
    yield citizens
    printer = citizens.rehearsal.printer
    printer.finish(PrintOutcome.PRINTED)
    printer.outcome = PrintOutcome.PRINTED


def other_language(hands: Hands) -> None:
    hands.app.flow.preferences.set_language("en")


def other_size(hands: Hands) -> None:
    hands.app.flow.preferences.set_text_size(TextSize.LARGE)


def other_contrast(hands: Hands) -> None:
    hands.app.flow.preferences.set_contrast(Contrast.DARK)


CHANGES = (other_language, other_size, other_contrast)


def printed(hands: Hands, outcome: PrintOutcome) -> None:
    """Something was sent, and the printer said what came of its slip."""
    hands.rehearsal.printer.outcome = outcome
    send(hands)
    hands.wait(2.1)


def rate(hands: Hands) -> None:
    """To the first of the nine questions."""
    hands.tap(hands.text("rate.score.3"), exactly=True)
    hands.tap(hands.text("rate.more"))
    assert hands.place == "RATE"


def must_be_shown(hands: Hands, outcome: PrintOutcome) -> None:
    """The page of the slip says what came of it, and offers what is to be done."""
    assert hands.place == "SAVED"
    words, offered, keep = SHOWN[outcome]
    hands.must_see(hands.text(words))
    assert not hands.sees(hands.text("saved.slip.waiting"))
    assert hands.page.shown.can_print_again is bool(offered)
    assert not offered or hands.page.shown.print_text == hands.text(offered)
    assert hands.page.shown.code_matters is keep


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_another_look_still_tells_it(kiosk: Hands, outcome: PrintOutcome, change: Callable[[Hands], None]) -> None:
    printed(kiosk, outcome)
    must_be_shown(kiosk, outcome)
    change(kiosk)
    kiosk.settle()
    must_be_shown(kiosk, outcome)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_after_the_nine_questions_it_is_still_shown(kiosk: Hands, outcome: PrintOutcome) -> None:
    printed(kiosk, outcome)
    rate(kiosk)
    for _ in range(9):
        kiosk.tap(kiosk.text("rate.score.3"), exactly=True)
    must_be_shown(kiosk, outcome)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_comes_of_it_during_the_questions_is_shown_afterwards(kiosk: Hands, outcome: PrintOutcome) -> None:
    kiosk.rehearsal.printer.outcome = None
    send(kiosk)
    rate(kiosk)
    kiosk.wait(2.1)
    kiosk.rehearsal.printer.finish(outcome)
    kiosk.settle()
    kiosk.tap(kiosk.text("rate.leave"))
    must_be_shown(kiosk, outcome)


def test_while_it_is_printed_another_look_tells_that(kiosk: Hands) -> None:
    kiosk.rehearsal.printer.outcome = None
    send(kiosk)
    kiosk.must_see(kiosk.text("saved.slip.waiting"))
    kiosk.wait(2.1)
    other_language(kiosk)
    kiosk.settle()
    kiosk.must_see(kiosk.text("saved.slip.printing"))
    kiosk.rehearsal.printer.finish(PrintOutcome.PRINTED)
    kiosk.settle()
    must_be_shown(kiosk, PrintOutcome.PRINTED)


def test_in_another_language_it_can_be_printed_again(kiosk: Hands) -> None:
    printed(kiosk, PrintOutcome.NOT_PRINTED)
    other_language(kiosk)
    kiosk.settle()
    kiosk.rehearsal.printer.outcome = PrintOutcome.PRINTED
    kiosk.tap(kiosk.text("saved.print"))
    must_be_shown(kiosk, PrintOutcome.PRINTED)


def test_without_paper_it_is_said_in_every_look(kiosk: Hands) -> None:
    send(kiosk)
    kiosk.rehearsal.printer.become("UNAVAILABLE", "MEDIA_EMPTY")
    kiosk.rehearsal.printer.outcome = PrintOutcome.NOT_PRINTED
    kiosk.wait(2.1)
    kiosk.must_see(kiosk.text("saved.slip.no_paper"))
    other_language(kiosk)
    kiosk.settle()
    kiosk.must_see(kiosk.text("saved.slip.no_paper"))


def test_a_second_submission_of_the_session_has_a_slip_of_its_own(kiosk: Hands) -> None:
    printed(kiosk, PrintOutcome.NOT_PRINTED)
    kiosk.app.flow.citizen.another_service()
    kiosk.rehearsal.printer.outcome = PrintOutcome.PRINTED
    send(kiosk)
    kiosk.must_see(kiosk.text("saved.slip.waiting"))
    kiosk.wait(2.1)
    must_be_shown(kiosk, PrintOutcome.PRINTED)


# --- the page of a case --------------------------------------------------------------------------------------------


def open_case(hands: Hands) -> None:
    hands.rehearsal.line.cases[CODE] = case(CaseStateName.QUESTION, QUESTION)
    Citizen(hands).hold_slip(CODE)
    assert hands.place == "CASE"


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_case_in_another_language_still_tells_of_its_slip(kiosk: Hands, outcome: PrintOutcome) -> None:
    open_case(kiosk)
    kiosk.rehearsal.printer.outcome = outcome
    kiosk.tap(kiosk.text("case.print"))
    other_language(kiosk)
    kiosk.settle()
    kiosk.must_see(kiosk.text(SHOWN[outcome][0]))
    assert kiosk.page.can_print is (outcome is not PrintOutcome.PRINTED)


def test_what_comes_of_it_while_the_question_is_answered_is_shown_afterwards(kiosk: Hands) -> None:
    open_case(kiosk)
    kiosk.rehearsal.printer.outcome = None
    kiosk.tap(kiosk.text("case.print"))
    kiosk.forward()
    assert kiosk.place == "ANSWER"
    kiosk.rehearsal.printer.finish(PrintOutcome.NOT_PRINTED)
    kiosk.settle()
    kiosk.back()
    assert kiosk.place == "CASE"
    kiosk.must_see(kiosk.text("saved.slip.not_printed"))


# --- the end -------------------------------------------------------------------------------------------------------


def test_the_next_session_sees_nothing_of_it(kiosk: Hands) -> None:
    open_case(kiosk)
    kiosk.rehearsal.printer.outcome = None
    kiosk.tap(kiosk.text("case.print"))
    kiosk.go_home()
    kiosk.settle()
    kiosk.rehearsal.printer.finish(PrintOutcome.NOT_PRINTED)
    kiosk.settle()
    open_case(kiosk)
    assert kiosk.page.slip_message == ""
    assert kiosk.page.can_print
