"""How the line waits before its next try: with full jitter, since thousands of kiosks ask the same server."""

import random
from collections.abc import Callable
from typing import Final

from runtime.workers import Backoff, Tries

PATIENT: Final = Backoff(first=1.0, longest=300.0, jitter=1.0)
#: For heartbeats: whoever watches wants to know soon that the kiosk is back.
EAGER: Final = Backoff(first=1.0, longest=60.0, jitter=1.0)


def tries(backoff: Backoff = PATIENT, chance: Callable[[], float] = random.random) -> Tries:
    """One for each loop."""
    return Tries(backoff, chance)
