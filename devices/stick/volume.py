"""What a stick is once it can be written to: a folder, and files in it that are made durable."""

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from protocol.peripherals import StickOutcome
from runtime.files import sync_folder

_READ: Final = 1 << 20
_MODE: Final = 0o600


class Draft(Protocol):
    """A file that is being written. Everything raises OSError, as the system does."""

    def write(self, piece: bytes) -> None: ...
    def sync(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Volume(Protocol):
    """Everything raises OSError, as the system does."""

    def create(self, name: str) -> Draft: ...
    def digest(self, name: str) -> str:
        """SHA-256 of the file as the medium has it, in hex."""
        ...

    def publish(self, draft: str, name: str) -> None:
        """Gives ``draft`` its name, durably."""
        ...

    def remove(self, name: str) -> None: ...


class Sticks(Protocol):
    """Whoever knows whether a stick is in."""

    def look(self) -> Volume | StickOutcome:
        """The stick's volume, or why there is none: NO_STICK, READ_ONLY or WRONG_FORMAT."""
        ...


class FolderDraft:
    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, _MODE)

    def write(self, piece: bytes) -> None:
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def sync(self) -> None:
        os.fsync(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)


class FolderVolume:
    """A folder where something is mounted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, name: str) -> Draft:
        return FolderDraft(self._folder / name)

    def digest(self, name: str) -> str:
        found = hashlib.sha256()
        descriptor = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            # What the system still has in memory says nothing of the medium.
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            while piece := os.read(descriptor, _READ):
                found.update(piece)
        finally:
            os.close(descriptor)
        return found.hexdigest()

    def publish(self, draft: str, name: str) -> None:
        (self._folder / draft).replace(self._folder / name)
        sync_folder(self._folder)

    def remove(self, name: str) -> None:
        (self._folder / name).unlink()
