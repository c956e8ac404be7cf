"""Complaints that wait for the citizen are closed after ten working days without a reply (SP4N-LAPOR)."""

from typing import Final

from sqlalchemy import select

from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState as State
from server.cases.journal import CaseJournal
from server.cases.rules import WAITING, Action
from server.cases.states import Change
from server.foundation.actors import SYSTEM
from server.foundation.clock import load_calendar
from server.foundation.texts import Texts
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: Working days without the citizen's reply after which a complaint is closed.
REPLY_DAYS: Final = 10


def close_unanswered(units: UnitsOfWork, journal: CaseJournal, texts: Texts, zone: str) -> int:
    """Closes complaints whose citizen was asked and did not reply in time; returns how many. Called periodically."""
    with units.engine.connect() as connection:
        waiting = connection.execute(select(tables.cases.c.tracking_code).where(WAITING.where())).scalars()
        codes = list(waiting)
    return sum(_close(units, journal, texts, zone, code) for code in codes)


def _close(units: UnitsOfWork, journal: CaseJournal, texts: Texts, zone: str, code: str) -> bool:
    def close(work: UnitOfWork) -> bool:
        case = work.connection.execute(
            select(tables.cases).where(tables.cases.c.tracking_code == code).with_for_update()
        ).one()
        if not WAITING.holds(case):
            return False
        if load_calendar(work.connection, zone).due(case.paused_at, REPLY_DAYS) >= work.now:
            return False
        if journal.state_of(work.connection, case).kind is not ServiceKind.COMPLAINT:
            return False
        note = texts.say(case.language, "complaint.closed_unanswered", n=REPLY_DAYS)
        values = {"state": State.CANCELLED, "note": note, "closed_at": work.now, "contest": ""}
        journal.apply(work, case, Change(Action.CANCEL, values, note))
        work.audit("case.unanswered", f"case:{code}")
        return True

    return units.run(SYSTEM, close)
