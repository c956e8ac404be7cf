"""The months of a report, as the city's calendar has them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, Integer, case, literal

#: Whole months, and the one that runs.
MONTHS: Final = 12


@dataclass(frozen=True)
class Month:
    year: int
    month: int
    #: Its first moment, in UTC.
    begins: datetime

    @property
    def name(self) -> str:
        """``2026-11``."""
        return f"{self.year:04}-{self.month:02}"


def last_months(now: datetime, zone: ZoneInfo, number: int = MONTHS) -> tuple[Month, ...]:
    """The month of ``now`` and those before it, oldest first; ``number`` in all."""
    local = now.astimezone(zone)
    count = local.year * 12 + local.month - 1
    return tuple(_month(count - back, zone) for back in range(number - 1, -1, -1))


def month_of(column: Column[Any], months: tuple[Month, ...]) -> ColumnElement[int]:
    """The place in ``months`` to which a time belongs, in SQL; -1 for an earlier one."""
    places = [(column >= one.begins, literal(place, Integer)) for place, one in reversed(list(enumerate(months)))]
    return case(*places, else_=literal(-1, Integer))


def _month(count: int, zone: ZoneInfo) -> Month:
    year, month = divmod(count, 12)
    return Month(year, month + 1, datetime(year, month + 1, 1, tzinfo=zone).astimezone(UTC))
