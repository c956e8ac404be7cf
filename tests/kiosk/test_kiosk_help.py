"""A call for an officer: one at a time, kept until the server has it, and never about anybody."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.events import ReportWaiting
from kiosk.session.help_calls import AGAIN_S
from kiosk.store.reports import ReportKind
from protocol.reports import HelpCall
from tests.kiosk.kiosk_kit import BEGIN, Bench, bench


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
    at.clock.advance(AGAIN_S)
    calls.call("form")
    assert (current := calls.current()) is not None and not current.coming


def test_a_second_call_is_the_same_one_until_some_minutes_have_passed(at: Bench) -> None:
    at.kiosk.help_calls.call("form")
    at.clock.advance(AGAIN_S - 1)
    at.kiosk.help_calls.call("form")
    assert len(at.store.reports.waiting(ReportKind.HELP_CALL, 10)) == 1
    at.clock.advance(1)
    assert at.kiosk.help_calls.current() is None
    at.kiosk.help_calls.call("form")
    assert len(at.store.reports.waiting(ReportKind.HELP_CALL, 10)) == 2
