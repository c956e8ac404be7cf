"""What officers do with cases.

Every action checks the actor's scope and the case's state, and writes the case, its history, the audit log and the
event for the kiosk in one transaction. A refusal is a value: ``CaseResult.outcome`` says why.
"""

import uuid
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from protocol.messages import CasePublicState as State
from protocol.packs import Stage
from server.cases import stages
from server.cases.deciding import Deciding
from server.cases.deciding import decided as _decided
from server.cases.deciding import for_the_citizen as _for_the_citizen
from server.cases.deciding import unfit as _unfit
from server.cases.journal import CaseJournal
from server.cases.rules import DECIDED, UNDECIDED, Action, assignable, bars, refusal
from server.cases.states import CaseOutcome, CaseResult, Change
from server.catalogue.workflow import Workflow
from server.foundation.actors import Actor, Role
from server.foundation.clock import load_calendar
from server.foundation.failpoints import Failpoints
from server.foundation.vault import Vault
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork


class Cases(Deciding):
    def __init__(
        self, units: UnitsOfWork, vault: Vault, journal: CaseJournal, zone: str, failpoints: Failpoints
    ) -> None:
        super().__init__(units, journal, failpoints)
        self._vault = vault
        self._zone = zone

    def take(self, actor: Actor, code: str) -> CaseResult:
        """Gives the case to the actor. ALREADY_TAKEN if a colleague was first; DONE if it is theirs already."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if case.officer_id == actor.id:
                return CaseOutcome.DONE
            if refused := refusal(actor, Action.TAKE, case, self._workflow(connection, case)):
                return refused
            state = State.IN_REVIEW if case.complete and case.state in UNDECIDED else case.state
            return Change(Action.TAKE, {"officer_id": actor.id, "state": state})

        return self._act(actor, code, decide)

    def give_back(self, actor: Actor, code: str) -> CaseResult:
        """Puts one's case back into the agency's inbox."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            workflow = self._workflow(connection, case)
            if refused := refusal(actor, Action.GIVE_BACK, case, workflow):
                return refused
            return Change(Action.GIVE_BACK, {"officer_id": None, "state": _resting(case, workflow)})

        return self._act(actor, code, decide)

    def assign(self, actor: Actor, code: str, officer_id: str) -> CaseResult:
        """A supervisor gives an open case to an officer of the same agency."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.ASSIGN, case, self._workflow(connection, case)):
                return refused
            role = _assignable(connection, officer_id, case)
            if role is None:
                return CaseOutcome.NO_SUCH_OFFICER
            if barred := bars(officer_id, role, case):
                return barred
            if case.officer_id == officer_id:
                return CaseOutcome.DONE
            state = State.IN_REVIEW if case.state == State.RECEIVED else case.state
            return Change(Action.ASSIGN, {"officer_id": officer_id, "state": state}, details={"to": officer_id})

        return self._act(actor, code, decide)

    def ask(self, actor: Actor, code: str, text: str) -> CaseResult:
        """Asks the citizen; the standard's clock is paused until the answer."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.ASK, case, self._workflow(connection, case)) or _unfit(
                text, Action.ASK
            ):
                return refused
            now = self._clock.now()
            connection.execute(
                insert(tables.case_messages).values(
                    id=str(uuid.uuid4()),
                    tracking_code=code,
                    direction="ask",
                    at=now,
                    officer_id=actor.id,
                    body=self._vault.close(text.strip().encode()),
                )
            )
            return Change(
                Action.ASK,
                {"state": State.QUESTION, "paused_at": now, "reminded_at": None, "note": _for_the_citizen(text)},
                _for_the_citizen(text),
            )

        return self._act(actor, code, decide)

    def approve(self, actor: Actor, code: str, note: str = "") -> CaseResult:
        """Approves the case, at a stage that decides; what is still to be made of it is made at the next."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            workflow = self._workflow(connection, case)
            if refused := refusal(actor, Action.APPROVE, case, workflow) or _unfit(note, Action.APPROVE):
                return refused
            now, calendar = self._clock.now(), load_calendar(connection, self._zone)
            following = workflow.following(case.stage, decided=True)
            if following is not None:
                values = stages.moved(case, following, now, calendar, actor)
            else:
                values = stages.approved(workflow.hand_out, now, calendar)
            values |= {"state": State.APPROVED, "note": _for_the_citizen(note), **_decided(actor)}
            return Change(Action.APPROVE, values, _for_the_citizen(note))

        return self._act(actor, code, decide)

    def reject(self, actor: Actor, code: str, reason: str) -> CaseResult:
        """Rejects the case; the citizen reads ``reason``."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.REJECT, case, self._workflow(connection, case)) or _unfit(
                reason, Action.REJECT
            ):
                return refused
            return Change(
                Action.REJECT,
                {
                    "state": State.REJECTED,
                    "note": _for_the_citizen(reason),
                    "closed_at": self._clock.now(),
                    **_decided(actor),
                },
                _for_the_citizen(reason),
            )

        return self._act(actor, code, decide)

    def advance(self, actor: Actor, code: str) -> CaseResult:
        """Moves the case to the next stage of its service's workflow; before the decision to none behind it."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            workflow = self._workflow(connection, case)
            if refused := refusal(actor, Action.ADVANCE, case, workflow):
                return refused
            following = workflow.following(case.stage, decided=case.state in DECIDED)
            return self._moved(connection, actor, Action.ADVANCE, case, following)

        return self._act(actor, code, decide)

    def send_back(self, actor: Actor, code: str) -> CaseResult:
        """Moves an undecided case to the stage before: something there was not done well."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            workflow = self._workflow(connection, case)
            if refused := refusal(actor, Action.SEND_BACK, case, workflow):
                return refused
            return self._moved(connection, actor, Action.SEND_BACK, case, workflow.before(case.stage))

        return self._act(actor, code, decide)

    def ready(self, actor: Actor, code: str, note: str = "") -> CaseResult:
        """Marks the product as ready to collect, at the stage that hands out."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            workflow = self._workflow(connection, case)
            if refused := refusal(actor, Action.READY, case, workflow) or _unfit(note, Action.READY):
                return refused
            values: dict[str, Any] = {"state": State.READY, "stage_due_at": None}
            if workflow.hand_out is not None:
                calendar = load_calendar(connection, self._zone)
                values = stages.entered(workflow.hand_out, self._clock.now(), calendar) | values
            if note.strip():
                values["note"] = _for_the_citizen(note)
            return Change(Action.READY, values, _for_the_citizen(note))

        return self._act(actor, code, decide)

    def collected(self, actor: Actor, code: str) -> CaseResult:
        """Closes the case once the citizen has the product. Any officer of the agency may hand it out."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.COLLECTED, case, self._workflow(connection, case)):
                return refused
            return Change(Action.COLLECTED, {"state": State.COLLECTED, "closed_at": self._clock.now()})

        return self._act(actor, code, decide)

    def cancel(self, actor: Actor, code: str, reason: str) -> CaseResult:
        """Closes an open case at the citizen's request."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.CANCEL, case, self._workflow(connection, case)) or _unfit(
                reason, Action.CANCEL
            ):
                return refused
            return Change(
                Action.CANCEL,
                {
                    "state": State.CANCELLED,
                    "note": _for_the_citizen(reason),
                    "closed_at": self._clock.now(),
                    **_decided(actor),
                },
                _for_the_citizen(reason),
            )

        return self._act(actor, code, decide)

    def _moved(
        self, connection: Connection, actor: Actor, action: Action, case: Row[Any], stage: Stage | None
    ) -> Change | CaseOutcome:
        if stage is None:
            return CaseOutcome.NO_SUCH_STAGE
        calendar = load_calendar(connection, self._zone)
        return Change(action, stages.moved(case, stage, self._clock.now(), calendar, actor))


def _resting(case: Row[Any], workflow: Workflow) -> State:
    """Nobody has begun only at the first stage."""
    begun = case.stage != workflow.stages[0].id or case.state == State.APPROVED
    return State(case.state) if begun or not case.complete else State.RECEIVED


def _assignable(connection: Connection, officer_id: str, case: Row[Any]) -> Role | None:
    """The role of an officer to whom the case may be assigned."""
    officer = tables.officers.c
    may = assignable(case.agency_id, case.area_id)
    found = connection.execute(select(officer.role).where(officer.id == officer_id, may)).scalar()
    return None if found is None else Role(found)
