"""Devices that come and go: announced by udev, and looked for anyway.

udev says at once when something is plugged in; a look at the folders of device names every few seconds finds
what udev did not tell (no udev in a container, a lost message). Only names that stay are watched
(``by-id`` links), never ``eventN`` or ``ttyUSBn``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from devices.frame.faults import PassingFault
from devices.frame.reporting import Reporting
from devices.frame.states import StateBoard
from protocol.components import Availability, Condition
from runtime.workers.clock import Clock, SystemClock
from runtime.workers.worker import Worker

logger = logging.getLogger(__name__)

DEVICE_FOLDERS = (
    Path("/dev/input/by-id"),
    Path("/dev/serial/by-id"),
    Path("/dev/v4l/by-id"),
    Path("/dev/usb"),
)
"""Where udev puts names of input devices, serial ports, cameras and printers."""

SUBSYSTEMS = ("input", "tty", "video4linux", "usbmisc")
"""The kernel's subsystems behind these folders."""

LOOK_EVERY = 2.0
"""Seconds between two looks at the folders."""

EVENT_WAIT = 0.25
"""Seconds that one wait for udev takes; a stop is never later than this."""


@dataclass(frozen=True, slots=True)
class Change:
    """Device names that appeared and vanished since the last look."""

    added: frozenset[Path]
    removed: frozenset[Path]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


class EventSource(Protocol):
    """Says that something changed, as udev does."""

    def wait(self, seconds: float) -> bool:
        """True when something may have changed; waits at most ``seconds``. Raises OSError when it broke."""
        ...


class UdevEvents:
    """udev's messages about :data:`SUBSYSTEMS`.

    Raises:
        ImportError: from the constructor, where libudev is missing.
        OSError: where it may not be listened to.
    """

    def __init__(self) -> None:
        import pyudev  # only here: its import loads libudev, which a machine may not have

        self._monitor = pyudev.Monitor.from_netlink(pyudev.Context())
        for subsystem in SUBSYSTEMS:
            self._monitor.filter_by(subsystem)
        self._monitor.start()

    def wait(self, seconds: float) -> bool:
        return self._monitor.poll(timeout=seconds) is not None


def udev_if_there() -> EventSource | None:
    """udev's events, or None on a machine without."""
    try:
        return UdevEvents()
    except (ImportError, OSError) as error:
        logger.info("no udev here, looking every %.0f s instead: %s", LOOK_EVERY, error)
        return None


def names_in(folders: Sequence[Path]) -> frozenset[Path]:
    """The device names that are there now; folders that do not exist are empty."""
    found: set[Path] = set()
    for folder in folders:
        try:
            found.update(folder.iterdir())
        except OSError:
            continue
    return frozenset(found)


class Hotplug:
    """Watches folders of device names from a thread of its own and calls ``changed`` from it."""

    def __init__(
        self,
        changed: Callable[[Change], None],
        folders: Sequence[Path] = DEVICE_FOLDERS,
        *,
        clock: Clock | None = None,
        events: Callable[[], EventSource | None] = udev_if_there,
    ) -> None:
        self._changed = changed
        self._folders = tuple(folders)
        self._clock = clock or SystemClock()
        self._open_events = events
        self._events: EventSource | None = None
        self._known: frozenset[Path] | None = None
        self._next_look = 0.0
        self._board = StateBoard("hotplug", self._clock)
        self._worker = Worker(self, Reporting(self._board), clock=self._clock)

    @property
    def worker(self) -> Worker:
        return self._worker

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        self._worker.stop()

    def setup(self) -> None:
        self._events = self._open_events()
        if self._known is None:
            self._known = names_in(self._folders)
            self._next_look = self._clock.monotonic() + LOOK_EVERY
        self._board.publish(Availability.READY)

    def turn(self) -> float:
        """Wait a moment for udev; look when it spoke or when it is time."""
        try:
            signalled = self._events.wait(EVENT_WAIT) if self._events else False
        except OSError as error:
            raise PassingFault(Condition.NOT_RESPONDING, f"udev: {error}") from error
        if signalled or self._clock.monotonic() >= self._next_look:
            self._look()
        return 0.0 if self._events else LOOK_EVERY

    def teardown(self) -> None:
        self._events = None

    def _look(self) -> None:
        now, before = names_in(self._folders), self._known or frozenset()
        change = Change(now - before, before - now)
        self._known = now
        self._next_look = self._clock.monotonic() + LOOK_EVERY
        if change:
            self._changed(change)
