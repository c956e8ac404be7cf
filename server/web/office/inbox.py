"""The inbox of one's agency: its lists, narrowed as an officer likes, under names of their own."""

from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.responses import Response

from protocol import tracking
from server.cases.finding.saved_views import NAME_CHARACTERS, ViewOutcome
from server.foundation.actors import Role
from server.foundation.texts import citizens_text
from server.web.frame.access import Pages, Rule, Visit, not_found
from server.web.frame.visitor import OFFICE, Visitor
from server.web.office import filters as inbox_filters
from server.web.office import inbox_queries, inbox_rows, queries
from server.web.office.filters import LIST_COOKIE, SHOWS, Filters
from server.web.office.inbox_queries import COUNTED

pages = Pages()
_VIEW_PROBLEMS = {
    ViewOutcome.NAME_MISSING: "inbox.view.problem.name",
    ViewOutcome.NAME_TOO_LONG: "inbox.view.problem.long",
    ViewOutcome.TOO_MANY: "inbox.view.problem.many",
}


@pages.get("/office", Rule(OFFICE))
def inbox(visitor: Visit) -> Response:
    typed = visitor.request.query_params.get("code", "")[:100].strip()
    if typed:
        return by_code(visitor, typed)
    asked = inbox_filters.read(visitor.request.query_params)
    shown = whole(visitor, asked)
    with visitor.deps.units.begin(visitor.signed_in.actor) as work:
        # Names stand in it: that somebody looked is in the log. That an open page looks again by itself is not.
        work.audit("case.list", "cases", {**asked.members, "shown": len(shown["rows"])})
    response = visitor.render("office/inbox.html", **shown)
    visitor.keep(response, LIST_COOKIE, asked.query)
    return response


@pages.poll("/office/rows", Rule(OFFICE))
def rows(visitor: Visit) -> Response:
    return visitor.render("office/inbox_rows.html", **listed(visitor, inbox_filters.read(visitor.request.query_params)))


@pages.post("/office/views", Rule(OFFICE))
def save_view(visitor: Visit) -> Response:
    asked = inbox_filters.of_query(visitor.text("filters", 400))
    name = visitor.text("name", NAME_CHARACTERS + 1)
    outcome = visitor.deps.saved_views.save(visitor.signed_in.actor, name, asked.members)
    if outcome is ViewOutcome.DONE:
        return visitor.go(f"/office?{asked.query}", "good/inbox.view.saved")
    problem = visitor.say(_VIEW_PROBLEMS[outcome], n=NAME_CHARACTERS)
    return visitor.render(
        "office/inbox.html", 400, **{**whole(visitor, asked), "view_problem": problem, "view_name": name}
    )


@pages.post("/office/views/{view_id}/remove", Rule(OFFICE))
def remove_view(visitor: Visit, view_id: str) -> Response:
    if not visitor.deps.saved_views.remove(visitor.signed_in.actor, view_id):
        raise not_found()
    return visitor.go("/office", "good/inbox.view.removed")


def by_code(visitor: Visitor, typed: str) -> Response:
    """To the case, or back with what is wrong."""
    code = tracking.parse(typed)
    if code is None:
        return wrong(visitor, typed, "inbox.wrong_code", 400)
    with visitor.deps.engine.connect() as connection:
        known = queries.is_in_scope(connection, visitor.signed_in.actor, code)
    # A case of another agency or area looks like one that does not exist.
    if not known:
        return wrong(visitor, typed, "inbox.not_here", 404)
    return visitor.go(f"/office/cases/{code}")


def wrong(visitor: Visitor, typed: str, key: str, status: int, **values: object) -> Response:
    shown = whole(visitor, Filters())
    return visitor.render(
        "office/inbox.html", status, **{**shown, "search": typed, "wrong": visitor.say(key, **values)}
    )


def whole(visitor: Visitor, asked: Filters) -> dict[str, Any]:
    """What the inbox's page shows: a list, and what narrows it."""
    actor = visitor.signed_in.actor
    with visitor.deps.engine.connect() as connection:
        saved = visitor.deps.saved_views.of(connection, actor.id)
        choices = _choices(visitor, connection, asked)
        areas = inbox_queries.area_choices(connection, actor)
    return {
        **listed(visitor, asked),
        "agency_name": citizens_text(visitor.signed_in.agency_name, visitor.language),
        "saved_views": [_saved(one.id, one.name, inbox_filters.read(one.filters), asked) for one in saved],
        "area_choices": areas,
        **choices,
        **dict.fromkeys(("search", "view_problem", "view_name"), ""),
    }


def listed(visitor: Visitor, asked: Filters) -> dict[str, Any]:
    """What is shown of a list, and looked at again every few seconds."""
    after = inbox_queries.place(visitor.request.query_params.get("after", ""))
    now, actor = visitor.deps.clock.now(), visitor.signed_in.actor
    with visitor.deps.engine.connect() as connection:
        page = inbox_queries.page(connection, actor, asked, now, after)
        counts = inbox_queries.counts(connection, actor, now, asked)
        colleagues = inbox_queries.deciders(connection, actor.agency_id) if actor.role is Role.SUPERVISOR else ()
        shown = inbox_rows.views(visitor, connection, page.rows)
    here = asked.members | ({"after": str(after)} if after else {})
    return {
        "show": asked.show,
        "asked": asked,
        "tabs": [{"key": key, "path": f"/office?{asked.at(key).query}", "count": counts[key]} for key in SHOWS],
        "counted": COUNTED,
        "rows": shown,
        "rows_path": f"/office/rows?{urlencode(here)}",
        "more": f"/office?{urlencode({**asked.members, 'after': str(page.after)})}" if page.after else "",
        "is_first": after is None,
        "colleagues": colleagues,
        "wrong": "",
    }


def _saved(view_id: str, name: str, filters: Filters, asked: Filters) -> dict[str, Any]:
    return {"id": view_id, "name": name, "path": f"/office?{filters.query}", "current": filters == asked}


def _choices(visitor: Visitor, connection: Connection, asked: Filters) -> dict[str, list[dict[str, str]]]:
    """Services of the agency, and the stages of the chosen one, or of all."""
    services: list[dict[str, str]] = []
    stages: dict[str, str] = {}
    for row in inbox_queries.service_choices(connection, visitor.signed_in.agency_id or ""):
        found = visitor.deps.catalogue.description(connection, row.pack_number, row.service_id)
        if found is None:
            continue
        services.append({"id": found.id, "name": citizens_text(found.name, visitor.language)})
        if asked.service in ("", found.id):
            for stage in found.stages:
                stages.setdefault(stage.id, citizens_text(stage.name, visitor.language))
    return {
        "service_choices": sorted(services, key=lambda one: one["name"].casefold()),
        "stage_choices": [{"id": key, "name": name} for key, name in stages.items()],
    }
