"""What pages read beyond the modules of the server: counts, names, who is who. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, select

from server.cases import complaints, rules
from server.cases.files import attachments_of
from server.cases.rules import Condition, Either, assignable, in_scope, scope
from server.foundation.actors import DECIDING, Actor, Role
from server.foundation.clock import WorkingCalendar
from server.storage import tables

INBOX_PAGE: Final = 50
AUDIT_PAGE: Final = 100
COMMANDS_SHOWN: Final = 10
#: A clock is counted no further than this; a case that is later by more shows the limit.
CLOCK_DAYS: Final = 400
SHOWS: Final = ("open", "mine", "new", "waiting", "late", "escalated", "done")


@dataclass(frozen=True)
class InboxPage:
    rows: Sequence[Row[Any]]
    more: bool


def inbox_page(connection: Connection, actor: Actor, show: str, now: datetime, offset: int = 0) -> InboxPage:
    """A page of the agency's cases under the filter ``show``: what just happened first, or what is due first."""
    cases = tables.cases.c
    orders: dict[str, tuple[ColumnElement[Any], ...]] = {
        "open": (cases.opened_at.desc(),),
        "new": (cases.opened_at.desc(),),
        "done": (cases.closed_at.desc(),),
    }
    order = orders.get(show, (cases.due_at.is_(None), cases.due_at, cases.opened_at))
    rows = connection.execute(
        select(tables.cases, tables.officers.c.name.label("officer_name"))
        .outerjoin(tables.officers, tables.officers.c.id == cases.officer_id)
        .where(scope(actor), _filter(show, actor, now).where())
        .order_by(*order, cases.tracking_code)
        .offset(offset)
        .limit(INBOX_PAGE + 1)
    ).all()
    return InboxPage(rows[:INBOX_PAGE], len(rows) > INBOX_PAGE)


def inbox_counts(connection: Connection, actor: Actor, now: datetime) -> dict[str, int]:
    """How many cases each filter shows."""
    columns = [func.count().filter(_filter(show, actor, now).where()).label(show) for show in SHOWS]
    row = connection.execute(select(*columns).where(scope(actor))).one()
    return {show: getattr(row, show) for show in SHOWS}


def is_in_scope(connection: Connection, actor: Actor, code: str) -> bool:
    """Whether there is such a case, and the actor may open it."""
    own = select(tables.cases.c.tracking_code).where(tables.cases.c.tracking_code == code, scope(actor))
    return connection.execute(own).first() is not None


def case_version(connection: Connection, actor: Actor, code: str) -> Any:
    """The last step of a case in scope (n, actor, action), or None: enough to tell that a page is old."""
    case = connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).first()
    if case is None or not in_scope(actor, case):
        return None
    return connection.execute(
        select(tables.case_steps.c.n, tables.case_steps.c.actor, tables.case_steps.c.action)
        .where(tables.case_steps.c.tracking_code == code)
        .order_by(tables.case_steps.c.n.desc())
        .limit(1)
    ).first()


@dataclass(frozen=True)
class DocumentPlace:
    """To what an attachment of a case in scope belongs."""

    kiosk_id: str
    submission_id: str


def document_place(connection: Connection, actor: Actor, code: str, sha256: str) -> DocumentPlace | None:
    """The attachment of the case's submission, or of a citizen's answer to it; None where it is not for the actor."""
    case = connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).first()
    if case is None or not in_scope(actor, case) or not complaints.may_see_who(actor, case):
        return None
    answers = connection.execute(
        select(tables.case_messages.c.kiosk_id, tables.case_messages.c.submission_id).where(
            tables.case_messages.c.tracking_code == code, tables.case_messages.c.submission_id.is_not(None)
        )
    ).all()
    for kiosk_id, submission_id in [(case.kiosk_id, case.submission_id), *answers]:
        if any(one.sha256 == sha256 for one in attachments_of(connection, kiosk_id, submission_id)):
            return DocumentPlace(kiosk_id, submission_id)
    return None


def officer_names(connection: Connection, ids: Sequence[str]) -> Mapping[str, str]:
    rows = connection.execute(
        select(tables.officers.c.id, tables.officers.c.name).where(tables.officers.c.id.in_(set(ids)))
    )
    return {row.id: row.name for row in rows}


def kiosk_names(connection: Connection, ids: Sequence[str]) -> Mapping[str, str]:
    rows = connection.execute(select(tables.kiosks.c.id, tables.kiosks.c.name).where(tables.kiosks.c.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def deciding(connection: Connection, agency_id: str) -> Sequence[Any]:
    """Who decides cases of the agency, wherever in the city, by name."""
    officers = tables.officers.c
    roles = sorted(role.value for role in DECIDING)
    return connection.execute(
        select(officers.id, officers.name, officers.role)
        .where(officers.agency_id == agency_id, officers.active, officers.role.in_(roles))
        .order_by(officers.name)
    ).all()


def colleagues(connection: Connection, case: Row[Any]) -> Sequence[Any]:
    """Who may decide the case, by name."""
    return connection.execute(
        select(tables.officers.c.id, tables.officers.c.name, tables.officers.c.role)
        .where(assignable(case.agency_id, case.area_id))
        .order_by(tables.officers.c.name)
    ).all()


def working_days_until(calendar: WorkingCalendar, now: datetime, due: datetime) -> int:
    """Working days after today up to and with the day of ``due``; negative for those that passed since."""
    today, last = now.astimezone(calendar.zone).date(), due.astimezone(calendar.zone).date()
    if last >= today:
        return _count(calendar, today, last)
    return -_count(calendar, last, today)


def _count(calendar: WorkingCalendar, after: date, until: date) -> int:
    days = min((until - after).days, CLOCK_DAYS)
    return sum(calendar.is_working_day(after + timedelta(days=offset)) for offset in range(1, days + 1))


def _filter(show: str, actor: Actor, now: datetime) -> Condition | Either:
    filters: dict[str, Condition | Either] = {
        "open": Condition(rules.OPEN),
        "mine": Condition(rules.OPEN, officer_id=actor.id),
        "new": rules.takeable(actor),
        "waiting": rules.WAITING,
        "late": rules.late(now),
        "escalated": rules.escalated(now),
        "done": Condition(rules.CLOSED),
    }
    return filters[show]


def commands(connection: Connection, kiosk_id: str) -> Sequence[Row[Any]]:
    """The newest commands that the kiosk was sent."""
    return connection.execute(
        select(tables.commands)
        .where(tables.commands.c.kiosk_id == kiosk_id)
        .order_by(tables.commands.c.issued_at.desc())
        .limit(COMMANDS_SHOWN)
    ).all()


def newest_enrolment(connection: Connection, actor: Actor, name: str) -> str | None:
    """The kiosk that used the newest code which ``actor`` made for ``name``."""
    codes = tables.enrolment_codes.c
    return connection.execute(
        select(codes.kiosk_id)
        .where(codes.created_by == actor.id, codes.name == name)
        .order_by(codes.created_at.desc())
        .limit(1)
    ).scalar()


def audit_entries(
    connection: Connection, *, actor: str = "", about: str = "", before: int | None = None
) -> Sequence[Row[Any]]:
    """A page of the log, the newest first; ``actor`` and ``about`` are exact, ``before`` a number of the log."""
    log = tables.audit_log
    query = select(log).order_by(log.c.seq.desc()).limit(AUDIT_PAGE + 1)
    if actor:
        query = query.where(log.c.actor == actor)
    if about:
        query = query.where(log.c.object == about)
    if before is not None:
        query = query.where(log.c.seq < before)
    return connection.execute(query).all()


def officers_by_name(connection: Connection) -> Sequence[Any]:
    return connection.execute(
        select(tables.officers.c.id, tables.officers.c.name, tables.officers.c.user_name).order_by(
            tables.officers.c.name
        )
    ).all()


def officers_by_role(connection: Connection) -> Sequence[Any]:
    officers = tables.officers.c
    return connection.execute(
        select(officers.user_name, officers.name, officers.role)
        .where(officers.active)
        .order_by(officers.role != Role.OFFICER.value, officers.created_at, officers.user_name)
    ).all()


def packs_of_kiosks(connection: Connection) -> Sequence[Any]:
    """Which pack each kiosk runs: id, name, ring, pack_version, last_heartbeat_at."""
    kiosks = tables.kiosks.c
    return connection.execute(
        select(kiosks.id, kiosks.name, kiosks.ring, kiosks.pack_version, kiosks.last_heartbeat_at)
        .where(*tables.IN_FLEET)
        .order_by(kiosks.name)
    ).all()


def agencies(connection: Connection) -> Sequence[Row[Any]]:
    return connection.execute(select(tables.agencies).order_by(tables.agencies.c.position)).all()
