"""The audit log: who did what, the newest checkpoint, and whether the log is intact, in its witnesses' eyes as well."""

from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import PlainTextResponse, Response

from protocol import checkpoints
from server.audit import audit
from server.audit import verification as audit_verify
from server.audit.verification import Heard, Verdict, Verification
from server.foundation.actors import Role
from server.web.frame.access import EVERYBODY, Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor
from server.web.frame.vocabulary import said
from server.web.office import queries

AUDITORS: Final = only(Role.ADMIN)
#: Hex digits of a root hash that are shown.
ROOT_SHOWN: Final = 32
#: Characters of an object's id: a tracking code is whole, a UUID begins.
OBJECT_SHOWN: Final = 13
#: Witnesses of a verification that are shown one by one: those that do not agree, then whoever knows most.
WITNESSES_SHOWN: Final = 50
#: How a verdict looks.
_TONES: Final = {Verdict.AGREES: "good", Verdict.PROVES_NOTHING: "wait", Verdict.COMPLAINS: "wait"}

pages = Pages()


@pages.get("/audit", AUDITORS)
def log(visitor: Visit) -> Response:
    return _page(visitor)


@pages.post("/audit/verify", AUDITORS)
def verify(visitor: Visit) -> Response:
    """Hashes every entry again and asks the witnesses; the verification is itself logged."""
    deps = visitor.deps
    with deps.engine.connect() as connection:
        found = audit_verify.verify(connection, deps.keys.audit_public, deps.witnesses.statements(connection))
    with deps.units.begin(visitor.signed_in.actor) as work:
        work.audit("audit.verify", "audit", audit_verify.counts(found))
    return _page(visitor, found)


@pages.get("/audit/checkpoint.txt", EVERYBODY)
def checkpoint_note(visitor: Visit) -> Response:
    """The newest checkpoint as a signed note, for witnesses outside: a size and a hash, nothing of anybody."""
    with visitor.deps.engine.connect() as connection:
        newest = audit.latest_checkpoint(connection)
    if newest is None:
        raise not_found()
    return PlainTextResponse(checkpoints.note(newest.checkpoint, visitor.deps.keys.audit_public))


def _page(visitor: Visitor, found: Verification | None = None) -> Response:
    asked = visitor.request.query_params
    actor, about, before = asked.get("actor", "")[:64], asked.get("about", "")[:100].strip(), asked.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    with visitor.deps.engine.connect() as connection:
        rows = queries.audit_entries(connection, actor=actor, about=about, before=number)
        people = queries.officers_by_name(connection)
        point = audit.latest_checkpoint(connection)
        known = visitor.deps.witnesses.statements(connection)
    shown = rows[: queries.AUDIT_PAGE]
    names = {one.id: one.name for one in people}
    older = {"actor": actor, "about": about, "before": shown[-1].seq} if len(rows) > len(shown) else None
    return visitor.render(
        "admin/audit.html",
        entries=[_entry(visitor, row, names) for row in shown],
        people=people,
        actor=actor,
        about=about,
        older=f"/audit?{urlencode(older)}" if older else "",
        checkpoint=_checkpoint(visitor, point) if point else None,
        witnesses=len(known),
        complaining=[one.name for one in known if one.complaint],
        found=found,
        problems=[_problem(visitor, one) for one in found.problems] if found else [],
        heard=_heard(visitor, found) if found else [],
        agreeing=len(found.witnesses) - len(found.against) if found else 0,
    )


def _problem(visitor: Visitor, found: audit_verify.Found) -> str:
    return visitor.say(f"audit.problem.{found.problem.value.lower()}", first=found.first, last=found.last)


def _heard(visitor: Visitor, found: Verification) -> list[dict[str, Any]]:
    agreeing = [one for one in found.witnesses if one.verdict is Verdict.AGREES]
    return [_witness(visitor, one, found.size) for one in [*found.against, *agreeing][:WITNESSES_SHOWN]]


def _witness(visitor: Visitor, one: Heard, size: int) -> dict[str, Any]:
    held = one.statement.held
    restarted = one.verdict is Verdict.AGREES and one.statement.restarts
    return {
        "name": one.statement.name,
        "size": held.size,
        "root": held.root.hex()[:ROOT_SHOWN],
        "tone": _TONES.get(one.verdict, "bad"),
        "words": visitor.say(
            f"audit.witness.{one.verdict.value.lower()}{'.restarted' if restarted else ''}",
            n=one.statement.restarts,
            size=held.size,
            here=size,
            last=held.size - 1,
            complaint=one.statement.complaint,
        ),
    }


def _entry(visitor: Visitor, row: Any, names: dict[str, str]) -> dict[str, Any]:
    kind = row.actor.partition(":")[0]
    if kind in ("kiosk", "system", "operator", "staff"):
        who = visitor.say(f"actor.{kind}")
    else:
        who = names.get(row.actor, row.actor)
    return {
        "seq": row.seq,
        "when": visitor.formatting.short_moment(row.at),
        "who": who,
        "what": said(visitor.say, "log", row.action),
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
    """An object of the log, shortened to fit one line; the page has its full name as well."""
    kind, _, name = what.partition(":")
    if name in names:
        return names[name]
    return what if len(name) <= OBJECT_SHOWN else f"{kind}:{name[:OBJECT_SHOWN]}…"


def _checkpoint(visitor: Visitor, signed: audit.Signed) -> dict[str, Any]:
    point = signed.checkpoint
    return {
        "size": point.size,
        "when": visitor.formatting.short_moment(signed.at),
        "root": point.root.hex()[:ROOT_SHOWN],
        "origin": point.origin,
        "key": checkpoints.verifier_key(point.origin, visitor.deps.keys.audit_public),
    }
