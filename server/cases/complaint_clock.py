"""The end of a complaint that waits for its citizen: closed after ten working days without a reply (SP4N-LAPOR)."""

from typing import Final

from sqlalchemy import Connection, Engine, select

from protocol.messages import CasePublicState as State
from server.audit import audit
from server.cases.journal import CaseJournal
from server.cases.rules import WAITING, Action
from server.cases.states import Change
from server.foundation.actors import SYSTEM
from server.foundation.clock import Clock, load_calendar
from server.foundation.texts import Texts
from server.storage import tables
from server.storage.transactions import in_transaction

COMPLAINT: Final = "complaint"
#: Working days without the citizen's reply after which a complaint is closed.
REPLY_DAYS: Final = 10


def close_unanswered(engine: Engine, clock: Clock, journal: CaseJournal, texts: Texts, zone: str) -> int:
    """Closes complaints whose citizen was asked and did not reply in time; how many. Called from time to time."""
    with engine.connect() as connection:
        waiting = connection.execute(select(tables.cases.c.tracking_code).where(WAITING.where())).scalars()
        codes = list(waiting)
    return sum(_close(engine, clock, journal, texts, zone, code) for code in codes)


def _close(engine: Engine, clock: Clock, journal: CaseJournal, texts: Texts, zone: str, code: str) -> bool:
    def work(connection: Connection) -> tuple[str, str] | None:
        now = clock.now()
        case = connection.execute(
            select(tables.cases).where(tables.cases.c.tracking_code == code).with_for_update()
        ).one()
        if not WAITING.holds(case):
            return None
        if load_calendar(connection, zone).due(case.paused_at, REPLY_DAYS) >= now:
            return None
        if journal.state_of(connection, case).kind != COMPLAINT:
            return None
        note = texts.say(case.language, "complaint.closed_unanswered", n=REPLY_DAYS)
        values = {"state": State.CANCELLED, "note": note, "closed_at": now}
        journal.apply(connection, SYSTEM, case, Change(Action.CANCEL, values, note))
        audit.append(connection, now, [audit.Entry(SYSTEM.id, "case.unanswered", f"case:{code}")])
        return case.agency_id, case.kiosk_id

    changed = in_transaction(engine, work)
    if changed is not None:
        journal.publish(changed[0], code, changed[1])
    return changed is not None
