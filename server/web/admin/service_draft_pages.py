"""A service draft on its way into a pack: uploaded, described, compared with what is in force, published to a ring."""

from datetime import datetime
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from protocol import pictograms
from protocol.languages import LANGUAGES
from protocol.line.base import ServiceKind
from protocol.pictograms.drawings import DRAWINGS
from server.catalogue import description_problems
from server.catalogue.originals import Original, everything
from server.catalogue.service_drafts import ServiceDraft, ServiceDraftOutcome, Severity
from server.foundation.actors import Role
from server.foundation.texts import citizens_text
from server.web.admin import form_preview, service_changes, service_form
from server.web.admin.service_pages import handed_out
from server.web.admin.services import REACH
from server.web.frame.access import UPLOAD_BYTES, Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor
from server.web.office import queries

ADMINS: Final = only(Role.ADMIN)
NOTE_MOST: Final = 500
STEPS: Final = ("form", "service", "try", "publish")

pages = Pages()


@pages.get("/admin/services/new", ADMINS)
def upload_form(visitor: Visit) -> Response:
    query = visitor.request.query_params
    return _upload_page(visitor, query.get("service", "")[:64], query.get("draft", "")[:36])


@pages.post("/admin/services/new", ADMINS, limit=UPLOAD_BYTES)
def upload(visitor: Visit) -> Response:
    service_id, draft_id = visitor.text("service", 100).strip(), visitor.text("draft", 36)
    # Another form for a draft: what was described of the service stays.
    before = visitor.deps.authoring.draft(draft_id) if draft_id else None
    sheet = visitor.form.get("form")
    if not isinstance(sheet, UploadFile) or not sheet.filename:
        return _upload_page(visitor, service_id, draft_id, visitor.say("upload.problem.no_file"))
    files = [one for one in visitor.form.getlist("media") if isinstance(one, UploadFile) and one.filename]
    media = {one.filename or "": one.file.read() for one in files}
    if len(media) < len(files):
        twice = next(name for name in media if sum(one.filename == name for one in files) > 1)
        return _upload_page(visitor, service_id, draft_id, visitor.say("upload.problem.twice", file=twice))
    actor, described = visitor.signed_in.actor, None if before is None else before.description
    result = visitor.deps.authoring.upload(
        actor, service_id, sheet.filename, sheet.file.read(), description=described, media=media
    )
    if result.draft is None:
        problem = visitor.say(f"upload.problem.{result.outcome.value.lower()}")
        return _upload_page(visitor, service_id, draft_id, problem)
    if before is not None:
        visitor.deps.authoring.discard(actor, before.id)
    return visitor.go(f"/admin/drafts/{result.draft.id}")


@pages.get("/admin/drafts/{draft_id}", ADMINS)
def draft_form(visitor: Visit, draft_id: str) -> Response:
    draft = open_draft(visitor, draft_id)
    form = visitor.deps.authoring.form(draft)
    wanted = visitor.request.query_params.get("language", visitor.language)
    language = wanted if wanted in LANGUAGES else visitor.language
    return visitor.render(
        "admin/draft_form.html",
        **frame(visitor, draft, "form"),
        errors=_listed(visitor, draft, Severity.ERROR),
        warnings=_listed(visitor, draft, Severity.WARNING),
        questions=form_preview.questions(form, language) if form else (),
        preview_language=language,
        preview_languages=LANGUAGES,
        differences=service_changes.of_form(visitor, visitor.deps.authoring.differences(draft)),
        in_force=visitor.deps.authoring.published(draft.service_id) is not None,
        file_name=draft.file_name,
        files=sorted(draft.resources),
        form_title=form.title if form else "",
        form_version=form.version if form else "",
    )


@pages.get("/admin/drafts/{draft_id}/original", ADMINS)
def original(visitor: Visit, draft_id: str) -> Response:
    """The spreadsheet as it was uploaded."""
    draft = open_draft(visitor, draft_id)
    file = visitor.deps.authoring.draft_original(draft_id)
    if file is None:
        raise not_found()
    return handed_out(visitor, draft.service_id, file)


@pages.get("/admin/drafts/{draft_id}/files", ADMINS)
def files(visitor: Visit, draft_id: str) -> Response:
    """The form and all files that it names, as a zip."""
    draft = open_draft(visitor, draft_id)
    file = visitor.deps.authoring.draft_original(draft_id)
    if file is None:
        raise not_found()
    xml = None if draft.form_xml is None else draft.form_xml.encode()
    name = f"{draft.service_id}.zip"
    return handed_out(visitor, draft.service_id, Original(name, "zip", everything(file, xml, draft.resources)))


@pages.get("/admin/drafts/{draft_id}/service", ADMINS)
def draft_service(visitor: Visit, draft_id: str) -> Response:
    return _service_page(visitor, open_draft(visitor, draft_id), tell=False)


@pages.post("/admin/drafts/{draft_id}/service", ADMINS)
def describe(visitor: Visit, draft_id: str) -> Response:
    with visitor.deps.engine.connect() as connection:
        names = {row.id: row.name for row in queries.agencies(connection)}
    description = service_form.read(visitor.form, names, open_draft(visitor, draft_id).description)
    result = visitor.deps.authoring.describe(visitor.signed_in.actor, draft_id, description)
    if result.draft is None:
        raise not_found()
    if any(one.sheet == "service" for one in result.draft.problems):
        return _service_page(visitor, result.draft, tell=True)
    return visitor.go(f"/admin/drafts/{draft_id}/publish", "good/draft.described")


@pages.get("/admin/drafts/{draft_id}/publish", ADMINS)
def publish_form(visitor: Visit, draft_id: str) -> Response:
    return _publish_page(visitor, open_draft(visitor, draft_id))


@pages.post("/admin/drafts/{draft_id}/publish", ADMINS)
def publish(visitor: Visit, draft_id: str) -> Response:
    rings = REACH.get(visitor.text("ring", 10))
    if rings is None:
        raise not_found()
    note = visitor.text("note", NOTE_MOST).strip()
    if visitor.text("when", 10) == "later":
        outcome = visitor.deps.schedule.put(visitor.signed_in.actor, draft_id, rings, note, _moment(visitor))
        if outcome is ServiceDraftOutcome.DONE:
            return visitor.go("/admin/services", "good/draft.scheduled")
        return _publish_page(visitor, open_draft(visitor, draft_id), _problem(visitor, outcome))
    result = visitor.deps.authoring.publish(visitor.signed_in.actor, draft_id, rings, note)
    if result.outcome is ServiceDraftOutcome.DONE:
        return visitor.go("/admin/services", "good/draft.published")
    if result.draft is None:
        raise not_found()
    return _publish_page(visitor, result.draft, _problem(visitor, result.outcome))


@pages.post("/admin/drafts/{draft_id}/unschedule", ADMINS)
def unschedule(visitor: Visit, draft_id: str) -> Response:
    outcome = visitor.deps.schedule.cancel(visitor.signed_in.actor, draft_id)
    if outcome is not ServiceDraftOutcome.DONE:
        raise not_found()
    return visitor.go(f"/admin/drafts/{draft_id}/publish", "good/draft.unscheduled")


@pages.post("/admin/drafts/{draft_id}/discard", ADMINS)
def discard(visitor: Visit, draft_id: str) -> Response:
    if visitor.deps.authoring.discard(visitor.signed_in.actor, draft_id) is ServiceDraftOutcome.NOT_FOUND:
        raise not_found()
    return visitor.go("/admin/services", "good/draft.discarded")


# --- pages ---


def open_draft(visitor: Visitor, draft_id: str) -> ServiceDraft:
    """Raises the page that is not found."""
    draft = visitor.deps.authoring.draft(draft_id)
    if draft is None or draft.state != "draft":
        raise not_found()
    return draft


def frame(visitor: Visitor, draft: ServiceDraft, step: str) -> dict[str, Any]:
    """What the pages of a draft share: its name, and how far it is."""
    form_ready = draft.form_xml is not None
    service_ready = all(one.sheet != "service" or one.severity is not Severity.ERROR for one in draft.problems)
    done = {"form": form_ready, "service": service_ready, "try": False, "publish": False}
    return {
        "draft_id": draft.id,
        "service_id": draft.service_id,
        "name": citizens_text(draft.description.get("name"), visitor.language) or draft.service_id,
        "step": step,
        "steps": [
            {
                "key": key,
                "path": f"/admin/drafts/{draft.id}" + ("" if key == "form" else f"/{key}"),
                "current": key == step,
                "done": done[key],
            }
            for key in STEPS
        ],
        "form_ready": form_ready,
        "service_ready": service_ready,
    }


def _listed(visitor: Visitor, draft: ServiceDraft, severity: Severity) -> list[dict[str, Any]]:
    """The spreadsheet's problems in the visitor's language, by sheet and row."""
    return [
        {"sheet": one.sheet, "row": one.row, "column": one.column, "message": one.text(visitor.language)}
        for one in draft.problems
        if one.severity is severity and one.sheet != description_problems.SHEET
    ]


def _upload_page(visitor: Visitor, service_id: str, draft_id: str, problem: str = "") -> Response:
    known = visitor.deps.authoring.published(service_id) if service_id else None
    return visitor.render(
        "admin/upload.html",
        400 if problem else 200,
        service_id=service_id,
        draft_id=draft_id,
        name=citizens_text(known.description.name, visitor.language) if known else "",
        problem=problem,
    )


def _service_page(visitor: Visitor, draft: ServiceDraft, *, tell: bool) -> Response:
    description = dict(draft.description)
    with visitor.deps.engine.connect() as connection:
        agencies = queries.agencies(connection)
        number = visitor.deps.packs.newest(connection)
    content = visitor.deps.packs.content(number)
    problems = [one for one in draft.problems if one.sheet == "service"] if tell else []
    wrong = {one.column for one in problems}
    return visitor.render(
        "admin/draft_service.html",
        400 if problems else 200,
        **frame(visitor, draft, "service"),
        problems=[
            {"field": service_changes.member_name(visitor, one.column), "message": one.text(visitor.language)}
            for one in problems
        ],
        wrong=wrong,
        value=lambda path: service_form.value(description, path),
        head=service_form.fields(description, ("name", "summary")),
        words=service_form.keywords(description),
        parts=[
            {**field, "pictograms": service_form.pictograms(description, field["path"])}
            for field in service_form.fields(description, service_form.LINES)
        ],
        time=service_form.fields(description, ("standard.time",)),
        fee=service_form.fields(description, ("standard.fee",)),
        rest=service_form.fields(description, ("standard.product", "standard.complaints")),
        payment=service_form.fields(description, service_form.PAYMENT_TEXTS),
        slip=service_form.fields(description, ("slip.title", "slip.next_step")),
        kinds=tuple(ServiceKind),
        stages=service_form.stages(description),
        stage_works=service_form.STAGE_WORKS,
        stage_workers=service_form.STAGE_WORKERS,
        agencies=agencies,
        events=content.life_events if content else {},
        pictograms=pictograms.NAMES,
        drawings=DRAWINGS,
        four=LANGUAGES,
    )


def _problem(visitor: Visitor, outcome: ServiceDraftOutcome) -> str:
    return visitor.say(f"publish.problem.{outcome.value.lower()}")


def _moment(visitor: Visitor) -> datetime | None:
    """The day and hour of the form, as the city's clocks show them."""
    try:
        at = datetime.fromisoformat(visitor.text("at", 30))
    except ValueError:
        return None
    return at.replace(tzinfo=visitor.site.zone) if at.tzinfo is None else None


def _publish_page(visitor: Visitor, draft: ServiceDraft, problem: str = "") -> Response:
    return visitor.render(
        "admin/draft_publish.html",
        409 if problem else 200,
        **frame(visitor, draft, "publish"),
        publishable=draft.publishable,
        changes=service_changes.of_all(visitor, visitor.deps.authoring.changes(draft)),
        rings=tuple(REACH),
        ring=visitor.text("ring", 10) or "all",
        note=visitor.text("note", NOTE_MOST),
        later=visitor.text("when", 10) == "later",
        at=visitor.text("at", 30),
        missed=visitor.say(f"publish.problem.{draft.publish_problem.lower()}") if draft.publish_problem else "",
        problem=problem,
    )
