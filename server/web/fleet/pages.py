"""The fleet live: kiosks as a list that is searched and paged, and their alarms."""

from typing import Final

from starlette.responses import Response

from server.foundation.actors import Role
from server.web.fleet import list_view
from server.web.frame.access import Pages, Visit, only
from server.web.frame.visitor import safe_back

WATCHERS: Final = only(Role.ADMIN, Role.COMMAND)
DISPLAY: Final = only(Role.ADMIN, Role.COMMAND, on_display=True)
ADMINS: Final = only(Role.ADMIN)

pages = Pages()


@pages.get("/fleet", WATCHERS)
def fleet(visitor: Visit) -> Response:
    return visitor.render(
        "fleet/fleet.html", **list_view.board(visitor), may_enrol=visitor.signed_in.role is Role.ADMIN
    )


@pages.poll("/fleet/board", WATCHERS)
def board(visitor: Visit) -> Response:
    return visitor.render("fleet/board.html", **list_view.board(visitor))


@pages.get("/fleet/alarms", WATCHERS)
def alarms(visitor: Visit) -> Response:
    return visitor.render("fleet/alarms.html", **list_view.alarms(visitor))


@pages.post("/fleet/alarms/{alarm_id}/seen", WATCHERS)
def alarm_seen(visitor: Visit, alarm_id: str) -> Response:
    visitor.deps.alarms.acknowledge(visitor.signed_in.actor, alarm_id)
    return visitor.go(safe_back(visitor.text("back", 500) or "/fleet"))
