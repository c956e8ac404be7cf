"""What pages read beyond the modules of the server: counts, names, who is who. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from server.cases import complaints
from server.cases.files import attachments_of
from server.cases.rules import assignable, scope
from server.foundation.actors import Actor, Role
from server.foundation.clock import WorkingCalendar
from server.storage import tables
from server.submissions.pictures import PICTURES
from server.web.office.inbox_queries import LIGHT

AUDIT_PAGE: Final = 100
COMMANDS_SHOWN: Final = 10
#: A clock is counted no further than this; a case that is later by more shows the limit.
CLOCK_DAYS: Final = 400


def is_in_scope(connection: Connection, actor: Actor, code: str) -> bool:
    """Whether there is such a case, and the actor may open it."""
    own = select(tables.cases.c.tracking_code).where(tables.cases.c.tracking_code == code, scope(actor))
    return connection.execute(own).first() is not None


def case_version(connection: Connection, actor: Actor, code: str) -> Any:
    """The last step of a case in scope (n, actor, action) and the case's kind, or None: enough to tell that a page is old."""
    case, step = tables.cases, tables.case_steps
    return connection.execute(
        select(step.c.n, step.c.actor, step.c.action, case.c.kind)
        .join(case, case.c.tracking_code == step.c.tracking_code)
        .where(step.c.tracking_code == code, scope(actor))
        .order_by(step.c.n.desc())
        .limit(1)
    ).first()


@dataclass(frozen=True)
class Document:
    """An attachment of a case in scope, and to what it belongs."""

    kiosk_id: str
    submission_id: str
    sha256: str
    complete: bool
    is_picture: bool


def documents(connection: Connection, actor: Actor, code: str) -> list[Document]:
    """The attachments of the case's submission and of the citizen's answers to it; none where they are not for the actor."""
    case = connection.execute(select(*LIGHT).where(tables.cases.c.tracking_code == code, scope(actor))).first()
    if case is None or not complaints.may_see_who(actor, case):
        return []
    answers = connection.execute(
        select(tables.case_messages.c.kiosk_id, tables.case_messages.c.submission_id)
        .where(tables.case_messages.c.tracking_code == code, tables.case_messages.c.submission_id.is_not(None))
        .order_by(tables.case_messages.c.at)
    ).all()
    return [
        Document(kiosk_id, submission_id, one.sha256, one.complete, one.media_type in PICTURES)
        for kiosk_id, submission_id in [(case.kiosk_id, case.submission_id), *answers]
        for one in attachments_of(connection, kiosk_id, submission_id)
    ]


def officer_names(connection: Connection, ids: Sequence[str]) -> Mapping[str, str]:
    rows = connection.execute(
        select(tables.officers.c.id, tables.officers.c.name).where(tables.officers.c.id.in_(set(ids)))
    )
    return {row.id: row.name for row in rows}


def kiosk_names(connection: Connection, ids: Sequence[str]) -> Mapping[str, str]:
    rows = connection.execute(select(tables.kiosks.c.id, tables.kiosks.c.name).where(tables.kiosks.c.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


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
