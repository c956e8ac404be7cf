"""The simulated scanner: what the bench types comes as from a wedge, and what its camera sees is read."""

from __future__ import annotations

import queue
import threading

from devices.frame import Availability, Condition, PassingFault, StateBoard
from devices.scanner.sources.camera_source import CameraSource
from devices.scanner.sources.source import Emit
from devices.scanner.sources.wedge_keys import KeyEvent, WedgeDecoder, keys_for

PAUSE_WITHOUT_CAMERA = 0.05


class SimulatedWedge:
    """The end of the simulated cable that the bench holds: types text as key events, and can be pulled out."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[KeyEvent] = queue.SimpleQueue()
        self._plugged = threading.Event()
        self._plugged.set()

    @property
    def plugged(self) -> bool:
        return self._plugged.is_set()

    def type_text(self, text: str) -> None:
        """The key events that a scanner sends for ``text`` and Enter; lost when it is pulled out.

        Raises ValueError for a character that a keyboard of the US layout does not have.
        """
        events = keys_for(text + "\n")
        if self.plugged:
            for event in events:
                self._events.put(event)

    def plug(self) -> None:
        self._plugged.set()

    def unplug(self) -> None:
        self._plugged.clear()
        self.drain()

    def drain(self) -> list[KeyEvent]:
        """All events that wait."""
        events = []
        while True:
            try:
                events.append(self._events.get_nowait())
            except queue.Empty:
                return events


class SimulatedSource:
    """Both ways of scanning at once, with the wedge's plug as the fault to set."""

    def __init__(self, wedge: SimulatedWedge, camera: CameraSource | None, emit: Emit, board: StateBoard) -> None:
        self._wedge = wedge
        self._camera = camera
        self._emit = emit
        self._board = board
        self._decoder = WedgeDecoder()

    def setup(self) -> None:
        if not self._wedge.plugged:
            raise PassingFault(Condition.DISCONNECTED, "simulated scanner is unplugged")
        self._decoder = WedgeDecoder()
        if self._camera is not None:
            self._camera.setup()
        self._board.publish(Availability.READY)

    def turn(self) -> float:
        if not self._wedge.plugged:
            raise PassingFault(Condition.DISCONNECTED, "simulated scanner is unplugged")
        for event in self._wedge.drain():
            if (text := self._decoder.feed(event)) is not None:
                self._emit("keyboard", text)
        if self._camera is None:
            return PAUSE_WITHOUT_CAMERA
        return min(self._camera.look(), PAUSE_WITHOUT_CAMERA)

    def teardown(self) -> None:
        if self._camera is not None:
            self._camera.teardown()

    def set_active(self, active: bool) -> None:
        if self._camera is not None:
            self._camera.set_active(active)

    def preflight(self) -> tuple[str, ...]:
        return ()

    def self_test(self) -> tuple[bool, str]:
        return self._wedge.plugged, "simulated scanner " + ("answers" if self._wedge.plugged else "is unplugged")
