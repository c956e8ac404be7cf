"""A time of day that a wrong or turned-back clock does not spoil for long.

The server's time teaches how far the kiosk's clock is off; the last time from the server is kept over restarts, and
time never goes back behind it. Expiry of badges and notices is judged by it. Order and time-outs never are.

A clock that is put back by minutes stands until the time has come up to it, so nothing that is done at the kiosk seems to end
before it began. One that was further ahead is put right at once.
"""

import threading
from datetime import datetime, timedelta
from typing import Final

from kiosk.ports import Clock
from kiosk.store import Store

_MARK: Final = "high_water"
#: The mark is written at most this often.
WRITE_EVERY: Final = timedelta(minutes=5)
#: The time stands rather than going back by so much.
STANDS: Final = timedelta(minutes=5)


class CorrectedClock:
    """A Clock: ``now`` corrected by the server's time."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store
        self._lock = threading.Lock()
        self._offset = timedelta(0)
        kept = store.marks.get(_MARK)
        self._highest = datetime.fromisoformat(kept) if kept else None
        self._written = self._highest
        self._last: datetime | None = None

    @property
    def offset(self) -> timedelta:
        """What to add to the machine's clock to get the server's time."""
        return self._offset

    def now(self) -> datetime:
        with self._lock:
            now = self._clock.now() + self._offset
            if self._highest is not None:
                now = max(now, self._highest)
            if self._last is not None and timedelta(0) < self._last - now <= STANDS:
                return self._last
            self._last = now
            return now

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def learn(self, server_time: datetime) -> None:
        """The server says that it is ``server_time`` now."""
        with self._lock:
            self._offset = server_time - self._clock.now()
            self._highest = server_time
            due = self._written is None or abs(server_time - self._written) >= WRITE_EVERY
            if due:
                self._written = server_time
        if due:
            self._store.marks.set(_MARK, server_time.isoformat())
