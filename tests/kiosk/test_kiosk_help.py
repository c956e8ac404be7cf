"""A call for an officer: one at a time, kept until the server has it, and never about anybody."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.events import IdleOver, IdleWarning, ReportWaiting
from kiosk.store.reports import ReportKind
from protocol.kiosk_settings import NUMBERS
from protocol.reports import HelpCall
from tests.kiosk.kiosk_kit import BEGIN, Bench, bench

#: A call stands, and holds the session of who called, for so long.
HOLD_S = NUMBERS["help_hold_s"].default
IDLE_S = NUMBERS["idle_s"].default
WARNING_S = NUMBERS["idle_warning_s"].default


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def test_a_call_waits_for_the_server_with_its_place_and_time(at: Bench) -> None:
    assert at.kiosk.help_calls.call("form")
    (kept,) = at.store.reports.waiting(ReportKind.HELP_CALL, 10)
    call = HelpCall.model_validate(kept.body)
    assert (call.place, call.asked_at) == ("form", BEGIN)
    assert len(at.of(ReportWaiting)) == 1
    current = at.kiosk.help_calls.current()
    assert current is not None and not current.reported


def test_it_is_reported_once_the_server_has_it(at: Bench) -> None:
    at.kiosk.help_calls.call("form")
    at.store.reports.reported([at.store.reports.waiting(ReportKind.HELP_CALL, 1)[0].id])
    current = at.kiosk.help_calls.current()
    assert current is not None and current.reported


def test_it_is_known_that_somebody_is_on_the_way(at: Bench) -> None:
    calls = at.kiosk.help_calls
    calls.call("form")
    (kept,) = at.store.reports.waiting(ReportKind.HELP_CALL, 1)
    calls.coming([str(uuid4())])
    assert (current := calls.current()) is not None and not current.coming
    calls.coming([kept.id])
    assert (current := calls.current()) is not None and current.coming
    at.clock.advance(HOLD_S)
    calls.call("form")
    assert (current := calls.current()) is not None and not current.coming


def test_a_second_call_is_the_same_one_until_some_minutes_have_passed(at: Bench) -> None:
    at.kiosk.help_calls.call("form")
    at.clock.advance(HOLD_S - 1)
    at.kiosk.help_calls.call("form")
    assert len(at.store.reports.waiting(ReportKind.HELP_CALL, 10)) == 1
    at.clock.advance(1)
    assert at.kiosk.help_calls.current() is None
    at.kiosk.help_calls.call("form")
    assert len(at.store.reports.waiting(ReportKind.HELP_CALL, 10)) == 2


def wait(at: Bench, seconds: float) -> None:
    """Nobody touches anything."""
    at.clock.advance(seconds)
    at.kiosk.tick()


def coming(at: Bench) -> None:
    """Somebody at the office saw the newest call."""
    at.kiosk.help_calls.coming([call.id for call in at.store.reports.waiting(ReportKind.HELP_CALL, 10)])


def test_whoever_called_is_waited_for_and_then_warned_as_always(at: Bench) -> None:
    session = at.kiosk.begin("id")
    at.kiosk.help_calls.call("form")
    wait(at, IDLE_S)
    assert at.kiosk.session is session
    assert at.of(IdleWarning) == []
    wait(at, HOLD_S - IDLE_S - 1)
    assert at.of(IdleWarning) == []
    wait(at, 1)
    assert [event.seconds_left for event in at.of(IdleWarning)] == [WARNING_S]
    wait(at, WARNING_S)
    assert at.kiosk.session is None


def test_they_are_waited_for_as_long_again_when_somebody_is_on_the_way(at: Bench) -> None:
    session = at.kiosk.begin("id")
    at.kiosk.help_calls.call("form")
    wait(at, HOLD_S - 1)
    coming(at)
    wait(at, HOLD_S - 1)
    assert at.kiosk.session is session
    assert (current := at.kiosk.help_calls.current()) is not None and current.coming
    wait(at, 1 + WARNING_S)
    assert at.kiosk.session is None


def test_a_call_made_before_the_session_began_holds_it_too(at: Bench) -> None:
    at.kiosk.help_calls.call("home")
    session = at.kiosk.begin("id")
    wait(at, HOLD_S - 1)
    assert at.kiosk.session is session


def test_the_next_citizen_is_not_waited_for_until_they_ask_as_well(at: Bench) -> None:
    at.kiosk.begin("id")
    at.kiosk.help_calls.call("form")
    at.kiosk.end()
    at.kiosk.begin("id")
    current = at.kiosk.help_calls.current()
    assert current is not None and not current.awaited
    wait(at, IDLE_S)
    assert at.kiosk.session is None
    session = at.kiosk.begin("id")
    assert at.kiosk.help_calls.call("form")
    assert len(at.store.reports.waiting(ReportKind.HELP_CALL, 10)) == 1
    wait(at, HOLD_S - 1)
    assert at.kiosk.session is session


def test_a_warning_goes_when_somebody_is_on_the_way(at: Bench) -> None:
    at.kiosk.begin("id")
    at.kiosk.help_calls.call("form")
    wait(at, HOLD_S)
    assert at.of(IdleOver) == []
    coming(at)
    wait(at, 0)
    assert len(at.of(IdleOver)) == 1
    wait(at, HOLD_S - 1)
    assert at.kiosk.session is not None


def test_how_long_is_a_setting(at: Bench) -> None:
    at.kiosk.settings.store_new({"help_hold_s": 600})
    at.kiosk.settings.reload()
    session = at.kiosk.begin("id")
    at.kiosk.help_calls.call("form")
    wait(at, 599)
    assert at.kiosk.session is session
    assert at.of(IdleWarning) == []


def test_whoever_writes_a_code_down_is_waited_for_and_warned_when_they_have_it(at: Bench) -> None:
    session = at.kiosk.begin("id")
    at.kiosk.await_code(awaited=True)
    wait(at, NUMBERS["code_hold_s"].default - 1)
    assert at.kiosk.session is session
    at.kiosk.await_code(awaited=False)
    wait(at, 0)
    assert [event.seconds_left for event in at.of(IdleWarning)] == [WARNING_S]
    wait(at, WARNING_S)
    assert at.kiosk.session is None
