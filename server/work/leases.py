"""Who does a chore that is to be done once, of all the servers on one database.

On PostgreSQL a row of ``chores`` says who is at it and until when; whoever is at it says so again and again, so a server that
died keeps a chore from the others for LEASE_S at most. Time is the database's, whatever the servers' clocks say. SQLite has
one server, which holds every lease.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Connection, Update, func, or_, select, update

from server.foundation.actors import SYSTEM
from server.foundation.clock import Clock
from server.storage import tables
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitsOfWork

#: How long a server that says nothing is believed to be at a chore.
LEASE_S: Final = 30.0
_FAILED_CHARACTERS: Final = 64


@dataclass(frozen=True)
class Run:
    """A chore's last one."""

    name: str
    began_at: datetime | None
    ended_at: datetime | None
    failed: str


class Leases(Protocol):
    def claim(self, name: str, every_s: float) -> bool:
        """Whether it is due (last begun ``every_s`` ago) and now ours to do."""

    def renew(self, name: str) -> bool:
        """That we are still at it; False when another one took it for dead meanwhile."""

    def done(self, name: str, failed: str = "") -> None:
        """``failed`` says by what."""

    def runs(self) -> list[Run]:
        """Of all chores that were ever begun, by name."""


class OwnLeases:
    """One server: nobody to agree with, and nothing to write."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._runs: dict[str, Run] = {}

    def claim(self, name: str, every_s: float) -> bool:  # noqa: ARG002 - whoever calls keeps the time
        before = self._runs.get(name)
        ended_at, failed = (before.ended_at, before.failed) if before else (None, "")
        self._runs[name] = Run(name, self._clock.now(), ended_at, failed)
        return True

    def renew(self, name: str) -> bool:  # noqa: ARG002
        return True

    def done(self, name: str, failed: str = "") -> None:
        self._runs[name] = Run(name, self._runs[name].began_at, self._clock.now(), failed)

    def runs(self) -> list[Run]:
        return [self._runs[name] for name in sorted(self._runs)]


class SharedLeases:
    def __init__(self, units: UnitsOfWork, holder: str) -> None:
        """``holder`` is this server's id."""
        self._units = units
        self._holder = holder
        self._known: set[str] = set()

    def claim(self, name: str, every_s: float) -> bool:
        chore = tables.chores.c
        with self._units.begin(SYSTEM) as work:
            if name not in self._known:
                insert_new(work.connection, tables.chores, {"name": name})
            now = _now(work.connection)
            claimed = work.connection.execute(
                update(tables.chores)
                .where(
                    chore.name == name,
                    or_(chore.began_at.is_(None), chore.began_at <= now - timedelta(seconds=every_s)),
                    or_(chore.holder.is_(None), chore.held_until < now),
                )
                .values(holder=self._holder, began_at=now, held_until=now + timedelta(seconds=LEASE_S))
            )
        self._known.add(name)
        return claimed.rowcount == 1

    def renew(self, name: str) -> bool:
        with self._units.begin(SYSTEM) as work:
            until = _now(work.connection) + timedelta(seconds=LEASE_S)
            renewed = work.connection.execute(self._own(name).values(held_until=until))
        return renewed.rowcount == 1

    def done(self, name: str, failed: str = "") -> None:
        with self._units.begin(SYSTEM) as work:
            ended = {"holder": None, "held_until": None, "ended_at": _now(work.connection)}
            work.connection.execute(self._own(name).values(**ended, failed=failed[:_FAILED_CHARACTERS] or None))

    def runs(self) -> list[Run]:
        chore = tables.chores.c
        with self._units.engine.connect() as connection:
            rows = connection.execute(select(tables.chores).where(chore.began_at.is_not(None)).order_by(chore.name))
            return [Run(row.name, row.began_at, row.ended_at, row.failed or "") for row in rows]

    def _own(self, name: str) -> Update:
        chore = tables.chores.c
        return update(tables.chores).where(chore.name == name, chore.holder == self._holder)


def leases_of(units: UnitsOfWork, holder: str) -> Leases:
    return SharedLeases(units, holder) if units.engine.dialect.name == "postgresql" else OwnLeases(units.clock)


def _now(connection: Connection) -> datetime:
    """The database's, in whose transaction everybody has the same one."""
    now: datetime = connection.execute(select(func.current_timestamp())).scalar_one()
    return now
