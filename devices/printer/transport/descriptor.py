"""A line that is a non-blocking file descriptor: serial ports, pseudo terminals, the kernel's USB printer node."""

from __future__ import annotations

import os

from devices.frame import Condition
from devices.printer.transport.base import LineFault, hung_up, ready_to_read, ready_to_write

READ_SIZE = 4_096


class DescriptorConnection:
    """Owns the descriptor and closes it.

    ``empty_is_hangup`` says what a read of nothing means: the end for a terminal, an empty packet for USB.
    """

    def __init__(self, descriptor: int, *, two_way: bool = True, empty_is_hangup: bool = True) -> None:
        self._descriptor = descriptor
        self._two_way = two_way
        self._empty_is_hangup = empty_is_hangup

    def write(self, data: bytes, seconds: float) -> int:
        if not ready_to_write(self._descriptor, seconds):
            return 0
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise LineFault(Condition.DISCONNECTED, str(error)) from error

    def read(self, seconds: float) -> bytes:
        if not self._two_way:
            return b""
        if not ready_to_read(self._descriptor, seconds):
            return b""
        try:
            data = os.read(self._descriptor, READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LineFault(Condition.DISCONNECTED, str(error)) from error
        if not data and (self._empty_is_hangup or hung_up(self._descriptor)):
            raise LineFault(Condition.DISCONNECTED, "the line was hung up")
        return data

    def close(self) -> None:
        os.close(self._descriptor)
