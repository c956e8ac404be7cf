"""Scanning with the camera: looks at each new picture while codes are wanted."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Protocol

import segno

from devices.frame import Availability, Clock, ComponentState, Condition, StateBoard
from devices.scanner.reading.agreement import InSight
from devices.scanner.reading.decode import Grey, decode
from devices.scanner.reading.reader import FrameReader
from devices.scanner.reading.second_engine import SecondEngine
from devices.scanner.sources.source import Emit
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_wanted("numpy")

VIEWER: Final = "scanner"
INACTIVE_PAUSE: Final = 0.5
NO_NEW_PICTURE_PAUSE: Final = 0.015
TEST_TEXT: Final = "EKIOS-TEST"


class Picture(Protocol):
    """A picture of the camera, as far as a scanner needs it."""

    @property
    def grey(self) -> Grey: ...

    @property
    def sequence(self) -> int: ...


class PictureSource(Protocol):
    """The camera, as far as a scanner needs it."""

    def latest(self) -> Picture | None: ...

    def start_preview(self, viewer: str) -> None: ...

    def stop_preview(self, viewer: str) -> None: ...

    def state(self) -> ComponentState: ...


class CameraSource:
    """Reads codes in the camera's pictures. Its state is the camera's: what sees nothing can read nothing."""

    def __init__(self, camera: PictureSource, emit: Emit, board: StateBoard, clock: Clock) -> None:
        self._camera = camera
        self._emit = emit
        self._board = board
        self._clock = clock
        self._active = threading.Event()
        self._second = SecondEngine(clock)
        self._reader = FrameReader(second=self._second.decode)
        self._in_sight = InSight()
        self._sequence = -1

    def setup(self) -> None:
        self._sequence = -1

    def turn(self) -> float:
        self._follow_camera()
        return self.look()

    def look(self) -> float:
        """Read the newest picture if codes are wanted; the state is left alone."""
        if not self._active.is_set():
            return INACTIVE_PAUSE
        frame = self._camera.latest()
        if frame is None or frame.sequence == self._sequence:
            return NO_NEW_PICTURE_PAUSE
        self._sequence = frame.sequence
        now = self._clock.monotonic()
        for read in self._reader.read(frame.grey, now):
            if self._in_sight.appeared(read.text, now):
                self._emit(read.symbology, read.text)
        return 0.0

    def teardown(self) -> None:
        self._second.close()

    def set_active(self, active: bool) -> None:
        if active:
            # Whoever asks for a code means what lies there already, too.
            self._in_sight.forget()
            self._active.set()
            self._camera.start_preview(VIEWER)
        else:
            self._active.clear()
            self._camera.stop_preview(VIEWER)

    def preflight(self) -> tuple[str, ...]:
        return ()

    def self_test(self) -> tuple[bool, str]:
        if not any(read.text == TEST_TEXT for read in decode(_drawn_code(TEST_TEXT))):
            return False, "the decoder does not read a drawn code"
        state = self._camera.state()
        return state.availability is Availability.READY, f"decoder reads; camera is {state.availability}"

    def _follow_camera(self) -> None:
        camera = self._camera.state()
        mine = self._board.state()
        conditions = camera.conditions - {Condition.TOO_DARK}
        if (mine.availability, mine.conditions) != (camera.availability, conditions):
            self._board.publish(camera.availability, conditions, detail="follows the camera")


def _drawn_code(text: str) -> NDArray[np.uint8]:
    modules = np.array([list(row) for row in segno.make(text, micro=False).matrix_iter(scale=4, border=4)], np.uint8)
    return np.where(modules > 0, 0, 255).astype(np.uint8)
