"""The one rule about room on the kiosk's disk: who may still write how much.

A reserve (setting ``disk_reserve_bytes``) is kept so that a citizen who has begun can always end. What nobody has begun
leaves it alone and is refused before: a form, a draft that goes on, an answer to the office, a rating, a pack, a document.
What was begun may use it, but for the last part, which belongs to the kiosk itself: the feed, acknowledgements, erasing,
counters and marks go on and are never asked; they are bounded, or make room.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.ports import Disk
from kiosk.settings import Settings
from kiosk.store import Use

#: What is stored is written twice: to the log, and from there to its place.
WRITTEN: Final = 2
#: The last part of the reserve, as a fraction of it; at the least setting it still has room for erasing.
LAST_PART: Final = 8


@dataclass(frozen=True, slots=True)
class FolderDisk:
    """A Disk: the file system that holds ``folder``."""

    folder: Path

    def free(self) -> int:
        return shutil.disk_usage(self.folder).free


class Room:
    """Any thread."""

    def __init__(self, disk: Disk, settings: Settings) -> None:
        self._disk = disk
        self._settings = settings

    def has(self, use: Use, size: int = 0) -> bool:
        """Whether ``size`` bytes more may be kept for that use."""
        reserve = int(self._settings.number("disk_reserve_bytes"))
        least = reserve if use is Use.NEW else reserve // LAST_PART
        return self._disk.free() - WRITTEN * size >= least

    def free(self) -> int:
        return self._disk.free()
