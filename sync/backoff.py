"""How long to wait before the next try: full jitter, doubling, with a cap; what the server asks for wins.

Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

import random
from collections.abc import Callable
from typing import Final

BASE_S: Final = 1.0
CAP_S: Final = 300.0
_DOUBLINGS: Final = 10


class Backoff:
    """``uniform(a, b)`` is the source of chance. Not thread-safe: one for each loop."""

    def __init__(
        self, *, base: float = BASE_S, cap: float = CAP_S, uniform: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._base = base
        self._cap = cap
        self._uniform = uniform
        self._failures = 0

    @property
    def failures(self) -> int:
        """In a row."""
        return self._failures

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self, retry_after: float | None = None) -> float:
        """Seconds to wait now. ``retry_after`` is obeyed, with a little jitter on top so that not all come at once."""
        highest = min(self._cap, self._base * 2.0 ** min(self._failures, _DOUBLINGS))
        self._failures += 1
        if retry_after is not None:
            return retry_after + self._uniform(0.0, min(self._base, highest))
        return self._uniform(0.0, highest)
