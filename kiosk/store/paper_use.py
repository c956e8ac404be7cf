"""How much paper was used in which hour: numbers only, for the forecast of this kiosk's own days."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from kiosk.store.database import Database
from kiosk.store.schema import paper_use

#: The day in the city, and the hour of it.
Hour = tuple[date, int]


class PaperUse:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, day: date, hour: int, millimetres: float, keep_from: date) -> None:
        """Joins the caller's transaction. What is older than ``keep_from`` goes."""
        with self._database.transaction() as connection:
            connection.execute(
                insert(paper_use)
                .values(day=day.isoformat(), hour=hour, mm=millimetres)
                .on_conflict_do_update(index_elements=["day", "hour"], set_={"mm": paper_use.c.mm + millimetres})
            )
            connection.execute(delete(paper_use).where(paper_use.c.day < keep_from.isoformat()))

    def all(self) -> Mapping[Hour, float]:
        """Millimetres by hour, of hours in which there was any."""
        with self._database.transaction() as connection:
            rows = connection.execute(select(paper_use)).all()
        return {(date.fromisoformat(row.day), row.hour): row.mm for row in rows}
