"""What a way to the printer offers, and how it fails."""

from __future__ import annotations

import select
from typing import Protocol

from devices.frame import PassingFault


class LineFault(PassingFault):
    """The line to the printer failed: NOT_REACHABLE when opening, DISCONNECTED later."""


class Connection(Protocol):
    """An open line; used by one thread."""

    def write(self, data: bytes, seconds: float) -> int:
        """Hand bytes over for at most ``seconds``; returns how many the line took, fewer when it is stuck.

        Raises:
            LineFault: when the line is gone.
        """
        ...

    def read(self, seconds: float) -> bytes:
        """What has come, waiting at most ``seconds`` for the first byte; empty when nothing came.

        Raises:
            LineFault: when the line is gone.
        """
        ...

    def close(self) -> None:
        """Let go; never raises for a line that is gone already."""
        ...


class Transport(Protocol):
    """How to open a line to one printer."""

    @property
    def address(self) -> str:
        """Where the printer is, for technicians."""
        ...

    @property
    def two_way(self) -> bool:
        """False when nothing can be read back, as from a plain file."""
        ...

    def open(self, seconds: float) -> Connection:
        """Open within ``seconds``.

        Raises:
            LineFault: when it cannot be opened now.
            PermanentFault: when the settings can never work.
        """
        ...


def ready_to_read(descriptor: int, seconds: float) -> bool:
    """True when bytes, or the end of the line, can be read; waits at most ``seconds``."""
    return _ready(descriptor, select.POLLIN, seconds)


def ready_to_write(descriptor: int, seconds: float) -> bool:
    """True when the line takes bytes or is gone; waits at most ``seconds``."""
    return _ready(descriptor, select.POLLOUT, seconds)


def hung_up(descriptor: int) -> bool:
    """True when the other side is gone for good."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return bool(poll.poll(0))


def _ready(descriptor: int, event: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(max(0.0, seconds) * 1000))
