"""Writing files so that a power cut leaves the old or the new one."""

import os
import secrets
from pathlib import Path
from typing import Final

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY


def write_durably(path: Path, content: bytes, mode: int = 0o666, *, contended: bool = False) -> None:
    """The whole of ``content`` at ``path``, or what was there before. ``contended``: several may write it at once."""
    make_folder(path.parent)
    # Of one writer a draft that a crash left behind is overwritten by the next.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}" if contended else f"{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Makes durable what somebody else wrote to ``path``, and its name."""
    _sync(path, os.O_RDONLY)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes renames and new names in ``folder`` durable."""
    _sync(folder, _FOLDER)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """``folder`` and what is missing above it, durably: a file is lost with the folder that it lies in."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    for made in missing:
        sync_folder(made.parent)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
