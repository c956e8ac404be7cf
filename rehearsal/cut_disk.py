"""A disk whose power goes at a point that was chosen: at any byte that is written, and between any two steps."""

from pathlib import Path
from random import Random
from typing import Final

#: Of a file: written down, under its name, and the name kept. Of anything else: done, and kept.
_FILE_STEPS: Final = 3
_STEPS: Final = 2


class PowerCut(Exception):
    """Nothing after this is done; what is on the disk is what :class:`CutDisk` holds."""


class CutDisk:
    """A ``launcher.disk.Disk`` in memory. What was not durable yet when the power went is there or is not, by chance."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._kept: dict[Path, bytes] = {}
        self._links: dict[Path, str] = {}
        self._programs: set[Path] = set()
        #: Bytes and steps so far.
        self.points = 0
        #: The power goes before this one; None: it stays.
        self.cut_at: int | None = None

    # --- what a disk does -----------------------------------------------------------------------------------------

    def read(self, path: Path) -> bytes:
        try:
            return self._kept[path]
        except KeyError:
            raise FileNotFoundError(str(path)) from None

    def size(self, path: Path) -> int:
        return len(self._kept[path]) if path in self._kept else -1

    def files(self, folder: Path) -> list[Path]:
        return sorted(path for path in self._kept if folder in path.parents)

    def write(self, path: Path, content: bytes, *, run: bool = False) -> None:
        done = self._spend(len(content) + _FILE_STEPS)
        if done is None or (done == len(content) + _FILE_STEPS - 1 and self._perhaps()):
            self._kept[path] = content
            (self._programs.add if run else self._programs.discard)(path)
        if done is not None:
            if done < len(content) + _FILE_STEPS - 1:
                self._kept[path.with_name(f".{path.name}.new")] = self._torn(content, done)
            raise PowerCut

    def append(self, path: Path, content: bytes) -> None:
        done = self._spend(len(content) + 1)
        before = self._kept.get(path, b"")
        self._kept[path] = before + (content if done is None else self._torn(content, done))
        if done is not None:
            raise PowerCut

    def remove(self, path: Path) -> None:
        if path not in self._kept and path not in self._links:
            return
        done = self._spend(_STEPS)
        if done is None or (done and self._perhaps()):
            self._kept.pop(path, None)
            self._links.pop(path, None)
        if done is not None:
            raise PowerCut

    def point(self, link: Path, target: str) -> None:
        done = self._spend(_STEPS)
        if done is None or (done and self._perhaps()):
            self._links[link] = target
        if done is not None:
            raise PowerCut

    def pointed(self, link: Path) -> str:
        return self._links.get(link, "")

    # --- what happens to it ---------------------------------------------------------------------------------------

    def can_run(self, path: Path) -> bool:
        return path in self._programs

    def rot(self, path: Path) -> None:
        """A bit of it turns over."""
        content = self._kept[path]
        self._kept[path] = content[:-1] + bytes([content[-1] ^ 1])

    def _spend(self, units: int) -> int | None:
        """None: all of them are done; else so many, and the power goes."""
        before = self.points
        self.points += units
        if self.cut_at is None or self.cut_at >= self.points:
            return None
        done, self.cut_at = max(0, self.cut_at - before), None
        return done

    def _perhaps(self) -> bool:
        return self._chance.random() < 0.5

    def _torn(self, content: bytes, done: int) -> bytes:
        """As much as was written, or as the file system says there was: its length, and not its bytes."""
        there = content[:done]
        return there if self._perhaps() else there[: len(there) // 2] + bytes(len(there) - len(there) // 2)
