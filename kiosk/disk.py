"""The disk that the kiosk keeps its data on."""

import shutil
from pathlib import Path


class FolderDisk:
    """Implements ``kiosk.ports.Disk`` for the file system that holds ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def free(self) -> int:
        return shutil.disk_usage(self._folder).free
