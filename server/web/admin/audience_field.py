"""The field in which an administrator says for whom something is: all kiosks, a group, or one kiosk by its name."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, func, select

from server.open_city import audiences
from server.open_city.audiences import EVERYBODY, Audience, Reach
from server.storage import tables
from server.web.frame.visitor import Visitor
from server.web.office import queries

NAME_CHARACTERS: Final = 200


def asked(visitor: Visitor) -> Audience | None:
    """What the address names (``?for=``), or the kiosk whose name was looked for; None: nothing, or nobody."""
    query = visitor.request.query_params
    if name := query.get("kiosk", "").strip():
        return _kiosk(visitor, name)[0]
    audience = Audience.read(query.get("for", ""))
    with visitor.deps.engine.connect() as connection:
        return audience if audience is not None and audiences.exists(connection, audience) else None


def sent(visitor: Visitor) -> tuple[Audience | None, str]:
    """Of a posted form; None with what is wrong."""
    if name := visitor.text("kiosk", NAME_CHARACTERS).strip():
        return _kiosk(visitor, name)
    return Audience.read(visitor.text("for", 50) or str(EVERYBODY)), visitor.say("audience.problem.unknown")


def names(visitor: Visitor, connection: Connection, wanted: Sequence[Audience]) -> dict[str, str]:
    """What audiences are called, by how they are written."""
    groups = {row.id: row.name for row in audiences.groups(connection)}
    kiosks = queries.kiosk_names(connection, [one.id for one in wanted if one.reach is Reach.KIOSK])
    found = {str(EVERYBODY): visitor.say("audience.all")}
    for one in wanted:
        if one.reach is Reach.GROUP:
            found[str(one)] = groups.get(one.id, visitor.say("audience.group.gone"))
        elif one.reach is Reach.KIOSK:
            found[str(one)] = kiosks.get(one.id, one.id)
    return found


def values(visitor: Visitor, chosen: Audience) -> dict[str, Any]:
    """What the template of the field needs."""
    with visitor.deps.engine.connect() as connection:
        groups = [Audience(Reach.GROUP, row.id) for row in audiences.groups(connection)]
        offered = [EVERYBODY, *groups, *([chosen] if chosen.reach is Reach.KIOSK else [])]
        called = names(visitor, connection, offered)
    return {
        "audiences": [{"value": str(one), "name": called[str(one)], "chosen": one == chosen} for one in offered],
        "audience": str(chosen),
        "audience_name": called[str(chosen)],
    }


def _kiosk(visitor: Visitor, name: str) -> tuple[Audience | None, str]:
    """By its whole name, else by a part that only one has."""
    kiosk = tables.kiosks.c
    with visitor.deps.engine.connect() as connection:
        whole = connection.execute(
            select(kiosk.id).where(*tables.IN_FLEET, func.lower(kiosk.name) == name.lower()).limit(2)
        ).scalars()
        found = list(whole) or list(
            connection.execute(
                select(kiosk.id).where(*tables.IN_FLEET, kiosk.name.icontains(name, autoescape=True)).limit(2)
            ).scalars()
        )
    if len(found) == 1:
        return Audience(Reach.KIOSK, found[0]), ""
    return None, visitor.say("audience.problem.several" if found else "audience.problem.none", name=name)
