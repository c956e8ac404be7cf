"""The city's own days off and days worked, beyond weekends, national holidays and joint leave: working-day clocks count by them.

What is changed here counts for cases from now on; a due date that was promised to a citizen stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, insert, select, update

from server.foundation.actors import Actor
from server.foundation.clock import joint_leave_names, national_holiday_names
from server.foundation.joint_leave import source_of
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

NAME_CHARACTERS: Final = 200
#: Days further away than this are a slip of the pen.
YEARS_AHEAD: Final = 5


class DayOutcome(StrEnum):
    DONE = "DONE"
    #: No name, or one that is too long.
    BAD_NAME = "BAD_NAME"
    #: No date, or one that is out of reach.
    BAD_DAY = "BAD_DAY"
    NOT_FOUND = "NOT_FOUND"


@dataclass(frozen=True)
class Day:
    day: date
    name: str
    #: Offices work although weekday or national calendar say otherwise.
    working: bool
    #: From the national calendar: shown, not changed here.
    national: bool = False
    #: The decree that a day of joint leave comes from.
    source: str = ""


class CityCalendar:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def days(self, year: int) -> Sequence[Day]:
        """The year's national holidays, joint leave, and the city's own days, in order."""
        with self._units.engine.connect() as connection:
            rows = connection.execute(
                select(tables.holidays).where(tables.holidays.c.day.between(date(year, 1, 1), date(year, 12, 31)))
            ).all()
        own = {row.day: Day(row.day, row.name, row.working) for row in rows}
        national = [Day(day, name, False, True) for day, name in national_holiday_names(year).items()]
        joint = [Day(day, name, False, True, source_of(year)) for day, name in joint_leave_names(year).items()]
        given = {one.day: one for one in (*joint, *national)}
        return sorted({**given, **own}.values(), key=lambda one: one.day)

    def put(self, actor: Actor, day: date | None, name: str, *, working: bool) -> DayOutcome:
        """Adds a day, or changes what it is."""
        now = self._units.clock.now()
        if day is None or not now.year - 1 <= day.year <= now.year + YEARS_AHEAD:
            return DayOutcome.BAD_DAY
        if not name.strip() or len(name) > NAME_CHARACTERS:
            return DayOutcome.BAD_NAME
        values = {"name": name.strip(), "working": working}
        with self._units.begin(actor) as work:
            changed = work.connection.execute(
                update(tables.holidays).where(tables.holidays.c.day == day).values(**values)
            ).rowcount
            if not changed:
                work.connection.execute(insert(tables.holidays).values(day=day, **values))
            work.audit("calendar.put", f"day:{day.isoformat()}", {"working": working})
        return DayOutcome.DONE

    def remove(self, actor: Actor, day: date) -> DayOutcome:
        """The day is again what weekday and national calendar make of it."""
        with self._units.begin(actor) as work:
            if not work.connection.execute(delete(tables.holidays).where(tables.holidays.c.day == day)).rowcount:
                return DayOutcome.NOT_FOUND
            work.audit("calendar.remove", f"day:{day.isoformat()}")
        return DayOutcome.DONE
