"""Bringing an older database up to SCHEMA_VERSION, one step at a time, each step in one transaction."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection

from kiosk.store.schema import documents, paper_use, reports, tell_readers

Migration = Callable[[Connection], None]


def _reports_and_documents(connection: Connection) -> None:
    """2: anonymous reports on their way up, and what the city publishes."""
    for table in (reports, documents):
        table.create(connection)


def _paper_use(connection: Connection) -> None:
    """3: how much paper was used in which hour."""
    paper_use.create(connection)


#: ``MIGRATIONS[n]`` brings version n to n + 1. A queue that an older version left is kept by every step.
MIGRATIONS: Final[Mapping[int, Migration]] = MappingProxyType({1: _reports_and_documents, 2: _paper_use})


class StoreTooNew(RuntimeError):
    """The database was written by a newer program; it is left alone."""


def version_of(connection: Connection) -> int:
    """``PRAGMA user_version``; 0 for an empty file."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def migrate(connection: Connection, found: int, wanted: int, steps: Mapping[int, Migration] = MIGRATIONS) -> None:
    """Inside the caller's transaction: all steps from ``found`` to ``wanted`` or, when one fails, none.

    A newer database is left as it is, and used, where whoever wrote it said that this program may: a kiosk that goes back to
    the program before must find its outbox. Raises StoreTooNew.
    """
    if found > wanted:
        if 0 < oldest_reader(connection) <= wanted:
            return
        raise StoreTooNew(f"the database has version {found}, this program knows {wanted}")
    for version in range(found, wanted):
        steps[version](connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {version + 1}")
    tell_readers(connection)


def oldest_reader(connection: Connection) -> int:
    """Programs of this version and later may use the database; 0: nobody said so. It lies in ``PRAGMA application_id``."""
    return int(connection.exec_driver_sql("PRAGMA application_id").scalar_one())
