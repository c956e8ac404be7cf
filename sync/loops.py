"""The line's loops: workers whose faults are answers, reported by the monitor; what else fails is a bug."""

from dataclasses import dataclass
from typing import Final

from runtime.workers import Backoff, Duty, Worker

#: Long enough not to spin, short enough to go on.
AFTER_BUG: Final = Backoff(first=5.0, longest=60.0)


@dataclass(frozen=True, slots=True)
class _Owner:
    name: str

    def failed(self, error: Exception) -> None:
        """Logged by the worker, which goes on: one loop's bug must not silence the kiosk for good."""

    def stopped(self) -> None: ...


def loop(name: str, duty: Duty) -> Worker:
    """A loop of this name, not yet started."""
    return Worker(duty, _Owner(name), backoff=AFTER_BUG)
