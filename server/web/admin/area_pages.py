"""Areas of the city, the kiosks that stand there, and of which roles a second factor is demanded."""

from collections import Counter
from typing import Final

from starlette.responses import Response

from server.foundation.actors import Role
from server.people.areas import AreaOutcome
from server.web.admin.people_tabs import tabs
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor

ADMINS: Final = only(Role.ADMIN)

pages = Pages()


@pages.get("/admin/areas", ADMINS)
def areas(visitor: Visit) -> Response:
    return _list(visitor)


@pages.post("/admin/areas", ADMINS)
def add(visitor: Visit) -> Response:
    name = visitor.text("name", 300)
    outcome = visitor.deps.identity.areas.add(visitor.signed_in.actor, name)
    if outcome is not AreaOutcome.DONE:
        return _list(visitor, 400, _problem(visitor, outcome), name)
    return visitor.go("/admin/areas", "good/area.added")


@pages.get("/admin/areas/{area_id}", ADMINS)
def area(visitor: Visit, area_id: str) -> Response:
    return _page(visitor, area_id)


@pages.post("/admin/areas/{area_id}", ADMINS)
def rename(visitor: Visit, area_id: str) -> Response:
    outcome = visitor.deps.identity.areas.rename(visitor.signed_in.actor, area_id, visitor.text("name", 300))
    return _done(visitor, area_id, outcome, f"/admin/areas/{area_id}", "area.renamed")


@pages.post("/admin/areas/{area_id}/remove", ADMINS)
def remove(visitor: Visit, area_id: str) -> Response:
    outcome = visitor.deps.identity.areas.remove(visitor.signed_in.actor, area_id)
    return _done(visitor, area_id, outcome, "/admin/areas", "area.removed")


@pages.post("/admin/areas/{area_id}/kiosks/{kiosk_id}", ADMINS)
def place(visitor: Visit, area_id: str, kiosk_id: str) -> Response:
    """Puts the kiosk into the area, or takes it out."""
    out = bool(visitor.text("out", 1))
    outcome = visitor.deps.identity.areas.place(visitor.signed_in.actor, kiosk_id, None if out else area_id)
    return _done(visitor, area_id, outcome, f"/admin/areas/{area_id}", "area.took_out" if out else "area.put")


@pages.get("/admin/sign-in", ADMINS)
def demands(visitor: Visit) -> Response:
    identity = visitor.deps.identity
    demanded, provider = identity.factors.demanded(), identity.provider
    people = [one for one in visitor.deps.officers.rows() if one.active]
    without = Counter(one.role for one in people if not one.has_factor)
    return visitor.render(
        "admin/demands.html",
        tabs=tabs(visitor),
        roles=[{"role": role.value, "demanded": role in demanded, "without": without[role]} for role in Role],
        provider={"issuer": provider.issuer, "claim": provider.claim, "known": identity.provider_accounts.known()}
        if provider is not None
        else None,
    )


@pages.post("/admin/sign-in", ADMINS)
def demand(visitor: Visit) -> Response:
    chosen = {str(one) for one in visitor.form.getlist("role")}
    roles = [role for role in Role if role.value in chosen]
    visitor.deps.identity.factors.demand(visitor.signed_in.actor, roles)
    return visitor.go("/admin/sign-in", "good/demand.done")


def _done(visitor: Visitor, area_id: str, outcome: AreaOutcome, way: str, said: str) -> Response:
    if outcome is AreaOutcome.NOT_FOUND:
        raise not_found()
    if outcome is not AreaOutcome.DONE:
        return _page(visitor, area_id, 400, _problem(visitor, outcome))
    return visitor.go(way, f"good/{said}")


def _problem(visitor: Visitor, outcome: AreaOutcome) -> str:
    return visitor.say(f"area.problem.{outcome.value.lower()}")


def _list(visitor: Visitor, status: int = 200, problem: str = "", typed: str = "") -> Response:
    rows = visitor.deps.identity.areas.rows()
    return visitor.render("admin/areas.html", status, tabs=tabs(visitor), areas=rows, problem=problem, typed=typed)


def _page(visitor: Visitor, area_id: str, status: int = 200, problem: str = "") -> Response:
    rows = visitor.deps.identity.areas.rows()
    names = {one.id: one.name for one in rows}
    found = next((one for one in rows if one.id == area_id), None)
    if found is None:
        raise not_found()
    search = (visitor.text("search", 100) or visitor.request.query_params.get("search", "")[:100]).strip()
    kiosks = [
        {
            "id": one.id,
            "number": one.number,
            "name": one.name,
            "place": one.place,
            "here": one.area_id == area_id,
            "elsewhere": names.get(one.area_id, "") if one.area_id != area_id else "",
        }
        for one in visitor.deps.identity.areas.kiosks(area_id, search)
    ]
    return visitor.render("admin/area.html", status, area=found, kiosks=kiosks, search=search, problem=problem)
