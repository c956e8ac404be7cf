"""The command centre's wall: one page for a screen that everybody in the room reads."""

from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from server.foundation.texts import citizens_text
from server.open_city.overview import AgencyNow
from server.web.fleet import list_view
from server.web.fleet.map_pages import map_view
from server.web.fleet.pages import DISPLAY, WATCHERS
from server.web.fleet.view import alarm_view, hours_plot
from server.web.frame.access import Pages, Visit
from server.web.frame.visitor import Visitor

#: How old the city's figures may be; all screens share them.
AGE: Final = timedelta(seconds=5)
#: As many as fit beneath each other and are read across a room; the others are counted.
AGENCIES: Final = 8
ALARMS: Final = 6

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
    deps = visitor.deps
    city, standing = deps.overview.recent(AGE), deps.listing.alarms(standing=True)
    return {
        "city_now": city,
        "agencies": [_agency(visitor, one) for one in city.agencies[:AGENCIES]],
        "agencies_more": max(0, len(city.agencies) - AGENCIES),
        "figures": list_view.figures(deps.listing.counts()),
        "alarms": [alarm_view(visitor, row, row.kiosk_name) for row in standing.rows[:ALARMS]],
        "alarms_more": max(0, standing.total - ALARMS),
        "map": map_view(visitor, deps.city_map.sheet()),
        "hours": hours_plot(visitor, city.hours),
        "today": visitor.formatting.weekday(city.at),
        "clock": visitor.formatting.clock(city.at),
    }


def _agency(visitor: Visitor, agency: AgencyNow) -> dict[str, Any]:
    return {
        "name": citizens_text(agency.name, visitor.language),
        "today": agency.today,
        "running": agency.running,
        "late": agency.late,
        "in_time": "—" if agency.in_time_percent is None else f"{agency.in_time_percent} %",
        "index": (agency.index if visitor.language == "en" else agency.index.replace(".", ",")) or "—",
        "grade": agency.grade,
    }
