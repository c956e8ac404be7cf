"""USB printers through the kernel's printer class (``/dev/usb/lp*``).

The kernel's ``usblp`` does what python-escpos' pyusb way does not: no reset at every open, short writes are
reported, writing and reading obey ``select``, and a second program that opens the device is told "busy".
"""

from __future__ import annotations

import os
from pathlib import Path

from devices.frame import Condition
from devices.printer.transport.base import LineFault
from devices.printer.transport.descriptor import DescriptorConnection

FOLDER = Path("/dev/usb")
ANY = "auto"
"""The address that takes the first printer found."""


class UsbTransport:
    """A printer at ``path``: a symlink made by a udev rule, an ``lp`` node, or "auto" for the only one there is."""

    two_way = True

    def __init__(self, path: str = ANY, folder: Path = FOLDER) -> None:
        self._path = path
        self._folder = folder

    @property
    def address(self) -> str:
        return self._path

    def open(self, seconds: float) -> DescriptorConnection:
        del seconds  # opening a device node does not wait
        path = self._found()
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise LineFault(Condition.NOT_REACHABLE, f"{path}: {error.strerror}") from error
        return DescriptorConnection(descriptor, empty_is_hangup=False)

    def _found(self) -> Path:
        if self._path != ANY:
            return Path(self._path)
        nodes = sorted(self._folder.glob("lp*")) if self._folder.is_dir() else []
        if not nodes:
            raise LineFault(Condition.NOT_REACHABLE, f"no printer under {self._folder}")
        return nodes[0]
