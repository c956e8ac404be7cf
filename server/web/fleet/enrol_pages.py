"""A kiosk joins: the code that is typed or shown to it, and the page that waits for it."""

from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from protocol import fingerprints
from server.catalogue.packs import RINGS
from server.fleet.enrolment import NAME_CHARACTERS
from server.web.fleet.pages import ADMINS
from server.web.frame.access import Pages, Visit
from server.web.frame.visitor import Visitor
from server.web.office import queries

#: htmx asks no more after this status.
STOP_POLLING: Final = 286

pages = Pages()


@pages.get("/fleet/enrol", ADMINS)
def enrol_form(visitor: Visit) -> Response:
    return _enrol_page(visitor, {"name": "", "place": "", "ring": "all"})


@pages.post("/fleet/enrol", ADMINS)
def enrol(visitor: Visit) -> Response:
    """Shows a new one-time code. Only its hash is kept, so it appears in this answer and nowhere else."""
    name, place, ring = (visitor.text(field, NAME_CHARACTERS + 1).strip() for field in ("name", "place", "ring"))
    try:
        made = visitor.deps.enrolment.new_code(visitor.signed_in.actor, name, place, ring)
    except ValueError:
        typed = {"name": name, "place": place, "ring": ring}
        return _enrol_page(visitor, typed, visitor.say("enrol.problem"))
    return visitor.render(
        "fleet/enrol_code.html",
        name=name,
        code=made.code,
        until=visitor.formatting.clock(made.expires_at),
        arrived_path=f"/fleet/enrol/arrived?name={quote(name)}",
        kiosk=None,
        fingerprint="",
    )


@pages.poll("/fleet/enrol/arrived", ADMINS)
def arrived(visitor: Visit) -> Response:
    name = visitor.request.query_params.get("name", "")[:NAME_CHARACTERS]
    with visitor.deps.engine.connect() as connection:
        kiosk_id = queries.newest_enrolment(connection, visitor.signed_in.actor, name)
    found = visitor.deps.presence.kiosk(kiosk_id) if kiosk_id else None
    return visitor.render(
        "fleet/arrived.html",
        STOP_POLLING if found else 200,
        kiosk=found.row if found else None,
        fingerprint=fingerprints.shown(found.row.fingerprint) if found else "",
    )


def _enrol_page(visitor: Visitor, typed: dict[str, str], problem: str = "") -> Response:
    status = 400 if problem else 200
    return visitor.render("fleet/enrol.html", status, typed=typed, rings=RINGS, problem=problem)
