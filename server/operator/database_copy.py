"""The whole database into another, empty one, from SQLite to PostgreSQL or back: when a city outgrows its box, or fits one again.

Everything in one transaction, so there is all or nothing. What comes out is compared with what went in, to the audit log's root.
"""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import JSON, Connection, Engine, Table, Text, bindparam, cast, func, insert, select, text

from server.foundation.actors import OPERATOR
from server.foundation.bus import Bus
from server.foundation.clock import Clock
from server.operator.backup import Contents, contents
from server.storage import tables
from server.storage.engine import up_to_date
from server.work.unit_of_work import UnitsOfWork

BATCH: Final = 500
#: What belongs to servers and not to the city. Packs are made anew from a server's folder.
_LEFT: Final = frozenset({tables.servers.name, tables.chores.name, tables.shared_files.name})
#: Rows of these are somebody's; migrations alone put rows into others.
_EMPTY: Final = (tables.agencies, tables.officers, tables.kiosks, tables.submissions, tables.audit_log)


class CopyRefused(RuntimeError):
    """The message says why and what to do; nothing was changed."""


def copy_database(source: Engine, target: Engine, clock: Clock) -> Contents:
    """Both have today's schema; ``target`` holds nobody's rows. Gives what was copied. Raises CopyRefused."""
    with source.connect() as reading:
        if not up_to_date(reading):
            raise CopyRefused("the old database has another schema: python -m server upgrade first")
        with UnitsOfWork(target, clock, Bus()).begin(OPERATOR) as work:
            for table in _EMPTY:
                if work.connection.execute(select(func.count()).select_from(table)).scalar_one():
                    raise CopyRefused(f"the new database is not empty: there are rows in {table.name}")
            wanted = [one for one in tables.metadata.sorted_tables if one.name not in _LEFT]
            for table in reversed(wanted):
                work.connection.execute(table.delete())
            for table in wanted:
                _copy(reading, work.connection, table)
            before, after = contents(reading), contents(work.connection)
            if before != after:
                raise CopyRefused(f"what was copied is not what was there: {before} and {after}")
            work.audit("storage.copy", "server", {"from": source.dialect.name, "to": target.dialect.name})
    return before


def _copy(reading: Connection, writing: Connection, table: Table) -> None:
    # JSON as its text: read as a value, an SQL NULL and a JSON null would be one.
    columns = [
        cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column for column in table.columns
    ]
    statement = insert(table).values({column.name: _given(column, writing) for column in table.columns})
    for rows in _batches(reading, select(*columns).select_from(table)):
        writing.execute(statement, rows)
    if writing.dialect.name == "postgresql" and table.autoincrement_column is not None:
        _count_on(writing, table)


def _given(column: Any, writing: Connection) -> Any:
    if not isinstance(column.type, JSON):
        return bindparam(column.name, type_=column.type)
    as_text = bindparam(column.name, type_=Text())
    return cast(as_text, column.type) if writing.dialect.name == "postgresql" else as_text


def _batches(reading: Connection, query: Any) -> Iterator[list[dict[str, Any]]]:
    result = reading.execution_options(yield_per=BATCH).execute(query)
    for some in result.mappings().partitions(BATCH):
        yield [dict(row) for row in some]


def _count_on(writing: Connection, table: Table) -> None:
    """Numbers that the database gives go on after those that were copied."""
    column = table.autoincrement_column
    assert column is not None
    newest = writing.execute(select(func.max(column))).scalar()
    sequence = writing.execute(select(func.pg_get_serial_sequence(table.name, column.name))).scalar()
    if newest is not None and sequence is not None:
        writing.execute(text("SELECT setval(:sequence, :newest)"), {"sequence": sequence, "newest": newest})
