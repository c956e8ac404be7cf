"""Texts that belong to the city and to no single service: agencies' names, what citizens agree to, life events."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from protocol.languages import LANGUAGES
from server.catalogue.offers import CONSENT_CHARACTERS, NAME_CHARACTERS, TextOutcome
from server.foundation.actors import Role
from server.people.agencies import ID_CHARACTERS, AgencyOutcome
from server.web.admin.city_pages import frame
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor

ADMINS: Final = only(Role.ADMIN)

pages = Pages()


# --- agencies -------------------------------------------------------------------------------------------------------


@pages.get("/admin/city/agencies", ADMINS)
def agencies(visitor: Visit) -> Response:
    return _agencies_page(visitor)


@pages.post("/admin/city/agencies", ADMINS)
def add_agency(visitor: Visit) -> Response:
    agency_id, name = visitor.text("id", ID_CHARACTERS + 1).strip(), _texts(visitor, "name", NAME_CHARACTERS)
    outcome = visitor.deps.agencies.add(visitor.signed_in.actor, agency_id, name)
    if outcome is not AgencyOutcome.DONE:
        return _agencies_page(
            visitor, visitor.say(f"agency.problem.{outcome.value.lower()}"), {"id": agency_id, **name}
        )
    return visitor.go("/admin/city/agencies", "good/agency.added")


@pages.post("/admin/city/agencies/{agency_id}", ADMINS)
def rename_agency(visitor: Visit, agency_id: str) -> Response:
    name = _texts(visitor, "name", NAME_CHARACTERS)
    outcome = visitor.deps.agencies.rename(visitor.signed_in.actor, agency_id, name)
    if outcome is AgencyOutcome.NOT_FOUND:
        raise not_found()
    if outcome is not AgencyOutcome.DONE:
        return _agencies_page(visitor, visitor.say(f"agency.problem.{outcome.value.lower()}"))
    visitor.deps.offers.agency_called(
        visitor.signed_in.actor, agency_id, {language: text.strip() for language, text in name.items() if text.strip()}
    )
    return visitor.go("/admin/city/agencies", "good/agency.renamed")


@pages.post("/admin/city/agencies/{agency_id}/remove", ADMINS)
def remove_agency(visitor: Visit, agency_id: str) -> Response:
    outcome = visitor.deps.agencies.remove(visitor.signed_in.actor, agency_id)
    if outcome is AgencyOutcome.NOT_FOUND:
        raise not_found()
    if outcome is not AgencyOutcome.DONE:
        return _agencies_page(visitor, visitor.say(f"agency.problem.{outcome.value.lower()}"))
    return visitor.go("/admin/city/agencies", "good/agency.removed")


def _agencies_page(visitor: Visitor, problem: str = "", typed: Mapping[str, str] | None = None) -> Response:
    return visitor.render(
        "admin/city_agencies.html",
        400 if problem else 200,
        **frame("agencies"),
        agencies=visitor.deps.agencies.all(),
        four=LANGUAGES,
        problem=problem,
        typed={"id": "", **dict.fromkeys(LANGUAGES, ""), **(typed or {})},
    )


# --- texts ----------------------------------------------------------------------------------------------------------


@pages.get("/admin/city/texts", ADMINS)
def texts(visitor: Visit) -> Response:
    return _texts_page(visitor)


@pages.post("/admin/city/texts/consent", ADMINS)
def change_consent(visitor: Visit) -> Response:
    typed = _texts(visitor, "consent", CONSENT_CHARACTERS)
    outcome = visitor.deps.offers.consent(visitor.signed_in.actor, typed)
    if outcome not in (TextOutcome.DONE, TextOutcome.SAME):
        problem = visitor.say(f"texts.problem.{outcome.value.lower()}", n=CONSENT_CHARACTERS)
        return _texts_page(visitor, problem, consent=typed)
    return visitor.go("/admin/city/texts", "good/texts.done" if outcome is TextOutcome.DONE else "good/texts.same")


@pages.post("/admin/city/texts/events", ADMINS)
def change_events(visitor: Visit) -> Response:
    known = visitor.deps.offers.content().life_events
    typed = {event: _texts(visitor, f"event.{event}", NAME_CHARACTERS) for event in known}
    outcome = visitor.deps.offers.life_events(visitor.signed_in.actor, typed)
    if outcome not in (TextOutcome.DONE, TextOutcome.SAME):
        problem = visitor.say(f"texts.problem.{outcome.value.lower()}", n=NAME_CHARACTERS)
        return _texts_page(visitor, problem, events=typed)
    return visitor.go("/admin/city/texts", "good/texts.done" if outcome is TextOutcome.DONE else "good/texts.same")


def _texts_page(
    visitor: Visitor,
    problem: str = "",
    consent: Mapping[str, str] | None = None,
    events: Mapping[str, Mapping[str, str]] | None = None,
) -> Response:
    content = visitor.deps.offers.content()
    shown: dict[str, Any] = {event: dict(texts) for event, texts in (events or content.life_events).items()}
    return visitor.render(
        "admin/city_texts.html",
        400 if problem else 200,
        **frame("texts"),
        consent=dict(consent if consent is not None else content.consent),
        consent_version=content.consent_version,
        events=shown,
        four=LANGUAGES,
        consent_most=CONSENT_CHARACTERS,
        name_most=NAME_CHARACTERS,
        problem=problem,
    )


def _texts(visitor: Visitor, name: str, most: int) -> dict[str, str]:
    return {language: visitor.text(f"{name}.{language}", most + 1).replace("\r\n", "\n") for language in LANGUAGES}
