"""What is too small for a file of its own: cases without the line, scanned codes, settings, the corrected clock, counts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.cases.case import Case, CaseProblem, CaseProblemKind, CaseStateName
from kiosk.events import Scanned
from kiosk.machine.high_water import CorrectedClock
from kiosk.store.documents import StoredDocument
from kiosk.text_keys import TEXT_KEYS
from protocol.messages import CasePublicState
from tests.kiosk.kiosk_kit import BEGIN, Bench, bench, sent


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def test_without_the_line_a_kiosk_tells_what_it_remembers(at: Bench) -> None:
    saved = sent(at)
    reported: list[Case | CaseProblem] = []
    at.kiosk.cases.look_up(at.kiosk.codes.display(saved.code), reported.append)
    at.kiosk.cases.look_up(at.kiosk.codes.mint(), reported.append)
    at.kiosk.cases.look_up("no code", reported.append)
    case, unknown, nothing = reported
    assert isinstance(case, Case)
    assert (case.state, case.fresh) == (CaseStateName.STORED_HERE, False)
    assert (unknown, nothing) == (CaseProblem(CaseProblemKind.NO_LINE), CaseProblem(CaseProblemKind.NOT_A_CODE))


def test_a_scanned_code_with_a_wrong_check_character_is_no_code(at: Bench) -> None:
    class Scan:
        symbology, text, kind, nik, url, code, at = "QR", "x", "SLIP", None, None, "K7M200000000", BEGIN

    at.scanner.listeners[0](Scan())
    assert at.of(Scanned)[0].code is None


def test_a_case_has_every_state_that_the_server_tells_and_one_of_its_own() -> None:
    assert {*CaseStateName} == {*CasePublicState, CaseStateName.STORED_HERE}


def test_a_document_of_the_city_that_an_older_program_kept_counts_as_none(at: Bench) -> None:
    at.store.documents.put(StoredDocument("budget", 1, BEGIN, {"year": 2026, "lines": []}))
    assert at.kiosk.open_city.budget() is None


@pytest.mark.parametrize(
    ("value", "used"), [(29, 30), (30, 30), (900, 900), (901, 900), ("x", 90), (True, 90), (None, 90)]
)
def test_a_setting_keeps_within_its_limits(at: Bench, value: object, used: float) -> None:
    at.kiosk.settings.store_new({"idle_s": value})
    at.kiosk.settings.reload()
    assert at.kiosk.settings.number("idle_s") == used


def test_time_does_not_go_back_behind_what_the_server_reported(at: Bench) -> None:
    at.kiosk.clock.learn(BEGIN + timedelta(hours=1))
    at.clock.time_of_day = BEGIN - timedelta(days=3650)
    again = CorrectedClock(at.clock, at.store)
    assert again.now() == BEGIN + timedelta(hours=1)


def test_sessions_are_counted_by_local_day(at: Bench) -> None:
    at.kiosk.begin("id")
    at.kiosk.begin("id")
    assert at.kiosk.snapshot().sessions_today == 2
    at.clock.time_of_day = BEGIN.replace(hour=17)
    assert at.kiosk.snapshot().sessions_today == 0


def test_every_text_key_is_a_dotted_name() -> None:
    assert len(TEXT_KEYS) > 40
    assert all("." in key and key == key.lower() for key in TEXT_KEYS)
