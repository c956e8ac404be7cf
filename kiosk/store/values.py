"""Marks of the kiosk itself and settings that the server sent: JSON values by name."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.dialects.sqlite import insert

from kiosk.store.database import Database


class Values:
    """A table of JSON values by name."""

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._table = table

    def get(self, name: str, default: Any = None) -> Any:
        with self._database.transaction() as connection:
            value = connection.execute(select(self._table.c.value).where(self._table.c.name == name)).scalar()
        return default if value is None else value

    def set(self, name: str, value: Any) -> None:
        statement = insert(self._table).values(name=name, value=value)
        with self._database.transaction() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_={"value": statement.excluded.value})
            )

    def remove(self, name: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(self._table.delete().where(self._table.c.name == name))

    def all(self) -> dict[str, Any]:
        with self._database.transaction() as connection:
            rows = connection.execute(select(self._table.c.name, self._table.c.value)).all()
        return {name: value for name, value in rows}

    def replace(self, values: Mapping[str, Any]) -> None:
        """Exactly these, and none that was there before; null is as good as absent."""
        present = [{"name": name, "value": value} for name, value in values.items() if value is not None]
        with self._database.transaction() as connection:
            connection.execute(self._table.delete())
            if present:
                connection.execute(self._table.insert(), present)
