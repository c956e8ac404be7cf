"""Writing: inserts that leave an existing row alone, and transactions that are tried again after a deadlock.

To make a statement costs SQLAlchemy four times what it costs to run it again, so those that many requests want are made once.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeVar

from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy import Column, Connection, Engine, Table, Text, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, OperationalError, StatementError

ATTEMPTS: Final = 5

Result = TypeVar("Result")


def in_transaction(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """``work`` in one transaction; again from the start when PostgreSQL chose it to end a deadlock.

    ``work`` must therefore have no effect outside its connection.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with engine.begin() as connection:
                return work(connection)
        except OperationalError as error:
            if attempt == ATTEMPTS or not isinstance(error.orig, DeadlockDetected | SerializationFailure):
                raise
    raise AssertionError("unreachable")


def unstorable(error: Exception) -> bool:
    """Whether the database refused a value for what it is: a number or date out of range, a NUL in a text."""
    if isinstance(error, StatementError) and not isinstance(error, DataError):
        return isinstance(error.orig, OverflowError | ValueError)
    return isinstance(error, DataError | OverflowError)


#: Locked in the order in which they are given.
_TURNS: Final = select(
    func.count(
        func.pg_advisory_xact_lock(
            func.hashtextextended(
                func.unnest(bindparam("names", type_=postgresql.ARRAY(Text))).table_valued("name").c.name, 0
            )
        )
    )
)


def take_turns(connection: Connection, *names: str) -> None:
    """Waits until no other transaction that asked for one of the ``names`` is under way; SQLite has but one anyway.

    Transactions that write the same rows in another order would else end in deadlocks, of which PostgreSQL finds
    one a second. Whoever asks more than once asks in the order of the names.
    """
    if connection.dialect.name == "postgresql" and names:
        connection.execute(_TURNS, {"names": sorted(set(names))})


def insert_each_new(
    connection: Connection, table: Table, key: Column[Any], rows: Sequence[Mapping[str, Any]]
) -> Sequence[Any]:
    """Inserts those rows whose key is not there yet, in one statement; gives the values of ``key`` of those."""
    return connection.scalars(_insert_new(connection.dialect.name, table, key), list(rows)).all()


def insert_all_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """As :func:`insert_each_new`; gives how many."""
    if not rows:
        return 0
    if connection.dialect.name == "sqlite":
        return connection.execute(_insert_new("sqlite", table), list(rows)).rowcount
    # psycopg does not count the rows of many; that each tells of itself costs SQLite twice the time.
    return len(insert_each_new(connection, table, next(iter(table.primary_key.columns)), rows))


def insert_or_replace(connection: Connection, table: Table, *rows: Mapping[str, Any]) -> None:
    """Inserts, or overwrites what is there under the same key; rows of all columns. One statement, so no race."""
    if rows:
        connection.execute(_insert_or_replace(connection.dialect.name, table), list(rows))


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Inserts unless a row with the same key is there; True when inserted. One statement, so no race."""
    return insert_all_new(connection, table, [values]) == 1


@cache
def _insert_new(dialect: str, table: Table, key: Column[Any] | None = None) -> Any:
    statement: Any = _insert(dialect, table).on_conflict_do_nothing()
    return statement if key is None else statement.returning(key)


@cache
def _insert_or_replace(dialect: str, table: Table) -> Any:
    statement: Any = _insert(dialect, table)
    keys = [column.name for column in table.primary_key.columns]
    others = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=others)


def _insert(dialect: str, table: Table) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
