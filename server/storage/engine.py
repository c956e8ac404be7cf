"""Opening the database, and bringing its schema up to date.

SQLite before 3.51.3 can corrupt a WAL database that two connections write and reset, so one process owns it through
one connection: the pool has one place, readers queue as well, and the file is locked exclusively, which makes a
second process fail at once instead of sharing. Never take a second connection while one is held: on SQLite the
thread would wait for itself.
"""

import sqlite3
from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from runtime.private_files import private_database
from server.storage.integrity import StorageDamaged, is_damage, look_through
from server.storage.pool import OneConnectionPool
from server.storage.quiet_errors import tell_no_values

#: Upserts with RETURNING are used throughout.
SQLITE_MINIMUM: Final = (3, 35, 0)
#: Exclusive before the first use of the WAL: no shared memory file, no second process. EXTRA before it, too: more than
#: FULL only for a new file's rollback journal, which a power cut could bring back.
SQLITE_PRAGMAS: Final = (
    "locking_mode=EXCLUSIVE",
    "synchronous=EXTRA",
    "journal_mode=WAL",
    "foreign_keys=ON",
    # Pages of 4 KiB, of which many writes touch the same: seldom written back, and 32 MB of them in memory.
    "wal_autocheckpoint=8000",
    "cache_size=-32000",
)
#: How long a request waits for the one connection before it is answered 503.
SQLITE_WAIT_S: Final = 30.0
POSTGRES_POOL: Final = 10
POSTGRES_OVERFLOW: Final = 20
MIGRATIONS: Final = Path(__file__).with_name("migrations")
#: A number that only this program locks; two processes that start together migrate one after the other.
_MIGRATION_LOCK: Final = 0x654B696F73


class StorageBusy(RuntimeError):
    """Another process owns the SQLite database."""


class StorageRefused(RuntimeError):
    """The URL, the driver or the library's version cannot be used."""


def open_storage(url: str, *, migrate: bool = True) -> Engine:
    """The engine of ``sqlite:////path/to/file`` or ``postgresql+psycopg://…``, migrated to the newest schema.

    SQLite is looked through before anything is written. Raises StorageBusy, StorageDamaged and StorageRefused.
    ``engine.dispose()`` closes it.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _open_sqlite(parsed)
    elif parsed.drivername == "postgresql+psycopg":
        engine = create_engine(
            parsed,
            pool_size=POSTGRES_POOL,
            max_overflow=POSTGRES_OVERFLOW,
            pool_pre_ping=True,
            pool_recycle=1800,
            hide_parameters=True,
        )
        _leave_what_takes_no_writes(engine)
    else:
        raise StorageRefused(f"{parsed.drivername}: use sqlite:// or postgresql+psycopg://")
    tell_no_values(engine)
    try:
        with engine.connect() as connection:
            damage = look_through(connection)
        if damage:
            raise StorageDamaged(f"{parsed.database} is damaged: {damage}")
        if migrate:
            upgrade(engine)
    except (DatabaseError, StorageDamaged) as error:
        engine.dispose()
        if "database is locked" in str(error):
            raise StorageBusy(f"{parsed.database} is in use by another process") from error
        if isinstance(error, DatabaseError) and is_damage(error.orig):
            raise StorageDamaged(f"{parsed.database} is damaged: {error.orig}") from error
        raise
    return engine


def upgrade(engine: Engine, to: str = "head") -> None:
    """Runs the migrations that are missing ``to`` a revision, in one transaction."""
    config = _config()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        if to == "head" and up_to_date(connection):
            return  # As at most starts.
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def up_to_date(connection: Connection) -> bool:
    """Whether the schema is the one that this program was written for."""
    return MigrationContext.configure(connection).get_current_heads() == _heads()


@cache
def _heads() -> tuple[str, ...]:
    """Where this program's migrations lead; they do not change while it runs."""
    return tuple(ScriptDirectory.from_config(_config()).get_heads())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _leave_what_takes_no_writes(engine: Engine) -> None:
    """A primary that became a replica answers, and refuses each write. To us it is away, with all connections to it: the next
    ones find whoever is the primary now (``target_session_attrs=read-write``)."""

    @event.listens_for(engine, "handle_error")
    def _hear(context: Any) -> None:
        if isinstance(context.original_exception, ReadOnlySqlTransaction):
            context.is_disconnect = True
            raise OperationalError("a replica", None, context.original_exception) from context.original_exception


def _open_sqlite(url: URL) -> Engine:
    if sqlite3.sqlite_version_info < SQLITE_MINIMUM:
        raise StorageRefused(f"SQLite {sqlite3.sqlite_version} is too old")
    if url.database and url.database != ":memory:":
        private_database(Path(url.database))
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=OneConnectionPool,
        pool_timeout=SQLITE_WAIT_S,
        connect_args={"check_same_thread": False, "timeout": 1.0},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own BEGIN comes late and leaves DDL outside; ours is explicit, see _begin.
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine
