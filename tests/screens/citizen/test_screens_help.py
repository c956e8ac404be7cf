"""Calling an officer from the help: one touch, and the truth about what came of it."""

from screens_harness import Hands

from kiosk.machine.line_state import LineCondition
from kiosk.store.reports import ReportKind
from protocol.kiosk_settings import NUMBERS
from screens.citizen.start.help import CallOfficer


def call(hands: Hands) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.open_help()
    hands.settle()
    hands.tap("Panggil petugas")


def again(hands: Hands) -> None:
    """The help is opened anew."""
    hands.app.flow.close_over()
    hands.settle()
    hands.app.flow.open_help()
    hands.settle()


def test_a_call_says_that_it_is_on_its_way_and_then_that_it_was_heard(hands: Hands) -> None:
    call(hands)
    hands.must_see("Memanggil petugas")
    assert not hands.sees("Panggil petugas")
    reports = hands.kiosk.store.reports
    reports.reported([one.id for one in reports.waiting(ReportKind.HELP_CALL, 1)])
    again(hands)
    hands.must_see("Petugas dipanggil pukul 09.05")


def test_who_waits_learns_that_an_officer_is_on_the_way(hands: Hands) -> None:
    call(hands)
    hands.kiosk.help_calls.coming([one.id for one in hands.kiosk.store.reports.waiting(ReportKind.HELP_CALL, 1)])
    again(hands)
    hands.must_see(hands.text("help.coming", until="09.10"))


def test_whoever_waits_for_an_officer_is_not_wiped_away(hands: Hands) -> None:
    call(hands)
    session = hands.kiosk.session
    hands.wait(NUMBERS["idle_s"].default)
    hands.must_see(hands.text("help.call.waiting", until="09.10"))
    assert hands.app.flow.idle_left is None
    assert hands.kiosk.session is session
    hands.wait(NUMBERS["help_hold_s"].default - NUMBERS["idle_s"].default + 1)
    assert hands.app.flow.idle_left is not None


def test_without_a_line_it_promises_what_is_so(hands: Hands) -> None:
    hands.rehearsal.line.condition = LineCondition.OFFLINE
    call(hands)
    hands.must_see(hands.text("help.call.no_line", until="09.10"))
    hands.wait(NUMBERS["idle_s"].default)
    assert hands.kiosk.session is not None


def test_the_next_citizen_is_promised_nothing(hands: Hands) -> None:
    call(hands)
    hands.go_home()
    hands.settle()
    hands.tap("Sentuh untuk mulai")
    again(hands)
    hands.must_see("Panggil petugas")


def test_later_it_can_be_called_again(hands: Hands) -> None:
    call(hands)
    hands.wait(301)
    hands.app.flow.touched()
    again(hands)
    hands.must_see("Panggil petugas")


def test_help_that_was_closed_looks_no_more(hands: Hands) -> None:
    """Whenever it is collected."""
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.open_help()
    hands.settle()
    call = next(each for each in hands.widgets() if isinstance(each, CallOfficer))
    assert call._looking.is_triggered
    hands.app.flow.close_over()
    hands.settle()
    assert not call._looking.is_triggered


def test_help_that_the_end_of_a_session_took_away_looks_no_more(hands: Hands) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.open_help()
    hands.settle()
    call = next(each for each in hands.widgets() if isinstance(each, CallOfficer))
    hands.app.flow.citizen.leave()
    hands.settle()
    assert not call._looking.is_triggered
