"""The rules about cases, each written once: which are open, decided, paused or late, and who may do what with one.

A condition is asked of a row in Python and of the table in SQL. Buttons, actions, lists and published numbers all ask
here, so none of them can promise what another refuses. What a stage is for is read in ``server.catalogue.workflow``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, exists, false, or_

from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState as State
from protocol.packs import StageWork, StageWorkers
from server.cases.contests import is_own_decision, not_own_decision
from server.cases.states import CaseOutcome
from server.catalogue.workflow import BEFORE_DECISION, Workflow
from server.foundation.actors import DECIDING, Actor, Role
from server.storage import tables

#: Still to be decided.
UNDECIDED: Final = frozenset({State.INCOMPLETE, State.RECEIVED, State.IN_REVIEW, State.QUESTION})
#: Decided, one way or the other. A cancelled case is neither undecided nor decided.
DECIDED: Final = frozenset({State.APPROVED, State.READY, State.COLLECTED, State.REJECTED})
#: Nothing is left to do.
CLOSED: Final = frozenset({State.REJECTED, State.COLLECTED, State.CANCELLED})
#: Something is left to do: to decide, or to hand out.
OPEN: Final = frozenset(State) - CLOSED
#: The standard's clock is stopped until the citizen answers.
PAUSED: Final = frozenset({State.QUESTION})
#: The standard's clock runs, and the case has a date on which it is due.
RUNNING: Final = UNDECIDED - PAUSED
#: A complaint was answered, and is not closed yet.
ANSWERED: Final = frozenset({State.APPROVED, State.READY})
#: The clock of its stage runs: an approval is worth nothing until the product is ready.
STAGE_RUNNING: Final = RUNNING | {State.APPROVED}
#: Somebody of the agency has work to do with it.
WORKED: Final = frozenset({State.INCOMPLETE, State.RECEIVED, State.IN_REVIEW, State.APPROVED})


def passed(due: datetime | None, moment: datetime) -> bool:
    """At its due time nothing is late yet."""
    return due is not None and due < moment


@dataclass(frozen=True)
class Condition:
    """What some cases have in common. A column that is None does not matter."""

    states: frozenset[State]
    taken: bool | None = None
    officer_id: str | None = None
    due_before: datetime | None = None
    escalated: bool | None = None
    stage_due_before: datetime | None = None
    stage_escalated: bool | None = None
    #: Who may work at its stage.
    worker: Actor | None = None

    def holds(self, case: Row[Any]) -> bool:
        """Whether it is true of a row of ``cases``, or of those of its columns that the condition names."""
        return (
            case.state in self.states
            and (self.taken is None or (case.officer_id is not None) is self.taken)
            and (self.officer_id is None or case.officer_id == self.officer_id)
            and (self.due_before is None or passed(case.due_at, self.due_before))
            and (self.escalated is None or (case.escalated_at is not None) is self.escalated)
            and (self.stage_due_before is None or passed(case.stage_due_at, self.stage_due_before))
            and (self.stage_escalated is None or (case.stage_escalated_at is not None) is self.stage_escalated)
            and (self.worker is None or works_at(self.worker, case))
        )

    def where(self) -> ColumnElement[bool]:
        """The same as SQL."""
        case = tables.cases.c
        state = case.state.in_(sorted(one.value for one in self.states))
        parts: list[ColumnElement[bool]] = []
        if self.taken is not None:
            parts.append(case.officer_id.is_not(None) if self.taken else case.officer_id.is_(None))
        if self.officer_id is not None:
            parts.append(case.officer_id == self.officer_id)
        if self.due_before is not None:
            parts.append(case.due_at < self.due_before)
        if self.escalated is not None:
            parts.append(case.escalated_at.is_not(None) if self.escalated else case.escalated_at.is_(None))
        if self.stage_due_before is not None:
            parts.append(case.stage_due_at < self.stage_due_before)
        if self.stage_escalated is not None:
            noted = case.stage_escalated_at
            parts.append(noted.is_not(None) if self.stage_escalated else noted.is_(None))
        if self.worker is not None:
            parts.append(working_at(self.worker))
        return and_(state, *parts)


@dataclass(frozen=True)
class Either:
    """Any of several conditions."""

    conditions: tuple[Condition, ...]

    def holds(self, case: Row[Any]) -> bool:
        return any(one.holds(case) for one in self.conditions)

    def where(self) -> ColumnElement[bool]:
        return or_(*(one.where() for one in self.conditions))


#: Nobody has taken it.
TAKEABLE: Final = Condition(WORKED, taken=False)
#: The office waits for the citizen's answer.
WAITING: Final = Condition(PAUSED)


def late(now: datetime) -> Condition:
    """Past its standard's time, undecided, and the clock not paused."""
    return Condition(RUNNING, due_before=now)


def stage_late(now: datetime) -> Condition:
    """Longer at its stage than the workflow gives."""
    return Condition(STAGE_RUNNING, stage_due_before=now)


def escalated(now: datetime) -> Either:
    """Late, or late at its stage, and somebody above was notified."""
    return Either((_late(now, True), _stage_late(now, True)))


def to_escalate(now: datetime) -> Either:
    """Late, or late at its stage, and nobody above was notified yet."""
    return Either((_late(now, False), _stage_late(now, False)))


def takeable(actor: Actor) -> Condition:
    """May be taken by the actor."""
    return replace(TAKEABLE, worker=actor)


def _late(now: datetime, escalated: bool) -> Condition:
    return replace(late(now), escalated=escalated)


def _stage_late(now: datetime, escalated: bool) -> Condition:
    return replace(stage_late(now), stage_escalated=escalated)


# --- who may do what ------------------------------------------------------------------------------------------------


class Action(StrEnum):
    TAKE = "take"
    GIVE_BACK = "give_back"
    ASSIGN = "assign"
    ASK = "ask"
    APPROVE = "approve"
    REJECT = "reject"
    ADVANCE = "advance"
    SEND_BACK = "send_back"
    READY = "ready"
    COLLECTED = "collected"
    CANCEL = "cancel"
    # Of complaints alone.
    FORWARD = "forward"
    FOLLOW_UP = "follow_up"
    REPLY = "reply"
    CLOSE = "close"
    REOPEN = "reopen"


class Holder(Enum):
    """Who must have taken the case."""

    NOBODY = auto()
    #: The actor; for a supervisor any officer of the agency.
    ACTOR = auto()
    #: No colleague; for a supervisor any officer of the agency.
    NO_OTHER = auto()
    ANYBODY = auto()


class Note(StrEnum):
    """What goes with an action: a text for the citizen, the officer who gets the case, or the agency and why."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"
    OFFICER = "officer"
    AGENCY = "agency"


@dataclass(frozen=True)
class Need:
    """What an action asks of the case and of the actor."""

    states: frozenset[State]
    holder: Holder = Holder.ACTOR
    note: Note = Note.NONE
    #: All attachments must have been received.
    complete: bool = False
    #: Supervisors only.
    supervisor: bool = False
    #: Of which cases it is an action.
    kinds: frozenset[ServiceKind] = frozenset(ServiceKind)
    #: Of a complaint: not once the agency in charge has it.
    until_in_charge: bool = False
    #: What is done at the stages at which it is possible.
    work: frozenset[StageWork] = frozenset(StageWork)
    #: Whoever may not work at the stage may do it as well.
    of_anybody: bool = False


_PERMITS: Final = frozenset({ServiceKind.SERVICE})
_COMPLAINTS: Final = frozenset({ServiceKind.COMPLAINT})
_IN_REVIEW: Final = frozenset({State.IN_REVIEW})
NEEDS: Final[Mapping[Action, Need]] = {
    Action.TAKE: Need(WORKED, Holder.NOBODY),
    Action.GIVE_BACK: Need(WORKED - {State.RECEIVED}, of_anybody=True),
    Action.ASSIGN: Need(UNDECIDED, Holder.ANYBODY, Note.OFFICER, supervisor=True, of_anybody=True),
    Action.ASK: Need(_IN_REVIEW, note=Note.REQUIRED),
    Action.APPROVE: Need(
        _IN_REVIEW, note=Note.OPTIONAL, complete=True, work=frozenset({StageWork.DECIDE}), kinds=_PERMITS
    ),
    Action.REJECT: Need(_IN_REVIEW, note=Note.REQUIRED, complete=True, work=BEFORE_DECISION),
    Action.ADVANCE: Need(_IN_REVIEW | {State.APPROVED}, complete=True, kinds=_PERMITS),
    Action.SEND_BACK: Need(_IN_REVIEW, work=BEFORE_DECISION, of_anybody=True, kinds=_PERMITS),
    # Whoever stands at the counter hands it out.
    Action.READY: Need(frozenset({State.APPROVED}), Holder.ANYBODY, Note.OPTIONAL, kinds=_PERMITS),
    Action.COLLECTED: Need(frozenset({State.READY}), Holder.ANYBODY, kinds=_PERMITS),
    Action.CANCEL: Need(UNDECIDED, note=Note.REQUIRED),
    # Of a confidential one nobody has to see who it is only to send it on.
    Action.FORWARD: Need(RUNNING, Holder.NO_OTHER, Note.AGENCY, kinds=_COMPLAINTS),
    Action.FOLLOW_UP: Need(_IN_REVIEW, kinds=_COMPLAINTS, until_in_charge=True),
    # An answer may be followed by another, and by none that is empty.
    Action.REPLY: Need(_IN_REVIEW | ANSWERED, note=Note.REQUIRED, kinds=_COMPLAINTS),
    Action.CLOSE: Need(ANSWERED, kinds=_COMPLAINTS),
    Action.REOPEN: Need(ANSWERED | CLOSED, Holder.ANYBODY, Note.REQUIRED, kinds=_COMPLAINTS),
}


def is_answer(state: str, note: str) -> bool:
    """Whether a step of this state and note answers a complaint: it was decided, in words."""
    return state in DECIDED and bool(note.strip())


def in_scope(actor: Actor, case: Row[Any]) -> bool:
    """Cases belong to the officers and supervisors of one agency, and of their areas where they are limited to some; nobody
    else sees answers."""
    return actor.decides and actor.agency_id == case.agency_id and (not actor.areas or case.area_id in actor.areas)


def scope(actor: Actor) -> ColumnElement[bool]:
    """The cases that are ``in_scope``, in SQL."""
    if not actor.decides:
        return false()
    case = tables.cases.c
    own = case.agency_id == actor.agency_id
    return and_(own, case.area_id.in_(sorted(actor.areas))) if actor.areas else own


def works_at(actor: Actor, case: Row[Any]) -> bool:
    """Whether the actor may work at the case's stage, and on what is contested."""
    return bars(actor.id, actor.role, case) is None


def working_at(actor: Actor) -> ColumnElement[bool]:
    """The same in SQL."""
    case = tables.cases.c
    parts = [or_(case.barred.is_(None), case.barred != actor.id)]
    if actor.role is not Role.SUPERVISOR:
        parts += [case.stage_by == StageWorkers.OFFICERS.value, not_own_decision(actor.id)]
    return and_(*parts)


def bars(officer_id: str, role: Role | None, case: Row[Any]) -> CaseOutcome | None:
    """Why the officer may not work at the case's stage; None when they may."""
    if case.barred == officer_id:
        return CaseOutcome.FOUR_EYES
    if case.stage_by != StageWorkers.OFFICERS and role is not Role.SUPERVISOR:
        return CaseOutcome.SUPERVISORS_ONLY
    return CaseOutcome.OWN_DECISION if may_not_hold(officer_id, role, case) else None


def refusal(actor: Actor, action: Action, case: Row[Any], workflow: Workflow) -> CaseOutcome | None:
    """Why the actor may not do this with the case now; None when they may."""
    need = NEEDS[action]
    if not in_scope(actor, case) or (need.supervisor and actor.role is not Role.SUPERVISOR):
        return CaseOutcome.OUT_OF_SCOPE
    if case.kind not in need.kinds or (need.until_in_charge and case.in_charge_since is not None):
        return CaseOutcome.WRONG_STATE
    if held := _held_wrongly(actor, action, case):
        return held
    if not need.of_anybody and (barred := bars(actor.id, actor.role, case)):
        return barred
    if need.complete and not case.complete:
        return CaseOutcome.INCOMPLETE
    if case.state not in need.states:
        return CaseOutcome.WRONG_STATE
    return _not_at_this_stage(action, case, workflow)


def _held_wrongly(actor: Actor, action: Action, case: Row[Any]) -> CaseOutcome | None:
    holder = NEEDS[action].holder
    if case.officer_id is None:
        # Whoever brought it to its stage may take that back as long as nobody works at it.
        takes_back = action is Action.SEND_BACK and case.barred == actor.id
        return CaseOutcome.NOT_TAKEN if holder is Holder.ACTOR and not takes_back else None
    colleague = case.officer_id != actor.id and actor.role is not Role.SUPERVISOR
    if holder is Holder.NOBODY or (colleague and holder is not Holder.ANYBODY):
        return CaseOutcome.ALREADY_TAKEN
    return None


def _not_at_this_stage(action: Action, case: Row[Any], workflow: Workflow) -> CaseOutcome | None:
    decided = case.state in DECIDED
    if workflow.does(case.stage, decided=decided) not in NEEDS[action].work:
        return CaseOutcome.NOT_AT_THIS_STAGE
    if action is Action.ADVANCE and workflow.following(case.stage, decided=decided) is None:
        return CaseOutcome.NO_SUCH_STAGE
    if action is Action.SEND_BACK and workflow.before(case.stage) is None:
        return CaseOutcome.NO_SUCH_STAGE
    if action is Action.READY and workflow.following(case.stage, decided=True) is not None:
        return CaseOutcome.NOT_AT_THIS_STAGE
    return None


def may_not_hold(officer_id: str, role: Role | None, case: Row[Any]) -> bool:
    """Whether it is the officer's own decision that the citizen objects to. Above a supervisor there is nobody here."""
    return role is not Role.SUPERVISOR and is_own_decision(officer_id, case)


def allowed(actor: Actor, case: Row[Any], workflow: Workflow) -> frozenset[Action]:
    """What the actor may do with the case now; ``workflow``: of its service."""
    return frozenset(action for action in Action if refusal(actor, action, case, workflow) is None)


def assignable(agency_id: str, area_id: str | None) -> ColumnElement[bool]:
    """The officers to whom a case of the agency and area may be assigned, in SQL: those who would have it in scope."""
    officer, limit = tables.officers.c, tables.officer_areas.c
    roles = sorted(role.value for role in DECIDING)
    limits = exists().where(limit.officer_id == officer.id)
    return and_(
        officer.agency_id == agency_id,
        officer.active,
        officer.role.in_(roles),
        or_(~limits, limits.where(limit.area_id == area_id)),
    )
