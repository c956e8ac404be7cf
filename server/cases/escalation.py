"""Late cases: what passes its standard's time undecided is raised to the agency's supervisors, once for each due date.

The row says when, the audit log says to whom, the inbox and the wall show it, and every supervisor's browser hears it.
A case whose clock was paused since has a new due date and may be raised again.
"""

from typing import Any, Final

import structlog
from sqlalchemy import Connection, Engine, select, update

from server.audit import audit
from server.cases import rules
from server.cases.journal import CaseJournal
from server.foundation.actors import SYSTEM, Role
from server.foundation.clock import Clock
from server.storage import tables
from server.storage.transactions import in_transaction

#: Cases that one turn raises; more wait for the next.
AT_ONCE: Final = 200

_log = structlog.get_logger("server.cases.escalation")


class Escalation:
    def __init__(self, engine: Engine, clock: Clock, journal: CaseJournal) -> None:
        self._engine = engine
        self._clock = clock
        self._journal = journal

    def raise_late(self) -> int:
        """Raises what became late since the last time; gives how many."""
        raised = in_transaction(self._engine, self._raise)
        for code, agency_id, kiosk_id in raised:
            self._journal.publish(agency_id, code, kiosk_id)
        if raised:
            _log.info("cases.escalated", number=len(raised))
        return len(raised)

    def _raise(self, connection: Connection) -> list[tuple[str, str, str]]:
        now, case = self._clock.now(), tables.cases.c
        rows = connection.execute(
            select(case.tracking_code, case.agency_id, case.kiosk_id)
            .where(rules.to_escalate(now).where())
            .order_by(case.due_at, case.tracking_code)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        if not rows:
            return []
        codes = [row.tracking_code for row in rows]
        connection.execute(update(tables.cases).where(case.tracking_code.in_(codes)).values(escalated_at=now))
        heads = _supervisors(connection)
        entries = [
            audit.Entry(
                SYSTEM.id,
                "case.escalate",
                f"case:{row.tracking_code}",
                {"agency": row.agency_id, "to": heads.get(row.agency_id, [])},
            )
            for row in rows
        ]
        audit.append(connection, now, entries)
        return [(row.tracking_code, row.agency_id, row.kiosk_id) for row in rows]


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
