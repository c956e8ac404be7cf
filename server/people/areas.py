"""Areas of the city, and whom they limit.

Kiosks stand in areas. A case belongs to the area where its kiosk stood when it came, and stays there when the kiosk moves; cases
of a kiosk that had none join its first. Officers without an area see their agency's cases of the whole city, those who are limited
see only those of their areas (``server.cases.rules.scope``).
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, delete, func, insert, select, update

from server.foundation.actors import DECIDING, Actor
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

NAME_CHARACTERS: Final = 200
#: Kiosks that a search shows at once.
KIOSKS_SHOWN: Final = 50


class AreaOutcome(StrEnum):
    DONE = "DONE"
    NOT_FOUND = "NOT_FOUND"
    BAD_NAME = "BAD_NAME"
    EXISTS = "EXISTS"
    #: Kiosks stand in it, officers are limited to it, or cases came from it.
    IN_USE = "IN_USE"
    #: Only officers and supervisors can be limited.
    BAD_ROLE = "BAD_ROLE"


class Areas:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units
        self._engine = units.engine

    def rows(self) -> Sequence[Row[Any]]:
        """``id``, ``name``, how many ``kiosks`` stand there and ``officers`` are limited to it; by name."""
        areas, kiosks, limits = tables.areas.c, tables.kiosks.c, tables.officer_areas.c
        standing = select(func.count()).where(kiosks.area_id == areas.id, *tables.IN_FLEET).scalar_subquery()
        limited = select(func.count()).where(limits.area_id == areas.id).scalar_subquery()
        with self._engine.connect() as connection:
            return connection.execute(
                select(tables.areas, standing.label("kiosks"), limited.label("officers")).order_by(areas.name)
            ).all()

    def add(self, actor: Actor, name: str) -> AreaOutcome:
        return self._name(actor, str(uuid.uuid4()), name, new=True)

    def rename(self, actor: Actor, area_id: str, name: str) -> AreaOutcome:
        return self._name(actor, area_id, name, new=False)

    def remove(self, actor: Actor, area_id: str) -> AreaOutcome:
        """Only one that nothing belongs to: nobody's limits may fall away with it."""
        with self._units.begin(actor) as work:
            for column in (tables.kiosks.c.area_id, tables.cases.c.area_id, tables.officer_areas.c.area_id):
                if work.connection.execute(select(column).where(column == area_id).limit(1)).first():
                    return AreaOutcome.IN_USE
            gone = work.connection.execute(delete(tables.areas).where(tables.areas.c.id == area_id))
            if not gone.rowcount:
                return AreaOutcome.NOT_FOUND
            work.audit("area.remove", f"area:{area_id}")
        return AreaOutcome.DONE

    def kiosks(self, area_id: str, text: str = "") -> Sequence[Any]:
        """Kiosks of the area; with ``text`` those of all areas whose name, place or number it is part of."""
        kiosks = tables.kiosks.c
        found = kiosks.area_id == area_id
        if text:
            found = kiosks.name.icontains(text, autoescape=True) | kiosks.place.icontains(text, autoescape=True)
            if text.isascii() and text.isdigit() and len(text) < 9:
                found |= kiosks.number == int(text)
        with self._engine.connect() as connection:
            return connection.execute(
                select(kiosks.id, kiosks.number, kiosks.name, kiosks.place, kiosks.area_id)
                .where(found, *tables.IN_FLEET)
                .order_by(kiosks.number)
                .limit(KIOSKS_SHOWN)
            ).all()

    def place(self, actor: Actor, kiosk_id: str, area_id: str | None) -> AreaOutcome:
        """Says where the kiosk stands from now on; None: in no area."""
        with self._units.begin(actor) as work:
            known = select(tables.areas.c.id).where(tables.areas.c.id == area_id)
            if area_id is not None and work.connection.execute(known).first() is None:
                return AreaOutcome.NOT_FOUND
            kiosk = tables.kiosks.c.id == kiosk_id
            if not work.connection.execute(update(tables.kiosks).where(kiosk).values(area_id=area_id)).rowcount:
                return AreaOutcome.NOT_FOUND
            cases = tables.cases.c
            work.connection.execute(
                update(tables.cases).where(cases.kiosk_id == kiosk_id, cases.area_id.is_(None)).values(area_id=area_id)
            )
            work.audit("area.kiosk", f"kiosk:{kiosk_id}", {"area": area_id or ""})
        return AreaOutcome.DONE

    def limits(self, officer_id: str) -> frozenset[str]:
        """Ids of the areas that the officer is limited to; none: the whole city."""
        limits = tables.officer_areas.c
        with self._engine.connect() as connection:
            return frozenset(
                connection.execute(select(limits.area_id).where(limits.officer_id == officer_id)).scalars()
            )

    def names_by_officer(self) -> Mapping[str, Sequence[str]]:
        """Names of the areas of every officer who is limited."""
        areas, limits = tables.areas.c, tables.officer_areas.c
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(limits.officer_id, areas.name)
                .join(tables.areas, areas.id == limits.area_id)
                .order_by(areas.name)
            ).all()
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row.officer_id, []).append(row.name)
        return found

    def limit(self, actor: Actor, officer_id: str, area_ids: Collection[str]) -> AreaOutcome:
        """Limits an officer to areas, from their next request on; without any: no limit."""
        officers, limits = tables.officers.c, tables.officer_areas.c
        with self._units.begin(actor) as work:
            role = work.connection.execute(select(officers.role).where(officers.id == officer_id)).scalar()
            if role is None:
                return AreaOutcome.NOT_FOUND
            if area_ids and role not in DECIDING:
                return AreaOutcome.BAD_ROLE
            wanted = set(area_ids)
            known = set(
                work.connection.execute(select(tables.areas.c.id).where(tables.areas.c.id.in_(wanted))).scalars()
            )
            if known != wanted:
                return AreaOutcome.NOT_FOUND
            work.connection.execute(delete(tables.officer_areas).where(limits.officer_id == officer_id))
            if wanted:
                rows = [{"officer_id": officer_id, "area_id": one} for one in sorted(wanted)]
                work.connection.execute(insert(tables.officer_areas), rows)
            work.audit("area.limit", f"officer:{officer_id}", {"areas": sorted(wanted)})
        return AreaOutcome.DONE

    def _name(self, actor: Actor, area_id: str, name: str, *, new: bool) -> AreaOutcome:
        name = name.strip()
        if not name or len(name) > NAME_CHARACTERS:
            return AreaOutcome.BAD_NAME
        areas = tables.areas.c
        with self._units.begin(actor) as work:
            if work.connection.execute(select(areas.id).where(areas.name == name, areas.id != area_id)).first():
                return AreaOutcome.EXISTS
            if new:
                work.connection.execute(insert(tables.areas).values(id=area_id, name=name))
            elif not work.connection.execute(
                update(tables.areas).where(areas.id == area_id).values(name=name)
            ).rowcount:
                return AreaOutcome.NOT_FOUND
            work.audit("area.add" if new else "area.rename", f"area:{area_id}")
        return AreaOutcome.DONE
