"""Who works in the back office: adding people, giving them a new password, letting them in or not.

Passwords are made here and shown once; only their hash is kept. Whoever is deactivated is signed out at once, and keeps
their name in the history of cases.
"""

import re
import secrets
import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from server.foundation.actors import DECIDING, Actor, Role
from server.people.held_factors import has_factor
from server.people.passwords import Passwords
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

NAME_CHARACTERS: Final = 200
#: Five groups of four letters and digits without those that look alike: 95 bits.
PASSWORD_GROUPS: Final = 5
GROUP_CHARACTERS: Final = 4
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_USER_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


class OfficerOutcome(StrEnum):
    DONE = "DONE"
    NOT_FOUND = "NOT_FOUND"
    EXISTS = "EXISTS"
    #: a-z, 0-9, '.', '-' and '_', two to 64.
    BAD_USER_NAME = "BAD_USER_NAME"
    BAD_NAME = "BAD_NAME"
    BAD_ROLE = "BAD_ROLE"
    #: Officers and supervisors belong to an agency, others to none.
    BAD_AGENCY = "BAD_AGENCY"
    #: Nobody locks themselves out, so the last administrator never can.
    ONESELF = "ONESELF"


class Officers:
    def __init__(self, units: UnitsOfWork, passwords: Passwords) -> None:
        self._units = units
        self._engine = units.engine
        self._passwords = passwords

    def rows(self) -> Sequence[Row[Any]]:
        """Rows of ``officers`` with ``agency_name`` and ``has_factor``: the active ones first, by role and name."""
        officers = tables.officers.c
        with self._engine.connect() as connection:
            return connection.execute(
                select(
                    tables.officers,
                    tables.agencies.c.name.label("agency_name"),
                    has_factor(officers.id).label("has_factor"),
                )
                .outerjoin(tables.agencies, tables.agencies.c.id == officers.agency_id)
                .order_by(officers.active.desc(), officers.agency_id, officers.role, officers.name)
            ).all()

    def id_of(self, user_name: str) -> str | None:
        with self._engine.connect() as connection:
            found = select(tables.officers.c.id).where(tables.officers.c.user_name == user_name)
            officer_id: str | None = connection.execute(found).scalar()
        return officer_id

    def administered(self) -> bool:
        """Whether somebody can sign in and let others in."""
        admins = tables.officers.c.active & (tables.officers.c.role == Role.ADMIN.value)
        with self._engine.connect() as connection:
            return connection.execute(select(tables.officers.c.id).where(admins).limit(1)).first() is not None

    def add(
        self, actor: Actor, user_name: str, name: str, role: str, agency_id: str | None
    ) -> tuple[OfficerOutcome, str]:
        """The new officer's password beside the outcome, to be handed out; empty when refused."""
        if refusal := unfit(user_name, name, role):
            return refusal, ""
        password = new_password()
        encoded = self._passwords.hash(password)
        officer_id = str(uuid.uuid4())
        with self._units.begin(actor) as work:
            connection = work.connection
            if not _belongs(connection, role, agency_id):
                return OfficerOutcome.BAD_AGENCY, ""
            same = select(tables.officers.c.id).where(tables.officers.c.user_name == user_name)
            if connection.execute(same).first():
                return OfficerOutcome.EXISTS, ""
            connection.execute(
                insert(tables.officers).values(
                    id=officer_id,
                    user_name=user_name,
                    name=name.strip(),
                    password_hash=encoded,
                    password_handed_out=True,
                    role=role,
                    agency_id=agency_id,
                    active=True,
                    created_at=work.now,
                )
            )
            work.audit("officer.add", f"officer:{officer_id}", {"role": role})
        return OfficerOutcome.DONE, password

    def change(self, actor: Actor, officer_id: str, name: str, role: str, agency_id: str | None) -> OfficerOutcome:
        """Another name, role or agency; ends the officer's sessions. One's own account is changed by a colleague."""
        if officer_id == actor.id:
            return OfficerOutcome.ONESELF
        if refusal := _unfit(name, role):
            return refusal
        with self._engine.connect() as connection:
            if not _belongs(connection, role, agency_id):
                return OfficerOutcome.BAD_AGENCY
        values = {"name": name.strip(), "role": role, "agency_id": agency_id}
        return self._change(actor, officer_id, "officer.change", values)

    def new_password(self, actor: Actor, officer_id: str) -> tuple[OfficerOutcome, str]:
        """Ends the officer's sessions; the password beside the outcome."""
        password = new_password()
        values = {"password_hash": self._passwords.hash(password), "password_handed_out": True}
        outcome = self._change(actor, officer_id, "officer.password", values)
        return outcome, password if outcome is OfficerOutcome.DONE else ""

    def set_active(self, actor: Actor, officer_id: str, active: bool) -> OfficerOutcome:
        if officer_id == actor.id:
            return OfficerOutcome.ONESELF
        return self._change(actor, officer_id, "officer.on" if active else "officer.off", {"active": active})

    def _change(self, actor: Actor, officer_id: str, action: str, values: dict[str, Any]) -> OfficerOutcome:
        with self._units.begin(actor) as work:
            changed = work.connection.execute(
                update(tables.officers).where(tables.officers.c.id == officer_id).values(**values)
            )
            if not changed.rowcount:
                return OfficerOutcome.NOT_FOUND
            # Also the first half of a sign-in: it was by what was so until now.
            for table in (tables.web_sessions, tables.sign_in_steps):
                work.connection.execute(delete(table).where(table.c.officer_id == officer_id))
            if "agency_id" in values:
                _head_no_more(work, officer_id, values["agency_id"])
            if "role" in values and values["role"] not in DECIDING:
                limits = tables.officer_areas.c.officer_id == officer_id
                work.connection.execute(delete(tables.officer_areas).where(limits))
            work.audit(action, f"officer:{officer_id}")
        return OfficerOutcome.DONE


def _head_no_more(work: UnitOfWork, officer_id: str, agency_id: str | None) -> None:
    """Late cases of an agency are not escalated to somebody who works elsewhere now."""
    agency = tables.agencies.c
    left = work.connection.execute(
        update(tables.agencies)
        .where(agency.head_id == officer_id, agency.id.is_distinct_from(agency_id))
        .values(head_id=None)
        .returning(agency.id)
    ).scalars()
    for one in left.all():
        work.audit("agency.head", f"agency:{one}", {"head": ""})


def new_password() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(GROUP_CHARACTERS)) for _ in range(PASSWORD_GROUPS))


def unfit(user_name: str, name: str, role: str) -> OfficerOutcome | None:
    """What is wrong with a new officer's names or role."""
    if not _USER_NAME.fullmatch(user_name):
        return OfficerOutcome.BAD_USER_NAME
    return _unfit(name, role)


def _unfit(name: str, role: str) -> OfficerOutcome | None:
    if not name.strip() or len(name) > NAME_CHARACTERS:
        return OfficerOutcome.BAD_NAME
    return None if role in {one.value for one in Role} else OfficerOutcome.BAD_ROLE


def _belongs(connection: Connection, role: str, agency_id: str | None) -> bool:
    """Who decides cases has an agency, nobody else has one."""
    return (role in DECIDING) == (agency_id is not None and _is_agency(connection, agency_id))


def _is_agency(connection: Connection, agency_id: str) -> bool:
    return connection.execute(select(tables.agencies.c.id).where(tables.agencies.c.id == agency_id)).first() is not None
