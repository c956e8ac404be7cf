"""Late cases: what is still undecided when its standard's time is over is escalated to the agency's supervisors, once per
due date.

The row says when, the audit log says to whom, the inbox and the wall show it, and every supervisor's browser hears it.
A case whose clock was paused since has a new due date and may be escalated again.
"""

from typing import Any, Final

import structlog
from sqlalchemy import Connection, select, update

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
        for column, condition in (("escalated_at", rules.late(now)), ("stage_escalated_at", rules.stage_late(now))):
            ours = case.tracking_code.in_([row.tracking_code for row in rows])
            connection.execute(update(tables.cases).where(ours, condition.where()).values({column: now}))
        heads = _supervisors(connection)
        for row in rows:
            details = {"agency": row.agency_id, "to": heads.get(row.agency_id, [])}
            work.audit("case.escalate", f"case:{row.tracking_code}", details)
            self._journal.hint(work, row.agency_id, row.tracking_code)
        return len(rows)


def _supervisors(connection: Connection) -> dict[Any, list[str]]:
    """Ids of the supervisors of each agency."""
    officer = tables.officers.c
    rows = connection.execute(
        select(officer.agency_id, officer.id)
        .where(officer.role == Role.SUPERVISOR.value, officer.active)
        .order_by(officer.id)
    )
    found: dict[Any, list[str]] = {}
    for agency_id, officer_id in rows:
        found.setdefault(agency_id, []).append(officer_id)
    return found
