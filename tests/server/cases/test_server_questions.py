"""A question reminds, and ends; and no clock is paused without end."""

from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from protocol.formats import Formatting
from protocol.messages import CasePublicState as State
from protocol.messages import MessageKind
from server.cases.pauses import Pauses
from server.deps import Deps
from server.foundation.actors import Actor
from server.foundation.clock import load_calendar
from server.settings import ServerSettings
from tests.server.case_kit import SERVICE, Office, enrolled_kiosk
from tests.server.conftest import FakeClock

PAUSES = Pauses()


@pytest.fixture
def settings(sqlite_settings: ServerSettings) -> ServerSettings:
    return sqlite_settings


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


@pytest.fixture
def officer(office: Office) -> Actor:
    return office.officer("kelurahan")


@pytest.fixture
def asked(office: Office, officer: Actor) -> str:
    code = office.case()
    office.deps.cases.take(officer, code)
    assert office.deps.cases.ask(officer, code, "Nomor rumah?").ok
    return code


def wait(office: Office, clock: FakeClock, working_days: int) -> None:
    """To the close of the working day on which so many have passed."""
    with office.deps.engine.connect() as connection:
        clock.time = load_calendar(connection, "Asia/Jakarta").due(clock.now(), working_days)


def answer(office: Office, code: str) -> None:
    assert office.take(office.kiosk.answer(code, "Nomor 12", SERVICE).item) == "stored"


def test_at_its_last_day_nobody_is_reminded_yet_and_a_moment_later_once(
    office: Office, asked: str, clock: FakeClock
) -> None:
    wait(office, clock, PAUSES.remind_days)
    at_the_limit = office.deps.questions.look()
    clock.pass_time(seconds=0.001)
    assert (at_the_limit, office.deps.questions.look(), office.deps.questions.look()) == (0, 1, 0)


def test_the_citizen_is_reminded_in_words_with_the_last_day(office: Office, asked: str, clock: FakeClock) -> None:
    before = office.deps.case_files.public_state(asked)
    wait(office, clock, PAUSES.remind_days + 1)
    office.deps.questions.look()
    state = office.deps.case_files.shown_to_kiosk(office.kiosk.id, asked)
    assert before and state and state.messages and state.answer_until
    day = Formatting("id", ZoneInfo("Asia/Jakarta")).day(state.answer_until)
    assert (before.answer_until, state.state, state.note) == (state.answer_until, State.QUESTION, "Nomor rumah?")
    assert [one.kind for one in state.messages] == [MessageKind.ASK, MessageKind.ASK]
    assert day in state.messages[-1].text and day in state.steps[-1].note


def test_without_an_answer_it_is_closed_with_a_sentence_that_stays_and_can_be_reopened(
    office: Office, asked: str, clock: FakeClock
) -> None:
    wait(office, clock, PAUSES.end_days)
    office.deps.questions.look()
    assert office.row(asked).state == State.QUESTION
    clock.pass_time(seconds=0.001)
    assert (office.deps.questions.look(), office.deps.questions.look()) == (1, 0)
    state = office.deps.case_files.public_state(asked)
    assert state is not None
    assert (state.state, state.contest) == (State.CANCELLED, "reopening")
    assert f"{PAUSES.end_days} hari kerja" in state.note
    assert office.take(office.kiosk.answer(asked, "Saya sakit", SERVICE, "REOPENING").item) == "stored"
    assert office.row(asked).state == State.RECEIVED


def test_each_question_reminds_anew(office: Office, officer: Actor, asked: str, clock: FakeClock) -> None:
    wait(office, clock, PAUSES.remind_days + 1)
    assert office.deps.questions.look() == 1
    answer(office, asked)
    assert office.deps.cases.ask(officer, asked, "Nama jalan?").ok
    wait(office, clock, PAUSES.remind_days + 1)
    assert office.deps.questions.look() == 1


def test_all_questions_together_move_the_due_date_no_further_than_the_limit(
    office: Office, officer: Actor, asked: str, clock: FakeClock
) -> None:
    first = office.row(asked).due_at
    for _ in range(4):
        wait(office, clock, 8)
        answer(office, asked)
        assert office.deps.cases.ask(officer, asked, "Dan?").ok
    row = office.row(asked)
    with office.deps.engine.connect() as connection:
        calendar = load_calendar(connection, "Asia/Jakarta")
    assert row.paused_days == PAUSES.most_days
    assert row.due_at == calendar.later(first, PAUSES.most_days)
    assert calendar.stood(row.opened_at, row.paused_at) > PAUSES.most_days


@pytest.mark.parametrize(("remind", "end", "fits"), [(9, 10, True), (10, 10, False), (0, 10, False)])
def test_a_question_reminds_before_it_ends(remind: int, end: int, fits: bool) -> None:
    if fits:
        assert Pauses(remind_days=remind, end_days=end).remind_days == remind
    else:
        with pytest.raises(ValidationError):
            Pauses(remind_days=remind, end_days=end)
