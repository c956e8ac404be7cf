"""What changes a case, whoever does it: the row, its step, the kiosk's event and the hints, in the caller's unit of work.

Officers' actions (``server.cases.actions``), the intake, attachments and chores all write through here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Row, Update, bindparam, insert, select, update

from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState as State
from protocol.messages import CaseState, Content, Contest, FeedType
from protocol.packs import ServiceDescription
from server.cases import complaint_clock, complaint_public, contests, lookups, stages
from server.cases.finding import index
from server.cases.pauses import Pauses
from server.cases.public import public_state
from server.cases.states import Change
from server.catalogue.services import Catalogue
from server.foundation import bus
from server.foundation.clock import load_calendar
from server.foundation.vault import Vault
from server.storage import tables
from server.work.unit_of_work import UnitOfWork

_CASE: Final = select(tables.cases).where(tables.cases.c.tracking_code == bindparam("of"))
_LOCKED: Final = _CASE.with_for_update()
_STEPS: Final = (
    select(tables.case_steps)
    .where(tables.case_steps.c.tracking_code == bindparam("of"))
    .order_by(tables.case_steps.c.n)
)
_STEP: Final = insert(tables.case_steps)


@lru_cache(maxsize=256)
def _changed(columns: tuple[str, ...]) -> Update:
    """Writes these columns of a case: there are few sets of them, and to make the statement is dear."""
    values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in columns}
    return update(tables.cases).where(tables.cases.c.tracking_code == bindparam("of")).values(values)


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"to_{name}": value for name, value in values.items()}


class CaseJournal:
    def __init__(self, vault: Vault, catalogue: Catalogue, zone: str, pauses: Pauses) -> None:
        self._vault = vault
        self._catalogue = catalogue
        self._zone = zone
        self._pauses = pauses

    def lock(self, connection: Connection, code: str) -> Row[Any] | None:
        return connection.execute(_LOCKED, {"of": code}).first()

    def description(self, connection: Connection, case: Row[Any]) -> ServiceDescription:
        description = self._catalogue.description(connection, case.pack_version, case.service_id)
        if description is None:
            raise LookupError(f"the case's service {case.service_id} of pack {case.pack_version} is not published")
        return description

    def steps_of(self, connection: Connection, case: Row[Any]) -> Sequence[Row[Any]]:
        return connection.execute(_STEPS, {"of": case.tracking_code}).all()

    def state_of(self, connection: Connection, case: Row[Any], steps: Sequence[Row[Any]] | None = None) -> CaseState:
        """``steps``: all of the case's, where they are at hand."""
        if steps is None:
            steps = self.steps_of(connection, case)
        is_complaint = case.kind == ServiceKind.COMPLAINT
        return public_state(
            self.description(connection, case),
            case._asdict(),
            [step._asdict() for step in steps],
            lambda: load_calendar(connection, self._zone),
            self._pauses,
            complaint_public.facts_of(connection, case.tracking_code) if is_complaint else complaint_public.NONE,
        )

    def apply(self, work: UnitOfWork, case: Row[Any], change: Change) -> CaseState:
        """Writes a change of the unit's actor, its step and the kiosk's event; what the log says of it is the caller's."""
        connection, now = work.connection, work.now
        number = case.steps + 1
        values = {**change.values, "updated_at": now, "steps": number}
        values |= self._clocks(connection, case, values, change.action, now)
        connection.execute(_changed(tuple(sorted(values))), {"of": case.tracking_code, **_named(values)})
        if values.get("agency_id", case.agency_id) != case.agency_id:
            index.moved(connection, self._vault, case.tracking_code)
        step = {
            "tracking_code": case.tracking_code,
            "n": number,
            "at": now,
            "action": change.action,
            "state": values.get("state", case.state),
            "stage": values.get("stage", case.stage),
            "actor": work.actor.id,
            "note": change.note,
        }
        connection.execute(_STEP, step)
        changed = connection.execute(_CASE, {"of": case.tracking_code}).one()
        state = self.state_of(connection, changed)
        told = state.model_dump(mode="json", exclude={"messages"})
        # Also where somebody has the case in sight. In the order of their ids, as whoever writes to several kiosks does.
        for kiosk_id in sorted({case.kiosk_id, *lookups.watching(connection, case.tracking_code, now)}):
            work.to_kiosk(kiosk_id, FeedType.CASE, told)
        # Whoever had it, and whoever has it now.
        for agency_id in dict.fromkeys((case.agency_id, changed.agency_id)):
            self.hint(work, agency_id, case.tracking_code)
        return state

    def _clocks(
        self, connection: Connection, case: Row[Any], values: dict[str, Any], action: str, now: datetime
    ) -> dict[str, Any]:
        """What a complaint's own clocks make of a change; nothing of any other case."""
        if case.kind != ServiceKind.COMPLAINT:
            return {}
        calendar, description = load_calendar(connection, self._zone), self.description(connection, case)
        return complaint_clock.follow(connection, case, values, action, now, calendar, description)

    def begin_clocks(self, work: UnitOfWork, code: str) -> None:
        """Of a complaint that came before there were clocks, those that run now."""
        case = self.lock(work.connection, code)
        if case is None or complaint_clock.clocks_of(work.connection, code):
            return
        calendar, description = load_calendar(work.connection, self._zone), self.description(work.connection, case)
        values = complaint_clock.begin_missing(work.connection, case, work.now, calendar, description)
        work.connection.execute(update(tables.cases).where(tables.cases.c.tracking_code == code).values(**values))
        work.audit("case.clocks_begun", f"case:{code}")
        self.hint(work, case.agency_id, code)

    def completed(self, work: UnitOfWork, code: str) -> None:
        """The last attachment of the case's submission was verified."""
        case = self.lock(work.connection, code)
        if case is None or case.complete:
            return
        values: dict[str, Any] = {"complete": True}
        if case.state == State.INCOMPLETE:
            values["state"] = State.RECEIVED if case.officer_id is None else State.IN_REVIEW
        self.apply(work, case, Change("complete", values))
        work.audit("case.complete", f"case:{code}")

    def answered(self, work: UnitOfWork, code: str, submission_id: str, kiosk_id: str, text: str) -> bool:
        """Records a citizen's answer and starts the clock again. False when there is no such case.

        An answer that comes when nothing is asked is kept with the case and changes no state.
        """
        connection, now = work.connection, work.now
        case = self.lock(connection, code)
        if case is None:
            return False
        self._keep(work, code, submission_id, kiosk_id, "answer", text)
        values: dict[str, Any] = {}
        if case.state == State.QUESTION:
            calendar = load_calendar(connection, self._zone)
            counted = self._pauses.counted(calendar.stood(case.paused_at, now), case.paused_days)
            values = {"state": State.IN_REVIEW, "note": "", "paused_days": case.paused_days + counted}
            values |= dict.fromkeys(("paused_at", "reminded_at", "escalated_at", "stage_escalated_at"))
            for column in ("due_at", "stage_due_at"):
                due = getattr(case, column)
                values[column] = due and calendar.later(due, counted)
        self.apply(work, case, Change("answer", values))
        return True

    def contested(self, work: UnitOfWork, content: Content, contest: Contest) -> bool:
        """A citizen contests what became of the case: it begins again, with a clock of its own. False: no such case.

        What counts is when it was said at the kiosk. What came too late, or when there is nothing to contest (any more), is
        kept with the case as a message and changes no state: nobody's words are lost.
        """
        connection, now = work.connection, work.now
        case = self.lock(connection, content.tracking_code)
        if case is None:
            return False
        self._keep(work, case.tracking_code, content.id, content.kiosk_id, contest.value, content.text.strip())
        calendar = load_calendar(connection, self._zone)
        description = self.description(connection, case)
        steps = [step._asdict() for step in self.steps_of(connection, case)]
        offer = contests.offered(description.kind, case._asdict(), steps)
        if offer is None or offer.contest is not contest or min(content.made_at, now) > offer.until(calendar):
            work.audit(f"case.{contest}_without_effect", f"case:{case.tracking_code}")
            self.apply(work, case, Change("answer", {}))
            return True
        due = calendar.due(now, contests.decided_within(contest, description.standard.working_days))
        values: dict[str, Any] = {
            "state": State.RECEIVED if case.complete else State.INCOMPLETE,
            **stages.entered(description.stages[0], now, calendar),
            "officer_id": None,
            "due_at": due,
            **dict.fromkeys(("paused_at", "escalated_at", "closed_at", "reminded_at")),
            "paused_days": 0,
            "note": "",
            "contest": contest.value,
            "first_due_at": case.first_due_at or case.due_at,
        }
        values["stage_due_at"] = min(due, values["stage_due_at"])
        self.apply(work, case, Change(contest.value, values))
        return True

    def _keep(self, work: UnitOfWork, code: str, submission_id: str, kiosk_id: str, direction: str, text: str) -> None:
        """What a citizen sent to a case, sealed."""
        work.connection.execute(
            insert(tables.case_messages).values(
                id=submission_id,
                tracking_code=code,
                direction=direction,
                at=work.now,
                kiosk_id=kiosk_id,
                submission_id=submission_id,
                body=self._vault.close(text.encode()),
            )
        )

    def hint_of(self, work: UnitOfWork, code: str) -> None:
        """As ``hint``, for a case of which only the code is at hand."""
        agency_id = work.connection.execute(
            select(tables.cases.c.agency_id).where(tables.cases.c.tracking_code == code)
        ).scalar()
        if agency_id is not None:
            self.hint(work, agency_id, code)

    def hint(self, work: UnitOfWork, agency_id: str, code: str) -> None:
        """Asks the inbox and the case's pages to look again, after the commit."""
        work.hint(bus.inbox_topic(agency_id), code)
        work.hint(bus.case_topic(code), code)
