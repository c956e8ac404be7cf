"""The inbox of one's agency."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import Connection, Row
from starlette.responses import Response

from protocol import tracking
from protocol.messages import CasePublicState as State
from server.cases.rules import escalated
from server.foundation.clock import load_calendar
from server.foundation.texts import citizens_text
from server.web.frame.access import Pages, Rule, Visit
from server.web.frame.visitor import OFFICE, Visitor
from server.web.office import clocks, complaint_view, queries

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
LAST_OFFSET: Final = 100_000

pages = Pages()


@dataclass(frozen=True)
class InboxRow:
    code: str
    shown_code: str
    service: str
    #: Of a complaint: topic and kind of report.
    about: str
    received: str
    state: str
    state_text: str
    tone: str
    incomplete: bool
    escalated: bool
    contest: str
    clock: clocks.ClockView
    officer: str


@pages.get("/office", Rule(OFFICE))
def inbox(visitor: Visit) -> Response:
    typed = visitor.request.query_params.get("code", "")[:100].strip()
    if not typed:
        return visitor.render("office/inbox.html", **_list(visitor))
    code = tracking.parse(typed)
    if code is None:
        return _not_found(visitor, typed, "inbox.wrong_code", 400)
    with visitor.deps.engine.connect() as connection:
        known = queries.is_in_scope(connection, visitor.signed_in.actor, code)
    # A case of another agency or area looks like one that does not exist.
    if not known:
        return _not_found(visitor, typed, "inbox.not_here", 404)
    return visitor.go(f"/office/cases/{code}")


@pages.poll("/office/rows", Rule(OFFICE))
def rows(visitor: Visit) -> Response:
    return visitor.render("office/inbox_rows.html", **_list(visitor))


def _not_found(visitor: Visitor, typed: str, key: str, status: int) -> Response:
    return visitor.render("office/inbox.html", status, **{**_list(visitor), "search": typed, "wrong": visitor.say(key)})


def _list(visitor: Visitor) -> dict[str, Any]:
    asked = visitor.request.query_params
    show = asked.get("show", "open")
    if show not in queries.SHOWS:
        show = "open"
    given = asked.get("from", "0")
    offset = min(int(given), LAST_OFFSET) if given.isascii() and given.isdigit() and len(given) < 8 else 0
    now = visitor.deps.clock.now()
    actor = visitor.signed_in.actor
    with visitor.deps.engine.connect() as connection:
        page = queries.inbox_page(connection, actor, show, now, offset)
        counts = queries.inbox_counts(connection, actor, now)
        shown = _rows(visitor, connection, page.rows)
    query = {"show": show} | ({"from": str(offset)} if offset else {})
    following = {"show": show, "from": str(offset + queries.INBOX_PAGE)}
    return {
        "agency_name": citizens_text(visitor.signed_in.agency_name, visitor.language),
        "show": show,
        "tabs": [{"key": key, "count": counts[key]} for key in queries.SHOWS],
        "rows": shown,
        "rows_path": f"/office/rows?{urlencode(query)}",
        "more": f"/office?{urlencode(following)}" if page.more else "",
        "search": "",
        "wrong": "",
    }


def _rows(visitor: Visitor, connection: Connection, cases: Any) -> list[InboxRow]:
    calendar = load_calendar(connection, visitor.deps.settings.time_zone)
    now = visitor.deps.clock.now()
    return [_row(visitor, connection, case, now, calendar) for case in cases]


def _row(visitor: Visitor, connection: Connection, case: Row[Any], now: Any, calendar: Any) -> InboxRow:
    description = visitor.deps.catalogue.description(connection, case.pack_version, case.service_id)
    days = description.standard.working_days if description else 0
    return InboxRow(
        code=case.tracking_code,
        shown_code=tracking.display(case.tracking_code),
        service=citizens_text(description.name, visitor.language) if description else case.service_id,
        about=complaint_view.about(visitor, case),
        received=visitor.formatting.short_moment(case.opened_at),
        state=case.state,
        state_text=complaint_view.wording(visitor, case.kind)(f"state.{case.state}"),
        tone=TONES[State(case.state)],
        incomplete=not case.complete,
        escalated=escalated(now).holds(case),
        contest=case.contest,
        clock=clocks.view(case, days, now, calendar, visitor.say),
        officer=case.officer_name or "",
    )
