"""Taking over what can still be read from a damaged database."""

import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.exc import IntegrityError

from kiosk.store.schema import KIOSK_SEQ, marks, metadata, outbox

logger = logging.getLogger(__name__)

#: The counters may be lost with the page they stood on: the sequence then goes on this far above what is seen.
SEQUENCE_LEAP: Final = 1_000


@dataclass(frozen=True, slots=True)
class Rescued:
    """Rows taken over by table, and tables of which something could not be read."""

    rows: dict[str, int]
    damaged: tuple[str, ...]


def rescue(broken: Path, into: Connection) -> Rescued:
    """Copy every row that can be read from ``broken`` into the new database of ``into``."""
    rows: dict[str, int] = {}
    damaged: list[str] = []
    source = sqlite3.connect(f"file:{broken}?mode=ro", uri=True, isolation_level=None)
    try:
        source.row_factory = sqlite3.Row
        for table in metadata.sorted_tables:
            reader = _Reader(source, table.name)
            rows[table.name] = sum(_insert(into, table, row) for row in reader)
            if reader.damaged:
                damaged.append(table.name)
    finally:
        source.close()
    if damaged:
        _leap(into)
    return Rescued(rows, tuple(damaged))


class _Reader:
    """Rows of a table from the front and, where a page in between cannot be read, from the back."""

    def __init__(self, source: sqlite3.Connection, table: str) -> None:
        self._source = source
        self._table = table
        self.damaged = False

    def __iter__(self) -> Iterator[dict[str, Any]]:
        seen: set[tuple[Any, ...]] = set()
        for direction in ("ASC", "DESC"):
            try:
                for row in self._source.execute(f'SELECT * FROM "{self._table}" ORDER BY rowid {direction}'):
                    values = dict(row)
                    key = next(iter(values.items()))
                    if key not in seen:
                        seen.add(key)
                        yield values
            except sqlite3.DatabaseError as error:
                self.damaged = True
                logger.warning("%s read %s: %s", self._table, direction, error)
            else:
                return


def _insert(into: Connection, table: Table, row: dict[str, Any]) -> int:
    known = [column.name for column in table.columns if column.name in row]
    names = ", ".join(f'"{name}"' for name in known)
    holders = ", ".join("?" for _ in known)
    statement = f'INSERT OR IGNORE INTO "{table.name}" ({names}) VALUES ({holders})'
    try:
        return into.exec_driver_sql(statement, tuple(row[name] for name in known)).rowcount
    except IntegrityError as error:
        logger.warning("a row of %s was left: %s", table.name, error.orig)
        return 0


def _leap(into: Connection) -> None:
    seen = into.execute(select(func.max(outbox.c.kiosk_seq))).scalar() or 0
    marked = into.execute(select(marks.c.value).where(marks.c.name == KIOSK_SEQ)).scalar() or 0
    into.execute(marks.delete().where(marks.c.name == KIOSK_SEQ))
    into.execute(marks.insert().values(name=KIOSK_SEQ, value=max(seen, marked) + SEQUENCE_LEAP))
