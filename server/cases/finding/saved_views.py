"""Filters of the inbox that an officer has given a name, for themselves."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select

from server.foundation.actors import Actor
from server.storage import tables
from server.storage.transactions import take_turns
from server.work.unit_of_work import UnitsOfWork

#: What fits above a list.
VIEWS_MOST: Final = 12
NAME_CHARACTERS: Final = 40


class ViewOutcome(StrEnum):
    DONE = "DONE"
    NAME_MISSING = "NAME_MISSING"
    NAME_TOO_LONG = "NAME_TOO_LONG"
    #: VIEWS_MOST are there already.
    TOO_MANY = "TOO_MANY"


@dataclass(frozen=True)
class SavedView:
    id: str
    name: str
    filters: Mapping[str, Any]


class SavedViews:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def of(self, connection: Connection, officer_id: str) -> Sequence[SavedView]:
        views = tables.saved_views.c
        rows = connection.execute(
            select(views.id, views.name, views.filters)
            .where(views.officer_id == officer_id)
            .order_by(views.position, views.id)
        )
        return [SavedView(row.id, row.name, row.filters) for row in rows]

    def save(self, actor: Actor, name: str, filters: Mapping[str, str]) -> ViewOutcome:
        """Under ``name``; one of the same name is replaced, and keeps its place."""
        name = " ".join(name.split())
        if not name:
            return ViewOutcome.NAME_MISSING
        if len(name) > NAME_CHARACTERS:
            return ViewOutcome.NAME_TOO_LONG
        views = tables.saved_views
        with self._units.begin(actor) as work:
            take_turns(work.connection, f"views {actor.id}")
            own = views.c.officer_id == actor.id
            same = work.connection.execute(select(views.c.position).where(own, views.c.name == name)).scalar()
            count, last = work.connection.execute(
                select(func.count(), func.coalesce(func.max(views.c.position), 0)).where(own)
            ).one()
            if same is None and count >= VIEWS_MOST:
                return ViewOutcome.TOO_MANY
            work.connection.execute(delete(views).where(own, views.c.name == name))
            work.connection.execute(
                insert(views).values(
                    id=str(uuid.uuid4()),
                    officer_id=actor.id,
                    name=name,
                    filters=dict(filters),
                    position=last + 1 if same is None else same,
                    created_at=work.now,
                )
            )
            work.audit("view.save", f"officer:{actor.id}", {"filters": dict(filters)})
        return ViewOutcome.DONE

    def remove(self, actor: Actor, view_id: str) -> bool:
        """False: the officer has no such view."""
        views = tables.saved_views
        with self._units.begin(actor) as work:
            gone = work.connection.execute(
                delete(views).where(views.c.id == view_id, views.c.officer_id == actor.id).returning(views.c.id)
            ).first()
            if gone is not None:
                work.audit("view.remove", f"officer:{actor.id}")
        return gone is not None
