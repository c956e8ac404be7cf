"""Whether headphones are plugged: the jack's switch as the kernel tells it, or a simulated plug.

The kernel's sound drivers make an input device of a jack that can tell (``SW_HEADPHONE_INSERT``). Where there is none,
the voice is asked for by a key.
"""

from __future__ import annotations

import fcntl
import logging
import os
import select
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from devices.frame import (
    Availability,
    Backoff,
    Clock,
    Component,
    Condition,
    PassingFault,
    StateBoard,
    SystemClock,
    Worker,
)

logger = logging.getLogger(__name__)

COMPONENT: Final = "headphones"
EV_SW: Final = 5
SW_HEADPHONE_INSERT: Final = 2
READ_TIMEOUT: Final = 0.5
_SWITCH_BYTES: Final = 8
#: EVIOCGSW of linux/input.h: reads the state of all switches.
_EVIOCGSW: Final = (2 << 30) | (_SWITCH_BYTES << 16) | (ord("E") << 8) | 0x1B


class SwitchEvent(Protocol):
    """One event of evdev."""

    type: int
    code: int
    value: int


class Jack(Protocol):
    """An input device with the switch."""

    def fileno(self) -> int: ...
    def read(self) -> Iterable[SwitchEvent]: ...
    def close(self) -> None: ...


def find_jack() -> Jack | None:
    """The first input device with a headphone switch; None where there is none or we may not read it."""
    import evdev  # exists on Linux only

    for path in evdev.list_devices():
        try:
            device = evdev.InputDevice(path)
        except OSError:
            continue
        if SW_HEADPHONE_INSERT in device.capabilities().get(EV_SW, ()):
            return device  # type: ignore[no-any-return]
        device.close()
    return None


def is_closed(jack: Jack) -> bool:
    """Whether headphones are plugged now."""
    state = fcntl.ioctl(jack.fileno(), _EVIOCGSW, bytes(_SWITCH_BYTES))
    return bool(state[SW_HEADPHONE_INSERT // 8] >> (SW_HEADPHONE_INSERT % 8) & 1)


def switches(events: Iterable[SwitchEvent]) -> Iterator[bool]:
    """The headphone switch's changes among a device's events."""
    for event in events:
        if event.type == EV_SW and event.code == SW_HEADPHONE_INSERT:
            yield bool(event.value)


class Plug:
    """Holds whether headphones are plugged and tells listeners. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plugged = False
        self._listeners: list[Callable[[bool], None]] = []

    @property
    def plugged(self) -> bool:
        return self._plugged

    def on_plug(self, callback: Callable[[bool], None]) -> Callable[[], None]:
        """Returns how to stop listening."""
        with self._lock:
            self._listeners.append(callback)

        def unsubscribe() -> None:
            with self._lock:
                if callback in self._listeners:
                    self._listeners.remove(callback)

        return unsubscribe

    def set(self, plugged: bool) -> None:
        with self._lock:
            changed, self._plugged = plugged != self._plugged, plugged
            listeners = tuple(self._listeners) if changed else ()
        for listener in listeners:
            try:
                listener(plugged)
            except Exception:
                # A listener's bug must not take the device down with it.
                logger.exception("a listener of the headphones failed")


class Headphones(Plug):
    """Follows the jack in a thread of its own; without a jack they count as pulled out."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        find: Callable[[], Jack | None] = find_jack,
        closed: Callable[[Jack], bool] = is_closed,
    ) -> None:
        super().__init__()
        self._find = find
        self._closed = closed
        self._jack: Jack | None = None
        time = clock or SystemClock()
        self._component = Component(COMPONENT, self, clock=time, backoff=Backoff(first=5.0, longest=60.0))

    @property
    def board(self) -> StateBoard:
        return self._component.board

    @property
    def worker(self) -> Worker:
        return self._component.worker

    @property
    def component(self) -> str:
        return COMPONENT

    def start(self) -> None:
        self._component.start()

    def stop(self) -> None:
        self._component.stop()

    def setup(self) -> None:
        self._jack = self._find()
        if self._jack is None:
            raise PassingFault(Condition.DISCONNECTED, "no jack that tells")
        try:
            self.set(self._closed(self._jack))
        except OSError as error:
            raise PassingFault(Condition.DISCONNECTED, os.strerror(error.errno or 0)) from error
        self.board.publish(Availability.READY)

    def turn(self) -> float:
        jack = self._jack
        assert jack is not None
        try:
            ready, _, _ = select.select([jack], [], [], READ_TIMEOUT)
            for plugged in switches(jack.read()) if ready else ():
                self.set(plugged)
        except OSError as error:
            raise PassingFault(Condition.DISCONNECTED, os.strerror(error.errno or 0)) from error
        return 0.0

    def teardown(self) -> None:
        jack, self._jack = self._jack, None
        if jack is not None:
            jack.close()
        self.set(False)


class SimulatedHeadphones(Plug):
    """Plugged by hand: ``set(True)``."""

    component = COMPONENT

    def start(self) -> None:
        """Nothing runs."""

    def stop(self) -> None:
        self.set(False)
