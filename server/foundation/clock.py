"""Time: the seam for now, and the working-day calendar of service standards.

The clock of a standard counts working days (UU 25/2009 and PermenPANRB 15/2014 as cities apply them): weekdays that
are neither national holidays nor joint leave (*cuti bersama*), both as the ``holidays`` package has them, nor days in the
``holidays`` table. Counting begins on the working day after a submission came; one that comes outside working hours counts as
come on the next working day. While the office waits for the citizen the clock stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import Connection, select

from server.storage import tables

OPENS: Final = time(8, 0)
CLOSES: Final = time(16, 0)
WORKING_WEEKDAYS: Final = (0, 1, 2, 3, 4)
_EXCEPTIONS: Final = select(tables.holidays.c.day, tables.holidays.c.working)


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, in UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class WorkingCalendar:
    """``exceptions``: a day to whether it is worked; it outranks weekday and national holiday."""

    zone: ZoneInfo
    exceptions: Mapping[date, bool] = field(default_factory=dict)
    weekdays: tuple[int, ...] = WORKING_WEEKDAYS
    opens: time = OPENS
    closes: time = CLOSES

    def is_working_day(self, day: date) -> bool:
        if day in self.exceptions:
            return self.exceptions[day]
        return day.weekday() in self.weekdays and day not in days_off(day.year)

    def is_working_time(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        return self.is_working_day(local.date()) and self.opens <= local.time() < self.closes

    def due(self, start: datetime, working_days: int) -> datetime:
        """The close of the last working day in time, in UTC; 0 means the day on which it counts as come."""
        local = start.astimezone(self.zone)
        day = local.date()
        if local.time() >= self.closes:
            day += timedelta(days=1)
        day = self._on_or_after(day)
        for _ in range(working_days):
            day = self._on_or_after(day + timedelta(days=1))
        return datetime.combine(day, self.closes, self.zone).astimezone(UTC)

    def stood(self, paused: datetime, resumed: datetime) -> int:
        """The working days that began while the clock stood."""
        first = paused.astimezone(self.zone).date()
        last = resumed.astimezone(self.zone).date()
        return sum(self.is_working_day(first + timedelta(days=offset)) for offset in range(1, (last - first).days + 1))

    def later(self, due: datetime, working_days: int) -> datetime:
        """``due`` moved on by so many working days."""
        day = due.astimezone(self.zone).date()
        for _ in range(working_days):
            day = self._on_or_after(day + timedelta(days=1))
        return datetime.combine(day, self.closes, self.zone).astimezone(UTC)

    def _on_or_after(self, day: date) -> date:
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day


@lru_cache(maxsize=32)
def days_off(year: int) -> frozenset[date]:
    """National holidays and joint leave of Indonesia in ``year``."""
    return frozenset((*national_holiday_names(year), *joint_leave_names(year)))


def national_holiday_names(year: int) -> dict[date, str]:
    """National holidays, with what they are called in Indonesian."""
    return dict(holidays.country_holidays("ID", years=year, language="id"))


def joint_leave_names(year: int) -> dict[date, str]:
    """Joint leave, likewise; of a year that no decree was published for: none. See ``joint_leave``."""
    return dict(holidays.country_holidays("ID", years=year, language="id", categories=("government",)))


def load_calendar(connection: Connection, zone: str) -> WorkingCalendar:
    """The calendar with this city's own days off and days worked."""
    rows = connection.execute(_EXCEPTIONS)
    return WorkingCalendar(ZoneInfo(zone), {day: working for day, working in rows})
