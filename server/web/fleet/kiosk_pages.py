"""One kiosk: what it says of itself, what it is told to do, and whether it may stay."""

from typing import Any, Final

from starlette.responses import Response

from protocol import fingerprints
from server.fleet.device_commands import CommandName
from server.fleet.enrolment import ApproveOutcome
from server.fleet.presence import KioskView
from server.foundation.actors import Role
from server.web.fleet import view as fleet_view
from server.web.fleet.pages import ADMINS, WATCHERS
from server.web.frame.access import Pages, Visit, not_found
from server.web.frame.visitor import Visitor

COMMANDS: Final[tuple[CommandName, ...]] = (
    "out_of_service",
    "in_service",
    "test_slip",
    "report",
    "retry_parked",
    "restart",
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


def _live(visitor: Visitor, found: KioskView) -> dict[str, Any]:
    return {
        "kiosk": fleet_view.kiosk_view(visitor, found.row),
        "alarms": [fleet_view.alarm_view(visitor, alarm, found.row.name) for alarm in found.alarms],
        **fleet_view.kiosk_details(visitor, found.row.id),
    }
