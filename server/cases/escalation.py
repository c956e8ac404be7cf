"""Late cases: what is past its standard's time or its stage's is escalated, once per due date, to a person that always exists.

That is the agency's supervisors; of an agency without one its head; of one without either the city's administrators, of
whom there is always one. Nobody sees more of a case for it: whoever may not read its answers is told which case it is.

The row says when, the audit log says to whom, the inbox, the wall and the page of late cases show it, and every supervisor's
browser hears it. A case whose clock was paused since has a new due date and may be escalated again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import structlog
from sqlalchemy import Connection, func, select, update

from server.cases import rules
from server.cases.journal import CaseJournal
from server.foundation.actors import SYSTEM, Role
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: Cases escalated in one turn; the rest wait for the next.
AT_ONCE: Final = 200

_log = structlog.get_logger("server.cases.escalation")


class Escalation:
    def __init__(self, units: UnitsOfWork, journal: CaseJournal) -> None:
        self._units = units
        self._journal = journal

    def escalate_late(self) -> int:
        """Escalates what has become late since the last turn; returns how many cases."""
        number = self._units.run(SYSTEM, self._escalate)
        if number:
            _log.info("cases.escalated", number=number)
        return number

    def _escalate(self, work: UnitOfWork) -> int:
        connection, now, case = work.connection, work.now, tables.cases.c
        rows = connection.execute(
            select(case.tracking_code, case.agency_id)
            .where(rules.to_escalate(now).where())
            .order_by(case.due_at, case.tracking_code)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        if not rows:
            return 0
        ours = case.tracking_code.in_([row.tracking_code for row in rows])
        for column, condition in (
            (case.escalated_at, rules.late(now)),
            (case.stage_escalated_at, rules.stage_late(now)),
        ):
            new = (ours, condition.where(), column.is_(None))
            connection.execute(update(tables.cases).where(*new).values({column: now}))
        above = Above.read(connection)
        for row in rows:
            rung, people = above.of(row.agency_id)
            details = {"agency": row.agency_id, "rung": rung.value, "to": list(people)}
            work.audit("case.escalate", f"case:{row.tracking_code}", details)
            self._journal.hint(work, row.agency_id, row.tracking_code)
        return len(rows)


def escalated_cases(connection: Connection, now: datetime, most: int) -> Sequence[Any]:
    """Cases that are escalated, the longest late first: which they are and where they stand, nothing of what was sent."""
    case = tables.cases.c
    return connection.execute(
        select(
            *(case.tracking_code, case.agency_id, case.service_id, case.pack_version, case.state, case.stage),
            *(case.due_at, case.stage_due_at, case.escalated_at, case.stage_escalated_at),
            tables.officers.c.name.label("officer_name"),
        )
        .outerjoin(tables.officers, tables.officers.c.id == case.officer_id)
        .where(rules.escalated(now).where())
        .order_by(func.coalesce(case.escalated_at, case.stage_escalated_at), case.tracking_code)
        .limit(most)
    ).all()


class Rung(StrEnum):
    """To whom late cases of an agency go: the first of these that there is."""

    SUPERVISORS = "supervisors"
    HEAD = "head"
    CITY = "city"


@dataclass(frozen=True)
class Above:
    """Who is above the officers: ids by agency, and the city's administrators."""

    supervisors: Mapping[str, Sequence[str]]
    heads: Mapping[str, str]
    administrators: Sequence[str]

    @classmethod
    def read(cls, connection: Connection) -> "Above":
        officer, agency = tables.officers.c, tables.agencies.c
        active = select(officer.agency_id, officer.id).where(officer.active).order_by(officer.id)
        supervisors: dict[str, list[str]] = {}
        for agency_id, officer_id in connection.execute(active.where(officer.role == Role.SUPERVISOR.value)):
            supervisors.setdefault(agency_id, []).append(officer_id)
        heads = connection.execute(
            select(agency.id, officer.id).join(tables.officers, officer.id == agency.head_id).where(officer.active)
        )
        administrators = connection.execute(active.where(officer.role == Role.ADMIN.value))
        return cls(supervisors, {row[0]: row[1] for row in heads}, [row.id for row in administrators])

    def of(self, agency_id: str) -> tuple[Rung, Sequence[str]]:
        if found := self.supervisors.get(agency_id):
            return Rung.SUPERVISORS, found
        if head := self.heads.get(agency_id):
            return Rung.HEAD, [head]
        return Rung.CITY, self.administrators
