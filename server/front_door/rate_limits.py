"""A budget of requests per key, as a sliding window in memory: against guessing codes."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

#: Keys that are remembered; the one idle longest is forgotten first, so that memory stays bounded.
KEYS: Final = 10_000


class Budget:
    """At most ``count`` requests in any ``seconds`` for one key. ``clock`` gives monotonic seconds."""

    def __init__(self, count: int, seconds: float, clock: Callable[[], float], keys: int = KEYS) -> None:
        self._count = count
        self._seconds = seconds
        self._clock = clock
        self._keys = keys
        self._spent: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, key: str) -> float:
        """Takes one from the budget of ``key``: 0 when there was one, else the seconds to wait (nothing is taken)."""
        now = self._clock()
        with self._lock:
            times = self._spent.setdefault(key, deque())
            self._spent.move_to_end(key)
            while len(self._spent) > self._keys:
                self._spent.popitem(last=False)
            while times and times[0] <= now - self._seconds:
                times.popleft()
            if len(times) >= self._count:
                return times[0] + self._seconds - now
            times.append(now)
            return 0.0
