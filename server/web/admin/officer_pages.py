"""Who works in the back office: administrators add people, give new passwords, let them in or not."""

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
def officers(visit: Visit) -> Response:
    return _page(visit)


@pages.post("/admin/officers", ADMINS)
def add(visit: Visit) -> Response:
    """Adds somebody with a password that is made here and shown once."""
    typed = {name: visit.text(name, 300).strip() for name in ("name", "user", "role", "agency")}
    outcome, password = visit.deps.officers.add(
        visit.signed_in.actor, typed["user"], typed["name"], typed["role"], typed["agency"] or None
    )
    if outcome is not OfficerOutcome.DONE:
        return _page(visit, 400, problem=visit.say(f"officer.problem.{outcome.value.lower()}"), typed=typed)
    return _page(visit, password={"name": typed["name"], "user": typed["user"], "text": password})


@pages.post("/admin/officers/{officer_id}", ADMINS)
def change(visit: Visit, officer_id: str) -> Response:
    name, role, agency = (visit.text(field, 300).strip() for field in ("name", "role", "agency"))
    outcome = visit.deps.officers.change(visit.signed_in.actor, officer_id, name, role, agency or None)
    if outcome is OfficerOutcome.NOT_FOUND:
        raise not_found()
    if outcome is not OfficerOutcome.DONE:
        return _page(visit, 400, problem=visit.say(f"officer.problem.{outcome.value.lower()}"))
    return visit.go("/admin/officers", "good/officer.changed")


@pages.post("/admin/officers/{officer_id}/password", ADMINS)
def new_password(visit: Visit, officer_id: str) -> Response:
    outcome, password = visit.deps.officers.new_password(visit.signed_in.actor, officer_id)
    person = next((one for one in visit.deps.officers.rows() if one.id == officer_id), None)
    if outcome is not OfficerOutcome.DONE or person is None:
        raise not_found()
    return _page(visit, password={"name": person.name, "user": person.user_name, "text": password})


@pages.post("/admin/officers/{officer_id}/off", ADMINS)
def off(visit: Visit, officer_id: str) -> Response:
    return _set_active(visit, officer_id, False)


@pages.post("/admin/officers/{officer_id}/on", ADMINS)
def on(visit: Visit, officer_id: str) -> Response:
    return _set_active(visit, officer_id, True)


def _set_active(visit: Visitor, officer_id: str, active: bool) -> Response:
    outcome = visit.deps.officers.set_active(visit.signed_in.actor, officer_id, active)
    if outcome is OfficerOutcome.NOT_FOUND:
        raise not_found()
    if outcome is OfficerOutcome.ONESELF:
        return _page(visit, 409, problem=visit.say("officer.problem.oneself"))
    return visit.go("/admin/officers", "good/officer.on.done" if active else "good/officer.off.done")


def _page(
    visit: Visitor,
    status: int = 200,
    *,
    problem: str = "",
    typed: dict[str, str] | None = None,
    password: dict[str, str] | None = None,
) -> Response:
    language = visit.language
    with visit.deps.engine.connect() as connection:
        agencies = queries.agencies(connection)
    return visit.render(
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
                "oneself": one.id == visit.signed_in.id,
                "seen": visit.formatting.short_moment(one.last_sign_in_at)
                if one.last_sign_in_at
                else visit.say("officer.never"),
            }
            for one in visit.deps.officers.rows()
        ],
        roles=[one.value for one in Role],
        agencies=agencies,
        problem=problem,
        password=password,
        typed={"name": "", "user": "", "role": "officer", "agency": "", **(typed or {})},
    )
