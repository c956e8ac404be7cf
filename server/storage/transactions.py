"""Writing: inserts that leave an existing row alone, and transactions that are tried again after a deadlock."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy import Column, Connection, Engine, Table, func, select
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


def take_turns(connection: Connection, name: str) -> None:
    """Waits until no other transaction that asked for the same ``name`` is under way; SQLite has but one anyway.

    Transactions that write the same rows in another order would else end in deadlocks, of which PostgreSQL finds
    one a second.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def insert_each_new(
    connection: Connection, table: Table, key: Column[Any], rows: Sequence[Mapping[str, Any]]
) -> Sequence[Any]:
    """Inserts those rows whose key is not there yet, in one statement; gives the values of ``key`` of those."""
    statement: Any = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    return connection.scalars(statement.on_conflict_do_nothing().returning(key), list(rows)).all()


def insert_all_new(connection: Connection, table: Table, key: Column[Any], rows: Sequence[Mapping[str, Any]]) -> int:
    """As :func:`insert_each_new`; gives how many."""
    return len(insert_each_new(connection, table, key, rows))


def insert_or_replace(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Inserts, or overwrites what is there under the same key. One statement, so no race."""
    statement: Any = (
        postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    ).values(**values)
    keys = [column.name for column in table.primary_key.columns]
    others = {name: statement.excluded[name] for name in values if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others))


def insert_new(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Inserts unless a row with the same key is there; True when inserted. One statement, so no race."""
    statement: Any = (
        postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    ).values(**values)
    key = next(iter(table.primary_key.columns))
    return connection.execute(statement.on_conflict_do_nothing().returning(key)).first() is not None
