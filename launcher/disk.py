"""What an update asks of a disk. Each step leaves, when the power goes in the middle of it, what was there before or after."""

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final, Protocol

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY


class Disk(Protocol):
    def read(self, path: Path) -> bytes:
        """Raises OSError."""

    def size(self, path: Path) -> int:
        """Of a file, in bytes; -1 when there is none."""

    def files(self, folder: Path) -> list[Path]:
        """All below it."""

    def write(self, path: Path, content: bytes, *, run: bool = False) -> None:
        """The whole file, durably, or what was there before. ``run``: it is a program."""

    def append(self, path: Path, content: bytes) -> None:
        """Durably; a power cut may leave anything behind the former end."""

    def remove(self, path: Path) -> None:
        """A file or a link, durably; nothing where there is none."""

    def point(self, link: Path, target: str) -> None:
        """Makes a symbolic link lead to ``target``, at once and durably."""

    def pointed(self, link: Path) -> str:
        """Where it leads; empty without one."""


class RealDisk:
    def read(self, path: Path) -> bytes:
        return path.read_bytes()

    def size(self, path: Path) -> int:
        return path.stat().st_size if path.is_file() else -1

    def files(self, folder: Path) -> list[Path]:
        return sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())

    def write(self, path: Path, content: bytes, *, run: bool = False) -> None:
        _make_folder(path.parent)
        draft = path.with_name(f".{path.name}.new")
        # A draft that a cut left behind would keep its mode.
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o755 if run else 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)

    def append(self, path: Path, content: bytes) -> None:
        _make_folder(path.parent)
        with path.open("ab") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def remove(self, path: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
            _sync_folder(path.parent)

    def point(self, link: Path, target: str) -> None:
        _make_folder(link.parent)
        draft = link.with_name(f".{link.name}.new")
        draft.unlink(missing_ok=True)
        draft.symlink_to(target)
        draft.replace(link)
        _sync_folder(link.parent)

    def pointed(self, link: Path) -> str:
        return str(link.readlink()) if link.is_symlink() else ""


def free(folder: Path) -> int:
    """Bytes that may still be written where ``folder`` lies, or will lie."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(there).free


def _make_folder(folder: Path) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        _sync_folder(made.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, _FOLDER)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
