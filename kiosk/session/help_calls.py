"""Calling an officer: reported to the server at once, or as soon as the line is back; not again while one is on the way."""

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from kiosk.events import Bus, ReportWaiting
from kiosk.ports import Clock
from kiosk.store import StorageFailed, StorageProblem, Store
from kiosk.store.reports import Report, ReportKind

logger = logging.getLogger(__name__)

#: Within this time a second call is the same one.
AGAIN_S: Final = 300.0
#: A call older than this helps nobody: it is not sent any more.
STALE_S: Final = 1_800.0


@dataclass(frozen=True, slots=True)
class HelpCall:
    at: datetime
    #: The server has it: the office sees it now.
    reported: bool
    #: Somebody there has seen it and is on the way.
    coming: bool = False


class HelpCalls:
    """Any thread."""

    def __init__(self, store: Store, clock: Clock, bus: Bus, storage_failed: Callable[[StorageProblem], None]) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._storage_failed = storage_failed
        self._lock = threading.Lock()
        self._last: tuple[str, datetime, float] | None = None
        #: The call for which somebody is on the way.
        self._coming = ""

    def call(self, place: str) -> bool:
        """``place``: which screen is in sight, in lower case. False when it could not be kept."""
        if self.current() is not None:
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
                self._last = (call_id, now, self._clock.monotonic())
            self._bus.publish(ReportWaiting())
        return kept

    def current(self) -> HelpCall | None:
        """The call of the last AGAIN_S, or None."""
        with self._lock:
            last = self._last
        if last is None or self._clock.monotonic() - last[2] >= AGAIN_S:
            return None
        waiting = self._store.reports.has(last[0])
        return HelpCall(last[1], reported=not waiting, coming=self._coming == last[0])

    def coming(self, calls: Collection[str]) -> None:
        """The office has seen these calls; any of before the last one concern nobody any more."""
        with self._lock:
            if self._last is not None and self._last[0] in calls:
                self._coming = self._last[0]
