"""How long offices really take: counted as their clocks count, published only of enough cases, published when it changed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from protocol.documents import TRANSPARENCY, AgencyTimes, Transparency, verify
from server.deps import Deps
from server.foundation.actors import Actor
from server.foundation.clock import WorkingCalendar
from server.open_city.transparency import LEAST_CASES, percentile, working_days
from tests.server.cases.test_server_cases import Office
from tests.server.cases.test_server_cases import office as office
from tests.server.cases.test_server_complaints import complain
from tests.server.conftest import FakeClock

CALENDAR = WorkingCalendar(ZoneInfo("Asia/Jakarta"))
#: A Monday without holidays near it, 09.00 in Surabaya.
MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY)


def at(day: int, hour: int = 3) -> datetime:
    return datetime(2026, 11, day, hour, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (at(2), at(2, 8), 0),
        (at(2), at(3), 1),
        (at(6), at(9), 1),
        (at(7), at(9), 0),
        (at(2, 10), at(3), 0),
        (at(2), at(13), 9),
    ],
    ids=["same-day", "next-day", "over-a-weekend", "came-on-saturday", "came-after-hours", "two-weeks"],
)
def test_days_are_counted_as_the_clock_counts_them(start: datetime, end: datetime, days: int) -> None:
    assert working_days(CALENDAR, start, end) == days


@pytest.mark.parametrize(("per_cent", "value"), [(50, 2), (90, 9), (100, 10)])
def test_percentiles_are_values_that_were_there(per_cent: int, value: int) -> None:
    assert percentile([1, 2, 2, 1, 2, 9, 3, 10, 1, 3], per_cent) == value


def decide(office: Office, deps: Deps, officer: Actor, number: int) -> list[str]:
    codes = [office.case() for _ in range(number)]
    for code in codes:
        deps.cases.take(officer, code)
        deps.cases.approve(officer, code)
    return codes


def agency(deps: Deps, agency_id: str = "kelurahan") -> AgencyTimes:
    return next(one for one in deps.transparency.make().agencies if one.id == agency_id)


def test_below_the_least_number_no_times_are_published(office: Office, deps: Deps) -> None:
    decide(office, deps, office.officer("kelurahan"), LEAST_CASES - 1)
    found = agency(deps)
    assert (found.decided, found.median_days) == (LEAST_CASES - 1, None)


def test_at_the_least_number_they_are(office: Office, deps: Deps, clock: FakeClock) -> None:
    officer = office.officer("kelurahan")
    early = decide(office, deps, officer, LEAST_CASES - 1)
    late = office.case()
    deps.cases.take(officer, late)
    clock.pass_time(days=14)
    deps.cases.approve(officer, late)
    found = agency(deps)
    assert len(early) + 1 == found.decided
    assert (found.median_days, found.ninetieth_days, found.in_time_percent) == (0, 10, 80)
    assert found.services[0].promised_days > 0


def test_days_of_waiting_for_the_citizen_do_not_count(office: Office, deps: Deps, clock: FakeClock) -> None:
    officer = office.officer("kelurahan")
    decide(office, deps, officer, LEAST_CASES - 1)
    code = office.case()
    deps.cases.take(officer, code)
    deps.cases.ask(officer, code, "Nomor rumah?")
    clock.pass_time(days=14)
    service = {"id": "surat", "form_id": "surat", "form_version": "1", "pack": "1"}
    assert office.take(office.kiosk.answer(code, "Nomor 12", service).item) == "stored"
    deps.cases.approve(officer, code)
    assert agency(deps).ninetieth_days == 0


def test_complaints_are_counted_as_answered_open_and_late(office: Office, deps: Deps, clock: FakeClock) -> None:
    officer = office.officer("kominfo")
    answered, waiting = complain(office, "anonymous").code, complain(office, "anonymous").code
    deps.cases.take(officer, answered)
    deps.complaints.reply(officer, answered, "Sudah.")
    assert waiting
    found = agency(deps, "kominfo")
    assert (found.complaints_answered, found.complaints_open, found.complaints_late) == (1, 1, 0)
    clock.pass_time(days=30)
    found = agency(deps, "kominfo")
    assert (found.complaints_answered, found.complaints_open, found.complaints_late) == (1, 1, 1)


def test_it_is_published_signed_and_only_anew_when_it_changed(office: Office, deps: Deps) -> None:
    first = deps.transparency.publish()
    assert deps.transparency.publish() == first
    decide(office, deps, office.officer("kelurahan"), 1)
    assert deps.transparency.publish() == first + 1
    document = deps.publications.get(TRANSPARENCY)
    assert document is not None
    verify(document, deps.keys.badge_public)
    assert Transparency.model_validate_json(document.body).agencies[0].decided == 1
    assert deps.publications.versions() == {TRANSPARENCY: first + 1}
