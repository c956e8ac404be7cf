"""Groups of kiosks: those in malls, those of one district. Notices and settings can be for a group.

Whoever joins a group shows its notices and takes its settings at once; whoever leaves it lets go of both.
"""

import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, delete, func, insert, select, update

from protocol.messages import FeedType
from server.fleet.kiosk_settings import forget, tell_changed, values_of
from server.foundation.actors import Actor
from server.open_city import audiences
from server.open_city.audiences import Audience, Reach
from server.open_city.notices import notice_data, take_down
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

NAME_CHARACTERS: Final = 200
GROUPS_MOST: Final = 200
#: Kiosks that a search shows.
FOUND_MOST: Final = 50


class GroupOutcome(StrEnum):
    DONE = "DONE"
    #: No name, one that is too long, or another group's.
    BAD_NAME = "BAD_NAME"
    TOO_MANY = "TOO_MANY"
    NOT_FOUND = "NOT_FOUND"


class KioskGroups:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units
        self._engine = units.engine

    def rows(self) -> list[tuple[Row[Any], int]]:
        """Rows of ``kiosk_groups`` by name, each with how many kiosks are in it."""
        member = tables.kiosk_group_members.c
        with self._engine.connect() as connection:
            counted = connection.execute(select(member.group_id, func.count()).group_by(member.group_id))
            counts = {str(group_id): int(count) for group_id, count in counted}
            return [(row, counts.get(row.id, 0)) for row in audiences.groups(connection)]

    def members(self, group_id: str) -> Sequence[Any]:
        """Ids and names of its kiosks, by name."""
        kiosk, member = tables.kiosks.c, tables.kiosk_group_members.c
        with self._engine.connect() as connection:
            return connection.execute(
                select(kiosk.id, kiosk.name, kiosk.place)
                .join(tables.kiosk_group_members, member.kiosk_id == kiosk.id)
                .where(member.group_id == group_id)
                .order_by(kiosk.name, kiosk.id)
            ).all()

    def found(self, text: str, group_id: str = "") -> Sequence[Any]:
        """Kiosks of the fleet by name or place, at most FOUND_MOST, without those that are in the group."""
        kiosk, member = tables.kiosks.c, tables.kiosk_group_members.c
        words = [kiosk.name.icontains(text, autoescape=True), kiosk.place.icontains(text, autoescape=True)]
        inside = select(member.kiosk_id).where(member.group_id == group_id)
        with self._engine.connect() as connection:
            return connection.execute(
                select(kiosk.id, kiosk.name, kiosk.place)
                .where(*tables.IN_FLEET, words[0] | words[1], kiosk.id.not_in(inside))
                .order_by(kiosk.name, kiosk.id)
                .limit(FOUND_MOST)
            ).all()

    def add(self, actor: Actor, name: str) -> tuple[GroupOutcome, str]:
        """The new group's id."""
        group_id = str(uuid.uuid4())
        with self._units.begin(actor) as work:
            if not _may_be_called(work, name):
                return GroupOutcome.BAD_NAME, ""
            if len(audiences.groups(work.connection)) >= GROUPS_MOST:
                return GroupOutcome.TOO_MANY, ""
            values = {"id": group_id, "name": name.strip(), "created_by": actor.id, "created_at": work.now}
            work.connection.execute(insert(tables.kiosk_groups).values(**values))
            work.audit("group.add", f"group:{group_id}", {"name": name.strip()})
        return GroupOutcome.DONE, group_id

    def rename(self, actor: Actor, group_id: str, name: str) -> GroupOutcome:
        """Of several groups with a setting the last by name counts, so a name may change what kiosks have."""
        with self._units.begin(actor) as work:
            if not audiences.exists(work.connection, Audience(Reach.GROUP, group_id)):
                return GroupOutcome.NOT_FOUND
            if not _may_be_called(work, name, group_id):
                return GroupOutcome.BAD_NAME
            before = values_of(work.connection, _members(work, group_id))
            work.connection.execute(
                update(tables.kiosk_groups).where(tables.kiosk_groups.c.id == group_id).values(name=name.strip())
            )
            tell_changed(work, before)
            work.audit("group.rename", f"group:{group_id}", {"name": name.strip()})
        return GroupOutcome.DONE

    def join(self, actor: Actor, group_id: str, kiosks: Sequence[str]) -> GroupOutcome:
        """Kiosks that are in it already, and those that are none, are passed over."""
        with self._units.begin(actor) as work:
            if not audiences.exists(work.connection, Audience(Reach.GROUP, group_id)):
                return GroupOutcome.NOT_FOUND
            fleet = set(audiences.kiosks_of(work.connection, audiences.EVERYBODY))
            inside = set(_members(work, group_id))
            new = sorted(set(kiosks) & fleet - inside)
            before = values_of(work.connection, new)
            if new:
                rows = [{"group_id": group_id, "kiosk_id": kiosk_id} for kiosk_id in new]
                work.connection.execute(insert(tables.kiosk_group_members), rows)
            tell_changed(work, before)
            notices = _notices(work, group_id)
            for kiosk_id in new:
                work.to_kiosk(kiosk_id, FeedType.NOTICE, *(notice_data(one.text, one.until) for one in notices))
            work.audit("group.join", f"group:{group_id}", {"kiosks": len(new)})
        return GroupOutcome.DONE

    def leave(self, actor: Actor, group_id: str, kiosk_id: str) -> GroupOutcome:
        with self._units.begin(actor) as work:
            if kiosk_id not in _members(work, group_id):
                return GroupOutcome.NOT_FOUND
            _let_go(work, group_id, [kiosk_id])
            work.audit("group.leave", f"group:{group_id}", {"kiosk": kiosk_id})
        return GroupOutcome.DONE

    def remove(self, actor: Actor, group_id: str) -> GroupOutcome:
        """Its notices end, and what was set for it counts no more."""
        with self._units.begin(actor) as work:
            if not audiences.exists(work.connection, Audience(Reach.GROUP, group_id)):
                return GroupOutcome.NOT_FOUND
            _let_go(work, group_id, _members(work, group_id))
            notice = tables.notices.c
            work.connection.execute(
                update(tables.notices)
                .where(notice.reach == Reach.GROUP.value, notice.reach_id == group_id, notice.until > work.now)
                .values(until=work.now)
            )
            forget(work, Audience(Reach.GROUP, group_id))
            work.connection.execute(delete(tables.kiosk_groups).where(tables.kiosk_groups.c.id == group_id))
            work.audit("group.remove", f"group:{group_id}")
        return GroupOutcome.DONE


def _let_go(work: UnitOfWork, group_id: str, kiosks: Sequence[str]) -> None:
    """Kiosks, in their order, are no longer in the group."""
    before = values_of(work.connection, kiosks)
    member = tables.kiosk_group_members.c
    work.connection.execute(
        delete(tables.kiosk_group_members).where(member.group_id == group_id, member.kiosk_id.in_(kiosks))
    )
    tell_changed(work, before)
    if notices := _notices(work, group_id):
        take_down(work, kiosks, [one.text for one in notices])


def _members(work: UnitOfWork, group_id: str) -> list[str]:
    member = tables.kiosk_group_members.c
    return list(
        work.connection.execute(
            select(member.kiosk_id).where(member.group_id == group_id).order_by(member.kiosk_id)
        ).scalars()
    )


def _notices(work: UnitOfWork, group_id: str) -> Sequence[Any]:
    notice = tables.notices.c
    return work.connection.execute(
        select(notice.text, notice.until)
        .where(notice.reach == Reach.GROUP.value, notice.reach_id == group_id, notice.until > work.now)
        .order_by(notice.sent_at)
    ).all()


def _may_be_called(work: UnitOfWork, name: str, group_id: str = "") -> bool:
    others = [row.name for row in audiences.groups(work.connection) if row.id != group_id]
    return 0 < len(name.strip()) <= NAME_CHARACTERS and name.strip() not in others
