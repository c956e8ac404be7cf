"""Office accounts: administrators add people, set new passwords, activate and deactivate."""

from typing import Final

from starlette.responses import Response

from server.foundation.actors import Role
from server.foundation.texts import citizens_text
from server.people.officers import OfficerOutcome
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor
from server.web.office import queries

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
    return _page(visitor, password={"name": typed["name"], "user": typed["user"], "text": password})


@pages.post("/admin/officers/{officer_id}", ADMINS)
def change(visitor: Visit, officer_id: str) -> Response:
    name, role, agency = (visitor.text(field, 300).strip() for field in ("name", "role", "agency"))
    outcome = visitor.deps.officers.change(visitor.signed_in.actor, officer_id, name, role, agency or None)
    if outcome is OfficerOutcome.NOT_FOUND:
        raise not_found()
    if outcome is not OfficerOutcome.DONE:
        return _page(visitor, 400, problem=visitor.say(f"officer.problem.{outcome.value.lower()}"))
    return visitor.go("/admin/officers", "good/officer.changed")


@pages.post("/admin/officers/{officer_id}/password", ADMINS)
def new_password(visitor: Visit, officer_id: str) -> Response:
    outcome, password = visitor.deps.officers.new_password(visitor.signed_in.actor, officer_id)
    person = next((one for one in visitor.deps.officers.rows() if one.id == officer_id), None)
    if outcome is not OfficerOutcome.DONE or person is None:
        raise not_found()
    return _page(visitor, password={"name": person.name, "user": person.user_name, "text": password})


@pages.post("/admin/officers/{officer_id}/off", ADMINS)
def off(visitor: Visit, officer_id: str) -> Response:
    return _set_active(visitor, officer_id, False)


@pages.post("/admin/officers/{officer_id}/on", ADMINS)
def on(visitor: Visit, officer_id: str) -> Response:
    return _set_active(visitor, officer_id, True)


def _set_active(visitor: Visitor, officer_id: str, active: bool) -> Response:
    outcome = visitor.deps.officers.set_active(visitor.signed_in.actor, officer_id, active)
    if outcome is OfficerOutcome.NOT_FOUND:
        raise not_found()
    if outcome is OfficerOutcome.ONESELF:
        return _page(visitor, 409, problem=visitor.say("officer.problem.oneself"))
    return visitor.go("/admin/officers", "good/officer.on.done" if active else "good/officer.off.done")


def _page(
    visitor: Visitor,
    status: int = 200,
    *,
    problem: str = "",
    typed: dict[str, str] | None = None,
    password: dict[str, str] | None = None,
) -> Response:
    language = visitor.language
    with visitor.deps.engine.connect() as connection:
        agencies = queries.agencies(connection)
    return visitor.render(
        "admin/officers.html",
        status,
        people=[
            {
                "id": one.id,
                "user": one.user_name,
                "name": one.name,
                "role": one.role,
                "agency_id": one.agency_id or "",
                "agency": citizens_text(one.agency_name, language),
                "active": one.active,
                "oneself": one.id == visitor.signed_in.id,
                "seen": visitor.formatting.short_moment(one.last_sign_in_at)
                if one.last_sign_in_at
                else visitor.say("officer.never"),
            }
            for one in visitor.deps.officers.rows()
        ],
        roles=[one.value for one in Role],
        agencies=agencies,
        problem=problem,
        password=password,
        typed={"name": "", "user": "", "role": "officer", "agency": "", **(typed or {})},
    )
