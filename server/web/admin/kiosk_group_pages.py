"""Kiosks together: the settings of all, of a group, of one; and the groups."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from protocol.kiosk_settings import OFFERED
from server.fleet.groups import FOUND_MOST, NAME_CHARACTERS, GroupOutcome
from server.foundation.actors import Role
from server.open_city.audiences import EVERYBODY, Audience, Reach
from server.web.admin import audience_field
from server.web.admin.city_pages import frame
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor

ADMINS: Final = only(Role.ADMIN)

pages = Pages()


# --- settings -------------------------------------------------------------------------------------------------------


@pages.get("/admin/city/settings", ADMINS)
def settings(visitor: Visit) -> Response:
    query = visitor.request.query_params
    audience = audience_field.asked(visitor)
    lost = audience is None and bool(query.get("for") or query.get("kiosk"))
    problem = visitor.say("audience.problem.none", name=query.get("kiosk") or query.get("for")) if lost else ""
    return _settings_page(visitor, audience or EVERYBODY, problem=problem)


@pages.post("/admin/city/settings", ADMINS)
def change_settings(visitor: Visit) -> Response:
    audience = Audience.read(visitor.text("for", 50) or str(EVERYBODY))
    if audience is None:
        raise not_found()
    typed = {name: visitor.text(name, 20).strip() for name in OFFERED}
    values = {name: _number(text) for name, text in typed.items()}
    wrong = [name for name, text in typed.items() if text and values[name] is None]
    if not wrong:
        wrong = list(visitor.deps.kiosk_settings.change(visitor.signed_in.actor, values, audience))
    if wrong:
        return _settings_page(visitor, audience, wrong, typed, visitor.say("settings.problem"))
    where = "" if audience == EVERYBODY else f"?for={audience}"
    return visitor.go(f"/admin/city/settings{where}", "good/settings.done")


def _settings_page(
    visitor: Visitor,
    audience: Audience,
    wrong: list[str] | None = None,
    typed: Mapping[str, str] | None = None,
    problem: str = "",
) -> Response:
    deps = visitor.deps
    now, inherited = deps.kiosk_settings.values(audience), deps.kiosk_settings.inherited(audience)
    own = deps.kiosk_settings.own()
    with deps.engine.connect() as connection:
        called = audience_field.names(visitor, connection, own)
    return visitor.render(
        "admin/city_settings.html",
        400 if problem else 200,
        **frame("settings"),
        **audience_field.values(visitor, audience),
        own=[{"value": str(one), "name": called[str(one)]} for one in own if str(one) in called],
        numbers=[
            {
                "name": name,
                "value": typed[name] if typed is not None else _written(now.get(name)),
                "usual": _written(inherited.get(name, setting.default)),
                "range": visitor.say(
                    "settings.range",
                    least=_written(setting.minimum),
                    most=_written(setting.maximum),
                    usual=_written(inherited.get(name, setting.default)),
                ),
                "wrong": name in (wrong or ()),
            }
            for name, setting in OFFERED.items()
        ],
        problem=problem,
    )


# --- groups ---------------------------------------------------------------------------------------------------------


@pages.get("/admin/city/groups", ADMINS)
def groups(visitor: Visit) -> Response:
    return _groups_page(visitor)


@pages.post("/admin/city/groups", ADMINS)
def add_group(visitor: Visit) -> Response:
    name = visitor.text("name", NAME_CHARACTERS + 1)
    outcome, group_id = visitor.deps.kiosk_groups.add(visitor.signed_in.actor, name)
    if outcome is not GroupOutcome.DONE:
        return _groups_page(visitor, visitor.say(f"group.problem.{outcome.value.lower()}"), name)
    return visitor.go(f"/admin/city/groups/{group_id}", "good/group.added")


@pages.get("/admin/city/groups/{group_id}", ADMINS)
def group(visitor: Visit, group_id: str) -> Response:
    return _group_page(visitor, group_id)


@pages.post("/admin/city/groups/{group_id}", ADMINS)
def rename_group(visitor: Visit, group_id: str) -> Response:
    name = visitor.text("name", NAME_CHARACTERS + 1)
    outcome = visitor.deps.kiosk_groups.rename(visitor.signed_in.actor, group_id, name)
    if outcome is GroupOutcome.BAD_NAME:
        return _group_page(visitor, group_id, visitor.say("group.problem.bad_name"))
    return _gone(visitor, outcome, f"/admin/city/groups/{group_id}", "good/group.renamed")


@pages.post("/admin/city/groups/{group_id}/join", ADMINS)
def join_group(visitor: Visit, group_id: str) -> Response:
    kiosks = [str(one) for one in visitor.form.getlist("kiosk")][:FOUND_MOST]
    outcome = visitor.deps.kiosk_groups.join(visitor.signed_in.actor, group_id, kiosks)
    return _gone(visitor, outcome, f"/admin/city/groups/{group_id}", "good/group.joined")


@pages.post("/admin/city/groups/{group_id}/leave", ADMINS)
def leave_group(visitor: Visit, group_id: str) -> Response:
    outcome = visitor.deps.kiosk_groups.leave(visitor.signed_in.actor, group_id, visitor.text("kiosk", 36))
    return _gone(visitor, outcome, f"/admin/city/groups/{group_id}", "good/group.left")


@pages.post("/admin/city/groups/{group_id}/remove", ADMINS)
def remove_group(visitor: Visit, group_id: str) -> Response:
    outcome = visitor.deps.kiosk_groups.remove(visitor.signed_in.actor, group_id)
    return _gone(visitor, outcome, "/admin/city/groups", "good/group.removed")


def _gone(visitor: Visitor, outcome: GroupOutcome, path: str, said: str) -> Response:
    if outcome is GroupOutcome.NOT_FOUND:
        raise not_found()
    return visitor.go(path, said)


def _groups_page(visitor: Visitor, problem: str = "", typed: str = "") -> Response:
    rows = visitor.deps.kiosk_groups.rows()
    return visitor.render(
        "admin/city_groups.html",
        400 if problem else 200,
        **frame("groups"),
        groups=[{"id": row.id, "name": row.name, "kiosks": count} for row, count in rows],
        problem=problem,
        typed=typed,
    )


def _group_page(visitor: Visitor, group_id: str, problem: str = "") -> Response:
    known = {row.id: row.name for row, _ in visitor.deps.kiosk_groups.rows()}
    if group_id not in known:
        raise not_found()
    text = visitor.request.query_params.get("find", "")[:NAME_CHARACTERS].strip()
    kiosk_groups = visitor.deps.kiosk_groups
    return visitor.render(
        "admin/city_group.html",
        400 if problem else 200,
        **frame("groups"),
        group_id=group_id,
        name=known[group_id],
        audience=str(Audience(Reach.GROUP, group_id)),
        members=[_kiosk(row) for row in kiosk_groups.members(group_id)],
        found=[_kiosk(row) for row in kiosk_groups.found(text, group_id)],
        find=text,
        most=FOUND_MOST,
        problem=problem,
    )


def _kiosk(row: Any) -> dict[str, str]:
    return {"id": row.id, "name": row.name, "place": row.place}


# --- numbers --------------------------------------------------------------------------------------------------------


def _number(text: str) -> float | None:
    """A number as Indonesians or English write it; None for nothing or no number."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if value == value and abs(value) < 1e12 else None


def _written(value: float | None) -> str:
    return "" if value is None else f"{value:g}".replace(".", ",") if abs(value) < 1 else f"{value:.0f}"
