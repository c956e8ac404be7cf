"""When the roll will be empty, foretold from this kiosk's own days.

A day's use is what the same weekday used here before, spread over the hours as all days were. The end is told twice: as
likely earlier as later (P50), and so early that four times of five it is later (P80). How far they lie apart comes from how unlike
each other the days were, and from how few of them are known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from kiosk.store.paper_use import Hour
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import statistics
else:
    statistics = when_wanted("statistics")

#: Whole days that the curve is made of; those before are forgotten.
DAYS: Final = 28
#: Of fewer whole days nothing is foretold by them.
DAYS_LEAST: Final = 3
#: A weekday counts for itself once it was seen so often; before, all days of its kind do.
SAME_WEEKDAY: Final = 3
#: Further ahead nobody plans.
HORIZON: Final = timedelta(days=120)
HOURS: Final = 24
#: So many standard deviations above the mean lie four fifths of all cases.
P80: Final = 0.8416
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class PaperEnd:
    #: P50; None: not within HORIZON.
    likely: datetime | None
    #: P80, never later than ``likely``.
    early: datetime | None


@dataclass(frozen=True, slots=True)
class _Day:
    mean: float
    variance: float


class PaperCurve:
    """Of the use in whole days before ``today``."""

    def __init__(self, use: Mapping[Hour, float], today: date, zone: ZoneInfo) -> None:
        self._zone = zone
        known = {(day, hour): mm for (day, hour), mm in use.items() if today - timedelta(days=DAYS) <= day < today}
        first = min((day for day, _ in known), default=today)
        # A day on which nobody came is a day as well.
        days = [first + timedelta(days=n) for n in range((today - first).days)]
        totals = {day: sum(known.get((day, hour), 0.0) for hour in range(HOURS)) for day in days}
        used = sum(totals.values())
        self._days = len(days) if used > 0 else 0
        self._share = [
            sum(mm for (_, each), mm in known.items() if each == hour) / used if used > 0 else 0.0
            for hour in range(HOURS)
        ]
        self._weekdays = [_weekday(totals, weekday) for weekday in range(7)] if totals else []

    @property
    def known(self) -> bool:
        """Whether there were enough days to foretell anything."""
        return self._days >= DAYS_LEAST

    def end_of(self, left_mm: float, now: datetime) -> PaperEnd | None:
        """When so many millimetres will have been used; None while too little is known."""
        if not self.known:
            return None
        mean = variance = 0.0
        early: datetime | None = None
        begins = now.astimezone(self._zone)
        until = begins + HORIZON
        while begins < until:
            ends = begins.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            day, share = self._weekdays[begins.weekday()], self._share[begins.hour]
            part = share * ((ends - begins) / timedelta(hours=1))
            mean += day.mean * part
            variance += day.variance * part
            # The mean of few days may be wrong itself, and then it is for all days ahead.
            doubt = sqrt(variance + mean**2 * self._doubt(day))
            if early is None and mean + P80 * doubt >= left_mm:
                early = ends
            if mean >= left_mm:
                return PaperEnd(ends, early)
            begins = ends
        return PaperEnd(None, early)

    def _doubt(self, day: _Day) -> float:
        """The squared relative error of a mean of so many days."""
        return day.variance / (day.mean**2 * self._days) if day.mean > 0 else 0.0


def _weekday(totals: Mapping[date, float], weekday: int) -> _Day:
    same = [mm for day, mm in totals.items() if day.weekday() == weekday]
    if len(same) < SAME_WEEKDAY:
        kind = weekday >= _SATURDAY
        same = [mm for day, mm in totals.items() if (day.weekday() >= _SATURDAY) is kind] or list(totals.values())
    return _Day(statistics.fmean(same), statistics.pvariance(same))
