"""Office accounts: administrators add people, set new passwords, limit, sign out, activate and deactivate."""

from typing import Final

from starlette.responses import Response

from server.foundation.actors import DECIDING, Role
from server.foundation.texts import citizens_text
from server.people.areas import AreaOutcome
from server.people.officers import OfficerOutcome
from server.web.admin.people_tabs import tabs
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor
from server.web.office import queries
from server.web.office.security_pages import session_lines

ADMINS: Final = only(Role.ADMIN)

pages = Pages()


@pages.get("/admin/officers", ADMINS)
def officers(visitor: Visit) -> Response:
    return _page(visitor)


@pages.post("/admin/officers", ADMINS)
def add(visitor: Visit) -> Response:
    """Adds an account; its password is generated here and shown once."""
    typed = {name: visitor.text(name, 300).strip() for name in ("name", "user", "role", "agency")}
    outcome, password = visitor.deps.officers.add(
        visitor.signed_in.actor, typed["user"], typed["name"], typed["role"], typed["agency"] or None
    )
    if outcome is not OfficerOutcome.DONE:
        return _page(visitor, 400, problem=visitor.say(f"officer.problem.{outcome.value.lower()}"), typed=typed)
    return _person(visitor, visitor.deps.officers.id_of(typed["user"]) or "", password=password)


@pages.get("/admin/officers/{officer_id}", ADMINS)
def officer(visitor: Visit, officer_id: str) -> Response:
    return _person(visitor, officer_id)


@pages.post("/admin/officers/{officer_id}", ADMINS)
def change(visitor: Visit, officer_id: str) -> Response:
    name, role, agency = (visitor.text(field, 300).strip() for field in ("name", "role", "agency"))
    outcome = visitor.deps.officers.change(visitor.signed_in.actor, officer_id, name, role, agency or None)
    return _done(visitor, officer_id, outcome, "officer.changed")


@pages.post("/admin/officers/{officer_id}/password", ADMINS)
def new_password(visitor: Visit, officer_id: str) -> Response:
    outcome, password = visitor.deps.officers.new_password(visitor.signed_in.actor, officer_id)
    if outcome is not OfficerOutcome.DONE:
        raise not_found()
    return _person(visitor, officer_id, password=password)


@pages.post("/admin/officers/{officer_id}/off", ADMINS)
def off(visitor: Visit, officer_id: str) -> Response:
    outcome = visitor.deps.officers.set_active(visitor.signed_in.actor, officer_id, False)
    return _done(visitor, officer_id, outcome, "officer.off.done")


@pages.post("/admin/officers/{officer_id}/on", ADMINS)
def on(visitor: Visit, officer_id: str) -> Response:
    outcome = visitor.deps.officers.set_active(visitor.signed_in.actor, officer_id, True)
    return _done(visitor, officer_id, outcome, "officer.on.done")


@pages.post("/admin/officers/{officer_id}/areas", ADMINS)
def limit(visitor: Visit, officer_id: str) -> Response:
    chosen = {str(one) for one in visitor.form.getlist("area")}
    outcome = visitor.deps.identity.areas.limit(visitor.signed_in.actor, officer_id, chosen)
    if outcome is AreaOutcome.NOT_FOUND:
        raise not_found()
    if outcome is not AreaOutcome.DONE:
        return _person(visitor, officer_id, 400, problem=visitor.say(f"area.problem.{outcome.value.lower()}"))
    return visitor.go(f"/admin/officers/{officer_id}", "good/area.limit.done")


@pages.post("/admin/officers/{officer_id}/factors/reset", ADMINS)
def reset_factors(visitor: Visit, officer_id: str) -> Response:
    """For whoever lost a device and the recovery codes: a colleague who knows them takes their second factors away."""
    outcome = visitor.deps.identity.factors.reset(visitor.signed_in.actor, officer_id)
    return _done(visitor, officer_id, outcome, "officer.factors.reset.done")


@pages.post("/admin/officers/{officer_id}/provider", ADMINS)
def write_claim(visitor: Visit, officer_id: str) -> Response:
    """Who the officer is at the city's identity provider."""
    claim = visitor.text("claim", 300)
    outcome = visitor.deps.identity.provider_accounts.write(visitor.signed_in.actor, officer_id, claim)
    if outcome in (OfficerOutcome.EXISTS, OfficerOutcome.BAD_NAME):
        return _person(visitor, officer_id, 400, problem=visitor.say(f"officer.provider.{outcome.value.lower()}"))
    return _done(visitor, officer_id, outcome, "officer.provider.done")


@pages.post("/admin/officers/{officer_id}/sessions/{handle}/end", ADMINS)
def end_session(visitor: Visit, officer_id: str, handle: str) -> Response:
    if not visitor.deps.identity.sessions.end(visitor.signed_in.actor, officer_id, handle):
        raise not_found()
    return visitor.go(f"/admin/officers/{officer_id}", "good/security.session.ended")


@pages.post("/admin/officers/{officer_id}/sessions/end", ADMINS)
def end_sessions(visitor: Visit, officer_id: str) -> Response:
    """All of them; of one's own, all but this one."""
    visitor.deps.identity.sessions.end_all(visitor.signed_in.actor, officer_id, but=visitor.token)
    return visitor.go(f"/admin/officers/{officer_id}", "good/security.session.ended")


def _done(visitor: Visitor, officer_id: str, outcome: OfficerOutcome, said: str) -> Response:
    if outcome is OfficerOutcome.NOT_FOUND:
        raise not_found()
    if outcome is not OfficerOutcome.DONE:
        status = 409 if outcome is OfficerOutcome.ONESELF else 400
        return _person(visitor, officer_id, status, problem=visitor.say(f"officer.problem.{outcome.value.lower()}"))
    return visitor.go(f"/admin/officers/{officer_id}", f"good/{said}")


def _person(visitor: Visitor, officer_id: str, status: int = 200, *, problem: str = "", password: str = "") -> Response:
    one = next((one for one in visitor.deps.officers.rows() if one.id == officer_id), None)
    if one is None:
        raise not_found()
    identity = visitor.deps.identity
    oneself = one.id == visitor.signed_in.id
    with visitor.deps.engine.connect() as connection:
        agencies = queries.agencies(connection)
    return visitor.render(
        "admin/officer.html",
        status,
        person={
            "id": one.id,
            "user": one.user_name,
            "name": one.name,
            "role": one.role,
            "agency_id": one.agency_id or "",
            "agency": citizens_text(one.agency_name, visitor.language),
            "active": one.active,
            "oneself": oneself,
            "decides": one.role in DECIDING,
            "claim": one.provider_claim or "",
            "bound": one.provider_subject is not None,
        },
        problem=problem,
        password={"name": one.name, "user": one.user_name, "text": password} if password else None,
        roles=[role.value for role in Role],
        agencies=agencies,
        areas=identity.areas.rows(),
        limits=identity.areas.limits(one.id),
        held=identity.factors.held(one.id),
        provider=identity.provider.claim if identity.provider is not None else "",
        sessions=session_lines(visitor, one.id, visitor.token),
    )


def _page(
    visitor: Visitor,
    status: int = 200,
    *,
    problem: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    language = visitor.language
    identity = visitor.deps.identity
    demanded, limits = identity.factors.demanded(), identity.areas.names_by_officer()
    with visitor.deps.engine.connect() as connection:
        agencies = queries.agencies(connection)
    return visitor.render(
        "admin/officers.html",
        status,
        tabs=tabs(visitor),
        people=[
            {
                "id": one.id,
                "user": one.user_name,
                "name": one.name,
                "role": one.role,
                "agency": citizens_text(one.agency_name, language),
                "areas": ", ".join(limits.get(one.id, ())),
                "active": one.active,
                "oneself": one.id == visitor.signed_in.id,
                "factor": one.has_factor,
                "demanded": Role(one.role) in demanded,
                "seen": visitor.formatting.short_moment(one.last_sign_in_at)
                if one.last_sign_in_at
                else visitor.say("officer.never"),
            }
            for one in visitor.deps.officers.rows()
        ],
        roles=[one.value for one in Role],
        agencies=agencies,
        problem=problem,
        typed={"name": "", "user": "", "role": "officer", "agency": "", **(typed or {})},
    )
