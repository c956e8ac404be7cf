"""Visits of field staff, the history of components, supplies, staff, commands and notices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert

from kiosk.store import schema
from kiosk.store.database import Database

#: Changes of components that are kept.
HISTORY_ROWS: Final = 5_000


@dataclass(frozen=True, slots=True)
class VisitAction:
    """``kind`` is a name like roll_changed; ``detail`` holds no personal data."""

    kind: str
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    id: str
    staff_id: str
    began_at: datetime
    ended_at: datetime
    actions: tuple[VisitAction, ...]
    note: str = ""


class Visits:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, visit: Visit) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                schema.visits.insert().values(
                    id=visit.id,
                    staff_id=visit.staff_id,
                    began_at=visit.began_at,
                    ended_at=visit.ended_at,
                    actions=[
                        {"kind": action.kind, "at": action.at.isoformat(), "detail": action.detail}
                        for action in visit.actions
                    ],
                    note=visit.note,
                )
            )

    def unreported(self, limit: int = 20) -> tuple[Visit, ...]:
        """Visits that the server does not know yet, oldest first."""
        table = schema.visits
        with self._database.transaction() as connection:
            rows = connection.execute(
                select(table).where(table.c.reported.is_(False)).order_by(literal_column("rowid")).limit(limit)
            ).all()
        return tuple(
            Visit(
                row.id,
                row.staff_id,
                row.began_at,
                row.ended_at,
                tuple(
                    VisitAction(action["kind"], datetime.fromisoformat(action["at"]), action["detail"])
                    for action in row.actions
                ),
                row.note,
            )
            for row in rows
        )

    def reported(self, visit_id: str) -> None:
        table = schema.visits
        with self._database.transaction() as connection:
            connection.execute(update(table).where(table.c.id == visit_id).values(reported=True))


@dataclass(frozen=True, slots=True)
class ComponentChange:
    component: str
    availability: str
    conditions: tuple[str, ...]
    detail: str
    at: datetime


class ComponentHistory:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, change: ComponentChange) -> None:
        table = schema.component_history
        with self._database.transaction() as connection:
            n = connection.execute(
                table.insert().values(
                    component=change.component,
                    availability=change.availability,
                    conditions=list(change.conditions),
                    detail=change.detail[:200],
                    at=change.at,
                )
            ).inserted_primary_key
            if n is not None:
                connection.execute(delete(table).where(table.c.n <= n[0] - HISTORY_ROWS))

    def latest(self, limit: int = 50) -> tuple[ComponentChange, ...]:
        """Newest first."""
        table = schema.component_history
        with self._database.transaction() as connection:
            rows = connection.execute(select(table).order_by(table.c.n.desc()).limit(limit)).all()
        return tuple(
            ComponentChange(row.component, row.availability, tuple(row.conditions), row.detail, row.at) for row in rows
        )


@dataclass(frozen=True, slots=True)
class SupplyLevel:
    """``level`` and ``full`` in the supply's unit; ``changed_at`` is when it was last refilled."""

    level: float
    full: float
    changed_at: datetime


class SupplyLevels:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> SupplyLevel | None:
        table = schema.supplies
        with self._database.transaction() as connection:
            row = connection.execute(select(table).where(table.c.name == name)).one_or_none()
        return None if row is None else SupplyLevel(row.level, row.full, row.changed_at)

    def set(self, name: str, level: SupplyLevel) -> None:
        values = {"level": level.level, "full": level.full, "changed_at": level.changed_at}
        with self._database.transaction() as connection:
            connection.execute(
                insert(schema.supplies)
                .values(name=name, **values)
                .on_conflict_do_update(index_elements=["name"], set_=values)
            )


@dataclass(frozen=True, slots=True)
class StaffMember:
    id: str
    name: str
    #: A name of ``protocol.field.roles``, or of a newer server's.
    role: str
    pin_hash: str


class Roster:
    """Who may open the staff screens, and wrong PINs in a row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, members: Iterable[StaffMember]) -> None:
        rows = [
            {"id": member.id, "name": member.name, "role": member.role, "pin_hash": member.pin_hash}
            for member in members
        ]
        with self._database.transaction() as connection:
            connection.execute(delete(schema.staff))
            if rows:
                connection.execute(schema.staff.insert(), rows)

    def get(self, staff_id: str) -> StaffMember | None:
        table = schema.staff
        with self._database.transaction() as connection:
            row = connection.execute(select(table).where(table.c.id == staff_id)).one_or_none()
        return None if row is None else StaffMember(row.id, row.name, row.role, row.pin_hash)

    def all(self) -> tuple[StaffMember, ...]:
        with self._database.transaction() as connection:
            rows = connection.execute(select(schema.staff)).all()
        return tuple(StaffMember(row.id, row.name, row.role, row.pin_hash) for row in rows)

    def failures(self, staff_id: str) -> int:
        table = schema.pin_failures
        with self._database.transaction() as connection:
            found = connection.execute(select(table.c.failures).where(table.c.staff_id == staff_id)).scalar()
        return int(found or 0)

    def set_failures(self, staff_id: str, failures: int) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                insert(schema.pin_failures)
                .values(staff_id=staff_id, failures=failures)
                .on_conflict_do_update(index_elements=["staff_id"], set_={"failures": failures})
            )


@dataclass(frozen=True, slots=True)
class AppliedCommand:
    id: str
    name: str
    #: None while it is being done.
    ok: bool | None
    message: str


class Commands:
    """Each command once, with its result until the server knows it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, command_id: str, name: str) -> bool:
        """False when it was begun before."""
        with self._database.transaction() as connection:
            done = connection.execute(insert(schema.commands).values(id=command_id, name=name).on_conflict_do_nothing())
        return bool(done.rowcount)

    def finish(self, command_id: str, *, ok: bool, message: str) -> None:
        table = schema.commands
        with self._database.transaction() as connection:
            connection.execute(update(table).where(table.c.id == command_id).values(ok=ok, message=message[:200]))

    def unfinished(self) -> tuple[AppliedCommand, ...]:
        """Begun, and then the power went."""
        return self._select(schema.commands.c.ok.is_(None))

    def unreported(self) -> tuple[AppliedCommand, ...]:
        table = schema.commands
        return self._select(table.c.ok.is_not(None) & table.c.reported.is_(False))

    def reported(self, ids: Iterable[str]) -> None:
        table = schema.commands
        with self._database.transaction() as connection:
            connection.execute(update(table).where(table.c.id.in_(tuple(ids))).values(reported=True))

    def _select(self, which: Any) -> tuple[AppliedCommand, ...]:
        with self._database.transaction() as connection:
            rows = connection.execute(select(schema.commands).where(which)).all()
        return tuple(AppliedCommand(row.id, row.name, row.ok, row.message) for row in rows)


@dataclass(frozen=True, slots=True)
class StoredNotice:
    n: int
    text: Mapping[str, str]
    until: datetime | None


class StoredNotices:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, notice: StoredNotice) -> None:
        """One that says the same in all languages takes the place of the one before: it ends at another time."""
        table = schema.notices
        with self._database.transaction() as connection:
            rows = connection.execute(select(table.c.n, table.c.text)).all()
            same = [row.n for row in rows if row.text == dict(notice.text)]
            connection.execute(delete(table).where(table.c.n.in_(same)))
            connection.execute(
                insert(table).values(n=notice.n, text=dict(notice.text), until=notice.until).on_conflict_do_nothing()
            )

    def current(self, now: datetime) -> tuple[StoredNotice, ...]:
        """Newest first; those that have ended are deleted."""
        table = schema.notices
        with self._database.transaction() as connection:
            connection.execute(delete(table).where(table.c.until < now))
            rows = connection.execute(select(table).order_by(table.c.n.desc())).all()
        return tuple(StoredNotice(row.n, row.text, row.until) for row in rows)


class UsageCounts:
    """How often services were used, and sessions by day; numbers only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_service(self, service: str) -> None:
        table = schema.usage
        with self._database.transaction() as connection:
            connection.execute(
                insert(table)
                .values(service=service, count=1)
                .on_conflict_do_update(index_elements=["service"], set_={"count": table.c["count"] + 1})
            )

    def services(self) -> dict[str, int]:
        with self._database.transaction() as connection:
            rows = connection.execute(select(schema.usage.c.service, schema.usage.c["count"])).all()
        return {service: count for service, count in rows}

    def add_session(self, day: str) -> None:
        table = schema.sessions
        with self._database.transaction() as connection:
            connection.execute(
                insert(table)
                .values(day=day, count=1)
                .on_conflict_do_update(index_elements=["day"], set_={"count": table.c["count"] + 1})
            )

    def sessions(self, day: str) -> int:
        table = schema.sessions
        with self._database.transaction() as connection:
            count = connection.execute(select(func.sum(table.c["count"])).where(table.c.day == day)).scalar()
        return int(count or 0)
