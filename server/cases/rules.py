"""The rules about cases, each written once: which are open, decided, paused or late, and who may do what with one.

A condition is asked of a row in Python and of the table in SQL. Buttons, actions, lists and published numbers all ask
here, so none of them can promise what another refuses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, exists, false, or_

from protocol.messages import CasePublicState as State
from server.cases.contests import is_own_decision
from server.cases.states import CaseOutcome
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
#: Nobody has begun to work on it.
UNTAKEN: Final = frozenset({State.INCOMPLETE, State.RECEIVED})


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

    def holds(self, case: Row[Any]) -> bool:
        """Whether it is true of a row of ``cases``, or of those of its columns that the condition names."""
        return (
            case.state in self.states
            and (self.taken is None or (case.officer_id is not None) is self.taken)
            and (self.officer_id is None or case.officer_id == self.officer_id)
            and (self.due_before is None or passed(case.due_at, self.due_before))
            and (self.escalated is None or (case.escalated_at is not None) is self.escalated)
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
        return and_(state, *parts)


#: May be taken by whoever of the agency comes first.
TAKEABLE: Final = Condition(UNTAKEN, taken=False)
#: The office waits for the citizen's answer.
WAITING: Final = Condition(PAUSED)


def late(now: datetime) -> Condition:
    """Past its standard's time, undecided, and the clock not paused."""
    return Condition(RUNNING, due_before=now)


def escalated(now: datetime) -> Condition:
    """Late, and its supervisors were notified."""
    return Condition(RUNNING, due_before=now, escalated=True)


def to_escalate(now: datetime) -> Condition:
    """Late, and its supervisors were not notified yet."""
    return Condition(RUNNING, due_before=now, escalated=False)


# --- who may do what ------------------------------------------------------------------------------------------------


class Action(StrEnum):
    TAKE = "take"
    GIVE_BACK = "give_back"
    ASSIGN = "assign"
    ASK = "ask"
    APPROVE = "approve"
    REJECT = "reject"
    ADVANCE = "advance"
    READY = "ready"
    COLLECTED = "collected"
    CANCEL = "cancel"


class Holder(Enum):
    """Who must have taken the case."""

    NOBODY = auto()
    #: The actor; for a supervisor any officer of the agency.
    ACTOR = auto()
    ANYBODY = auto()


class Note(StrEnum):
    """What goes with an action: a text for the citizen, or the officer who gets the case."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"
    OFFICER = "officer"


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


_IN_REVIEW: Final = frozenset({State.IN_REVIEW})
NEEDS: Final[Mapping[Action, Need]] = {
    Action.TAKE: Need(UNTAKEN, Holder.NOBODY),
    Action.GIVE_BACK: Need(frozenset({State.INCOMPLETE, State.IN_REVIEW})),
    Action.ASSIGN: Need(UNDECIDED, Holder.ANYBODY, Note.OFFICER, supervisor=True),
    Action.ASK: Need(_IN_REVIEW, note=Note.REQUIRED),
    Action.APPROVE: Need(_IN_REVIEW, note=Note.OPTIONAL, complete=True),
    Action.REJECT: Need(_IN_REVIEW, note=Note.REQUIRED, complete=True),
    Action.ADVANCE: Need(_IN_REVIEW, complete=True),
    Action.READY: Need(frozenset({State.APPROVED}), note=Note.OPTIONAL),
    # Whoever stands at the counter hands it out.
    Action.COLLECTED: Need(frozenset({State.READY}), Holder.ANYBODY),
    Action.CANCEL: Need(UNDECIDED, note=Note.REQUIRED),
}


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


def refusal(actor: Actor, action: Action, case: Row[Any]) -> CaseOutcome | None:
    """Why the actor may not do this with the case now; None when they may."""
    need = NEEDS[action]
    if not in_scope(actor, case) or (need.supervisor and actor.role is not Role.SUPERVISOR):
        return CaseOutcome.OUT_OF_SCOPE
    if need.holder is Holder.NOBODY and case.officer_id is not None:
        return CaseOutcome.ALREADY_TAKEN
    if action is Action.TAKE and may_not_hold(actor.id, actor.role, case):
        return CaseOutcome.OWN_DECISION
    if need.holder is Holder.ACTOR:
        if case.officer_id is None:
            return CaseOutcome.NOT_TAKEN
        if case.officer_id != actor.id and actor.role is not Role.SUPERVISOR:
            return CaseOutcome.ALREADY_TAKEN
    if need.complete and not case.complete:
        return CaseOutcome.INCOMPLETE
    return None if case.state in need.states else CaseOutcome.WRONG_STATE


def may_not_hold(officer_id: str, role: Role | None, case: Row[Any]) -> bool:
    """Whether it is the officer's own decision that the citizen objects to. Above a supervisor there is nobody here."""
    return role is not Role.SUPERVISOR and is_own_decision(officer_id, case)


def stage_after(stage: str, stages: Sequence[str]) -> str | None:
    """The workflow's next stage; None after the last one, and for a stage that is not of the workflow."""
    following = stages.index(stage) + 1 if stage in stages else len(stages)
    return stages[following] if following < len(stages) else None


def allowed(actor: Actor, case: Row[Any], stages: Sequence[str]) -> frozenset[Action]:
    """What the actor may do with the case now; ``stages`` are the ids of its service's workflow."""
    found = {action for action in Action if refusal(actor, action, case) is None}
    if stage_after(case.stage, stages) is None:
        found.discard(Action.ADVANCE)
    return frozenset(found)


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
