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
def fleet(visit: Visit) -> Response:
    may_enrol = visit.signed_in.role is Role.ADMIN
    return visit.render("fleet/fleet.html", **fleet_view.board(visit), may_enrol=may_enrol)


@pages.poll("/fleet/board", WATCHERS)
def board(visit: Visit) -> Response:
    return visit.render("fleet/board.html", **fleet_view.board(visit))


@pages.post("/fleet/alarms/{alarm_id}/seen", WATCHERS)
def alarm_seen(visit: Visit, alarm_id: str) -> Response:
    visit.deps.alarms.acknowledge(visit.signed_in.actor, alarm_id)
    return visit.go("/fleet")


# --- one kiosk ------------------------------------------------------------------------------------------------------


@pages.get("/fleet/kiosks/{kiosk_id}", WATCHERS)
def kiosk(visit: Visit, kiosk_id: str) -> Response:
    found = _kiosk(visit, kiosk_id)
    row, admin = found.row, visit.signed_in.role is Role.ADMIN
    return visit.render(
        "fleet/kiosk.html",
        **_live(visit, found),
        id=row.id,
        name=row.name,
        place=row.place,
        revoked=visit.formatting.short_moment(row.revoked_at) if row.revoked_at else "",
        kiosk_part=row.kiosk_part,
        ring=visit.say(f"ring.{row.ring}"),
        enrolled=visit.formatting.short_moment(row.enrolled_at),
        software=row.software or "—",
        fingerprint=fingerprints.shown(row.fingerprint),
        waiting=row.approved_at is None and row.revoked_at is None,
        commands_offered=COMMANDS,
        may_command=row.approved_at is not None,
        may_approve=admin,
        may_revoke=admin and row.approved_at is not None,
    )


@pages.poll("/fleet/kiosks/{kiosk_id}/live", WATCHERS)
def kiosk_live(visit: Visit, kiosk_id: str) -> Response:
    return visit.render("fleet/kiosk_live.html", **_live(visit, _kiosk(visit, kiosk_id)))


@pages.post("/fleet/kiosks/{kiosk_id}/command", WATCHERS)
def command(visit: Visit, kiosk_id: str) -> Response:
    name = visit.text("command", 40)
    if name not in COMMANDS:
        raise not_found()
    if visit.deps.device_commands.send(visit.signed_in.actor, kiosk_id, name) is None:
        raise not_found()
    return visit.go(f"/fleet/kiosks/{kiosk_id}", "good/kiosk.command_sent")


@pages.post("/fleet/kiosks/{kiosk_id}/revoke", ADMINS)
def revoke(visit: Visit, kiosk_id: str) -> Response:
    found = _kiosk(visit, kiosk_id)
    reason = visit.text("reason", REASON_MOST).strip()
    if len(reason) < REASON_LEAST:
        return visit.go(f"/fleet/kiosks/{found.row.id}", "bad/kiosk.revoke.short")
    visit.deps.enrolment.revoke(visit.signed_in.actor, kiosk_id, reason)
    return visit.go(f"/fleet/kiosks/{kiosk_id}", "good/kiosk.revoke.done")


@pages.post("/fleet/kiosks/{kiosk_id}/approve", ADMINS)
def approve(visit: Visit, kiosk_id: str) -> Response:
    """``fingerprint`` is what was in sight, and so what was compared."""
    shown = visit.text("fingerprint", 2 * fingerprints.SHOWN)
    match visit.deps.enrolment.approve(visit.signed_in.actor, kiosk_id, shown):
        case ApproveOutcome.NO_SUCH_KIOSK:
            raise not_found()
        case ApproveOutcome.OTHER_FINGERPRINT:
            return visit.go(f"/fleet/kiosks/{kiosk_id}", "bad/enrol.other")
        case _:
            return visit.go(f"/fleet/kiosks/{kiosk_id}", "good/enrol.approved")


@pages.post("/fleet/kiosks/{kiosk_id}/refuse", ADMINS)
def refuse(visit: Visit, kiosk_id: str) -> Response:
    """A kiosk that waits; one that was approved meanwhile is revoked on its page, with a reason."""
    if _kiosk(visit, kiosk_id).row.approved_at is not None:
        raise not_found()
    visit.deps.enrolment.revoke(visit.signed_in.actor, kiosk_id, _REFUSED)
    return visit.go(f"/fleet/kiosks/{kiosk_id}", "good/enrol.refused")


# --- enrolment ------------------------------------------------------------------------------------------------------


@pages.get("/fleet/enrol", ADMINS)
def enrol_form(visit: Visit) -> Response:
    return _enrol_page(visit, {"name": "", "place": "", "ring": "all"})


@pages.post("/fleet/enrol", ADMINS)
def enrol(visit: Visit) -> Response:
    """Shows a new one-time code; only its hash is kept, so this answer is the only place where it stands."""
    name, place, ring = (visit.text(field, NAME_CHARACTERS + 1).strip() for field in ("name", "place", "ring"))
    try:
        made = visit.deps.enrolment.new_code(visit.signed_in.actor, name, place, ring)
    except ValueError:
        typed = {"name": name, "place": place, "ring": ring}
        return _enrol_page(visit, typed, visit.say("enrol.problem"))
    return visit.render(
        "fleet/enrol_code.html",
        name=name,
        code=made.code,
        until=visit.formatting.clock(made.expires_at),
        arrived_path=f"/fleet/enrol/arrived?name={quote(name)}",
        kiosk=None,
        fingerprint="",
    )


@pages.poll("/fleet/enrol/arrived", ADMINS)
def arrived(visit: Visit) -> Response:
    name = visit.request.query_params.get("name", "")[:NAME_CHARACTERS]
    with visit.deps.engine.connect() as connection:
        kiosk_id = queries.newest_enrolment(connection, visit.signed_in.actor, name)
    found = visit.deps.presence.kiosk(kiosk_id) if kiosk_id else None
    return visit.render(
        "fleet/arrived.html",
        STOP_POLLING if found else 200,
        kiosk=found.row if found else None,
        fingerprint=fingerprints.shown(found.row.fingerprint) if found else "",
    )


# --- the wall -------------------------------------------------------------------------------------------------------


@pages.get("/wall", DISPLAY)
def wall(visit: Visit) -> Response:
    return visit.render("fleet/wall.html", **_numbers(visit), on_display=visit.signed_in.on_display)


@pages.post("/wall/display", WATCHERS)
def leave_on_display(visit: Visit) -> Response:
    """From here on this browser shows the wall alone, for days, whoever stands before it."""
    visit.site.accounts.display(visit.token)
    return visit.go("/wall")


@pages.poll("/wall/numbers", DISPLAY)
def wall_numbers(visit: Visit) -> Response:
    return visit.render("fleet/wall_numbers.html", **_numbers(visit))


def _numbers(visit: Visitor) -> dict[str, Any]:
    now = visit.deps.clock.now()
    midnight = datetime.combine(now.astimezone(visit.site.zone).date(), datetime.min.time(), visit.site.zone)
    with visit.deps.engine.connect() as connection:
        rows = queries.cases_by_agency(connection, midnight, now)
    return {
        **fleet_view.board(visit),
        "agencies": [
            {"name": citizens_text(row.name, visit.language), "running": row.running, "late": row.late} for row in rows
        ],
        "most": max([1, *(row.running for row in rows)]),
        "totals": {
            "today": sum(row.came for row in rows),
            "running": sum(row.running for row in rows),
            "late": sum(row.late for row in rows),
            "escalated": sum(row.escalated for row in rows),
        },
        "today": visit.formatting.weekday(now),
        "clock": visit.formatting.clock(now),
    }


def _enrol_page(visit: Visitor, typed: dict[str, str], problem: str = "") -> Response:
    status = 400 if problem else 200
    return visit.render("fleet/enrol.html", status, typed=typed, rings=RINGS, problem=problem)


def _kiosk(visit: Visitor, kiosk_id: str) -> KioskView:
    found = visit.deps.presence.kiosk(kiosk_id)
    if found is None:
        raise not_found()
    return found


def _live(visit: Visitor, found: KioskView) -> dict[str, Any]:
    return {
        "kiosk": fleet_view.kiosk_view(visit, found),
        "alarms": [fleet_view.alarm_view(visit, alarm, found.row.name) for alarm in found.alarms],
        **fleet_view.kiosk_details(visit, found.row.id),
    }
