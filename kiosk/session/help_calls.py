"""Calling an officer: reported to the server at once, or as soon as the line is back; not again while one is on the way.

A call stands for some minutes, and anew from when somebody is on the way. As long as it stands, the session is not taken to be
over.
"""

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from kiosk.events import Bus, ReportWaiting
from kiosk.ports import Clock
from kiosk.settings import Settings
from kiosk.store import StorageFailed, StorageProblem, Store
from kiosk.store.reports import Report, ReportKind

logger = logging.getLogger(__name__)

#: A call older than this helps nobody: it is not sent any more.
STALE_S: Final = 1_800.0


@dataclass(frozen=True, slots=True)
class HelpCall:
    at: datetime
    #: The server has it: the office sees it now.
    reported: bool
    #: Somebody there has seen it and is on the way.
    coming: bool = False
    #: Whoever is here called, or asked for the same officer: the screen waits for them.
    awaited: bool = True
    #: The screen waits for them until then, at least.
    until: datetime = datetime.max


@dataclass(slots=True)
class _Call:
    id: str
    at: datetime
    #: On the monotonic clock: since when it stands.
    since: float
    awaited: bool = True
    coming: bool = False


class HelpCalls:
    """Any thread."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        bus: Bus,
        settings: Settings,
        storage_failed: Callable[[StorageProblem], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._settings = settings
        self._storage_failed = storage_failed
        self._lock = threading.Lock()
        self._last: _Call | None = None

    def call(self, place: str) -> bool:
        """``place``: which screen is in sight, in lower case. False when it could not be kept."""
        if self._ask_for_the_same():
            return True
        call_id, now = str(uuid4()), self._clock.now()
        body = {"id": call_id, "asked_at": now.isoformat(), "place": place}
        try:
            kept = self._store.reports.add(ReportKind.HELP_CALL, Report(call_id, body))
        except StorageFailed as error:
            logger.warning("a call for help could not be kept: %s", error.problem)
            self._storage_failed(error.problem)
            return False
        if kept:
            with self._lock:
                self._last = _Call(call_id, now, self._clock.monotonic())
            self._bus.publish(ReportWaiting())
        return kept

    def current(self) -> HelpCall | None:
        """The call that stands, or None."""
        with self._lock:
            last = self._standing()
            if last is None:
                return None
            left = self._until(last) - self._clock.monotonic()
            call_id, at, coming, awaited = last.id, last.at, last.coming, last.awaited
        waiting = self._store.reports.has(call_id)
        until = self._clock.now() + timedelta(seconds=left)
        return HelpCall(at, reported=not waiting, coming=coming, awaited=awaited, until=until)

    @property
    def awaited_until(self) -> float:
        """On the monotonic clock: until when whoever is here waits for an officer, or waited; 0 when they did not call."""
        with self._lock:
            last = self._last
            return self._until(last) if last is not None and last.awaited else 0.0

    def session_over(self) -> None:
        """Whoever called has gone; the officer may still come."""
        with self._lock:
            if self._last is not None:
                self._last.awaited = False

    def coming(self, calls: Collection[str]) -> None:
        """The office has seen these calls; any of before the last one concern nobody any more."""
        with self._lock:
            if self._last is not None and self._last.id in calls and not self._last.coming:
                self._last.coming, self._last.since = True, self._clock.monotonic()

    # --- inside, with the lock ---------------------------------------------------------------------------------------

    def _ask_for_the_same(self) -> bool:
        """Whether an officer is called already. Somebody else than who called them is waited for from now on."""
        with self._lock:
            last = self._standing()
            if last is None:
                return False
            if not last.awaited:
                last.awaited, last.since = True, self._clock.monotonic()
            return True

    def _standing(self) -> _Call | None:
        last = self._last
        return last if last is not None and self._clock.monotonic() < self._until(last) else None

    def _until(self, call: _Call) -> float:
        return call.since + self._settings.number("help_hold_s")
