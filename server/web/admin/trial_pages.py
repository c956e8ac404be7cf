"""Trying a form as a kiosk shows it: page by page, with the same engine; nothing is sent and nothing is kept.

What was answered travels in the page, sealed with the server's vault, so no process has to remember it and the browser's
way back is the citizen's.
"""

import base64
import binascii
from dataclasses import replace
from typing import Any, Final

from starlette.responses import Response

from forms import Form
from protocol.languages import LANGUAGES
from protocol.limits import ANSWER_CHARACTERS
from protocol.packs import ServiceDescription
from protocol.pictograms.drawings import DRAWINGS
from server.catalogue.form_conversion import load
from server.catalogue.originals import FORM_FILE
from server.foundation.actors import Role
from server.foundation.vault import VaultBroken
from server.web.admin import trial_view
from server.web.admin.service_draft_pages import frame, open_draft
from server.web.admin.service_pages import published
from server.web.admin.trial import Held, Privacy, Step, Trial
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.headers import DOCUMENT_POLICY
from server.web.frame.visitor import Visitor
from server.web.office.attachments import sniffed

ADMINS: Final = only(Role.ADMIN)
#: Of a page with what was answered so far.
TRIAL_BYTES: Final = 8_000_000
_HELD: Final = "held"

pages = Pages()


@pages.get("/admin/drafts/{draft_id}/try", ADMINS)
def draft_trial(visitor: Visit, draft_id: str) -> Response:
    return _draft(visitor, draft_id)


@pages.post("/admin/drafts/{draft_id}/try", ADMINS, limit=TRIAL_BYTES)
def draft_step(visitor: Visit, draft_id: str) -> Response:
    return _draft(visitor, draft_id)


@pages.get("/admin/drafts/{draft_id}/media/{name}", ADMINS)
def draft_media(visitor: Visit, draft_id: str, name: str) -> Response:
    return _media(open_draft(visitor, draft_id).resources.get(name))


@pages.get("/admin/services/{service_id}/try", ADMINS)
def service_trial(visitor: Visit, service_id: str) -> Response:
    return _service(visitor, service_id)


@pages.post("/admin/services/{service_id}/try", ADMINS, limit=TRIAL_BYTES)
def service_step(visitor: Visit, service_id: str) -> Response:
    return _service(visitor, service_id)


@pages.get("/admin/services/{service_id}/media/{name}", ADMINS)
def service_media(visitor: Visit, service_id: str, name: str) -> Response:
    return _media(published(visitor, service_id).files.get(name) if name != FORM_FILE else None)


# --- what is tried --------------------------------------------------------------------------------------------------


def _draft(visitor: Visitor, draft_id: str) -> Response:
    draft = open_draft(visitor, draft_id)
    form = visitor.deps.authoring.form(draft)
    values = {**frame(visitor, draft, "try"), "media": f"/admin/drafts/{draft_id}/media", "query": ""}
    if form is None:
        return visitor.render("admin/draft_try.html", **values, trial=None)
    trial = _trial(visitor, form, visitor.deps.authoring.description(draft), draft_id)
    return visitor.render("admin/draft_try.html", **values, trial=_shown(visitor, trial, draft_id))


def _service(visitor: Visitor, service_id: str) -> Response:
    service = published(visitor, service_id)
    form = load(service.files[FORM_FILE], service.files)
    if form is None:
        raise not_found()
    ring = visitor.request.query_params.get("ring", "")
    subject = f"{service_id}:{ring}"
    trial = _trial(visitor, form, service.description, subject)
    return visitor.render(
        "admin/service_try.html",
        service_id=service_id,
        media=f"/admin/services/{service_id}/media",
        query=f"?ring={ring}" if ring else "",
        trial=_shown(visitor, trial, subject),
    )


def _trial(visitor: Visitor, form: Form, description: ServiceDescription | None, subject: str) -> Trial:
    """As the page was sent, a step further. What cannot be opened any more, of another form perhaps, begins anew."""
    held = _held(visitor, subject) or Held(language=visitor.public_language)
    deps = visitor.deps
    try:
        trial = Trial(form, description, held, deps.clock.now, visitor.site.zone)
    except ValueError:
        trial = Trial(form, description, Held(language=held.language), deps.clock.now, visitor.site.zone)
    if visitor.request.method == "POST" and held.instance:
        _do(visitor, trial)
    return trial


def _do(visitor: Visitor, trial: Trial) -> None:
    if trial.held.step is Step.FORM:
        trial.answer(trial_view.answers(trial, visitor.form))
    elif trial.held.step is Step.IDENTIFY:
        trial.held = replace(trial.held, nik="".join(visitor.text("nik", 40).split()))
    elif trial.held.step is Step.PRIVACY and visitor.text("privacy", 20) in tuple(Privacy):
        trial.held = replace(trial.held, privacy=visitor.text("privacy", 20))
    action, _, what = visitor.text("do", 500).partition(":")
    if action == "next":
        trial.forward()
    elif action == "back":
        trial.back()
    elif action == "edit":
        trial.edit(what)
    elif action == "add":
        trial.add(what)
    elif action == "remove":
        trial.remove(what)
    elif action == "speak" and what in LANGUAGES:
        trial.speak(what)


# --- the page -------------------------------------------------------------------------------------------------------


def _shown(visitor: Visitor, trial: Trial, subject: str) -> dict[str, Any]:
    words = trial_view.words_of(visitor.site.kiosk_texts.say, trial.held.language, visitor.site.zone)
    page, service = trial.page, trial.description
    return {
        "held": _seal(visitor, subject, trial.hold()),
        "kiosk": words.kiosk,
        "step": trial.held.step.value,
        "steps": [{"key": step.value, "current": step is trial.held.step} for step in trial.steps],
        "language": trial.held.language,
        "languages": LANGUAGES,
        "place": trial.place + 1,
        "total": len(trial.pages),
        "editing": trial.held.editing,
        "group": page.group_label if page is not None else "",
        "questions": trial_view.questions(trial, words, visitor.form),
        "repeat": trial_view.repeat(trial, words),
        "review": trial_view.review(trial, words) if trial.held.step is Step.REVIEW else [],
        "fee": trial_view.fee_words(trial, words),
        "service": service,
        "own": lambda kept: (kept or {}).get(trial.held.language) or (kept or {}).get("id", ""),
        "drawings": DRAWINGS,
        "consent": _consent(visitor),
        "slip": trial_view.slip(trial, service, words) if service is not None else [],
        "nik": trial.held.nik,
        "nik_problem": words.kiosk("nik.problem.too_short") if trial.asked and not trial.nik_fits else "",
        "privacy": trial.held.privacy,
        "privacies": tuple(Privacy),
        "made": words.formatting.moment(visitor.deps.clock.now()),
        "letters_most": ANSWER_CHARACTERS,
        "faults": [str(one) for one in trial.session.faults],
        "calculated": trial_view.calculated(trial),
        "city": visitor.site.city,
    }


def _consent(visitor: Visitor) -> dict[str, str]:
    deps = visitor.deps
    with deps.engine.connect() as connection:
        content = deps.packs.content(deps.packs.newest(connection))
    return dict(content.consent) if content is not None else {}


def _seal(visitor: Visitor, subject: str, held: Held) -> str:
    return base64.b64encode(visitor.deps.vault.close(subject.encode() + b"\0" + held.to_bytes())).decode()


def _held(visitor: Visitor, subject: str) -> Held | None:
    """None: nothing came, or something that was not given out for this form."""
    sent = visitor.form.get(_HELD, "")
    if not isinstance(sent, str) or not sent:
        return None
    try:
        about, _, packed = visitor.deps.vault.open(base64.b64decode(sent, validate=True)).partition(b"\0")
        return Held.from_bytes(packed) if about == subject.encode() else None
    except (VaultBroken, binascii.Error, ValueError):
        return None


def _media(data: bytes | None) -> Response:
    """A picture of a form; whatever else it names is a download."""
    if data is None:
        raise not_found()
    media_type = sniffed(data)
    kind = "inline" if media_type else "attachment"
    headers = {"content-disposition": kind, "content-security-policy": DOCUMENT_POLICY}
    return Response(data, media_type=media_type or "application/octet-stream", headers=headers)
