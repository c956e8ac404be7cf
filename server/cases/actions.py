"""What officers do with cases.

Every action checks the actor's scope and the case's state, and writes the case, its history, the audit log and the
event for the kiosk in one transaction. A refusal is a value: ``CaseResult.outcome`` says why.
"""

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from protocol.limits import NOTE_CHARACTERS
from protocol.messages import CasePublicState as State
from server.cases.journal import CaseJournal
from server.cases.rules import NEEDS, Action, Note, assignable, in_scope, may_not_hold, refusal, stage_after
from server.cases.states import CaseOutcome, CaseResult, Change
from server.foundation.actors import Actor, Role
from server.foundation.clock import load_calendar
from server.foundation.failpoints import Failpoints
from server.foundation.identity_numbers import mask
from server.foundation.vault import Vault
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: Looks at the locked case and returns what to change, or why not; DONE when there is nothing to change.
Decision = Callable[[Row[Any], Connection], Change | CaseOutcome]


class Cases:
    def __init__(
        self, units: UnitsOfWork, vault: Vault, journal: CaseJournal, zone: str, failpoints: Failpoints
    ) -> None:
        self._units = units
        self._clock = units.clock
        self._vault = vault
        self._journal = journal
        self._zone = zone
        self._failpoints = failpoints

    def take(self, actor: Actor, code: str) -> CaseResult:
        """Gives the case to the actor. ALREADY_TAKEN if a colleague was first; DONE if it is theirs already."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if case.officer_id == actor.id:
                return CaseOutcome.DONE
            if refused := refusal(actor, Action.TAKE, case):
                return refused
            return Change(
                Action.TAKE, {"officer_id": actor.id, "state": State.IN_REVIEW if case.complete else case.state}
            )

        return self._act(actor, code, decide)

    def give_back(self, actor: Actor, code: str) -> CaseResult:
        """Puts one's case back into the agency's inbox."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.GIVE_BACK, case):
                return refused
            return Change(Action.GIVE_BACK, {"officer_id": None, "state": _resting(case)})

        return self._act(actor, code, decide)

    def assign(self, actor: Actor, code: str, officer_id: str) -> CaseResult:
        """A supervisor gives an open case to an officer of the same agency."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.ASSIGN, case):
                return refused
            role = _assignable(connection, officer_id, case)
            if role is None:
                return CaseOutcome.NO_SUCH_OFFICER
            if may_not_hold(officer_id, role, case):
                return CaseOutcome.OWN_DECISION
            if case.officer_id == officer_id:
                return CaseOutcome.DONE
            state = State.IN_REVIEW if case.state == State.RECEIVED else case.state
            return Change(Action.ASSIGN, {"officer_id": officer_id, "state": state}, details={"to": officer_id})

        return self._act(actor, code, decide)

    def ask(self, actor: Actor, code: str, text: str) -> CaseResult:
        """Asks the citizen; the standard's clock is paused until the answer."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.ASK, case) or _unfit(text, Action.ASK):
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
                {"state": State.QUESTION, "paused_at": now, "note": _for_the_citizen(text)},
                _for_the_citizen(text),
            )

        return self._act(actor, code, decide)

    def approve(self, actor: Actor, code: str, note: str = "") -> CaseResult:
        """Approves the case and moves it to the workflow's last stage."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.APPROVE, case) or _unfit(note, Action.APPROVE):
                return refused
            stages = self._journal.description(connection, case).stages
            values = {"state": State.APPROVED, "stage": stages[-1].id, "note": _for_the_citizen(note)}
            values |= _decided(actor)
            return Change(Action.APPROVE, values, _for_the_citizen(note))

        return self._act(actor, code, decide)

    def reject(self, actor: Actor, code: str, reason: str) -> CaseResult:
        """Rejects the case; the citizen reads ``reason``."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.REJECT, case) or _unfit(reason, Action.REJECT):
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

    def advance(self, actor: Actor, code: str, stage: str | None = None) -> CaseResult:
        """Moves the case to ``stage``, or to the next one of its service's workflow."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.ADVANCE, case):
                return refused
            stages = {one.id: one for one in self._journal.description(connection, case).stages}
            following = stages.get(stage or stage_after(case.stage, list(stages)) or "")
            if following is None:
                return CaseOutcome.NO_SUCH_STAGE
            calendar = load_calendar(connection, self._zone)
            due = calendar.due(self._clock.now(), following.working_days)
            return Change(Action.ADVANCE, {"stage": following.id, "stage_due_at": due})

        return self._act(actor, code, decide)

    def ready(self, actor: Actor, code: str, note: str = "") -> CaseResult:
        """Marks the product as ready to collect."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.READY, case) or _unfit(note, Action.READY):
                return refused
            return Change(Action.READY, {"state": State.READY, "note": _for_the_citizen(note)}, _for_the_citizen(note))

        return self._act(actor, code, decide)

    def collected(self, actor: Actor, code: str) -> CaseResult:
        """Closes the case once the citizen has the product. Any officer of the agency may hand it out."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.COLLECTED, case):
                return refused
            return Change(Action.COLLECTED, {"state": State.COLLECTED, "closed_at": self._clock.now()})

        return self._act(actor, code, decide)

    def cancel(self, actor: Actor, code: str, reason: str) -> CaseResult:
        """Closes an open case at the citizen's request."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.CANCEL, case) or _unfit(reason, Action.CANCEL):
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

    def _act(self, actor: Actor, code: str, decide: Decision) -> CaseResult:
        def act(work: UnitOfWork) -> CaseResult:
            case = self._journal.lock(work.connection, code)
            if case is None:
                return CaseResult(CaseOutcome.NOT_FOUND)
            if not in_scope(actor, case):
                return CaseResult(CaseOutcome.OUT_OF_SCOPE)
            change = decide(case, work.connection)
            if change is CaseOutcome.DONE:
                return CaseResult(CaseOutcome.DONE, self._journal.state_of(work.connection, case))
            if isinstance(change, CaseOutcome):
                return CaseResult(change)
            work.after_commit(lambda: self._failpoints.reach("case.committed"))
            state = self._journal.apply(work, case, change)
            work.audit(f"case.{change.action}", f"case:{code}", change.details)
            return CaseResult(CaseOutcome.DONE, state)

        return self._units.run(actor, act)


def _for_the_citizen(text: str) -> str:
    """Masks identity numbers, because other people see pages and slips as well."""
    return mask(text.strip())


def _decided(actor: Actor) -> dict[str, Any]:
    """What a decision leaves behind: whose it was; and what was contested is settled by it."""
    return {"decided_by": actor.id, "contest": ""}


def _resting(case: Row[Any]) -> State:
    return State.RECEIVED if case.complete else State.INCOMPLETE


def _unfit(text: str, action: Action) -> CaseOutcome | None:
    if NEEDS[action].note is Note.REQUIRED and not text.strip():
        return CaseOutcome.TEXT_MISSING
    return CaseOutcome.TEXT_TOO_LONG if len(text) > NOTE_CHARACTERS else None


def _assignable(connection: Connection, officer_id: str, case: Row[Any]) -> Role | None:
    """The role of an officer to whom the case may be assigned."""
    officer = tables.officers.c
    may = assignable(case.agency_id, case.area_id)
    found = connection.execute(select(officer.role).where(officer.id == officer_id, may)).scalar()
    return None if found is None else Role(found)
