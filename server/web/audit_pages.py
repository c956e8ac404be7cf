"""The audit log: who did what, the newest checkpoint, and whether the log still holds."""

from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from server import audit
from server.actors import Role
from server.web import phrases, queries
from server.web.access import Pages, Visit, only
from server.web.visitor import Visitor
from server.web.vocabulary import said

AUDITORS: Final = only(Role.ADMIN)
#: Hex digits of a root hash that are shown.
ROOT_SHOWN: Final = 32
#: Characters of an object's id: a tracking code is whole, a UUID begins.
OBJECT_SHOWN: Final = 13

pages = Pages()


@pages.get("/audit", AUDITORS)
def log(visit: Visit) -> Response:
    return _page(visit)


@pages.post("/audit/verify", AUDITORS)
def verify(visit: Visit) -> Response:
    """Hashes every entry anew; what is found is told, and that somebody looked is itself logged."""
    deps = visit.deps
    with deps.engine.connect() as connection:
        problems = audit.verify(connection, deps.keys.audit_public)
    with deps.engine.begin() as connection:
        entry = audit.Entry(visit.signed_in.id, "audit.verify", "audit", {"problems": len(problems)})
        audit.append(connection, deps.clock.now(), [entry])
    return _page(visit, verified=True, problems=problems)


def _page(visit: Visitor, *, verified: bool = False, problems: list[str] | None = None) -> Response:
    asked = visit.request.query_params
    actor, about, before = asked.get("actor", "")[:64], asked.get("about", "")[:100].strip(), asked.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    with visit.deps.engine.connect() as connection:
        rows = queries.audit_entries(connection, actor=actor, about=about, before=number)
        people = queries.officers_by_name(connection)
        point = audit.latest_checkpoint(connection)
    shown = rows[: queries.AUDIT_PAGE]
    names = {one.id: one.name for one in people}
    older = {"actor": actor, "about": about, "before": shown[-1].seq} if len(rows) > len(shown) else None
    return visit.render(
        "admin/audit.html",
        entries=[_entry(visit, row, names) for row in shown],
        people=people,
        actor=actor,
        about=about,
        older=f"/audit?{urlencode(older)}" if older else "",
        checkpoint=_checkpoint(visit, point) if point else None,
        verified=verified,
        problems=problems or [],
    )


def _entry(visit: Visitor, row: Any, names: dict[str, str]) -> dict[str, Any]:
    kind = row.actor.partition(":")[0]
    if kind in ("kiosk", "system", "operator", "staff"):
        who = visit.say(f"actor.{kind}")
    else:
        who = names.get(row.actor, row.actor)
    return {
        "seq": row.seq,
        "when": phrases.moment(row.at, visit.language, visit.site.zone),
        "who": who,
        "what": said(visit.say, "log", row.action),
        "about": _about(row.object, names),
        "object": row.object,
        "details": " · ".join(
            f"{name}: {_value(value, names)}" for name, value in row.details.items() if value not in ("", None, [])
        ),
    }


def _value(value: Any, names: dict[str, str]) -> str:
    """A detail of an entry; people are called by their names."""
    if isinstance(value, list):
        return ", ".join(_value(one, names) for one in value)
    return names.get(value, value) if isinstance(value, str) else str(value)


def _about(what: str, names: dict[str, str]) -> str:
    """An object of the log so short that a row stays a row; its whole name is in the page as well."""
    kind, _, name = what.partition(":")
    if name in names:
        return names[name]
    return what if len(name) <= OBJECT_SHOWN else f"{kind}:{name[:OBJECT_SHOWN]}…"


def _checkpoint(visit: Visitor, point: audit.Checkpoint) -> dict[str, Any]:
    return {
        "size": point.size,
        "when": phrases.moment(point.at, visit.language, visit.site.zone),
        "root": point.root.hex()[:ROOT_SHOWN],
        "origin": point.origin,
    }
