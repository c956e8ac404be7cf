"""How long to wait before the next try: doubling, with a cap and chance; what the other side asks for wins.

Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_DOUBLINGS: Final = 30


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses double from ``first`` to ``longest`` seconds, less by chance up to the share ``jitter`` of each: 0.2 for a
    device of one's own, 1 ("full jitter") where thousands ask the same server."""

    first: float = 0.5
    longest: float = 30.0
    jitter: float = 0.2

    def pause(self, failures: int, chance: float, asked: float | None = None) -> float:
        """Seconds to wait after so many failures in a row (from 1); ``chance`` is in [0, 1). ``asked``: what the other
        side asked for, obeyed, with a little on top so that not all come at once."""
        full = min(self.longest, self.first * 2.0 ** min(failures - 1, _DOUBLINGS))
        if asked is not None:
            return asked + chance * min(self.first, full)
        return full * (1.0 - self.jitter * chance)


class Tries:
    """Counts failures in a row. Not thread-safe: one for each loop."""

    def __init__(self, backoff: Backoff, chance: Callable[[], float] = random.random) -> None:
        self._backoff = backoff
        self._chance = chance
        self.failures = 0

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self, asked: float | None = None) -> float:
        """Seconds to wait now."""
        self.failures += 1
        return self._backoff.pause(self.failures, self._chance(), asked)
