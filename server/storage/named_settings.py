"""Settings by name that administrators change at run time, in the caller's transaction."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from server.storage import tables
from server.storage.transactions import insert_new

_VALUE: Final = select(tables.settings.c.value).where(tables.settings.c.name == bindparam("of"))


def read_setting(connection: Connection, name: str) -> Any:
    """None when it was never set."""
    return connection.execute(_VALUE, {"of": name}).scalar()


def write_setting(connection: Connection, name: str, value: Any, by: str, at: datetime) -> None:
    row = {"value": value, "updated_at": at, "updated_by": by}
    if not insert_new(connection, tables.settings, {"name": name, **row}):
        connection.execute(update(tables.settings).where(tables.settings.c.name == name).values(**row))
