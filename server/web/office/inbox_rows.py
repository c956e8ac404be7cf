"""How a case looks in a list: who and what it is about, where it stands, how much time is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from protocol import tracking
from protocol.messages import CasePublicState as State
from server.cases.finding import headlines
from server.cases.rules import escalated
from server.foundation.clock import WorkingCalendar, load_calendar
from server.foundation.identity_numbers import mask
from server.foundation.texts import citizens_text
from server.web.frame.visitor import Visitor
from server.web.office import clocks, complaint_view

#: The colour of each state's pill.
TONES: Final = {
    State.RECEIVED: "new",
    State.INCOMPLETE: "wait",
    State.IN_REVIEW: "new",
    State.QUESTION: "wait",
    State.APPROVED: "good",
    State.READY: "good",
    State.COLLECTED: "good",
    State.REJECTED: "bad",
    State.CANCELLED: "bad",
}


@dataclass(frozen=True)
class InboxRow:
    code: str
    shown_code: str
    service: str
    #: Who it is about, and what; masked, because nobody gave a reason to see numbers.
    name: str
    #: Of a complaint: topic and kind of report, which tell it from others of its service.
    about: str
    topic: str
    stage: str
    received: str
    state: str
    state_text: str
    tone: str
    incomplete: bool
    escalated: bool
    privacy: str
    contest: str
    clock: clocks.ClockView
    officer: str


def views(visitor: Visitor, connection: Connection, cases: Iterable[Row[Any]]) -> list[InboxRow]:
    """``cases``: of ``inbox_queries.light_rows``."""
    calendar = load_calendar(connection, visitor.deps.settings.time_zone)
    now = visitor.deps.clock.now()
    rows = list(cases)
    # First what takes this connection, then what may take one of its own: there is but one on SQLite.
    descriptions = [visitor.deps.catalogue.description(connection, case.pack_version, case.service_id) for case in rows]
    return [
        _view(visitor, case, description, now, calendar) for case, description in zip(rows, descriptions, strict=True)
    ]


def _view(visitor: Visitor, case: Row[Any], description: Any, now: datetime, calendar: WorkingCalendar) -> InboxRow:
    language = visitor.language
    headline = headlines.opened(case.headline, visitor.deps.vault)
    stages = {stage.id: stage.name for stage in description.stages} if description else {}
    return InboxRow(
        code=case.tracking_code,
        shown_code=tracking.display(case.tracking_code),
        service=citizens_text(description.name, language) if description else case.service_id,
        name=mask(headline.name),
        about=complaint_view.about(visitor, case),
        topic=mask(visitor.deps.topics.say(headline, case.pack_version, case.service_id, language)),
        stage=citizens_text(stages.get(case.stage), language) if len(stages) > 1 else "",
        received=visitor.formatting.short_moment(case.opened_at),
        state=case.state,
        state_text=complaint_view.wording(visitor, case.kind)(f"state.{case.state}"),
        tone=TONES[State(case.state)],
        incomplete=not case.complete,
        escalated=escalated(now).holds(case),
        privacy=case.privacy,
        contest=case.contest,
        clock=clocks.view(case, description.standard.working_days if description else 0, now, calendar, visitor.say),
        officer=case.officer_name or "",
    )
