"""What a power cut leaves of files at worst: what was synced, and nothing else.

While ``noting`` is at work every ``os.fsync`` of this process is noted, after it was really done: of a file its content at
that time, of a folder its names. ``rebuild`` then makes a folder anew of that alone. A file whose name was never synced is
not there; one whose name was, but not its content, is empty; a name that was synced before a renaming is the old one.
"""

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

_Node = tuple[int, int]


@dataclass
class SyncedFiles:
    """Below ``root``, all of which is durable at the beginning. ``names``: of each folder; ``contents``: of each file."""

    root: Path
    names: dict[_Node, dict[str, _Node]] = field(default_factory=dict)
    contents: dict[_Node, bytes] = field(default_factory=dict)
    _held: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, descriptor: int) -> None:
        # The number of a file that was deleted is given to another, unless it is still open.
        path = f"/proc/self/fd/{descriptor}"
        with self._lock:
            self._held.append(os.open(path, os.O_RDONLY))
            self._note(Path(path))

    def note_all(self) -> None:
        for folder, _, files in os.walk(self.root):
            for path in (Path(folder), *(Path(folder, name) for name in files)):
                self._note(path)

    def rebuild(self, target: Path) -> Path:
        """What a power cut would leave of the root now."""
        with self._lock:
            self._rebuild(_node(self.root), target)
        return target

    def forget(self) -> None:
        while self._held:
            os.close(self._held.pop())

    def _note(self, path: Path) -> None:
        if stat.S_ISDIR(path.stat().st_mode):
            self.names[_node(path)] = {entry.name: _node(Path(entry.path)) for entry in os.scandir(path)}
        else:
            self.contents[_node(path)] = path.read_bytes()

    def _rebuild(self, node: _Node, target: Path) -> None:
        target.mkdir(parents=True)
        for name, child in self.names.get(node, {}).items():
            if child in self.names:
                self._rebuild(child, target / name)
            else:
                (target / name).write_bytes(self.contents.get(child, b""))


def _node(path: Path) -> _Node:
    found = path.lstat() if path.parent != Path("/proc/self/fd") else path.stat()
    return found.st_dev, found.st_ino


@contextmanager
def noting(patch: pytest.MonkeyPatch, root: Path) -> Iterator[SyncedFiles]:
    """Of this process, from now on."""
    synced, really = SyncedFiles(root), os.fsync
    synced.note_all()

    def fsync(descriptor: int) -> None:
        really(descriptor)
        synced.note(descriptor)

    with patch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        yield synced
    synced.forget()
