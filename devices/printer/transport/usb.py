"""USB printers through the kernel's printer class (``/dev/usb/lp*``).

The kernel's ``usblp`` does what python-escpos' pyusb way does not: no reset at every open, short writes are
reported, writing and reading obey ``select``, and a second program that opens the device is told "busy".
"""

from __future__ import annotations

import os
from pathlib import Path

from devices.frame import Condition
from devices.printer.transport.base import LineFault, ready_to_write
from devices.printer.transport.descriptor import DescriptorConnection

FOLDER = Path("/dev/usb")
STAYS = "ekios-printer"
"""The link that our udev rule (devices/frame/udev) makes."""
ANY = "auto"
"""The address that takes the printer of that link, else the first one found."""

CLOSE_WAIT = 1.0
"""Seconds for what was written last: closing ``usblp`` takes back what has not reached the printer yet."""


class UsbTransport:
    """A printer at ``path``: a symlink made by a udev rule, an ``lp`` node, or "auto" for the only one there is."""

    two_way = True

    def __init__(self, path: str = ANY, folder: Path = FOLDER) -> None:
        self._path = path
        self._folder = folder

    @property
    def address(self) -> str:
        return self._path

    def open(self, seconds: float) -> UsbConnection:
        del seconds  # opening a device node does not wait
        path = self._found()
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        except OSError as error:
            raise LineFault(Condition.NOT_REACHABLE, f"{path}: {error.strerror}") from error
        return UsbConnection(descriptor)

    def _found(self) -> Path:
        if self._path != ANY:
            return Path(self._path)
        nodes = [self._folder / STAYS, *sorted(self._folder.glob("lp*"))] if self._folder.is_dir() else []
        found = next((node for node in nodes if node.exists()), None)
        if found is None:
            raise LineFault(Condition.NOT_REACHABLE, f"no printer under {self._folder}")
        return found


class UsbConnection(DescriptorConnection):
    """A read of nothing is an empty packet here, not the end of the line."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, empty_is_hangup=False)
        self._usb = descriptor

    def close(self) -> None:
        ready_to_write(self._usb, CLOSE_WAIT)
        super().close()
