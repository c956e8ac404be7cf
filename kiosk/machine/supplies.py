"""Paper in millimetres: counted by the printer, kept over restarts, its end foretold from this kiosk's own days."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.events import Bus, Event, PaperChanged, SettingsChanged
from kiosk.machine.paper_curve import DAYS, PaperCurve, PaperEnd
from kiosk.ports import Clock, ComponentState, Printer, Unsubscribe
from kiosk.settings import Settings
from kiosk.store import StorageFailed, StorageProblem, Store
from kiosk.store.journal import SupplyLevel
from protocol.kiosk_settings import NUMBERS

logger = logging.getLogger(__name__)

PAPER: Final = "paper_mm"
#: Settings that the printer works with.
ROLL: Final = "paper_roll_mm"
LOW: Final = "paper_low_mm"
_ROLL: Final = frozenset({ROLL, LOW})
#: A counter that falls further at once was corrected (by the sensor of the roll's end): nobody used that.
_STEP_MM: Final = 2_000.0
#: While too few days are known: use of less than this long says nothing about how long the roll will last.
_SHORTEST_TREND: Final = timedelta(hours=1)
ROLL_MM_LEAST: Final = 1_000
ROLL_MM_MOST: Final = NUMBERS[ROLL].maximum


@dataclass(frozen=True, slots=True)
class Paper:
    #: None: not known, no roll was ever entered.
    millimetres: float | None
    full_mm: float | None
    #: Whole slips that it will still do.
    slips_left: int | None
    changed_at: datetime | None
    #: When it will be used up, as likely earlier as later, if people come as they did.
    ends_at: datetime | None
    #: The same, so early that four times of five it is later; None while too few days are known.
    ends_early_at: datetime | None = None


class Supplies:
    """Listens to the printer's counter; any thread."""

    def __init__(
        self,
        store: Store,
        printer: Printer | None,
        clock: Clock,
        bus: Bus,
        settings: Settings,
        storage_failed: Callable[[StorageProblem], None],
        time_zone: str,
    ) -> None:
        self._store = store
        self._printer = printer
        self._clock = clock
        self._bus = bus
        self._settings = settings
        self._storage_failed = storage_failed
        self._lock = threading.Lock()
        self._level = store.supplies.get(PAPER)
        self._zone = ZoneInfo(time_zone)
        #: Of which hour and level the end was worked out last, and what came of it.
        self._foretold: tuple[tuple[datetime, float], PaperEnd | None] | None = None
        self._curve: tuple[date, PaperCurve] | None = None

    def start(self) -> Unsubscribe:
        """Give the printer the level that was kept, then follow its counter. Returns how to stop."""
        if self._printer is None:
            return lambda: None
        ends = (self._printer.subscribe(self._state_changed), self._bus.subscribe(self._hear))
        self._tell(self._printer, None if self._level is None else self._level.level)

        def stop() -> None:
            for end in ends:
                end()

        return stop

    def _hear(self, event: Event) -> None:
        if isinstance(event, SettingsChanged) and self._printer is not None and event.names & _ROLL:
            self._tell(self._printer)

    def _tell(self, printer: Printer, left_mm: float | None = None) -> None:
        full, low = (self._settings.number(name) for name in (ROLL, LOW))
        printer.know_roll(full_mm=full, low_mm=low, left_mm=left_mm)

    def roll_changed(self, length_mm: float) -> None:
        """A full roll of this length was put in. Raises ValueError outside ROLL_MM_LEAST to ROLL_MM_MOST."""
        if not ROLL_MM_LEAST <= length_mm <= ROLL_MM_MOST:
            raise ValueError(f"a roll is {ROLL_MM_LEAST} to {ROLL_MM_MOST} mm long, not {length_mm:g}")
        self._keep(SupplyLevel(length_mm, length_mm, self._clock.now()))
        if self._printer is not None:
            self._printer.roll_changed(length_mm)

    def paper(self) -> Paper:
        with self._lock:
            level = self._level
        if level is None:
            return Paper(None, None, None, changed_at=None, ends_at=None)
        now = self._clock.now()
        end = self._end(level, now)
        return Paper(
            millimetres=level.level,
            full_mm=level.full,
            slips_left=int(level.level // self._settings.number("slip_mm")),
            changed_at=level.changed_at,
            ends_at=_foretell(level, now) if end is None else end.likely,
            ends_early_at=None if end is None else end.early,
        )

    def _end(self, level: SupplyLevel, now: datetime) -> PaperEnd | None:
        """Worked out once an hour for a level: whoever looks asks several times a second."""
        key = (now.replace(minute=0, second=0, microsecond=0), level.level)
        foretold = self._foretold
        if foretold is None or foretold[0] != key:
            foretold = self._foretold = (
                key,
                self._curve_of(now.astimezone(self._zone).date()).end_of(level.level, now),
            )
        return foretold[1]

    def _curve_of(self, today: date) -> PaperCurve:
        """Of whole days, so it is another one only with the next day."""
        curve = self._curve
        if curve is None or curve[0] != today:
            try:
                use = self._store.paper_use.all()
            except StorageFailed as error:
                self._storage_failed(error.problem)
                return PaperCurve({}, today, self._zone)
            curve = self._curve = (today, PaperCurve(use, today, self._zone))
        return curve[1]

    def _state_changed(self, state: ComponentState) -> None:
        counted = state.supplies.get(PAPER)
        with self._lock:
            level = self._level
        if counted is None or (level is not None and counted == level.level):
            return
        if level is None:
            level = SupplyLevel(counted, max(counted, self._settings.number(ROLL)), self._clock.now())
        used = level.level - counted
        self._keep(
            SupplyLevel(max(0.0, counted), max(level.full, counted), level.changed_at), used if used < _STEP_MM else 0.0
        )

    def _keep(self, level: SupplyLevel, used_mm: float = 0.0) -> None:
        with self._lock:
            self._level = level
        try:
            with self._store.transaction():
                self._store.supplies.set(PAPER, level)
                if used_mm > 0:
                    local = self._clock.now().astimezone(self._zone)
                    keep_from = local.date() - timedelta(days=DAYS)
                    self._store.paper_use.add(local.date(), local.hour, used_mm, keep_from)
        except StorageFailed as error:
            logger.warning("the paper level could not be kept: %s", error.problem)
            self._storage_failed(error.problem)
        self._bus.publish(PaperChanged(level.level))


def _foretell(level: SupplyLevel, now: datetime) -> datetime | None:
    used, elapsed = level.full - level.level, now - level.changed_at
    if used <= 0 or elapsed < _SHORTEST_TREND:
        return None
    per_second = used / elapsed.total_seconds()
    return now + timedelta(seconds=min(ceil(level.level / per_second), 10 * 365 * 86_400))
