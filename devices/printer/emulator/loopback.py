"""Our printer and the emulated one in one thread on a fake clock: simulated days in seconds.

The line is as short as it can be: a write goes straight into the core, a read lets the clock leap until the
core has something to say.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.frame import Condition, FakeClock
from devices.printer.emulator.core import PrinterCore
from devices.printer.emulator.faults import Fault
from devices.printer.transport import LineFault

STEP_SECONDS = 0.02
"""How far the clock leaps at a time."""


class Loopback:
    """A transport straight into a core. ``while_time_passes`` is called after each leap: a script of faults."""

    two_way = True
    address = "loopback"

    def __init__(
        self, core: PrinterCore, clock: FakeClock, while_time_passes: Callable[[], None] = lambda: None
    ) -> None:
        self.core = core
        self.clock = clock
        self.opened = 0
        self._while_time_passes = while_time_passes

    def open(self, seconds: float) -> LoopbackConnection:
        del seconds  # answers at once
        if Fault.UNPLUGGED in self.core.faults:
            raise LineFault(Condition.NOT_REACHABLE, "unplugged")
        self.opened += 1
        return LoopbackConnection(self)

    def pass_time(self, seconds: float) -> None:
        """Let the clock leap and the emulated printer go on."""
        self.clock.advance(seconds)
        self.core.tick(seconds)
        self._while_time_passes()


class LoopbackConnection:
    """An open line into the core; gone for good once the cable was pulled."""

    def __init__(self, loopback: Loopback) -> None:
        self._loopback = loopback
        self._gone = False

    def write(self, data: bytes, seconds: float) -> int:
        core = self._loopback.core
        self._check()
        if not core.room:
            self._loopback.pass_time(min(seconds, STEP_SECONDS) or STEP_SECONDS)
            self._check()
        piece = data[: core.room]
        if piece:
            core.receive(piece)
            core.tick(0.0)
        return len(piece)

    def read(self, seconds: float) -> bytes:
        self._check()
        loopback = self._loopback
        left = seconds
        while not (data := loopback.core.take_answers()) and left > 0:
            loopback.pass_time(min(left, STEP_SECONDS))
            left -= STEP_SECONDS
            self._check()
        return data

    def close(self) -> None:
        self._gone = True

    def _check(self) -> None:
        if self._gone or Fault.UNPLUGGED in self._loopback.core.faults:
            self._gone = True
            raise LineFault(Condition.DISCONNECTED, "unplugged")
