"""A scanner on a serial line (USB-CDC as a rule): nothing types into anything, which is why it is to be preferred."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import serial

from devices.frame import Availability, Clock, Condition, PassingFault, PermanentFault, StateBoard
from devices.scanner.sources.aim import split_aim
from devices.scanner.sources.serial_lines import SerialLines
from devices.scanner.sources.source import Emit

READ_TIMEOUT: Final = 0.1
MOST_A_READ: Final = 4096


class SerialSource:
    """Reads the scanner behind ``device`` (a link under /dev/serial/by-id), for itself alone."""

    def __init__(
        self,
        device: Path,
        emit: Emit,
        board: StateBoard,
        clock: Clock,
        *,
        baud_rate: int = 9600,
        terminated: bool = True,
        aim: bool = False,
    ) -> None:
        self._path = device
        self._emit = emit
        self._board = board
        self._clock = clock
        self._baud_rate = baud_rate
        self._terminated = terminated
        self._aim = aim
        self._port: serial.Serial | None = None
        self._lines = SerialLines(terminated)

    def setup(self) -> None:
        if not self._path.exists():
            raise PassingFault(Condition.DISCONNECTED, f"{self._path} is not there")
        try:
            self._port = serial.Serial(str(self._path), self._baud_rate, timeout=READ_TIMEOUT, exclusive=True)
            self._port.reset_input_buffer()
        except ValueError as error:
            raise PermanentFault(Condition.CONFIGURATION_ERROR, f"{self._path}: {error}") from error
        except (OSError, serial.SerialException) as error:
            raise PassingFault(Condition.NOT_REACHABLE, f"{self._path} does not open: is it in use?") from error
        self._lines = SerialLines(self._terminated)
        self._board.publish(Availability.READY)

    def turn(self) -> float:
        if self._port is None:
            raise PassingFault(Condition.DISCONNECTED, "not open")
        try:
            data = self._port.read(1)
            if data:
                data += self._port.read(min(self._port.in_waiting, MOST_A_READ))
        except (OSError, serial.SerialException) as error:
            raise PassingFault(Condition.DISCONNECTED, f"{self._path} is gone") from error
        for text in self._lines.feed(data, self._clock.monotonic()):
            self._emit(*(split_aim(text) if self._aim else ("serial", text)))
        return 0.0

    def teardown(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def set_active(self, active: bool) -> None:
        """Does nothing: a serial scanner always listens."""

    def preflight(self) -> tuple[str, ...]:
        if not self._path.exists():
            return (f"the scanner {self._path} is not there",)
        if not os.access(self._path, os.R_OK | os.W_OK):
            return (f"no right to use {self._path}: add the user to group dialout",)
        return ()

    def self_test(self) -> tuple[bool, str]:
        opened = self._port is not None
        return opened, "open" if opened else "not open"
