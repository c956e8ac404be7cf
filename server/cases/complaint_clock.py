"""SP4N-LAPOR's clocks: a complaint is forwarded within three working days, followed up within five, closed after ten.

Which clocks run follows from where the complaint is, so no action can forget one: until the agency in charge has it, the one
for forwarding; from then until it is answered, the one for following up; while the citizen is asked, and after the answer, the
one after which silence closes it. Beside these runs what the service standard promised the citizen, which no forwarding starts
again. A case's ``due_at`` is the earliest of those that are the office's, so that lists, escalation and the wall, which know
nothing of complaints, show and escalate each of them. While the citizen is asked, the office's clocks stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from protocol.messages import CasePublicState as State
from protocol.packs import ServiceDescription
from server.cases.pauses import REPLY_DAYS
from server.cases.rules import ANSWERED, UNDECIDED, Action
from server.foundation.clock import WorkingCalendar
from server.storage import tables


class LaporClock(StrEnum):
    #: The service standard's promise: until the answer.
    ANSWER = "answer"
    #: Until the agency in charge has it.
    FORWARD = "forward"
    #: Until that agency has answered.
    FOLLOW_UP = "follow_up"
    #: Until silence closes it.
    CLOSE = "close"


#: Working days (SP4N-LAPOR); the standard has those of ANSWER.
DAYS: Final[Mapping[LaporClock, int]] = {LaporClock.FORWARD: 3, LaporClock.FOLLOW_UP: 5, LaporClock.CLOSE: REPLY_DAYS}
#: Whose end is the office's to keep.
OFFICES: Final = frozenset({LaporClock.ANSWER, LaporClock.FORWARD, LaporClock.FOLLOW_UP})
#: An action begins its clock again where it runs already: another agency has its own days, and silence begins anew after
#: whatever either side says.
_AGAIN: Final[Mapping[str, LaporClock]] = {
    Action.FORWARD: LaporClock.FOLLOW_UP,
    Action.REPLY: LaporClock.CLOSE,
    "answer": LaporClock.CLOSE,
}


@dataclass(frozen=True)
class Clock:
    """A row of ``complaint_clocks``."""

    n: int
    clock: LaporClock
    begun_at: datetime
    due_at: datetime
    stopped_at: datetime | None = None

    @property
    def runs(self) -> bool:
        return self.stopped_at is None

    def is_late(self, now: datetime) -> bool:
        """Whether it was stopped, or runs, after its time."""
        return (self.stopped_at or now) > self.due_at


def wanted(state: str, *, in_charge: bool) -> frozenset[LaporClock]:
    """The clocks that run of a complaint in this state."""
    if state in ANSWERED:
        return frozenset({LaporClock.CLOSE})
    if state not in UNDECIDED:
        return frozenset()
    running = {LaporClock.ANSWER, LaporClock.FOLLOW_UP if in_charge else LaporClock.FORWARD}
    return frozenset(running | {LaporClock.CLOSE} if state == State.QUESTION else running)


def clocks_of(connection: Connection, code: str) -> tuple[Clock, ...]:
    """All clocks of a complaint, in the order in which they were begun."""
    row = tables.complaint_clocks.c
    found = connection.execute(
        select(row.n, row.clock, row.begun_at, row.due_at, row.stopped_at)
        .where(row.tracking_code == code)
        .order_by(row.n)
    )
    return tuple(Clock(one.n, LaporClock(one.clock), one.begun_at, one.due_at, one.stopped_at) for one in found)


def running(clocks: Sequence[Clock], of: LaporClock) -> Clock | None:
    return next((one for one in clocks if one.clock is of and one.runs), None)


def opened(case: Mapping[str, Any], description: ServiceDescription, calendar: WorkingCalendar) -> tuple[Clock, ...]:
    """The clocks of a complaint that begins; ``case`` is its row."""
    clocks = wanted(case["state"], in_charge=False)
    return tuple(
        _begun(place, clock, case["opened_at"], description, calendar)
        for place, clock in enumerate(sorted(clocks), start=1)
    )


def begin_missing(
    connection: Connection, case: Row[Any], now: datetime, calendar: WorkingCalendar, description: ServiceDescription
) -> dict[str, Any]:
    """Begins those of a complaint that has none; gives the columns that follow. What was promised, and since when the citizen
    is silent, stays; all else begins now."""
    in_charge = case.in_charge_since is not None or case.stage != description.stages[0].id
    begun = {LaporClock.CLOSE: case.paused_at or now}
    clocks = [
        _begun(place, clock, begun.get(clock, now), description, calendar)
        for place, clock in enumerate(sorted(wanted(case.state, in_charge=in_charge)), start=1)
    ]
    promised = case.first_due_at or case.due_at
    clocks = [
        replace(one, begun_at=case.opened_at, due_at=promised) if one.clock is LaporClock.ANSWER and promised else one
        for one in clocks
    ]
    _write(connection, case.tracking_code, (), clocks)
    values = columns(clocks, case.state, description, in_charge=in_charge)
    return {**values, "in_charge_since": (case.in_charge_since or case.updated_at) if in_charge else None}


def columns(clocks: Sequence[Clock], state: str, description: ServiceDescription, *, in_charge: bool) -> dict[str, Any]:
    """What the clocks and the state make of columns of the case's row."""
    stages = description.stages
    follow_up = stages[min(1, len(stages) - 1)]
    stage = (follow_up if in_charge else stages[0]) if state in UNDECIDED else stages[-1]
    dues = [one.due_at for one in clocks if one.runs and one.clock in OFFICES]
    # The stages' own days are those of SP4N-LAPOR's clocks, or say nothing beside them.
    at = {"stage": stage.id, "stage_by": stage.by.value, "stage_due_at": None, "stage_escalated_at": None}
    return at | ({"due_at": min(dues)} if dues else {})


def rows(code: str, clocks: Sequence[Clock]) -> list[dict[str, Any]]:
    """As they are inserted."""
    return [
        {
            "tracking_code": code,
            "n": one.n,
            "clock": one.clock.value,
            "begun_at": one.begun_at,
            "due_at": one.due_at,
            "stopped_at": one.stopped_at,
        }
        for one in clocks
    ]


def follow(
    connection: Connection,
    case: Row[Any],
    values: Mapping[str, Any],
    action: str,
    now: datetime,
    calendar: WorkingCalendar,
    description: ServiceDescription,
) -> dict[str, Any]:
    """Lets the clocks of a complaint follow its change from ``case``, the row before it, to ``values``; gives the columns that
    follow from it."""
    state = values.get("state", case.state)
    in_charge = values.get("in_charge_since", case.in_charge_since) is not None
    before = clocks_of(connection, case.tracking_code)
    after = _changed(before, wanted(state, in_charge=in_charge), _AGAIN.get(action), now, calendar, description)
    resumed = case.state == State.QUESTION and state != State.QUESTION and case.paused_at is not None
    if resumed:
        moved = values.get("paused_days", case.paused_days) - case.paused_days
        after = [_resumed(one, case.paused_at, moved, calendar) for one in after]
    _write(connection, case.tracking_code, before, after)
    found = columns(after, state, description, in_charge=in_charge)
    if resumed and not case.contest and sum(one.clock is LaporClock.ANSWER for one in after) == 1:
        found["first_due_at"] = next(one.due_at for one in after if one.clock is LaporClock.ANSWER)
    if found.get("due_at", case.due_at) != case.due_at:
        # Another date: whoever must know hears of it again when that one passes.
        found["escalated_at"] = None
    return found


def _changed(
    before: Sequence[Clock],
    running_now: frozenset[LaporClock],
    again: LaporClock | None,
    now: datetime,
    calendar: WorkingCalendar,
    description: ServiceDescription,
) -> list[Clock]:
    after = [
        replace(one, stopped_at=now) if one.runs and (one.clock not in running_now or one.clock is again) else one
        for one in before
    ]
    for clock in sorted(running_now):
        if running(after, clock) is None:
            after.append(_begun(len(after) + 1, clock, now, description, calendar))
    return after


def _begun(
    n: int, clock: LaporClock, now: datetime, description: ServiceDescription, calendar: WorkingCalendar
) -> Clock:
    days = DAYS.get(clock, description.standard.working_days)
    return Clock(n, clock, now, calendar.due(now, days))


def _resumed(clock: Clock, paused: datetime, days: int, calendar: WorkingCalendar) -> Clock:
    """The office's clocks stood for so many working days while the citizen was asked; one that was begun now did not."""
    if not clock.runs or clock.clock not in OFFICES or clock.begun_at > paused:
        return clock
    return replace(clock, due_at=calendar.later(clock.due_at, days))


def _write(connection: Connection, code: str, before: Sequence[Clock], after: Sequence[Clock]) -> None:
    row = tables.complaint_clocks
    for old, new in zip(before, after, strict=False):
        if old != new:
            connection.execute(
                update(row)
                .where(row.c.tracking_code == code, row.c.n == new.n)
                .values(due_at=new.due_at, stopped_at=new.stopped_at)
            )
    if begun := rows(code, after[len(before) :]):
        connection.execute(insert(row), begun)
