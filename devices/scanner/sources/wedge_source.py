"""A scanner that is a keyboard: opened by its udev link, grabbed, so that its keys never reach the screen.

The link comes from a udev rule that also keeps the desktop's input stack off the device, for the moments before the
grab and after a replug (see docs/operate).
"""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Protocol

from devices.frame import Availability, Condition, PassingFault, PermanentFault, StateBoard
from devices.scanner.sources.aim import split_aim
from devices.scanner.sources.source import Emit
from devices.scanner.sources.wedge_keys import KeyEvent, WedgeDecoder

READ_TIMEOUT: Final = 0.5
EV_SYN: Final = 0
EV_KEY: Final = 1
SYN_DROPPED: Final = 3


class InputEvent(Protocol):
    """One event of evdev; ``timestamp()`` is in seconds."""

    type: int
    code: int
    value: int

    def timestamp(self) -> float: ...


class InputDevice(Protocol):
    """What is used of ``evdev.InputDevice``."""

    def fileno(self) -> int: ...

    def grab(self) -> None: ...

    def ungrab(self) -> None: ...

    def read(self) -> Iterable[InputEvent]: ...

    def close(self) -> None: ...


def open_evdev(device: Path) -> InputDevice:
    """The kernel's input device behind ``device``; raises OSError."""
    import evdev  # exists on Linux only

    return evdev.InputDevice(str(device))  # type: ignore[no-any-return]


class WedgeSource:
    """Reads the keyboard scanner behind the link ``device``. ``aim`` tells that it sends symbology identifiers."""

    def __init__(
        self,
        device: Path,
        emit: Emit,
        board: StateBoard,
        *,
        aim: bool = False,
        open_device: Callable[[Path], InputDevice] = open_evdev,
    ) -> None:
        self._path = device
        self._emit = emit
        self._board = board
        self._aim = aim
        self._open_device = open_device
        self._device: InputDevice | None = None
        self._decoder = WedgeDecoder()

    def setup(self) -> None:
        if not self._path.exists():
            raise PassingFault(Condition.DISCONNECTED, f"{self._path} is not there")
        try:
            self._device = self._open_device(self._path)
            self._device.grab()
        except PermissionError as error:
            raise PermanentFault(Condition.CONFIGURATION_ERROR, f"no right to read {self._path}") from error
        except OSError as error:
            raise PassingFault(Condition.NOT_REACHABLE, f"{self._path}: {error.strerror or 'does not open'}") from error
        self._drop_waiting()
        self._decoder = WedgeDecoder()
        self._board.publish(Availability.READY)

    def turn(self) -> float:
        if self._device is None:
            raise PassingFault(Condition.DISCONNECTED, "not open")
        ready, _, _ = select.select([self._device.fileno()], [], [], READ_TIMEOUT)
        if not ready:
            return 0.0
        try:
            events = tuple(self._device.read())
        except OSError as error:
            raise PassingFault(Condition.DISCONNECTED, f"{self._path}: {error.strerror or 'gone'}") from error
        for event in events:
            self._take(event)
        return 0.0

    def teardown(self) -> None:
        device, self._device = self._device, None
        if device is None:
            return
        with contextlib.suppress(OSError):  # pulled out: nothing is grabbed any more
            device.ungrab()
        device.close()

    def set_active(self, active: bool) -> None:
        """Does nothing: a wedge is triggered by hand and always listens."""

    def preflight(self) -> tuple[str, ...]:
        if not self._path.exists():
            return (f"the scanner {self._path} is not there: is it plugged in, and the udev rule installed?",)
        if not os.access(self._path, os.R_OK):
            return (f"no right to read {self._path}: check the udev rule",)
        if self._path.parent == Path("/dev/input") and self._path.name.startswith("event"):
            return (f"{self._path} is a number that moves on a replug: use the udev link",)
        return ()

    def self_test(self) -> tuple[bool, str]:
        opened = self._device is not None
        return opened, "open and grabbed" if opened else "not open"

    def _take(self, event: InputEvent) -> None:
        if event.type == EV_SYN and event.code == SYN_DROPPED:
            # The kernel lost events: what was gathered may lack a key.
            self._decoder = WedgeDecoder()
        if event.type != EV_KEY:
            return
        text = self._decoder.feed(KeyEvent(event.code, event.value, event.timestamp()))
        if text is not None:
            self._emit(*(split_aim(text) if self._aim else ("keyboard", text)))

    def _drop_waiting(self) -> None:
        """Keys from before the grab may lack their beginning."""
        if self._device is not None and select.select([self._device.fileno()], [], [], 0)[0]:
            try:
                tuple(self._device.read())
            except OSError as error:
                raise PassingFault(Condition.DISCONNECTED, f"{self._path}: {error.strerror or 'gone'}") from error
