"""Field staff: the roster in every kiosk's feed, PINs and badges."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from protocol import badges
from protocol.field.roles import StaffRole
from protocol.limits import PIN_DIGITS
from protocol.messages import FeedType, StaffMember, StaffRoster
from server.foundation.actors import Actor
from server.people.passwords import Passwords
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

BADGE_LIFE: Final = timedelta(days=365)
NAME_CHARACTERS: Final = 200
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
#: PINs that are tried first.
_GUESSED: Final = frozenset({"123456", "654321", "123123", "112233"})


class StaffOutcome(StrEnum):
    DONE = "DONE"
    NOT_FOUND = "NOT_FOUND"
    EXISTS = "EXISTS"
    #: a-z, 0-9, - and _, at most 64.
    BAD_ID = "BAD_ID"
    BAD_NAME = "BAD_NAME"
    #: Exactly six digits, not all the same, not a sequence that is tried first.
    BAD_PIN = "BAD_PIN"
    BAD_ROLE = "BAD_ROLE"


class Staff:
    def __init__(self, units: UnitsOfWork, badge_key: bytes, passwords: Passwords) -> None:
        self._units = units
        self._badge_key = badge_key
        self._passwords = passwords

    def rows(self) -> Sequence[Row[Any]]:
        """Rows of ``staff``, by name."""
        with self._units.engine.connect() as connection:
            return connection.execute(select(tables.staff).order_by(tables.staff.c.name)).all()

    def add(self, actor: Actor, staff_id: str, name: str, pin: str, role: str = StaffRole.FIELD) -> StaffOutcome:
        if not _ID.fullmatch(staff_id):
            return StaffOutcome.BAD_ID
        if not name.strip() or len(name) > NAME_CHARACTERS:
            return StaffOutcome.BAD_NAME
        if role not in set(StaffRole):
            return StaffOutcome.BAD_ROLE
        if not acceptable_pin(pin):
            return StaffOutcome.BAD_PIN
        pin_hash = self._passwords.hash_pin(pin)
        with self._units.begin(actor) as work:
            if work.connection.execute(select(tables.staff.c.id).where(tables.staff.c.id == staff_id)).first():
                return StaffOutcome.EXISTS
            work.connection.execute(
                insert(tables.staff).values(id=staff_id, name=name.strip(), role=role, pin_hash=pin_hash, active=True)
            )
            _tell(work, "staff.add", staff_id)
        return StaffOutcome.DONE

    def set_pin(self, actor: Actor, staff_id: str, pin: str) -> StaffOutcome:
        if not acceptable_pin(pin):
            return StaffOutcome.BAD_PIN
        return self._change(actor, staff_id, "staff.pin", {"pin_hash": self._passwords.hash_pin(pin)})

    def set_active(self, actor: Actor, staff_id: str, active: bool) -> StaffOutcome:
        """Whoever is not active leaves the roster: the badge opens nothing any more."""
        return self._change(actor, staff_id, "staff.on" if active else "staff.off", {"active": active})

    def badge(self, actor: Actor, staff_id: str, expires: date | None = None) -> str | None:
        """The text of a new badge's QR, or None when there is no such person. It replaces none: take back by roster."""
        with self._units.begin(actor) as work:
            last_day = expires or (work.now + BADGE_LIFE).date()
            changed = work.connection.execute(
                update(tables.staff).where(tables.staff.c.id == staff_id).values(badge_expires=last_day)
            )
            if not changed.rowcount:
                return None
            work.audit("staff.badge", f"staff:{staff_id}", {"expires": last_day.isoformat()})
        return badges.issue(staff_id, last_day, self._badge_key)

    def _change(self, actor: Actor, staff_id: str, action: str, values: dict[str, Any]) -> StaffOutcome:
        with self._units.begin(actor) as work:
            changed = work.connection.execute(
                update(tables.staff).where(tables.staff.c.id == staff_id).values(**values)
            )
            if not changed.rowcount:
                return StaffOutcome.NOT_FOUND
            _tell(work, action, staff_id)
        return StaffOutcome.DONE


def _tell(work: UnitOfWork, action: str, staff_id: str) -> None:
    """Every kiosk gets the roster as it is now."""
    work.to_kiosks(FeedType.STAFF, roster(work.connection).model_dump(mode="json"))
    work.audit(action, f"staff:{staff_id}")


def roster(connection: Connection) -> StaffRoster:
    """All who are active, as kiosks get it."""
    rows = connection.execute(select(tables.staff).where(tables.staff.c.active).order_by(tables.staff.c.id))
    everybody = tuple(StaffMember(id=row.id, name=row.name, role=row.role, pin_hash=row.pin_hash) for row in rows)
    return StaffRoster(
        staff=tuple(one for one in everybody if one.role != StaffRole.HELPER),
        helpers=tuple(one for one in everybody if one.role == StaffRole.HELPER),
    )


def acceptable_pin(pin: str) -> bool:
    return len(pin) == PIN_DIGITS and pin.isascii() and pin.isdigit() and len(set(pin)) > 1 and pin not in _GUESSED
