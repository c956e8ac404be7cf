"""Field staff: who may open the staff screens of kiosks, with which badge and PIN."""

import io
import secrets
from typing import Final

import segno
from markupsafe import Markup
from starlette.responses import Response

from protocol.field.roles import StaffRole
from protocol.limits import PIN_DIGITS
from server.foundation.actors import Role
from server.people.field_staff import StaffOutcome, acceptable_pin
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor

MANAGERS: Final = only(Role.ADMIN, Role.STAFF_MANAGER)
#: Medium error correction: a badge gets scratched.
QR_ERROR: Final = "m"

pages = Pages()


@pages.get("/staff", MANAGERS)
def staff(visitor: Visit) -> Response:
    return _page(visitor)


@pages.post("/staff", MANAGERS)
def add(visitor: Visit) -> Response:
    """Adds field staff; the PIN is generated here and shown once."""
    staff_id, name, role = visitor.text("id", 100), visitor.text("name", 300), visitor.text("role", 20)
    pin = new_pin()
    outcome = visitor.deps.staff.add(visitor.signed_in.actor, staff_id, name, pin, role)
    if outcome is not StaffOutcome.DONE:
        problem = visitor.say(f"staff.problem.{outcome.value.lower()}")
        return _page(visitor, 400, problem=problem, typed={"name": name, "id": staff_id, "role": role})
    return _page(visitor, pin={"name": name, "digits": pin})


@pages.post("/staff/{staff_id}/pin", MANAGERS)
def reset_pin(visitor: Visit, staff_id: str) -> Response:
    pin = new_pin()
    if visitor.deps.staff.set_pin(visitor.signed_in.actor, staff_id, pin) is not StaffOutcome.DONE:
        raise not_found()
    name = next((one.name for one in visitor.deps.staff.rows() if one.id == staff_id), staff_id)
    return _page(visitor, pin={"name": name, "digits": pin})


@pages.post("/staff/{staff_id}/off", MANAGERS)
def off(visitor: Visit, staff_id: str) -> Response:
    return _set_active(visitor, staff_id, False)


@pages.post("/staff/{staff_id}/on", MANAGERS)
def on(visitor: Visit, staff_id: str) -> Response:
    return _set_active(visitor, staff_id, True)


@pages.post("/staff/{staff_id}/badge", MANAGERS)
def badge(visitor: Visit, staff_id: str) -> Response:
    """A new badge to print. A POST, since it is issued and logged."""
    token = visitor.deps.staff.badge(visitor.signed_in.actor, staff_id)
    person = next((one for one in visitor.deps.staff.rows() if one.id == staff_id), None)
    if token is None or person is None:
        raise not_found()
    return visitor.render(
        "fleet/badge.html", name=person.name, role=person.role, until=person.badge_expires.isoformat(), qr=qr(token)
    )


def new_pin() -> str:
    """Random digits, without the PINs that people guess first."""
    while True:
        pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
        if acceptable_pin(pin):
            return pin


def qr(text: str) -> Markup:
    """The QR code of ``text`` as SVG to stand within a page."""
    buffer = io.BytesIO()
    segno.make(text, error=QR_ERROR, micro=False).save(
        buffer, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2, dark="#000", light="#fff"
    )
    # Of the text, segno writes only modules into the picture, so there is nothing to escape.
    return Markup(buffer.getvalue().decode())


def _set_active(visitor: Visitor, staff_id: str, active: bool) -> Response:
    if visitor.deps.staff.set_active(visitor.signed_in.actor, staff_id, active) is not StaffOutcome.DONE:
        raise not_found()
    return visitor.go("/staff", "good/staff.on.done" if active else "good/staff.off.done")


def _page(
    visitor: Visitor,
    status: int = 200,
    *,
    problem: str = "",
    typed: dict[str, str] | None = None,
    pin: dict[str, str] | None = None,
) -> Response:
    values: dict[str, str] = {"name": "", "id": "", "role": StaffRole.FIELD} | (typed or {})
    people = [
        {
            "id": one.id,
            "name": one.name,
            "role": one.role,
            "active": one.active,
            "badge": visitor.say("staff.badge.until", when=one.badge_expires.isoformat()) if one.badge_expires else "",
        }
        for one in visitor.deps.staff.rows()
    ]
    return visitor.render(
        "fleet/staff.html", status, people=people, problem=problem, pin=pin, typed=values, roles=list(StaffRole)
    )
