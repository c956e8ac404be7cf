"""How whoever decides about a case does it: the case is locked, looked at, changed, and its change logged, or it is refused."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row

from protocol.limits import NOTE_CHARACTERS
from server.cases.journal import CaseJournal
from server.cases.rules import NEEDS, Action, Note, in_scope
from server.cases.states import CaseOutcome, CaseResult, Change
from server.catalogue.workflow import Workflow
from server.foundation.actors import Actor
from server.foundation.failpoints import Failpoints
from server.foundation.identity_numbers import mask
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: Looks at the locked case and returns what to change, or why not; DONE when there is nothing to change.
Decision = Callable[[Row[Any], Connection], Change | CaseOutcome]


class Deciding:
    """What the actions on cases of every kind stand on."""

    def __init__(self, units: UnitsOfWork, journal: CaseJournal, failpoints: Failpoints) -> None:
        self._units = units
        self._clock = units.clock
        self._journal = journal
        self._failpoints = failpoints

    def _workflow(self, connection: Connection, case: Row[Any]) -> Workflow:
        return Workflow.of(self._journal.description(connection, case))

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


def for_the_citizen(text: str) -> str:
    """Masks identity numbers, because other people see pages and slips as well."""
    return mask(text.strip())


def decided(actor: Actor) -> dict[str, Any]:
    """What a decision leaves behind: whose it was; and what was contested is settled by it."""
    return {"decided_by": actor.id, "contest": ""}


def unfit(text: str, action: Action) -> CaseOutcome | None:
    if NEEDS[action].note is Note.REQUIRED and not text.strip():
        return CaseOutcome.TEXT_MISSING
    return CaseOutcome.TEXT_TOO_LONG if len(text) > NOTE_CHARACTERS else None
