"""The command centre: the fleet live, one kiosk, enrolment and revocation, commands, and the wall."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import Response

from protocol import fingerprints
from server.catalogue.packs import RINGS
from server.fleet.device_commands import CommandName
from server.fleet.enrolment import NAME_CHARACTERS, ApproveOutcome
from server.fleet.presence import KioskView
from server.foundation.actors import Role
from server.foundation.texts import citizens_text
from server.web.fleet import view as fleet_view
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor
from server.web.office import queries

WATCHERS: Final = only(Role.ADMIN, Role.COMMAND)
DISPLAY: Final = only(Role.ADMIN, Role.COMMAND, on_display=True)
ADMINS: Final = only(Role.ADMIN)
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
#: htmx asks no more after this status.
STOP_POLLING: Final = 286
#: What the log keeps of a kiosk that an administrator refused.
_REFUSED: Final = "another fingerprint"

pages = Pages()


@pages.get("/fleet", WATCHERS)
def fleet(visitor: Visit) -> Response:
    may_enrol = visitor.signed_in.role is Role.ADMIN
    return visitor.render("fleet/fleet.html", **fleet_view.board(visitor), may_enrol=may_enrol)


@pages.poll("/fleet/board", WATCHERS)
def board(visitor: Visit) -> Response:
    return visitor.render("fleet/board.html", **fleet_view.board(visitor))


@pages.post("/fleet/alarms/{alarm_id}/seen", WATCHERS)
def alarm_seen(visitor: Visit, alarm_id: str) -> Response:
    visitor.deps.alarms.acknowledge(visitor.signed_in.actor, alarm_id)
    return visitor.go("/fleet")


# --- one kiosk ------------------------------------------------------------------------------------------------------


@pages.get("/fleet/kiosks/{kiosk_id}", WATCHERS)
def kiosk(visitor: Visit, kiosk_id: str) -> Response:
    found = _kiosk(visitor, kiosk_id)
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
    return visitor.render("fleet/kiosk_live.html", **_live(visitor, _kiosk(visitor, kiosk_id)))


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
    found = _kiosk(visitor, kiosk_id)
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
    if _kiosk(visitor, kiosk_id).row.approved_at is not None:
        raise not_found()
    visitor.deps.enrolment.revoke(visitor.signed_in.actor, kiosk_id, _REFUSED)
    return visitor.go(f"/fleet/kiosks/{kiosk_id}", "good/enrol.refused")


# --- enrolment ------------------------------------------------------------------------------------------------------


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


# --- the wall -------------------------------------------------------------------------------------------------------


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
        **fleet_view.board(visitor),
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


def _enrol_page(visitor: Visitor, typed: dict[str, str], problem: str = "") -> Response:
    status = 400 if problem else 200
    return visitor.render("fleet/enrol.html", status, typed=typed, rings=RINGS, problem=problem)


def _kiosk(visitor: Visitor, kiosk_id: str) -> KioskView:
    found = visitor.deps.presence.kiosk(kiosk_id)
    if found is None:
        raise not_found()
    return found


def _live(visitor: Visitor, found: KioskView) -> dict[str, Any]:
    return {
        "kiosk": fleet_view.kiosk_view(visitor, found),
        "alarms": [fleet_view.alarm_view(visitor, alarm, found.row.name) for alarm in found.alarms],
        **fleet_view.kiosk_details(visitor, found.row.id),
    }
