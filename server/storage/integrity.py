"""Whether the database is whole. A damaged one may still take what is written and lose it: nothing is promised then.

SQLite is looked through when it is opened and once a day, table by table, so that kiosks are served in between; whatever
SQLite itself finds to be damaged while it works counts as well. PostgreSQL keeps checksums of its own (``initdb -k``).
"""

import sqlite3
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DatabaseError

#: Primary result codes: SQLITE_CORRUPT and SQLITE_NOTADB.
_DAMAGE: Final = frozenset({11, 26})
#: Findings that are named; more help nobody.
_FINDINGS: Final = 5

_log = structlog.get_logger("server.storage")


class StorageDamaged(RuntimeError):
    """The database is not whole; the message says what was found first."""


def is_damage(error: object) -> bool:
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def look_through(connection: Connection, table: str = "") -> str:
    """What is wrong with the database, or one table of it, in words; empty when it is whole or not SQLite."""
    if connection.dialect.name != "sqlite":
        return ""
    pragma = f'PRAGMA quick_check("{table}")' if table else "PRAGMA quick_check"
    try:
        found = list(connection.exec_driver_sql(pragma).scalars())
    except DatabaseError as error:
        if not is_damage(error.orig):
            raise
        return str(error.orig)
    return "" if found == ["ok"] else "; ".join(str(one) for one in found[:_FINDINGS])


class Integrity:
    """What is known of an open database. ``damage`` is empty while it is whole; it never becomes so again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.damage = ""
        event.listen(engine, "handle_error", self._hear)

    def look(self) -> None:
        """Table by table, each in a turn of its own."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._engine.connect() as connection:
            # What is held in memory may be whole while the disk is not.
            connection.exec_driver_sql("PRAGMA shrink_memory")
            names = list(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
        for name in names:
            with self._engine.connect() as connection:
                if found := look_through(connection, name):
                    self._note(found)
                    return

    def _hear(self, context: Any) -> None:
        if is_damage(context.original_exception):
            self._note(str(context.original_exception))

    def _note(self, found: str) -> None:
        if not self.damage:
            self.damage = found
            _log.error("storage.damaged", found=found, hint="python -m server restore")
