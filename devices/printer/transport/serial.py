"""A serial port (RS-232 or USB-CDC), opened for us alone."""

from __future__ import annotations

import contextlib
import os
import termios

import serial

from devices.frame import Condition
from devices.printer.transport.base import LineFault
from devices.printer.transport.descriptor import DescriptorConnection

BAUD_RATE = 115_200


class SerialTransport:
    """A printer at a serial port. Give a path that stays (``/dev/serial/by-id/...``), never ``ttyUSB0``."""

    two_way = True

    def __init__(self, path: str, baud_rate: int = BAUD_RATE) -> None:
        self._path = path
        self._baud_rate = baud_rate

    @property
    def address(self) -> str:
        return self._path

    def open(self, seconds: float) -> SerialConnection:
        del seconds  # opening a port does not wait
        try:
            port = serial.Serial(self._path, self._baud_rate, exclusive=True, timeout=0, write_timeout=0)
        except (serial.SerialException, OSError) as error:
            raise LineFault(Condition.NOT_REACHABLE, f"{self._path}: {error}") from error
        return SerialConnection(port)


class SerialConnection(DescriptorConnection):
    """Uses pyserial for opening and the port's settings, and the bare descriptor for deadlines."""

    def __init__(self, port: serial.Serial) -> None:
        super().__init__(port.fileno())
        os.set_blocking(port.fileno(), False)
        self._port = port

    def close(self) -> None:
        with contextlib.suppress(OSError, termios.error):
            # What a stuck printer has not taken would hold up the closing for up to half a minute.
            self._port.reset_output_buffer()
        self._port.close()
