"""What the office wrote when it decided stays to be read; a complaint is not answered without words."""

import pytest

from protocol.messages import CasePublicState as State
from protocol.messages import MessageKind
from server.cases.states import CaseOutcome
from server.deps import Deps
from server.foundation.actors import Actor
from server.settings import ServerSettings
from tests.server.case_kit import SERVICE, Office, enrolled_kiosk
from tests.server.conftest import FakeClock

COMPLAINT = SERVICE | {"id": "aduan", "form_id": "aduan"}
ANSWER = "Lampu di Jalan Mawar sudah diganti."


@pytest.fixture
def settings(sqlite_settings: ServerSettings) -> ServerSettings:
    return sqlite_settings


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


@pytest.fixture
def officer(office: Office) -> Actor:
    return office.officer("kominfo")


@pytest.fixture
def complaint(office: Office, officer: Actor) -> str:
    code = office.case_of(COMPLAINT)
    assert office.deps.cases.take(officer, code).ok
    return code


def closed(office: Office, officer: Actor, code: str, answer: str, ready: str) -> None:
    cases = office.deps.cases
    for done in (
        cases.approve(officer, code, answer),
        cases.ready(officer, code, ready),
        cases.collected(officer, code),
    ):
        assert done.ok


def answered(office: Office, officer: Actor, code: str) -> None:
    """A complaint, and closed."""
    assert office.deps.complaints.reply(officer, code, ANSWER).ok
    assert office.deps.complaints.close(officer, code).ok


def note(office: Office, code: str) -> str:
    state = office.deps.case_files.public_state(code)
    assert state is not None
    return state.note


def test_a_complaints_answer_is_read_after_it_was_closed(office: Office, officer: Actor, complaint: str) -> None:
    answered(office, officer, complaint)
    assert note(office, complaint) == ANSWER


def test_what_is_written_when_it_is_ready_hides_nothing(office: Office) -> None:
    officer, code = office.officer("kelurahan"), office.case()
    office.deps.cases.take(officer, code)
    closed(office, officer, code, "Berlaku 6 bulan.", "Loket 3.")
    assert note(office, code) == "Berlaku 6 bulan.\n\nLoket 3."
    state = office.deps.case_files.public_state(code)
    assert state is not None
    assert [(step.state, step.note) for step in state.steps if step.note] == [
        (State.APPROVED, "Berlaku 6 bulan."),
        (State.READY, "Loket 3."),
    ]


def test_a_kiosk_is_told_the_answer_with_all_that_was_written(office: Office, officer: Actor, complaint: str) -> None:
    answered(office, officer, complaint)
    state = office.deps.case_files.shown_to_kiosk(office.kiosk.id, complaint)
    assert state is not None and state.messages is not None
    assert [(one.kind, one.text) for one in state.messages] == [(MessageKind.DECISION, ANSWER)]


def test_after_a_reopening_the_first_answer_stands_in_the_history(
    office: Office, officer: Actor, complaint: str
) -> None:
    answered(office, officer, complaint)
    assert office.take(office.kiosk.answer(complaint, "Masih gelap", COMPLAINT, "REOPENING").item) == "stored"
    state = office.deps.case_files.public_state(complaint)
    assert state is not None
    assert (state.note, [step.note for step in state.steps if step.note]) == ("", [ANSWER])


@pytest.mark.parametrize("empty", ["", " \n\t "])
def test_an_empty_answer_to_a_complaint_is_not_sent(office: Office, officer: Actor, complaint: str, empty: str) -> None:
    assert office.deps.complaints.reply(officer, complaint, empty).outcome is CaseOutcome.TEXT_MISSING
    assert office.row(complaint).state == State.IN_REVIEW


def test_other_services_are_approved_without_a_word(office: Office) -> None:
    officer, code = office.officer("kelurahan"), office.case()
    office.deps.cases.take(officer, code)
    assert office.deps.cases.approve(officer, code).ok


def test_a_complaint_that_was_closed_without_a_word_counts_as_open_and_late(
    office: Office, officer: Actor, complaint: str, clock: FakeClock
) -> None:
    def figures() -> tuple[int, int, int, int]:
        (found,) = [one for one in office.deps.transparency.make().agencies if one.id == "kominfo"]
        return found.complaints_answered, found.complaints_open, found.complaints_late, found.decided

    answered(office, officer, complaint)
    assert figures() == (1, 0, 0, 1)
    office.reword(complaint, "")  # as an older server let it be
    assert figures() == (0, 1, 0, 0)
    clock.pass_time(days=30)
    assert figures() == (0, 1, 1, 0)
