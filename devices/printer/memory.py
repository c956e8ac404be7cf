"""What is known about the printer from one job to the next, and from one start of the kiosk to the next."""

from __future__ import annotations

import logging
import os
from pathlib import Path

logger = logging.getLogger(__name__)


class PrinterMemory:
    """``answers_process_ids``: whether it does ``GS ( H``; None when not yet tried.

    With a ``file``, :attr:`dirty` outlives a power cut: the file is there as long as a slip is unfinished.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.answers_process_ids: bool | None = None
        self._file = file
        self._dirty = file is not None and file.exists()

    @property
    def dirty(self) -> bool:
        """A slip may lie unfinished in the printer's buffer or hang out of it; set before its first byte is sent."""
        return self._dirty

    @dirty.setter
    def dirty(self, dirty: bool) -> None:
        changed, self._dirty = dirty is not self._dirty, dirty
        if changed and self._file is not None:
            self._keep(self._file, dirty)

    @staticmethod
    def _keep(file: Path, dirty: bool) -> None:
        try:
            if dirty:
                file.touch()
            else:
                file.unlink(missing_ok=True)
            folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            # Printing goes on: the flag only matters when a power cut comes as well.
            logger.warning("whether a slip is unfinished cannot be kept: %s", error)
