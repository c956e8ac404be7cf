"""Administrators' pages: services in force, service drafts, packs, and which kiosks have them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from server.catalogue.packs import RINGS
from server.catalogue.service_drafts import ServiceDraft, Severity
from server.foundation.actors import Role
from server.foundation.texts import citizens_text
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor
from server.web.office import queries

ADMINS: Final = only(Role.ADMIN)
NOTE_MOST: Final = 500
PACKS_SHOWN: Final = 12
#: Which kiosks a choice of ring reaches: "early" goes to the test kiosks as well, "all" to every one.
REACH: Final[Mapping[str, tuple[str, ...]]] = {"test": ("test",), "early": ("test", "early"), "all": RINGS}

pages = Pages()


# --- the list -------------------------------------------------------------------------------------------------------


@pages.get("/admin/services", ADMINS)
def services(visitor: Visit) -> Response:
    deps, language = visitor.deps, visitor.language
    with deps.engine.connect() as connection:
        number = deps.packs.newest(connection)
    ending = min((one.expires for one in deps.packs.ending() if one.expires is not None), default=None)
    content = deps.packs.content(number)
    paused = deps.offers.paused()
    listed = [
        {
            "id": one.description.id,
            "name": citizens_text(one.description.name, language),
            "agency": citizens_text(one.description.agency.name, language),
            "version": one.description.form_version,
            "days": one.description.standard.working_days,
            "fee": visitor.formatting.rupiah(one.description.standard.fee_rupiah),
            "fee_from": one.description.standard.fee_from,
            "fee_rule": bool(one.description.standard.fee_rule),
            "paused": one.description.id in paused,
        }
        for one in (content.services if content else ())
    ]
    drafts = [_draft_line(visitor, draft) for draft in deps.authoring.drafts()]
    return visitor.render(
        "admin/services.html",
        services=listed,
        tried=_tried_out(visitor),
        drafts=drafts,
        scheduled=[_scheduled_line(visitor, row) for row in deps.schedule.rows()],
        number=number,
        unsigned=deps.packs.unsigned(),
        ending=visitor.formatting.day(ending) if ending else "",
        **_arrival(visitor),
    )


@pages.poll("/admin/packs/arrival", ADMINS)
def arrival(visitor: Visit) -> Response:
    return visitor.render("admin/arrival.html", **_arrival(visitor))


@pages.post("/admin/packs/{number}/take-back", ADMINS)
def take_back(visitor: Visit, number: int) -> Response:
    reason = visitor.text("reason", NOTE_MOST).strip()
    result = visitor.deps.packs.take_back(number, visitor.signed_in.actor, reason)
    return visitor.go("/admin/services", "good/pack.taken_back.done" if result.ok else "bad/pack.not_taken_back")


@pages.post("/admin/packs/{number}/promote", ADMINS)
def promote(visitor: Visit, number: int) -> Response:
    """Releases a pack that was tried out to more kiosks."""
    rings = REACH.get(visitor.text("ring", 10))
    if rings is None:
        raise not_found()
    result = visitor.deps.packs.promote(number, visitor.signed_in.actor, rings)
    return visitor.go("/admin/services", "good/pack.promoted" if result.ok else "bad/pack.not_promoted")


@pages.post("/admin/services/{service_id}/withdraw", ADMINS)
def withdraw(visitor: Visit, service_id: str) -> Response:
    number = visitor.deps.offers.withdraw(
        visitor.signed_in.actor, service_id, visitor.text("reason", NOTE_MOST).strip()
    )
    return visitor.go("/admin/services", "good/service.withdrawn" if number else "bad/service.not_withdrawn")


# --- what the page shows ---


def _tried_out(visitor: Visitor) -> list[dict[str, Any]]:
    """What test and early kiosks have and others have not, also of services that are in force everywhere."""
    return [
        {
            "id": one.service.description.id,
            "name": citizens_text(one.service.description.name, visitor.language),
            "key": one.ring,
            "ring": visitor.say(f"ring.{one.ring}"),
            "pack": one.pack,
            "version": one.service.description.form_version,
        }
        for one in visitor.deps.authoring.tried_out()
    ]


def _draft_line(visitor: Visitor, draft: ServiceDraft) -> dict[str, Any]:
    errors = sum(one.severity is Severity.ERROR for one in draft.problems)
    return {
        "id": draft.id,
        "name": citizens_text(draft.description.get("name"), visitor.language) or draft.service_id,
        "file": draft.file_name,
        "errors": errors,
        "missed": bool(draft.publish_problem),
        "when": visitor.formatting.short_moment(draft.updated_at),
    }


def _scheduled_line(visitor: Visitor, row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": citizens_text(row.document.get("name"), visitor.language) or row.service_id,
        "when": visitor.formatting.short_moment(row.publish_at),
        "rings": ", ".join(visitor.say(f"ring.{ring}") for ring in row.publish_rings),
    }


def _arrival(visitor: Visitor) -> dict[str, Any]:
    """Packs, the newest first, and which pack each kiosk runs against the one that is meant for it."""
    deps = visitor.deps
    packs = deps.packs.rows()[:PACKS_SHOWN]
    with deps.engine.connect() as connection:
        kiosks = queries.packs_of_kiosks(connection)
        meant = {ring: deps.packs.newest(connection, ring) for ring in RINGS}
        names = {row.id: row.name for row in queries.officers_by_name(connection)}
    in_force = set(meant.values())
    return {
        "kiosks": [
            {
                "id": one.id,
                "name": one.name,
                "ring": visitor.say(f"ring.{one.ring}"),
                "runs": one.pack_version or 0,
                "meant": meant[one.ring],
                "arrived": (one.pack_version or 0) == meant[one.ring],
            }
            for one in kiosks
        ],
        "packs": [
            {
                "number": one.number,
                "when": visitor.formatting.short_moment(one.made_at),
                "by": names.get(one.made_by, visitor.say("actor.system")),
                "rings": ", ".join(visitor.say(f"ring.{ring}") for ring in one.rings),
                "note": "" if one.note == "seed" else one.note,
                "content_of": one.content_of,
                "taken_back": one.taken_back_at is not None,
                "in_force": one.number in in_force,
                "wider": _wider(one.rings) if one.number in in_force and one.taken_back_at is None else (),
                "may_take_back": one.number in in_force and one.taken_back_at is None and one.number > 1,
            }
            for one in packs
        ],
    }


def _wider(rings: Sequence[str]) -> tuple[str, ...]:
    """Choices of REACH that bring a pack to more kiosks than it has."""
    return tuple(name for name, reached in REACH.items() if set(reached) > set(rings))
