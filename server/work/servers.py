"""Which servers work on this database: each says that it is there, for the operator to see and for what all must know of."""

import socket
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select

from server.foundation.actors import SYSTEM
from server.storage import tables
from server.storage.transactions import insert_or_replace
from server.work.unit_of_work import UnitsOfWork

#: How often a server says that it is there, and how long it is believed to be when it says nothing.
SAY_S: Final = 15.0
GONE_AFTER: Final = timedelta(seconds=60)
#: One that ended without a word is forgotten.
FORGET_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True)
class Server:
    id: str
    name: str
    started_at: datetime
    seen_at: datetime


class Servers:
    """SQLite belongs to one server, so nothing is written there."""

    def __init__(self, units: UnitsOfWork, port: int) -> None:
        self._units = units
        self._shared = units.engine.dialect.name == "postgresql"
        self._started_at = units.clock.now()
        self.id: Final = str(uuid.uuid4())
        self.name: Final = f"{socket.gethostname()}:{port}"

    def here(self) -> None:
        """Says that this one is there, and forgets those that are long gone."""
        if not self._shared:
            return
        with self._units.begin(SYSTEM) as work:
            now = work.connection.execute(select(func.current_timestamp())).scalar_one()
            row = {"id": self.id, "name": self.name, "started_at": self._started_at, "seen_at": now}
            insert_or_replace(work.connection, tables.servers, row)
            work.connection.execute(delete(tables.servers).where(tables.servers.c.seen_at < now - FORGET_AFTER))

    def leave(self) -> None:
        if self._shared:
            with self._units.begin(SYSTEM) as work:
                work.connection.execute(delete(tables.servers).where(tables.servers.c.id == self.id))

    def others(self) -> list[Server]:
        """Servers that are there beside this one, by name."""
        one = tables.servers.c
        if not self._shared:
            return []
        with self._units.engine.connect() as connection:
            now = connection.execute(select(func.current_timestamp())).scalar_one()
            rows = connection.execute(
                select(tables.servers).where(one.seen_at >= now - GONE_AFTER, one.id != self.id).order_by(one.name)
            ).all()
        return [Server(row.id, row.name, row.started_at, row.seen_at) for row in rows]
