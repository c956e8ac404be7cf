"""Numbers of use: sessions of the day, the last touch, services by use. Nothing of anybody."""

import threading
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from kiosk.machine.last_known import LastKnown, StorageWatch
from kiosk.ports import Clock
from kiosk.store import Store


class Usage:
    def __init__(self, store: Store, clock: Clock, time_zone: str, watch: StorageWatch) -> None:
        self._store = store
        self._clock = clock
        self._zone = ZoneInfo(time_zone)
        self._lock = threading.Lock()
        self._last_touch: datetime | None = None
        #: Of which day, and how many.
        self._sessions = LastKnown("sessions", ("", 0), watch)
        self._services: LastKnown[dict[str, int]] = LastKnown("usage", {}, watch)

    def session_began(self) -> None:
        self._store.usage.add_session(self._today())
        self.touched()

    def service_used(self, service: str) -> None:
        self._store.usage.add_service(service)

    def touched(self) -> None:
        """Kept in memory only: a write for each touch would wear the disk."""
        with self._lock:
            self._last_touch = self._clock.now()

    @property
    def last_touch_at(self) -> datetime | None:
        with self._lock:
            return self._last_touch

    def sessions_today(self) -> int:
        """Since local midnight; as many as were known last when the store fails."""
        today = self._today()
        day, sessions = self._sessions.read(partial(self._sessions_of, today))
        return sessions if day == today else 0

    def counts(self) -> dict[str, int]:
        """How often each service was sent from here; as was known last when the store fails."""
        return self._services.read(self._store.usage.services)

    def _sessions_of(self, day: str) -> tuple[str, int]:
        return day, self._store.usage.sessions(day)

    def _today(self) -> str:
        return self._clock.now().astimezone(self._zone).date().isoformat()
