"""The map of the city with its kiosks, and the upload of its districts."""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from server.fleet.city_map import FILE_BYTES, DistrictsRefused, Mark, Sheet
from server.foundation.actors import Role
from server.web.fleet.pages import ADMINS, WATCHERS
from server.web.fleet.view import LOOKS
from server.web.frame.access import Pages, Visit
from server.web.frame.visitor import Visitor

pages = Pages()


@pages.get("/fleet/map", WATCHERS)
def city_map(visitor: Visit) -> Response:
    return _page(visitor)


@pages.poll("/fleet/map/sheet", WATCHERS)
def sheet(visitor: Visit) -> Response:
    return visitor.render("fleet/map_sheet.html", map=map_view(visitor, visitor.deps.city_map.sheet()))


@pages.post("/fleet/map", ADMINS, limit=FILE_BYTES + 10_000)
async def upload(visitor: Visit) -> Response:
    """The districts, as the city's own GeoJSON has them."""
    file = visitor.form.get("file")
    document = await file.read() if isinstance(file, UploadFile) else b""
    try:
        if len(document) > FILE_BYTES:
            raise DistrictsRefused("size")
        visitor.deps.city_map.change(visitor.signed_in.actor, document)
    except DistrictsRefused as refused:
        return _page(visitor, 400, visitor.say(f"map.problem.{refused}"))
    return visitor.go("/fleet/map", "good/map.uploaded")


def map_view(visitor: Visitor, sheet: Sheet) -> dict[str, Any]:
    return {
        "width": sheet.width,
        "height": sheet.height,
        "districts": sheet.districts,
        "marks": [_mark(visitor, one) for one in sheet.marks],
        "unplaced": sheet.unplaced,
    }


def _mark(visitor: Visitor, mark: Mark) -> dict[str, Any]:
    state = visitor.say(f"kiosk.state.{mark.state.value}")
    several = visitor.say("map.several", n=mark.number, state=state)
    return {
        "x": mark.x,
        "y": mark.y,
        "tone": LOOKS[mark.state][0],
        "number": mark.number,
        "path": f"/fleet/kiosks/{mark.kiosk_id}" if mark.number == 1 else "",
        "words": f"{mark.name}: {state}" if mark.number == 1 else several,
    }


def _page(visitor: Visitor, status: int = 200, problem: str = "") -> Response:
    return visitor.render(
        "fleet/map.html",
        status,
        map=map_view(visitor, visitor.deps.city_map.sheet()),
        may_upload=visitor.signed_in.role is Role.ADMIN,
        problem=problem,
    )
