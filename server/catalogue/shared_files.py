"""Packs and their signed metadata as all servers of a city have them: the database holds them, each server has copies.

TUF works on a folder, and a pack is sent from a file; so files stay files. On PostgreSQL whatever is written goes into the
database first and into the folder then, and whoever reads brings over what others wrote since. With SQLite there is one
server, and its folder is all there is.
"""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Connection, func, select, text

from runtime.files import write_durably
from server.foundation.actors import SYSTEM
from server.storage import tables
from server.storage.transactions import insert_or_replace, take_turns
from server.work.unit_of_work import UnitsOfWork

#: What belongs to it, in the folder and in ``metadata`` below; locks and drafts do not.
_PATTERNS: Final = ("pack-*.zip", "release-*.json", "metadata/*.json")
#: A number that only this program locks, for as long as somebody publishes.
_PUBLISHING: Final = 0x654B696F74
_EDITION: Final = "shared files"

_log = structlog.get_logger("server.catalogue.shared_files")


class SharedFiles:
    """Of one folder. Any thread."""

    def __init__(self, folder: Path, units: UnitsOfWork) -> None:
        self._folder = folder
        self._units = units
        self._shared = units.engine.dialect.name == "postgresql"
        self._lock = threading.Lock()
        #: The newest one that the folder has.
        self._edition = 0

    def begin(self) -> None:
        """At start: the folder becomes what the database holds. An empty database takes what the folder holds."""
        if not self._shared:
            return
        with self.one_at_a_time():
            if not self._newest():
                for path in self._files():
                    self.write(path, path.read_bytes())
                return
            self.pull()
            # From a process that died before the database had it: nobody else has seen it, and its number is given anew.
            with self._units.engine.connect() as connection:
                known = set(connection.execute(select(tables.shared_files.c.path)).scalars())
            for path in self._files():
                if self._name(path) not in known:
                    _log.warning("shared_files.dropped", name=self._name(path))
                    path.unlink()

    def write(self, path: Path, content: bytes) -> None:
        """Durably; for all servers before this one gives it to anybody."""
        if self._shared:
            with self._units.begin(SYSTEM) as work:
                take_turns(work.connection, _EDITION)
                row = {"path": self._name(path), "content": content, "edition": _edition(work.connection) + 1}
                insert_or_replace(work.connection, tables.shared_files, row)
        write_durably(path, content, contended=True)

    def pull(self) -> None:
        """Brings over what other servers wrote since."""
        if not self._shared:
            return
        with self._lock:
            if self._newest() == self._edition:
                return
            file = tables.shared_files.c
            with self._units.engine.connect() as connection:
                rows = connection.execute(
                    select(file.path, file.content, file.edition)
                    .where(file.edition > self._edition)
                    .order_by(file.edition)
                )
                for row in rows:
                    path = self._folder / row.path
                    if not path.exists() or path.read_bytes() != row.content:
                        write_durably(path, row.content, contended=True)
                    self._edition = row.edition

    @contextlib.contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Among all servers; given free by the database when one of them dies. May not be nested."""
        if not self._shared:
            yield
            return
        # A connection of its own: what is published meanwhile are transactions of their own.
        with self._units.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _PUBLISHING})
            try:
                self.pull()
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": _PUBLISHING})

    def _newest(self) -> int:
        with self._units.engine.connect() as connection:
            return _edition(connection)

    def _files(self) -> list[Path]:
        return sorted(path for pattern in _PATTERNS for path in self._folder.glob(pattern))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def _edition(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(tables.shared_files.c.edition), 0))).scalar_one())
