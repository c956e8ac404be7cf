"""What a kiosk's last fortnight says: paper by day and when it will be empty, how good its line was, sessions by hour.

Worked out of the heartbeats that were kept (one in ``heartbeats.HISTORY_EVERY``), for one kiosk at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from server.fleet.heartbeats import HISTORY_EVERY
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

DAYS: Final = 14
HOURS: Final = 24
#: Two heartbeats that are kept lie further apart than HISTORY_EVERY by one interval at most; beyond this, some were missing.
GAP: Final = 2 * HISTORY_EVERY
#: A counter that moves less than this between two heartbeats is noise; a roll that was changed moves it up.
LEAST_MM: Final = 1.0
#: Of fewer days nothing is foretold.
DAYS_FOR_FORECAST: Final = 2
#: A forecast further ahead than this is no help.
FORECAST_DAYS: Final = 365


@dataclass(frozen=True)
class Day:
    day: date
    sessions: int
    paper_mm: float
    #: Part of the day, as far as it has passed, in which the kiosk was heard; 0 to 1.
    heard: float


@dataclass(frozen=True)
class Past:
    #: The oldest first, today last; days before the first heartbeat are left out.
    days: tuple[Day, ...]
    #: Sessions that began in each hour of the day, of all days together.
    hours: tuple[int, ...]
    #: Of working days with paper used; None where too little is known.
    paper_a_day_mm: float | None
    #: When what is left will be used up at that rate; None where that cannot be said.
    empty_on: date | None


class History:
    def __init__(self, units: UnitsOfWork, zone: str) -> None:
        self._engine = units.engine
        self._clock = units.clock
        self._zone = ZoneInfo(zone)

    def of(self, kiosk_id: str, paper_left_mm: float | None) -> Past:
        now = self._clock.now()
        first = now.astimezone(self._zone).date() - timedelta(days=DAYS - 1)
        since = datetime.combine(first, datetime.min.time(), self._zone)
        beat = tables.heartbeats.c
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(beat.received_at, beat.sessions_today, beat.paper_mm)
                .where(beat.kiosk_id == kiosk_id, beat.received_at >= since)
                .order_by(beat.received_at)
            ).all()
        return _past(rows, paper_left_mm, now, self._zone)


def _past(rows: Sequence[Any], left_mm: float | None, now: datetime, zone: ZoneInfo) -> Past:
    sessions: dict[date, int] = {}
    paper: dict[date, float] = {}
    heard: dict[date, timedelta] = {}
    hours = [0] * HOURS
    before: Any = None
    for row in rows:
        local = row.received_at.astimezone(zone)
        day = local.date()
        same_day = before is not None and before.received_at.astimezone(zone).date() == day
        # The kiosk counts from its midnight; a restart of its count is not taken for sessions that went away.
        begun = row.sessions_today - (before.sessions_today if before is not None and same_day else 0)
        hours[local.hour] += max(0, begun)
        sessions[day] = max(sessions.get(day, 0), row.sessions_today)
        if before is not None:
            if before.paper_mm is not None and row.paper_mm is not None:
                used = before.paper_mm - row.paper_mm
                paper[day] = paper.get(day, 0.0) + (used if used >= LEAST_MM else 0.0)
            apart = row.received_at - before.received_at
            begins = max(before.received_at, datetime.combine(day, datetime.min.time(), zone))
            heard[day] = heard.get(day, timedelta()) + (row.received_at - begins if apart <= GAP else HISTORY_EVERY)
        before = row
    if not rows:
        return Past((), tuple(hours), None, None)
    began = rows[0].received_at
    today = now.astimezone(zone).date()
    span = [began.astimezone(zone).date() + timedelta(days=n) for n in range(DAYS)]
    days = tuple(
        Day(day, sessions.get(day, 0), paper.get(day, 0.0), _part(heard.get(day, timedelta()), day, began, now, zone))
        for day in span
        if day <= today
    )
    rate = _rate(days)
    return Past(days, tuple(hours), rate, _empty(rate, left_mm, today))


def _part(heard: timedelta, day: date, began: datetime, now: datetime, zone: ZoneInfo) -> float:
    midnight = datetime.combine(day, datetime.min.time(), zone)
    begins, ends = max(midnight, began), min(midnight + timedelta(days=1), now)
    whole = ends - begins
    # At both ends of a day up to one kept heartbeat is still to come.
    return 1.0 if whole <= GAP else min(1.0, (heard + HISTORY_EVERY) / whole)


def _rate(days: Sequence[Day]) -> float | None:
    """Millimetres a day, of the days that are over and on which paper was used."""
    used = [day.paper_mm for day in days[:-1] if day.paper_mm > 0]
    return sum(used) / len(used) if len(used) >= DAYS_FOR_FORECAST else None


def _empty(rate: float | None, left_mm: float | None, today: date) -> date | None:
    if rate is None or left_mm is None or left_mm / rate > FORECAST_DAYS:
        return None
    return today + timedelta(days=int(max(0.0, left_mm) / rate))
