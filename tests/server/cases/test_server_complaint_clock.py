"""SP4N-LAPOR's clocks: when each runs, what each does when it is over, and that nothing hides a delay."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from protocol.messages import CasePublicState as State
from server.cases.complaint_clock import DAYS, LaporClock
from server.cases.states import CaseOutcome
from server.deps import Deps
from server.foundation.actors import Actor
from server.open_city.complaint_trend import Figures, trend
from server.open_city.months import last_months
from server.settings import ServerSettings
from server.storage import tables
from tests.server.case_kit import Office, enrolled_kiosk
from tests.server.complaint_kit import MONDAY, SERVICE, answered, clocks, complain, due, logged, row, running, told
from tests.server.conftest import FakeClock


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> ServerSettings:
    """The clocks are counted in Python; the first test, with the trend, is run on both databases."""
    found: ServerSettings = request.getfixturevalue(getattr(request, "param", "sqlite_settings"))
    return found


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY)


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


@pytest.fixture
def officer(office: Office) -> Actor:
    """Of the agency to which complaints come."""
    return office.officer("kominfo")


@pytest.fixture
def other(office: Office) -> Actor:
    """Of the agency that is in charge."""
    return office.officer("kelurahan")


@pytest.mark.parametrize("settings", ["sqlite_settings", "postgresql_settings"], indirect=True)
def test_three_days_to_forward_five_to_follow_up_ten_until_silence_closes(
    office: Office, officer: Actor, other: Actor, clock: FakeClock
) -> None:
    code, deps = complain(office), office.deps
    received = clock.now()
    assert row(office, code).due_at == due(office, received, 3) == datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
    clock.pass_time(days=2)
    deps.complaints.forward(officer, code, "kelurahan")
    assert clocks(office, code)[LaporClock.FOLLOW_UP].due_at == datetime(2026, 11, 11, 9, 0, tzinfo=UTC)
    clock.pass_time(days=1)
    deps.cases.take(other, code)
    deps.complaints.reply(other, code, "Sudah.")
    assert running(office, code) == {LaporClock.CLOSE}
    closes = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
    assert told(office, code).closes == closes
    clock.time = closes
    assert deps.complaints.close_settled() == 0
    clock.pass_time(seconds=1)
    assert deps.complaints.close_settled() == 1
    assert (told(office, code).state, told(office, code).note) == (State.COLLECTED, "Sudah.")
    assert running(office, code) == set()
    months = last_months(clock.now(), ZoneInfo("Asia/Jakarta"), 2)
    with deps.engine.connect() as connection:
        counted = trend(connection, months, clock.now())
        assert trend(connection, months, clock.now(), "kominfo").total == Figures()
    assert counted.total == Figures(received=1, answered=1)
    assert [(month.name, figures.received) for month, figures in counted.by_month()] == [("2026-10", 0), ("2026-11", 1)]


def test_the_promise_to_the_citizen_is_not_moved_by_forwarding(
    office: Office, officer: Actor, other: Actor, clock: FakeClock
) -> None:
    """The standard of the test's service promises three days, so a bounced complaint stays late."""
    code, promised = complain(office), due(office, clock.now(), 3)
    clock.pass_time(days=2)
    office.deps.complaints.forward(officer, code, "kelurahan")
    clock.pass_time(days=1)
    office.deps.complaints.forward(other, code, "kominfo", "Bukan wewenang kami")
    assert (told(office, code).due, row(office, code).due_at) == (promised, promised)


def test_each_clock_that_passes_is_escalated_to_whoever_has_it_then(
    office: Office, officer: Actor, clock: FakeClock
) -> None:
    code, deps = complain(office), office.deps
    clock.time = row(office, code).due_at + timedelta(seconds=1)
    assert [deps.escalation.escalate_late() for _ in range(2)] == [1, 0]
    deps.complaints.forward(officer, code, "kelurahan")
    # The promise has passed as well: the agency that has it now hears of it at once.
    assert deps.escalation.escalate_late() == 1
    assert [one["agency"] for one in logged(office, code, "case.escalate")] == ["kominfo", "kelurahan"]
    found = clocks(office, code)
    assert found[LaporClock.FORWARD].is_late(clock.now())
    assert not found[LaporClock.FOLLOW_UP].is_late(clock.now())


def test_the_offices_clocks_stand_while_the_citizen_is_asked_and_silence_ends_that(
    office: Office, officer: Actor, clock: FakeClock
) -> None:
    code, deps = complain(office), office.deps
    deps.cases.take(officer, code)
    deps.complaints.follow_up(officer, code)
    deps.cases.ask(officer, code, "Di mana?")
    assert LaporClock.CLOSE in running(office, code)
    before = clocks(office, code)[LaporClock.FOLLOW_UP].due_at
    clock.pass_time(days=4)
    assert office.take(office.kiosk.answer(code, "Jalan Mawar", SERVICE).item) == "stored"
    after = clocks(office, code)
    assert after[LaporClock.FOLLOW_UP].due_at == before + timedelta(days=4)
    assert not after[LaporClock.CLOSE].runs
    assert (row(office, code).first_due_at, told(office, code).due) == (after[LaporClock.ANSWER].due_at,) * 2


def test_a_word_of_the_citizen_after_the_answer_is_no_silence(office: Office, officer: Actor, clock: FakeClock) -> None:
    code = answered(office, officer)
    clock.pass_time(days=8)
    assert office.take(office.kiosk.answer(code, "Masih redup", SERVICE).item) == "stored"
    clock.pass_time(days=8)
    assert office.deps.complaints.close_settled() == 0
    assert told(office, code).state is State.APPROVED


def test_following_up_here_stops_the_clock_for_forwarding(office: Office, officer: Actor) -> None:
    code, deps = complain(office), office.deps
    deps.cases.take(officer, code)
    assert LaporClock.FORWARD in running(office, code)
    assert deps.complaints.follow_up(officer, code).ok
    assert running(office, code) == {LaporClock.ANSWER, LaporClock.FOLLOW_UP}
    assert deps.complaints.follow_up(officer, code).outcome is CaseOutcome.WRONG_STATE


def test_complaints_from_before_there_were_clocks_get_theirs(office: Office, officer: Actor, clock: FakeClock) -> None:
    waiting, asked = complain(office), complain(office)
    office.deps.cases.take(officer, asked)
    office.deps.cases.ask(officer, asked, "Di mana?")
    promised = row(office, waiting).first_due_at
    with office.deps.engine.begin() as connection:
        connection.execute(tables.complaint_clocks.delete())
    clock.pass_time(days=1)
    office.deps.complaints.close_settled()
    assert running(office, waiting) == {LaporClock.ANSWER, LaporClock.FORWARD}
    assert clocks(office, waiting)[LaporClock.ANSWER].due_at == promised
    assert clocks(office, asked)[LaporClock.CLOSE].due_at == due(office, MONDAY, DAYS[LaporClock.CLOSE])
