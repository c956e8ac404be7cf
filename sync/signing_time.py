"""The time that a kiosk signs with: the server's, as its last answer gave it, moved on by a clock that nobody can set.

It only makes requests acceptable. What is printed, kept and judged at the kiosk goes by ``kiosk.machine.high_water``.
"""

import threading
from datetime import datetime, timedelta

from kiosk.ports import Clock


class SigningTime:
    """Shared by all that speak to the server; any thread. Until an answer gave the time it is ``clock``'s."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        #: The server's time, and what the monotonic clock said then.
        self._learned: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        with self._lock:
            learned = self._learned
        if learned is None:
            return self._clock.now()
        at, monotonic = learned
        return at + timedelta(seconds=self._clock.monotonic() - monotonic)

    def learn(self, judged: datetime) -> None:
        """The server judges signatures by ``judged`` now."""
        with self._lock:
            self._learned = (judged, self._clock.monotonic())
