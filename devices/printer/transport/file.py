"""A plain file or a device node that only takes: jobs are appended, nothing is read back.

For an archive of jobs, or a printer without a way back. What is printed through it is never known to be printed.
"""

from __future__ import annotations

import os
from pathlib import Path

from devices.frame import Condition
from devices.printer.transport.base import LineFault
from devices.printer.transport.descriptor import DescriptorConnection


class FileTransport:
    """Appends to ``path``, which is made when it is not there."""

    two_way = False

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def address(self) -> str:
        return str(self._path)

    def open(self, seconds: float) -> DescriptorConnection:
        del seconds  # opening a file does not wait
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            return DescriptorConnection(os.open(self._path, flags, 0o600), two_way=False)
        except OSError as error:
            raise LineFault(Condition.NOT_REACHABLE, f"{self._path}: {error.strerror}") from error
