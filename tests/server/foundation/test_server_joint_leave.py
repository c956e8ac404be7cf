"""Working-day clocks over two years, against dates worked out by hand from the decrees on holidays and joint leave.

2025 around Lebaran: off from Friday 28 March (Nyepi) to Monday 7 April. 2026: off from Wednesday 18 to Tuesday 24 March.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.foundation.clock import WorkingCalendar, joint_leave_names
from server.foundation.joint_leave import DECREES, source_of

ZONE = ZoneInfo("Asia/Jakarta")
CALENDAR = WorkingCalendar(ZONE)


def at(day: str, time: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "working_days", "due"),
    [
        # Wednesday; Thursday is the last day before Lebaran, the next is Tuesday 8 April.
        (at("2025-03-26"), 1, "2025-03-27"),
        (at("2025-03-26"), 2, "2025-04-08"),
        (at("2025-03-24"), 5, "2025-04-09"),
        (at("2025-03-27", "16:30"), 0, "2025-04-08"),
        (at("2025-03-31"), 1, "2025-04-09"),
        # Easter, Labour Day, Waisak with joint leave on Tuesday 13 May, Ascension with Friday 30 May.
        (at("2025-04-17"), 1, "2025-04-21"),
        (at("2025-05-09"), 1, "2025-05-14"),
        (at("2025-05-28"), 1, "2025-06-02"),
        # Idul Adha on Friday 6 June, joint leave on Monday; the Monday after Independence Day, by a decree of August.
        (at("2025-06-05"), 1, "2025-06-10"),
        (at("2025-08-15"), 1, "2025-08-19"),
        # Christmas with its joint leave, and over the new year.
        (at("2025-12-24"), 1, "2025-12-29"),
        (at("2025-12-24"), 4, "2026-01-02"),
        (at("2026-02-13"), 1, "2026-02-18"),
        # Monday, Tuesday, and then Wednesday 25 March.
        (at("2026-03-16"), 1, "2026-03-17"),
        (at("2026-03-16"), 2, "2026-03-25"),
        (at("2026-03-17", "16:00"), 0, "2026-03-25"),
        (at("2026-03-20"), 1, "2026-03-26"),
        # A complaint of Thursday 12 March: forwarded, followed up, closed.
        (at("2026-03-12"), 3, "2026-03-17"),
        (at("2026-03-12"), 5, "2026-03-26"),
        (at("2026-03-12"), 10, "2026-04-02"),
        (at("2026-05-13"), 1, "2026-05-18"),
        (at("2026-05-26"), 1, "2026-05-29"),
        (at("2026-12-23"), 1, "2026-12-28"),
    ],
)
def test_what_is_promised_is_the_day_worked_out_by_hand(start: datetime, working_days: int, due: str) -> None:
    assert CALENDAR.due(start, working_days) == at(due, "16:00")


def test_a_pause_over_lebaran_is_as_long_as_the_offices_worked() -> None:
    asked, answered = at("2026-03-16"), at("2026-03-26")
    stood = CALENDAR.stood(asked, answered)
    assert stood == 3
    assert CALENDAR.later(at("2026-03-17", "16:00"), stood) == at("2026-03-27", "16:00")


@pytest.mark.parametrize(("year", "worked"), [(2025, 261 - 24), (2026, 261 - 21)])
def test_a_year_has_as_many_working_days_as_the_decree_leaves(year: int, worked: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    assert sum(map(CALENDAR.is_working_day, days)) == worked


def test_offices_that_stay_open_on_joint_leave_say_so_in_the_citys_calendar() -> None:
    open_ = WorkingCalendar(ZONE, {date(2026, 12, 24): True})
    assert open_.due(at("2026-12-23"), 1) == at("2026-12-24", "16:00")


def test_each_year_with_joint_leave_names_its_decree_and_no_other_does() -> None:
    years = range(2025, 2035)
    assert [year for year in years if joint_leave_names(year)] == [year for year in years if source_of(year)]
    assert set(DECREES) <= set(years)
