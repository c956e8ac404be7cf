"""Slots for a fleet that comes back all at once: so many batches are worked on, and each further kiosk gets a turn.

The turns are spread evenly from now on, however many ask, so that the second wave is no second crowd. What officers,
heartbeats and feeds need is never given to batches.
"""

import math
from collections.abc import Callable
from typing import Final

#: Batches that one process works on at once; its other threads are left to pages and heartbeats.
BATCHES_AT_ONCE: Final = 32
#: Turns that are given out for each second; a batch of fifty takes some 40 ms of PostgreSQL's time.
SLOTS_A_SECOND: Final = 20
#: No kiosk is sent away for longer, however many wait.
LONGEST_WAIT_S: Final = 600


class Crowded(Exception):
    """Come again after so many whole seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"come again in {seconds} s")
        self.seconds = seconds


class Slots:
    """A context manager for one batch. Belongs to the event loop's thread. ``clock`` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._running = 0
        self._next = 0.0

    def __enter__(self) -> None:
        """Raises Crowded."""
        if self._running >= BATCHES_AT_ONCE:
            now = self._clock()
            self._next = min(max(self._next, now) + 1 / SLOTS_A_SECOND, now + LONGEST_WAIT_S)
            raise Crowded(math.ceil(self._next - now))
        self._running += 1

    def __exit__(self, *_: object) -> None:
        self._running -= 1
