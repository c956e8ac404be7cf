"""The real stick: a removable disk that the system has mounted (udev's rules mount it; see docs/install.md)."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices.stick.volume import FolderVolume, Volume
from protocol.peripherals import StickOutcome

#: File systems that a stick may have: those that any computer of the city reads, and Linux's own.
FORMATS: Final = frozenset({"vfat", "exfat", "ntfs", "ntfs3", "fuseblk", "ext2", "ext3", "ext4"})
_OCTAL: Final = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class _Mount:
    device: str
    folder: Path
    format: str
    read_only: bool


class MountedSticks:
    def __init__(self, blocks: Path = Path("/sys/block"), mounts: Path = Path("/proc/self/mounts")) -> None:
        self._blocks = blocks
        self._mounts = mounts

    def look(self) -> Volume | StickOutcome:
        mounts = self._mounted()
        disks = [name for name in self._removable() if not _is_systems_own(name, mounts)]
        if not disks:
            return StickOutcome.NO_STICK
        mine = [one for one in mounts if any(one.device.startswith(f"/dev/{disk}") for disk in disks)]
        good = [one for one in mine if one.format in FORMATS]
        if not good:
            # Nothing that can be read is on it, or nothing that anybody else could read.
            return StickOutcome.WRONG_FORMAT
        writable = [one for one in good if not one.read_only]
        return FolderVolume(writable[0].folder) if writable else StickOutcome.READ_ONLY

    def _removable(self) -> list[str]:
        """Names of disks that can be pulled out and hold something: an empty card reader has no size."""
        found = []
        for disk in sorted(self._blocks.iterdir()) if self._blocks.is_dir() else ():
            removable = _read(disk / "removable") == "1" or "/usb" in str(disk.resolve())
            if removable and _read(disk / "size") not in ("", "0"):
                found.append(disk.name)
        return found

    def _mounted(self) -> list[_Mount]:
        found = []
        for line in _read(self._mounts).splitlines():
            device, folder, kind, options, *_ = line.split(" ")
            name = _OCTAL.sub(lambda code: chr(int(code[1], 8)), folder)
            found.append(_Mount(device, Path(name), kind, "ro" in options.split(",")))
        return found


def _is_systems_own(disk: str, mounts: list[_Mount]) -> bool:
    """A kiosk may itself start from a disk on USB."""
    return any(one.device.startswith(f"/dev/{disk}") and one.folder == Path("/") for one in mounts)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
