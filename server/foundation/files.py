"""Writing files so that a power cut leaves the old or the new one."""

import os
import secrets
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """The whole of ``content`` at ``path``, or what was there before."""
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes renames and new names in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """``folder`` and what is missing above it, durably: a file is lost with the folder that it lies in."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    for made in missing:
        sync_folder(made.parent)
