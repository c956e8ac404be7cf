"""How a complaint looks to officers: words of its own, its buttons, what it is about, its clocks, where it can be sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row

from protocol.limits import NOTE_CHARACTERS
from protocol.line.base import ServiceKind
from server.cases.complaint_actions import ComplaintActions, forwardable
from server.cases.complaint_clock import OFFICES, Clock, LaporClock, clocks_of
from server.cases.complaint_public import forwards_of
from server.cases.rules import PAUSED, Action
from server.cases.states import CaseResult
from server.foundation.actors import Actor
from server.foundation.clock import WorkingCalendar
from server.foundation.texts import citizens_text
from server.web.frame.visitor import Visitor
from server.web.frame.vocabulary import said
from server.web.office.queries import working_days_until

#: The last is the agency that the form named.
Act = Callable[[ComplaintActions, Actor, str, str, str], CaseResult]
ACTS: Final[Mapping[str, Act]] = {
    Action.FORWARD: lambda complaints, actor, code, note, agency: complaints.forward(actor, code, agency, note),
    Action.FOLLOW_UP: lambda complaints, actor, code, _, __: complaints.follow_up(actor, code),
    Action.REPLY: lambda complaints, actor, code, note, _: complaints.reply(actor, code, note),
    Action.CLOSE: lambda complaints, actor, code, _, __: complaints.close(actor, code),
    Action.REOPEN: lambda complaints, actor, code, note, _: complaints.reopen(actor, code, note),
}
#: As the buttons of other cases: icon, and whether it is the page's main one.
BUTTONS: Final = (
    (Action.TAKE, "hand", True),
    (Action.FOLLOW_UP, "check", True),
    (Action.FORWARD, "forward", False),
    (Action.REPLY, "speech", False),
    (Action.ASK, "question", False),
    (Action.REJECT, "cross", False),
    (Action.CLOSE, "check", True),
    (Action.REOPEN, "back", False),
    (Action.ASSIGN, "people", False),
    (Action.GIVE_BACK, "back", False),
    (Action.CANCEL, "cross", False),
)
_AGENCY_CHARACTERS: Final = 64


@dataclass(frozen=True)
class ClockLine:
    name: str
    text: str
    #: runs, late, paused or done.
    kind: str


@dataclass(frozen=True)
class ComplaintView:
    about: str
    clocks: tuple[ClockLine, ...]
    #: (id, name) of the agencies to which it can be forwarded.
    agencies: tuple[tuple[str, str], ...]
    #: It was forwarded here: whoever sends it on says why.
    reason_required: bool
    #: By the number of a step, the agency it was forwarded to in it.
    forwards: Mapping[int, str]


def wording(visitor: Visitor, kind: str) -> Callable[..., str]:
    """``say`` for a case of this kind: a complaint is answered, not approved, and has texts of its own for that."""

    def say(key: str, **values: object) -> str:
        return visitor.say(own_key(visitor, kind, key), **values)

    return say if kind == ServiceKind.COMPLAINT else visitor.say


def own_key(visitor: Visitor, kind: str, key: str) -> str:
    own = f"complaint.{key}"
    return own if kind == ServiceKind.COMPLAINT and visitor.site.texts.has(own) else key


def about(visitor: Visitor, case: Row[Any]) -> str:
    """What a complaint is about and what kind of report it is, in words; empty where its form does not ask, and for others."""
    if case.kind != ServiceKind.COMPLAINT:
        return ""
    kinds, topics = visitor.deps.complaint_topics.words(case.pack_version, case.service_id, visitor.language)
    return " · ".join(word for word in (topics.get(case.topic, ""), kinds.get(case.classification, "")) if word)


def act(visitor: Visitor, code: str, action: str, note: str) -> CaseResult:
    agency = visitor.text("agency", _AGENCY_CHARACTERS)
    return ACTS[action](visitor.deps.complaints, visitor.signed_in.actor, code, note[: NOTE_CHARACTERS + 1], agency)


def view(visitor: Visitor, connection: Connection, case: Row[Any], calendar: WorkingCalendar) -> ComplaintView | None:
    """None for any other case."""
    if case.kind != ServiceKind.COMPLAINT:
        return None
    language, forwards = visitor.language, forwards_of(connection, case.tracking_code)
    return ComplaintView(
        about=about(visitor, case),
        clocks=tuple(_line(visitor, one, case, calendar) for one in _newest(clocks_of(connection, case.tracking_code))),
        agencies=tuple((one.id, citizens_text(one.name, language)) for one in forwardable(connection, case.agency_id)),
        reason_required=bool(forwards),
        forwards={n: citizens_text(name, language) for n, name in forwards.items()},
    )


def step_words(visitor: Visitor, case: Row[Any], step: Row[Any], complaint: ComplaintView | None) -> str:
    """What happened in a step."""
    if complaint is not None and step.n in complaint.forwards:
        return visitor.say("action.forward.to", agency=complaint.forwards[step.n])
    return said(wording(visitor, case.kind), "action", step.action)


def _newest(clocks: tuple[Clock, ...]) -> list[Clock]:
    """Of each clock the last one that was begun, in the order of a complaint's way."""
    last = {one.clock: one for one in clocks}
    return [last[clock] for clock in _ORDER if clock in last]


_ORDER: Final = (LaporClock.FORWARD, LaporClock.FOLLOW_UP, LaporClock.CLOSE, LaporClock.ANSWER)


def _line(visitor: Visitor, clock: Clock, case: Row[Any], calendar: WorkingCalendar) -> ClockLine:
    say, now = visitor.say, visitor.deps.clock.now()
    name, day = say(f"complaint.clock.{clock.clock.value}"), visitor.formatting.day(clock.due_at)
    late = clock.is_late(now)
    if clock.stopped_at is not None:
        text = say(
            "complaint.clock.done_late" if late else "complaint.clock.done",
            day=visitor.formatting.day(clock.stopped_at),
        )
        return ClockLine(name, text, "late" if late and clock.clock in OFFICES else "done")
    if case.state in PAUSED and clock.clock in OFFICES:
        return ClockLine(name, say("complaint.clock.paused"), "paused")
    left = working_days_until(calendar, now, clock.due_at)
    if late:
        return ClockLine(name, say("complaint.clock.late", n=max(0, -left), day=day), "late")
    return ClockLine(name, say("complaint.clock.runs", n=max(0, left), day=day), "runs")
