"""A citizen contests what became of a case: an objection to a refusal, or a case that is closed and should not be.

An objection is against a decision: within 21 working days after it, decided within 10 (UU 30/2014, art. 77), by another
officer than the one who refused, or by a supervisor. A case is reopened that was closed while something was left to do: a
complaint that was answered or closed, a request that was cancelled, a document that was handed out and is wrong. Each is
possible once a case; after that the way leads to the office itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, or_

from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState as State
from protocol.messages import Contest
from server.foundation.clock import WorkingCalendar
from server.storage import tables

#: Working days after a decision in which it can be objected to.
OBJECTION_DAYS: Final = 21
#: Working days in which an objection is decided.
OBJECTION_DECIDED_DAYS: Final = 10
#: Working days after its end in which a case can be reopened.
REOPENING_DAYS: Final = 10

_CLOSED_TOO_SOON: Final = frozenset({State.CANCELLED, State.COLLECTED})
#: A complaint is over when it was answered.
_ANSWERED: Final = frozenset({State.APPROVED, State.READY})
_DAYS: Final = {Contest.OBJECTION: OBJECTION_DAYS, Contest.REOPENING: REOPENING_DAYS}


@dataclass(frozen=True)
class Offer:
    """What the citizen may do now, and until when."""

    contest: Contest
    #: When the case came to where it is.
    since: datetime

    def until(self, calendar: WorkingCalendar) -> datetime:
        return calendar.due(self.since, _DAYS[self.contest])


def offered(kind: ServiceKind, case: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> Offer | None:
    """``kind``: of the service; ``case`` and ``steps`` are rows. None: there is nothing to contest, or it was."""
    state = State(case["state"])
    if state is State.REJECTED:
        contest = Contest.OBJECTION
    elif state in _CLOSED_TOO_SOON or (kind is ServiceKind.COMPLAINT and state in _ANSWERED):
        contest = Contest.REOPENING
    else:
        return None
    if not steps or any(step["action"] == contest for step in steps):
        return None
    return Offer(contest, _since(state, steps))


def decided_within(contest: Contest, standard_days: int) -> int:
    """Working days for what was contested; ``standard_days``: of the service's standard."""
    return OBJECTION_DECIDED_DAYS if contest is Contest.OBJECTION else standard_days


def is_own_decision(actor_id: str, case: Row[Any]) -> bool:
    """An objection is not decided by whoever refused."""
    return bool(case.contest == Contest.OBJECTION and case.decided_by == actor_id)


def not_own_decision(actor_id: str) -> ColumnElement[bool]:
    """The cases of which ``is_own_decision`` is not true, in SQL."""
    case = tables.cases.c
    return or_(case.contest != Contest.OBJECTION.value, case.decided_by.is_(None), case.decided_by != actor_id)


def _since(state: State, steps: Sequence[Mapping[str, Any]]) -> datetime:
    """Of the steps that left the case in this state, the first: what was written to it later moves no deadline, but for a
    newer answer to a complaint."""
    at: datetime = steps[-1]["at"]
    for step in reversed(steps):
        if step["state"] != state:
            break
        at = step["at"]
        if step["action"] == "reply":
            break
    return at
