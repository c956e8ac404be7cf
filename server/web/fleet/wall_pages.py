"""The command centre's wall: one page for a screen that everybody in the room reads."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from server.foundation.texts import citizens_text
from server.web.fleet import list_view
from server.web.fleet.pages import DISPLAY, WATCHERS
from server.web.frame.access import Pages, Visit
from server.web.frame.visitor import Visitor
from server.web.office import queries

pages = Pages()


@pages.get("/wall", DISPLAY)
def wall(visitor: Visit) -> Response:
    return visitor.render("fleet/wall.html", **_numbers(visitor), on_display=visitor.signed_in.on_display)


@pages.post("/wall/display", WATCHERS)
def leave_on_display(visitor: Visit) -> Response:
    """From now on this browser shows the wall and nothing else, for days, whoever stands in front of it."""
    visitor.site.accounts.display(visitor.token)
    return visitor.go("/wall")


@pages.poll("/wall/numbers", DISPLAY)
def wall_numbers(visitor: Visit) -> Response:
    return visitor.render("fleet/wall_numbers.html", **_numbers(visitor))


def _numbers(visitor: Visitor) -> dict[str, Any]:
    now = visitor.deps.clock.now()
    midnight = datetime.combine(now.astimezone(visitor.site.zone).date(), datetime.min.time(), visitor.site.zone)
    with visitor.deps.engine.connect() as connection:
        rows = queries.cases_by_agency(connection, midnight, now)
    return {
        **list_view.wall(visitor),
        "agencies": [
            {"name": citizens_text(row.name, visitor.language), "running": row.running, "late": row.late}
            for row in rows
        ],
        "most": max([1, *(row.running for row in rows)]),
        "totals": {
            "today": sum(row.came for row in rows),
            "running": sum(row.running for row in rows),
            "late": sum(row.late for row in rows),
            "escalated": sum(row.escalated for row in rows),
        },
        "today": visitor.formatting.weekday(now),
        "clock": visitor.formatting.clock(now),
    }
