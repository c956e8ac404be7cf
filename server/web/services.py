"""Administrators' pages: services in force, drafts on their way, packs and where they arrived."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from server import document_problems
from server.actors import Role
from server.drafts import Draft, DraftOutcome, Severity
from server.packs import RINGS
from server.web import form_preview, phrases, queries, service_form
from server.web.access import Pages, Visit, not_found, only
from server.web.texts import citizens_text
from server.web.visitor import Visitor
from sync.protocol.packs import LANGUAGES

ADMINS: Final = only(Role.ADMIN)
NOTE_MOST: Final = 500
PACKS_SHOWN: Final = 12
#: Which kiosks a choice of ring reaches: "early" goes to the test kiosks as well, "all" to every one.
REACH: Final[Mapping[str, tuple[str, ...]]] = {"test": ("test",), "early": ("test", "early"), "all": RINGS}
STEPS: Final = ("form", "service", "publish")

pages = Pages()


# --- the list -------------------------------------------------------------------------------------------------------


@pages.get("/admin/services", ADMINS)
def services(visit: Visit) -> Response:
    deps, language = visit.deps, visit.language
    with deps.engine.connect() as connection:
        number = deps.packs.newest(connection)
    content = deps.packs.content(number)
    listed = [
        {
            "id": one.document.id,
            "name": citizens_text(one.document.name, language),
            "agency": citizens_text(one.document.agency.name, language),
            "version": one.document.form_version,
            "days": one.document.standard.working_days,
            "fee": phrases.rupiah(one.document.standard.fee_rupiah),
        }
        for one in (content.services if content else ())
    ]
    drafts = [_draft_line(visit, draft) for draft in deps.authoring.drafts()]
    everywhere = {one["id"] for one in listed}
    return visit.render(
        "admin/services.html",
        services=listed,
        tried=[one for one in _tried_out(visit) if one["id"] not in everywhere],
        drafts=drafts,
        number=number,
        **_arrival(visit),
    )


@pages.get("/admin/packs/arrival", ADMINS)
def arrival(visit: Visit) -> Response:
    return visit.render("admin/arrival.html", **_arrival(visit))


@pages.post("/admin/packs/{number}/take-back", ADMINS)
def take_back(visit: Visit, number: int) -> Response:
    reason = visit.text("reason", NOTE_MOST).strip()
    result = visit.deps.packs.take_back(number, visit.signed_in.actor, reason)
    return visit.go("/admin/services", "good/pack.taken_back.done" if result.ok else "bad/pack.not_taken_back")


@pages.post("/admin/packs/{number}/promote", ADMINS)
def promote(visit: Visit, number: int) -> Response:
    """What was tried out goes to more kiosks."""
    rings = REACH.get(visit.text("ring", 10))
    if rings is None:
        raise not_found()
    result = visit.deps.packs.promote(number, visit.signed_in.actor, rings)
    return visit.go("/admin/services", "good/pack.promoted" if result.ok else "bad/pack.not_promoted")


@pages.post("/admin/services/{service_id}/withdraw", ADMINS)
def withdraw(visit: Visit, service_id: str) -> Response:
    number = visit.deps.authoring.withdraw(visit.signed_in.actor, service_id, visit.text("reason", NOTE_MOST).strip())
    return visit.go("/admin/services", "good/service.withdrawn" if number else "bad/service.not_withdrawn")


# --- a draft --------------------------------------------------------------------------------------------------------


@pages.get("/admin/services/new", ADMINS)
def upload_form(visit: Visit) -> Response:
    return _upload_page(visit, visit.request.query_params.get("service", "")[:64])


@pages.post("/admin/services/new", ADMINS)
def upload(visit: Visit) -> Response:
    service_id = visit.text("service", 100).strip()
    sheet = visit.form.get("form")
    if not isinstance(sheet, UploadFile) or not sheet.filename:
        return _upload_page(visit, service_id, visit.say("upload.problem.no_file"))
    media = {
        one.filename: one.file.read()
        for one in visit.form.getlist("media")
        if isinstance(one, UploadFile) and one.filename
    }
    result = visit.deps.authoring.upload(
        visit.signed_in.actor, service_id, sheet.filename, sheet.file.read(), media=media
    )
    if result.draft is None:
        return _upload_page(visit, service_id, visit.say(f"upload.problem.{result.outcome.value.lower()}"))
    return visit.go(f"/admin/drafts/{result.draft.id}")


@pages.get("/admin/drafts/{draft_id}", ADMINS)
def draft_form(visit: Visit, draft_id: str) -> Response:
    draft = _draft(visit, draft_id)
    form = visit.deps.authoring.form(draft)
    wanted = visit.request.query_params.get("language", visit.language)
    language = wanted if wanted in LANGUAGES else visit.language
    return visit.render(
        "admin/draft_form.html",
        **_frame(visit, draft, "form"),
        errors=_told(visit, draft, Severity.ERROR),
        warnings=_told(visit, draft, Severity.WARNING),
        questions=form_preview.questions(form, language) if form else (),
        preview_language=language,
        preview_languages=LANGUAGES,
        differences=visit.deps.authoring.differences(draft),
        in_force=visit.deps.authoring.published(draft.service_id) is not None,
        file_name=draft.file_name,
        form_title=form.title if form else "",
        form_version=form.version if form else "",
    )


@pages.get("/admin/drafts/{draft_id}/service", ADMINS)
def draft_service(visit: Visit, draft_id: str) -> Response:
    return _service_page(visit, _draft(visit, draft_id), tell=False)


@pages.post("/admin/drafts/{draft_id}/service", ADMINS)
def describe(visit: Visit, draft_id: str) -> Response:
    with visit.deps.engine.connect() as connection:
        names = {row.id: row.name for row in queries.agencies(connection)}
    document = service_form.read(visit.form, names, _draft(visit, draft_id).document)
    result = visit.deps.authoring.describe(visit.signed_in.actor, draft_id, document)
    if result.draft is None:
        raise not_found()
    if any(one.sheet == "service" for one in result.draft.problems):
        return _service_page(visit, result.draft, tell=True)
    return visit.go(f"/admin/drafts/{draft_id}/publish", "good/draft.described")


@pages.get("/admin/drafts/{draft_id}/publish", ADMINS)
def publish_form(visit: Visit, draft_id: str) -> Response:
    return _publish_page(visit, _draft(visit, draft_id))


@pages.post("/admin/drafts/{draft_id}/publish", ADMINS)
def publish(visit: Visit, draft_id: str) -> Response:
    rings = REACH.get(visit.text("ring", 10))
    if rings is None:
        raise not_found()
    note = visit.text("note", NOTE_MOST).strip()
    result = visit.deps.authoring.publish(visit.signed_in.actor, draft_id, rings, note)
    if result.outcome is DraftOutcome.DONE:
        return visit.go("/admin/services", "good/draft.published")
    if result.draft is None:
        raise not_found()
    return _publish_page(visit, result.draft, visit.say(f"publish.problem.{result.outcome.value.lower()}"))


@pages.post("/admin/drafts/{draft_id}/discard", ADMINS)
def discard(visit: Visit, draft_id: str) -> Response:
    if visit.deps.authoring.discard(visit.signed_in.actor, draft_id) is DraftOutcome.NOT_FOUND:
        raise not_found()
    return visit.go("/admin/services", "good/draft.discarded")


# --- pages ----------------------------------------------------------------------------------------------------------


def _tried_out(visit: Visitor) -> list[dict[str, str]]:
    """Services of the packs of test and early kiosks."""
    deps = visit.deps
    with deps.engine.connect() as connection:
        numbers = {ring: deps.packs.newest(connection, ring) for ring in ("early", "test")}
    found: dict[str, dict[str, str]] = {}
    for ring, number in numbers.items():
        content = deps.packs.content(number)
        for one in content.services if content else ():
            line = {
                "id": one.document.id,
                "name": citizens_text(one.document.name, visit.language),
                "ring": visit.say(f"ring.{ring}"),
                "version": one.document.form_version,
            }
            found.setdefault(one.document.id, line)
    return list(found.values())


def _draft(visit: Visitor, draft_id: str) -> Draft:
    draft = visit.deps.authoring.draft(draft_id)
    if draft is None or draft.state != "draft":
        raise not_found()
    return draft


def _draft_line(visit: Visitor, draft: Draft) -> dict[str, Any]:
    errors = sum(one.severity is Severity.ERROR for one in draft.problems)
    return {
        "id": draft.id,
        "name": citizens_text(draft.document.get("name"), visit.language) or draft.service_id,
        "file": draft.file_name,
        "errors": errors,
        "when": phrases.moment(draft.updated_at, visit.language, visit.site.zone),
    }


def _frame(visit: Visitor, draft: Draft, step: str) -> dict[str, Any]:
    """What the three pages of a draft share: its name, and how far it is."""
    form_ready = draft.form_xml is not None
    service_ready = all(one.sheet != "service" or one.severity is not Severity.ERROR for one in draft.problems)
    done = {"form": form_ready, "service": service_ready, "publish": False}
    return {
        "draft_id": draft.id,
        "service_id": draft.service_id,
        "name": citizens_text(draft.document.get("name"), visit.language) or draft.service_id,
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


def _told(visit: Visitor, draft: Draft, severity: Severity) -> list[dict[str, Any]]:
    """The spreadsheet's problems in the visitor's language, by sheet and row."""
    return [
        {"sheet": one.sheet, "row": one.row, "column": one.column, "message": one.text(visit.language)}
        for one in draft.problems
        if one.severity is severity and one.sheet != document_problems.SHEET
    ]


def _upload_page(visit: Visitor, service_id: str, problem: str = "") -> Response:
    known = visit.deps.authoring.published(service_id) if service_id else None
    return visit.render(
        "admin/upload.html",
        400 if problem else 200,
        service_id=service_id,
        name=citizens_text(known.document.name, visit.language) if known else "",
        problem=problem,
    )


def _service_page(visit: Visitor, draft: Draft, *, tell: bool) -> Response:
    document = dict(draft.document)
    with visit.deps.engine.connect() as connection:
        agencies = queries.agencies(connection)
        number = visit.deps.packs.newest(connection)
    content = visit.deps.packs.content(number)
    problems = [one for one in draft.problems if one.sheet == "service"] if tell else []
    wrong = {one.column for one in problems}
    return visit.render(
        "admin/draft_service.html",
        400 if problems else 200,
        **_frame(visit, draft, "service"),
        problems=[{"field": _field_name(visit, one.column), "message": one.text(visit.language)} for one in problems],
        wrong=wrong,
        value=lambda path: service_form.value(document, path),
        head=service_form.fields(document, ("name", "summary")),
        words=service_form.keywords(document),
        parts=service_form.fields(document, ("standard.requirements", "standard.procedure")),
        time=service_form.fields(document, ("standard.time",)),
        fee=service_form.fields(document, ("standard.fee",)),
        rest=service_form.fields(document, ("standard.product", "standard.complaints")),
        slip=service_form.fields(document, ("slip.title", "slip.next_step")),
        stages=service_form.stages(document),
        agencies=agencies,
        events=content.life_events if content else {},
        icons=sorted({one.document.icon for one in content.services}) if content else [],
        four=LANGUAGES,
    )


def _field_name(visit: Visitor, column: str) -> str:
    """What a member of the document is called on the page; a part of a member is named by its beginning."""
    way = column.split(".")
    while way:
        key = f"service.{'.'.join(way)}"
        if visit.site.texts.has(key):
            return visit.say(key)
        way.pop()
    return column


def _publish_page(visit: Visitor, draft: Draft, problem: str = "") -> Response:
    return visit.render(
        "admin/draft_publish.html",
        409 if problem else 200,
        **_frame(visit, draft, "publish"),
        publishable=draft.publishable,
        differences=visit.deps.authoring.differences(draft),
        rings=tuple(REACH),
        problem=problem,
    )


def _arrival(visit: Visitor) -> dict[str, Any]:
    """Packs, the newest first, and which pack each kiosk runs against the one that is meant for it."""
    deps, language, zone = visit.deps, visit.language, visit.site.zone
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
                "ring": visit.say(f"ring.{one.ring}"),
                "runs": one.pack_version or 0,
                "meant": meant[one.ring],
                "arrived": (one.pack_version or 0) == meant[one.ring],
            }
            for one in kiosks
        ],
        "packs": [
            {
                "number": one.number,
                "when": phrases.moment(one.made_at, language, zone),
                "by": names.get(one.made_by, visit.say("actor.system")),
                "rings": ", ".join(visit.say(f"ring.{ring}") for ring in one.rings),
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
