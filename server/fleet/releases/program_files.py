"""The files of releases, by their hash, each once however many releases have it.

They lie in a folder, from which they are sent; where several servers share a database (PostgreSQL), it holds them as well
and each server copies what it is asked for.
"""

import hashlib
import re
from pathlib import Path
from typing import Final

from sqlalchemy import select

from runtime.files import make_folder, write_durably
from server.foundation.actors import SYSTEM
from server.storage import tables
from server.storage.transactions import insert_all_new
from server.work.unit_of_work import UnitsOfWork

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class ProgramFiles:
    """Any thread."""

    def __init__(self, folder: Path, units: UnitsOfWork) -> None:
        self._folder = folder
        self._units = units
        self._shared = units.engine.dialect.name == "postgresql"
        make_folder(folder)

    def keep(self, content: bytes) -> str:
        """Durably, for all servers; its hash."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._folder / sha256
        if not path.exists() or path.stat().st_size != len(content):
            write_durably(path, content, contended=True)
        file = tables.release_files
        with self._units.begin(SYSTEM) as work:
            row = {"sha256": sha256, "size": len(content), "content": content if self._shared else None}
            insert_all_new(work.connection, file, [row])
        return sha256

    def path(self, sha256: str) -> Path | None:
        """Of a whole file; None: no release has it."""
        if not _SHA256.fullmatch(sha256):
            return None
        path = self._folder / sha256
        if path.exists():
            return path
        file = tables.release_files.c
        with self._units.engine.connect() as connection:
            content = connection.execute(select(file.content).where(file.sha256 == sha256)).scalar()
        if content is None:
            return None
        write_durably(path, content, contended=True)
        return path
