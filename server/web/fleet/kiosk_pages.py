"""One kiosk: what it says of itself, what it is told to do, and whether it may stay."""

from typing import Any, Final

from starlette.responses import Response

from protocol import fingerprints
from server.catalogue.packs import RINGS
from server.fleet.device_commands import CommandName
from server.fleet.enrolment import NAME_CHARACTERS, ApproveOutcome
from server.fleet.presence import KioskView
from server.fleet.profiles import ChangeOutcome, Profile, profile_of
from server.foundation.actors import Role
from server.foundation.texts import citizens_text
from server.web.fleet import view as fleet_view
from server.web.fleet.pages import ADMINS, WATCHERS
from server.web.fleet.past_view import past_view
from server.web.frame.access import Pages, Visit, not_found
from server.web.frame.visitor import Visitor
from server.web.office import queries

COMMANDS: Final[tuple[CommandName, ...]] = (
    "out_of_service",
    "in_service",
    "test_slip",
    "report",
    "retry_parked",
    "restart",
    "log",
    "lock",
)
REASON_LEAST: Final = 5
REASON_MOST: Final = 200
#: What the log keeps of a kiosk that an administrator refused.
_REFUSED: Final = "another fingerprint"

pages = Pages()


@pages.get("/fleet/kiosks/{kiosk_id}", WATCHERS)
def kiosk(visitor: Visit, kiosk_id: str) -> Response:
    found = kiosk_or_404(visitor, kiosk_id)
    row, admin = found.row, visitor.signed_in.role is Role.ADMIN
    return visitor.render(
        "fleet/kiosk.html",
        **_live(visitor, found),
        id=row.id,
        name=row.name,
        place=row.place,
        revoked=visitor.formatting.short_moment(row.revoked_at) if row.revoked_at else "",
        kiosk_part=row.kiosk_part,
        ring=visitor.say(f"ring.{row.ring}"),
        enrolled=visitor.formatting.short_moment(row.enrolled_at),
        software=row.software or "—",
        fingerprint=fingerprints.shown(row.fingerprint),
        waiting=row.approved_at is None and row.revoked_at is None,
        commands_offered=COMMANDS,
        may_command=row.approved_at is not None,
        may_approve=admin,
        may_revoke=admin and row.approved_at is not None,
        edit=_edit_form(visitor, profile_of(row)) if admin and row.approved_at and not row.revoked_at else None,
        past=past_view(visitor, visitor.deps.history.of(row.id, found.paper_mm)),
        agency=_agency_name(visitor, row.agency_id),
        position=_position(row),
    )


@pages.poll("/fleet/kiosks/{kiosk_id}/live", WATCHERS)
def kiosk_live(visitor: Visit, kiosk_id: str) -> Response:
    return visitor.render("fleet/kiosk_live.html", **_live(visitor, kiosk_or_404(visitor, kiosk_id)))


@pages.post("/fleet/kiosks/{kiosk_id}/command", WATCHERS)
def command(visitor: Visit, kiosk_id: str) -> Response:
    name = visitor.text("command", 40)
    if name not in COMMANDS:
        raise not_found()
    if visitor.deps.device_commands.send(visitor.signed_in.actor, kiosk_id, name) is None:
        raise not_found()
    return visitor.go(f"/fleet/kiosks/{kiosk_id}", "good/kiosk.command_sent")


@pages.post("/fleet/kiosks/{kiosk_id}/edit", ADMINS)
def edit(visitor: Visit, kiosk_id: str) -> Response:
    """Name, place, position, ring and agency; the kiosk follows through its feed."""
    try:
        latitude, longitude = (_degrees(visitor.text(field, 30)) for field in ("latitude", "longitude"))
    except ValueError:
        return visitor.go(f"/fleet/kiosks/{kiosk_id}", "bad/kiosk.edit.bad_position")
    new = Profile(
        name=visitor.text("name", NAME_CHARACTERS + 1).strip(),
        place=visitor.text("place", NAME_CHARACTERS + 1).strip(),
        ring=visitor.text("ring", 20),
        agency_id=visitor.text("agency", 65),
        latitude=latitude,
        longitude=longitude,
    )
    match visitor.deps.profiles.change(visitor.signed_in.actor, kiosk_id, new):
        case ChangeOutcome.NO_SUCH_KIOSK:
            raise not_found()
        case ChangeOutcome.DONE | ChangeOutcome.SAME:
            return visitor.go(f"/fleet/kiosks/{kiosk_id}", "good/kiosk.edit.done")
        case problem:
            return visitor.go(f"/fleet/kiosks/{kiosk_id}", f"bad/kiosk.edit.{problem.value.lower()}")


@pages.get("/fleet/kiosks/{kiosk_id}/logs/{log_id}", WATCHERS)
def kiosk_log(visitor: Visit, kiosk_id: str, log_id: str) -> Response:
    """The last lines of its log, as a command asked for them."""
    found, log = kiosk_or_404(visitor, kiosk_id), visitor.deps.device_commands.log(kiosk_id, log_id)
    if log is None:
        raise not_found()
    when = visitor.formatting.short_moment(log.made_at)
    return visitor.render("fleet/kiosk_log.html", id=kiosk_id, name=found.row.name, when=when, lines=log.lines)


@pages.get("/fleet/kiosks/{kiosk_id}/visits/{visit_id}/photo", WATCHERS)
def visit_photo(visitor: Visit, kiosk_id: str, visit_id: str) -> Response:
    """What field staff wanted somebody to see; of the kiosk."""
    photo = visitor.deps.visit_photos.photo(kiosk_id, visit_id)
    if photo is None:
        raise not_found()
    return Response(photo, media_type="image/jpeg", headers={"cache-control": "no-store"})


@pages.post("/fleet/kiosks/{kiosk_id}/revoke", ADMINS)
def revoke(visitor: Visit, kiosk_id: str) -> Response:
    found = kiosk_or_404(visitor, kiosk_id)
    reason = visitor.text("reason", REASON_MOST).strip()
    if len(reason) < REASON_LEAST:
        return visitor.go(f"/fleet/kiosks/{found.row.id}", "bad/kiosk.revoke.short")
    visitor.deps.enrolment.revoke(visitor.signed_in.actor, kiosk_id, reason)
    return visitor.go(f"/fleet/kiosks/{kiosk_id}", "good/kiosk.revoke.done")


@pages.post("/fleet/kiosks/{kiosk_id}/approve", ADMINS)
def approve(visitor: Visit, kiosk_id: str) -> Response:
    """``fingerprint`` is what was in sight, and so what was compared."""
    shown = visitor.text("fingerprint", 2 * fingerprints.SHOWN)
    match visitor.deps.enrolment.approve(visitor.signed_in.actor, kiosk_id, shown):
        case ApproveOutcome.NO_SUCH_KIOSK:
            raise not_found()
        case ApproveOutcome.OTHER_FINGERPRINT:
            return visitor.go(f"/fleet/kiosks/{kiosk_id}", "bad/enrol.other")
        case _:
            return visitor.go(f"/fleet/kiosks/{kiosk_id}", "good/enrol.approved")


@pages.post("/fleet/kiosks/{kiosk_id}/refuse", ADMINS)
def refuse(visitor: Visit, kiosk_id: str) -> Response:
    """Refuses a kiosk that waits for approval; one that has been approved is revoked on its own page, with a reason."""
    if kiosk_or_404(visitor, kiosk_id).row.approved_at is not None:
        raise not_found()
    visitor.deps.enrolment.revoke(visitor.signed_in.actor, kiosk_id, _REFUSED)
    return visitor.go(f"/fleet/kiosks/{kiosk_id}", "good/enrol.refused")


def kiosk_or_404(visitor: Visitor, kiosk_id: str) -> KioskView:
    found = visitor.deps.presence.kiosk(kiosk_id)
    if found is None:
        raise not_found()
    return found


def _edit_form(visitor: Visitor, profile: Profile) -> dict[str, Any]:
    with visitor.deps.engine.connect() as connection:
        agencies = queries.agencies(connection)
    return {
        "profile": profile,
        "rings": RINGS,
        "agencies": [(row.id, citizens_text(row.name, visitor.language)) for row in agencies],
    }


def _agency_name(visitor: Visitor, agency_id: str) -> str:
    with visitor.deps.engine.connect() as connection:
        names = {row.id: row.name for row in queries.agencies(connection)}
    return citizens_text(names.get(agency_id), visitor.language)


def _position(row: Any) -> str:
    if row.latitude is None or row.longitude is None:
        return ""
    return f"{row.latitude:.5f}, {row.longitude:.5f}"


def _degrees(text: str) -> float | None:
    """As people write it, with a point or a comma; None for nothing. Raises ValueError."""
    text = text.strip().replace(",", ".")
    return float(text) if text else None


def _live(visitor: Visitor, found: KioskView) -> dict[str, Any]:
    return {
        "kiosk": fleet_view.kiosk_view(visitor, found.row),
        "waits": fleet_view.waiting_words(visitor, found.row),
        "alarms": [fleet_view.alarm_view(visitor, alarm, found.row.name) for alarm in found.alarms],
        **fleet_view.kiosk_details(visitor, found.row.id),
    }
