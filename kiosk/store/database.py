"""The kiosk's one database: SQLite, WAL, synchronous=EXTRA, one connection that one process owns.

One connection because of SQLite's WAL-reset bug (3.7.0 to 3.51.2), which needs two; ``locking_mode=EXCLUSIVE`` keeps
any other process out. ``synchronous=EXTRA`` because with NORMAL a power cut loses what was acknowledged, and with FULL
the journal of the first start may come back and empty the database (tests/kiosk/store/test_kiosk_power_cut.py).
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from kiosk.store.migrations import StoreTooNew, migrate, version_of
from kiosk.store.rescue import Rescued, rescue
from kiosk.store.schema import SCHEMA_VERSION, create_all
from runtime.files import make_folder, sync_folder
from runtime.private_files import FOLDER_MODE, SIDE_FILES, private_database, private_folder

logger = logging.getLogger(__name__)

FILE_NAME: Final = "kiosk.db"
#: A write-ahead log that grew in a burst is cut back to this.
WAL_BYTES: Final = 16_000_000
#: Of every connection, in this order: the lock comes before the log, which then needs no shared memory.
PRAGMAS: Final = (
    "locking_mode = EXCLUSIVE",
    # Before the log: a new file gets that by way of a rollback journal, whose end FULL does not make durable.
    "synchronous = EXTRA",
    "auto_vacuum = INCREMENTAL",
    "journal_mode = WAL",
    f"journal_size_limit = {WAL_BYTES}",
    "foreign_keys = ON",
    # What was erased is not left in free pages.
    "secure_delete = ON",
    "temp_store = MEMORY",
)
_FILES: Final = ("", *SIDE_FILES)
#: SQLite's name for a database that has no file.
_MEMORY: Final = Path(":memory:")
_BROKEN: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE: Final = 0xFF


class StorageProblem(StrEnum):
    FULL = "FULL"
    #: The disk or file system refuses.
    FAULT = "FAULT"
    #: The database is damaged; the next start sets it aside.
    CORRUPT = "CORRUPT"


class Use(StrEnum):
    """What something is written for; kiosk.room has the rule."""

    #: Nobody has begun it.
    NEW = "NEW"
    #: Somebody has begun it and would lose something.
    BEGUN = "BEGUN"


class StorageFailed(Exception):
    """A transaction could not be done; nothing of it is in the database."""

    def __init__(self, problem: StorageProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class StoreInUse(RuntimeError):
    """Another process has the database."""


class Opening(StrEnum):
    NEW = "NEW"
    GOOD = "GOOD"
    UPGRADED = "UPGRADED"
    #: A broken one was set aside and what could be read was taken over.
    RECOVERED = "RECOVERED"


@dataclass(frozen=True, slots=True)
class OpeningReport:
    kind: Opening
    #: Where the broken database lies, and what was taken over from it.
    set_aside: Path | None = None
    rescued: Rescued | None = None


class Database:
    """Transactions on the one connection, one at a time, from any thread."""

    def __init__(self, engine: Engine, path: Path, opening: OpeningReport) -> None:
        self._engine = engine
        self._lock = threading.RLock()
        self._current: Connection | None = None
        self._admits: Callable[[Use, int], bool] | None = None
        self.path = path
        self.opening = opening

    @classmethod
    def open(cls, folder: Path, now: datetime) -> "Database":
        """The database in ``folder``, made or brought up to date; a broken one is set aside first.

        Raises StoreInUse, StoreTooNew, and StorageFailed when not even a new one can be written.
        """
        make_folder(folder)
        private_folder(folder)
        path = folder / FILE_NAME
        try:
            engine, kind = _open_good(path)
        except _Damaged as damage:
            logger.error("the database is damaged and set aside: %s", damage)
            aside = _set_aside(path, now)
            engine, _ = _open_good(path)
            with engine.begin() as connection:
                rescued = rescue(aside / FILE_NAME, connection)
            logger.error("taken over from the damaged database: %s", rescued)
            return cls(engine, path, OpeningReport(Opening.RECOVERED, aside, rescued))
        return cls(engine, path, OpeningReport(kind))

    @classmethod
    def in_memory(cls) -> "Database":
        """One that nothing is kept of."""
        engine, kind = _open_good(_MEMORY)
        return cls(engine, _MEMORY, OpeningReport(kind))

    def close(self) -> None:
        with self._lock:
            self._engine.dispose()

    def keep_to(self, admits: Callable[[Use, int], bool]) -> None:
        """From now on what grows asks ``admits`` for room: its use and its bytes."""
        self._admits = admits

    def admits(self, use: Use, size: int) -> bool:
        """Whether there is room for so many bytes more of that use."""
        return self._admits is None or self._admits(use, size)

    @contextmanager
    def growing(self, use: Use, size: int) -> Iterator[Connection]:
        """A transaction that adds ``size`` bytes. Raises StorageFailed (FULL) before anything is written when the room
        that is left is kept for something else."""
        if not self.admits(use, size):
            raise StorageFailed(StorageProblem.FULL, f"{size} bytes ({use}) would take what is kept of the disk")
        with self.transaction() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Commit on leaving, roll back on an exception. Inside another one of the same thread it joins that.

        Raises StorageFailed instead of the driver's errors.
        """
        with self._lock:
            if self._current is not None:
                yield self._current
                return
            try:
                with self._engine.begin() as connection:
                    self._current = connection
                    try:
                        yield connection
                    finally:
                        self._current = None
            except DBAPIError as error:
                raise _failure(error) from error

    def in_transaction(self) -> bool:
        """Whether this thread is inside one; for checks of the caller's."""
        with self._lock:
            return self._current is not None

    def give_back_space(self) -> None:
        """Return pages of erased blobs to the disk, and with the log what still stood there of them."""
        with self._lock, self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            if driver is not None:
                # Each step frees one page; only executescript steps to the end. It commits by itself.
                driver.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)")


class _Damaged(Exception):
    pass


def _open_file(path: Path) -> sqlite3.Connection:
    """The driver's connection, in autocommit; the power-cut tests put a disk that forgets under it."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)


def _engine(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        if path != _MEMORY:
            private_database(path)
        connection = _open_file(path)
        try:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            # Else the traceback holds it, and with it the lock that whoever rescues the file needs.
            connection.close()
            raise
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # The driver is in autocommit; without this a transaction would begin only at the first write.
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        raise DBAPIError("BEGIN IMMEDIATE", None, error) from error


def _open_good(path: Path) -> tuple[Engine, Opening]:
    engine = _engine(path)
    try:
        with engine.begin() as connection:
            result = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if result != "ok":
                raise _Damaged(str(result))
            found = version_of(connection)
            if found == 0:
                create_all(connection)
                return engine, Opening.NEW
            migrate(connection, found, SCHEMA_VERSION)
            return engine, Opening.GOOD if found >= SCHEMA_VERSION else Opening.UPGRADED
    except (_Damaged, StoreTooNew):
        engine.dispose()
        raise
    except (DBAPIError, sqlite3.DatabaseError) as error:
        engine.dispose()
        original = error.orig if isinstance(error, DBAPIError) else error
        code = _code(original)
        if code in _BROKEN:
            raise _Damaged(str(original)) from error
        if code == sqlite3.SQLITE_BUSY:
            raise StoreInUse(f"another process has {path.name}") from error
        raise _failure(error) from error


def _set_aside(path: Path, now: datetime) -> Path:
    folder = path.parent / f"broken-{now:%Y%m%dT%H%M%S%f}"
    folder.mkdir(mode=FOLDER_MODE)
    for suffix in _FILES:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(folder / part.name)
    sync_folder(folder)
    sync_folder(path.parent)
    return folder


def _code(error: BaseException | None) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & _PRIMARY_CODE


def _failure(error: DBAPIError | sqlite3.DatabaseError) -> StorageFailed:
    original = error.orig if isinstance(error, DBAPIError) else error
    code = _code(original)
    if code == sqlite3.SQLITE_FULL:
        problem = StorageProblem.FULL
    elif code in _BROKEN:
        problem = StorageProblem.CORRUPT
    else:
        problem = StorageProblem.FAULT
    return StorageFailed(problem, str(original))
