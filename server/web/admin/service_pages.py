"""One service as it is in force: what each ring has of it, its form to be downloaded, and the way to change it."""

from typing import Any, Final

from starlette.responses import Response

from protocol.languages import LANGUAGES
from server.catalogue.originals import FORM_FILE, XFORM, Original, everything
from server.catalogue.pack_content import PackService
from server.catalogue.packs import RINGS
from server.catalogue.pauses import REASON_CHARACTERS, PauseOutcome
from server.foundation.actors import Role
from server.foundation.texts import citizens_text
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.headers import DOCUMENT_POLICY
from server.web.frame.visitor import Visitor
from server.web.office import queries
from server.web.office.attachments import safe_name

ADMINS: Final = only(Role.ADMIN)

pages = Pages()


@pages.get("/admin/services/{service_id}", ADMINS)
def service(visitor: Visit, service_id: str) -> Response:
    return _page(visitor, service_id)


@pages.post("/admin/services/{service_id}/pause", ADMINS)
def pause(visitor: Visit, service_id: str) -> Response:
    reason = {language: visitor.text(f"reason.{language}", REASON_CHARACTERS + 1) for language in LANGUAGES}
    outcome = visitor.deps.offers.pause(visitor.signed_in.actor, service_id, reason)
    if outcome is PauseOutcome.BAD_REASON:
        return _page(visitor, service_id, visitor.say("service.pause.problem", n=REASON_CHARACTERS))
    if outcome is not PauseOutcome.DONE:
        raise not_found()
    return visitor.go(f"/admin/services/{service_id}", "good/service.paused.done")


@pages.post("/admin/services/{service_id}/resume", ADMINS)
def resume(visitor: Visit, service_id: str) -> Response:
    if visitor.deps.offers.resume(visitor.signed_in.actor, service_id) is not PauseOutcome.DONE:
        raise not_found()
    return visitor.go(f"/admin/services/{service_id}", "good/service.resumed")


def _page(visitor: Visitor, service_id: str, problem: str = "") -> Response:
    found = published(visitor, service_id)
    description, language = found.description, visitor.language
    original = visitor.deps.authoring.original(found)
    paused = visitor.deps.offers.paused().get(service_id)
    with visitor.deps.engine.connect() as connection:
        names = queries.officer_names(connection, [paused.paused_by]) if paused else {}
    return visitor.render(
        "admin/service.html",
        400 if problem else 200,
        problem=problem,
        four=LANGUAGES,
        reason_most=REASON_CHARACTERS,
        paused=None
        if paused is None
        else {
            "reason": citizens_text(paused.reason, language),
            "by": names.get(paused.paused_by, paused.paused_by),
            "when": visitor.formatting.short_moment(paused.paused_at),
        },
        service_id=service_id,
        name=citizens_text(description.name, language),
        summary=citizens_text(description.summary, language),
        agency=citizens_text(description.agency.name, language),
        standard=description.standard,
        fee=visitor.formatting.rupiah(description.standard.fee_rupiah),
        stages=[
            {"name": citizens_text(stage.name, language), "days": stage.working_days} for stage in description.stages
        ],
        original=original,
        spreadsheet=original.file_type != XFORM,
        files=sorted(set(found.files) - {FORM_FILE}),
        rings=_rings(visitor, service_id),
    )


@pages.post("/admin/services/{service_id}/begin", ADMINS)
def begin(visitor: Visit, service_id: str) -> Response:
    """A draft with all that is in force, or with what a ring tries out."""
    result = visitor.deps.authoring.begin(visitor.signed_in.actor, service_id, visitor.text("ring", 10))
    if result.draft is None:
        raise not_found()
    return visitor.go(f"/admin/drafts/{result.draft.id}/service", "good/draft.begun")


@pages.get("/admin/services/{service_id}/form", ADMINS)
def form(visitor: Visit, service_id: str) -> Response:
    """The spreadsheet that the form was made from, where it is known."""
    return handed_out(visitor, service_id, visitor.deps.authoring.original(published(visitor, service_id)))


@pages.get("/admin/services/{service_id}/xform", ADMINS)
def xform(visitor: Visit, service_id: str) -> Response:
    xml = published(visitor, service_id).files[FORM_FILE]
    return handed_out(visitor, service_id, Original(f"{service_id}.xml", XFORM, xml))


@pages.get("/admin/services/{service_id}/files", ADMINS)
def files(visitor: Visit, service_id: str) -> Response:
    """The form and all files that it names, as a zip."""
    found = published(visitor, service_id)
    archive = everything(visitor.deps.authoring.original(found), found.files[FORM_FILE], found.files)
    return handed_out(visitor, service_id, Original(f"{service_id}.zip", "zip", archive))


def published(visitor: Visitor, service_id: str) -> PackService:
    """Of the ring that the address names, else what is in force for most. Raises the page that is not found."""
    found = visitor.deps.authoring.published(service_id, visitor.request.query_params.get("ring", ""))
    if found is None:
        raise not_found()
    return found


def handed_out(visitor: Visitor, service_id: str, file: Original) -> Response:
    """As a download, whatever the file calls itself: it was uploaded."""
    with visitor.deps.units.begin(visitor.signed_in.actor) as work:
        work.audit("form.download", f"service:{service_id}", {"type": file.file_type})
    return Response(
        file.data,
        media_type="application/octet-stream",
        headers={
            "content-disposition": f'attachment; filename="{safe_name(file.name)}"',
            "content-security-policy": DOCUMENT_POLICY,
        },
    )


def _rings(visitor: Visitor, service_id: str) -> list[dict[str, Any]]:
    """What each ring's kiosks have of the service, the widest ring first."""
    deps = visitor.deps
    with deps.engine.connect() as connection:
        numbers = {ring: deps.packs.newest(connection, ring) for ring in reversed(RINGS)}
    found = {ring: deps.packs.service(number, service_id) for ring, number in numbers.items()}
    return [
        {
            "ring": ring,
            "pack": numbers[ring],
            "version": "" if one is None else one.description.form_version,
            "differs": one is not None and one != found["all"],
        }
        for ring, one in found.items()
    ]
