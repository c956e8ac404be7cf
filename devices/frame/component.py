"""What every device is made of: its state, its worker, and the watch for its plug."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from devices.frame.hotplug import Hotplug
from devices.frame.reporting import Reporting
from devices.frame.states import StateBoard
from protocol.components import ComponentState
from runtime.workers import Backoff, Clock, Duty, Worker


class Component:
    """``name`` as health knows it; ``duty`` is what its thread does. Any thread, but for the duty."""

    def __init__(
        self,
        name: str,
        duty: Duty,
        *,
        clock: Clock,
        board: StateBoard | None = None,
        backoff: Backoff | None = None,
        chance: Callable[[], float] = random.random,
        hotplug_folders: Sequence[Path] = (),
    ) -> None:
        self.board = board or StateBoard(name, clock)
        self.worker = Worker(duty, Reporting(self.board), clock=clock, backoff=backoff, chance=chance)
        self.board.watch(lambda: self.worker.stale)
        #: None for a way that has no plug.
        self.hotplug = (
            Hotplug(lambda _: self.worker.restart(), hotplug_folders, clock=clock) if hotplug_folders else None
        )

    def start(self) -> None:
        self.worker.start()
        if self.hotplug:
            self.hotplug.start()

    def stop(self) -> None:
        if self.hotplug:
            self.hotplug.stop()
        self.worker.stop()


class Device:
    """A device as the kiosk sees it. Holds its component; what it can do stands in the classes below it."""

    def __init__(self, component: Component) -> None:
        self._component = component

    @property
    def board(self) -> StateBoard:
        return self._component.board

    @property
    def worker(self) -> Worker:
        """For simulations and tests that turn it themselves, and for the supervisor's heartbeat."""
        return self._component.worker

    @property
    def hotplug(self) -> Hotplug | None:
        """The watch for devices that are plugged in; None for a way that has no plug."""
        return self._component.hotplug

    @property
    def component(self) -> str:
        return self.board.component

    def state(self) -> ComponentState:
        return self.board.state()

    def subscribe(self, callback: Callable[[ComponentState], None]) -> Callable[[], None]:
        """Call ``callback`` with every new state, from the device's thread. Returns how to unsubscribe."""
        return self.board.subscribe(callback)

    def start(self) -> None:
        self._component.start()

    def stop(self) -> None:
        self._component.stop()
