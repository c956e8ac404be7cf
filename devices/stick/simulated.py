"""The simulated stick: a folder, with room for so many bytes, and the faults that sticks have."""

import errno
import os
import threading
from enum import StrEnum
from pathlib import Path
from typing import Final

from devices.stick.volume import FolderDraft, FolderVolume, Volume
from protocol.peripherals import StickOutcome

#: What fits on it when nothing else was said: a small one.
CAPACITY: Final = 4_000_000_000
#: Bytes that a stick takes before it is pulled out.
PULLED_AT: Final = 10_000


class StickFault(StrEnum):
    NONE = "none"
    FULL = "full"
    #: In the middle of writing.
    PULLED_OUT = "pulled_out"
    READ_ONLY = "read_only"
    WRONG_FORMAT = "wrong_format"
    #: It gives back other bytes than were written.
    FORGETFUL = "forgetful"


class SimulatedStick:
    """Any thread. Put in or not; ``insert`` says with which fault."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._inside = False
        self._fault = StickFault.NONE
        self._capacity = CAPACITY

    def insert(self, fault: StickFault = StickFault.NONE, capacity: int = CAPACITY) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock:
            self._inside, self._fault = True, fault
            self._capacity = 0 if fault is StickFault.FULL else capacity

    def pull_out(self) -> None:
        with self._lock:
            self._inside = False

    def state(self) -> dict[str, object]:
        """For the page that drives the bench."""
        with self._lock:
            return {"inside": self._inside, "fault": self._fault.value}

    @property
    def inside(self) -> bool:
        with self._lock:
            return self._inside

    @property
    def fault(self) -> StickFault:
        with self._lock:
            return self._fault

    def look(self) -> Volume | StickOutcome:
        if not self.inside:
            return StickOutcome.NO_STICK
        match self.fault:
            case StickFault.WRONG_FORMAT:
                return StickOutcome.WRONG_FORMAT
            case StickFault.READ_ONLY:
                return StickOutcome.READ_ONLY
            case _:
                return _Volume(self)

    def take(self, size: int, written: int) -> None:
        """Whether so many bytes more may be written after ``written``. Raises OSError."""
        self.must_be_inside()
        if self.fault is StickFault.PULLED_OUT and written + size > PULLED_AT:
            self.pull_out()
            self.must_be_inside()
        if written + size > self._capacity - self._used():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def must_be_inside(self) -> None:
        """Raises OSError."""
        if not self.inside:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def _used(self) -> int:
        return sum(one.stat().st_size for one in self.folder.iterdir() if not one.name.endswith(".part"))


class _Volume(FolderVolume):
    def __init__(self, stick: SimulatedStick) -> None:
        super().__init__(stick.folder)
        self._stick = stick

    def create(self, name: str) -> "_Draft":
        self._stick.must_be_inside()
        return _Draft(self._stick, self._stick.folder / name)

    def digest(self, name: str) -> str:
        self._stick.must_be_inside()
        found = super().digest(name)
        return found[::-1] if self._stick.fault is StickFault.FORGETFUL else found

    def publish(self, draft: str, name: str) -> None:
        self._stick.must_be_inside()
        super().publish(draft, name)

    def remove(self, name: str) -> None:
        self._stick.must_be_inside()
        super().remove(name)


class _Draft(FolderDraft):
    def __init__(self, stick: SimulatedStick, path: Path) -> None:
        super().__init__(path)
        self._stick = stick
        self._written = 0

    def write(self, piece: bytes) -> None:
        self._stick.take(len(piece), self._written)
        super().write(piece)
        self._written += len(piece)

    def sync(self) -> None:
        self._stick.must_be_inside()
        super().sync()
