"""To whom something is said or set: all kiosks, a group of them, one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, select

from server.storage import tables


class Reach(StrEnum):
    ALL = "all"
    GROUP = "group"
    KIOSK = "kiosk"


@dataclass(frozen=True)
class Audience:
    reach: Reach = Reach.ALL
    #: Of the group or the kiosk.
    id: str = ""

    @classmethod
    def read(cls, text: str) -> "Audience | None":
        """Of ``all``, ``group:<id>`` or ``kiosk:<id>``; None for anything else."""
        reach, _, name = text.partition(":")
        if reach not in tuple(Reach) or (reach == Reach.ALL) == bool(name):
            return None
        return cls(Reach(reach), name)

    def __str__(self) -> str:
        return f"{self.reach}:{self.id}" if self.id else self.reach.value


EVERYBODY: Final = Audience()


def exists(connection: Connection, audience: Audience) -> bool:
    """Whether there is such a group, or such a kiosk in the fleet."""
    if audience.reach is Reach.ALL:
        return True
    if audience.reach is Reach.GROUP:
        found = select(tables.kiosk_groups.c.id).where(tables.kiosk_groups.c.id == audience.id)
    else:
        found = select(tables.kiosks.c.id).where(tables.kiosks.c.id == audience.id, *tables.IN_FLEET)
    return connection.execute(found).first() is not None


def kiosks_of(connection: Connection, audience: Audience) -> list[str]:
    """Ids of those in the fleet, in their order: whoever writes to several feeds does so in that order."""
    kiosk = tables.kiosks.c
    query: Select[Any] = select(kiosk.id).where(*tables.IN_FLEET).order_by(kiosk.id)
    if audience.reach is Reach.GROUP:
        member = tables.kiosk_group_members.c
        query = query.where(kiosk.id.in_(select(member.kiosk_id).where(member.group_id == audience.id)))
    elif audience.reach is Reach.KIOSK:
        query = query.where(kiosk.id == audience.id)
    return list(connection.execute(query).scalars())


def groups_of(connection: Connection, kiosk_id: str) -> list[str]:
    """Ids of the groups that a kiosk is in, by their names."""
    group, member = tables.kiosk_groups.c, tables.kiosk_group_members.c
    return list(
        connection.execute(
            select(group.id)
            .join(tables.kiosk_group_members, member.group_id == group.id)
            .where(member.kiosk_id == kiosk_id)
            .order_by(group.name, group.id)
        ).scalars()
    )


def audiences_of(connection: Connection, kiosk_id: str) -> list[Audience]:
    """All that a kiosk belongs to, the widest first: what is set for a narrower one counts."""
    return widest_first(kiosk_id, groups_of(connection, kiosk_id))


def widest_first(kiosk_id: str, groups: Iterable[str]) -> list[Audience]:
    """As :func:`audiences_of`, of a kiosk that is in ``groups``, by their names."""
    return [EVERYBODY, *(Audience(Reach.GROUP, group) for group in groups), Audience(Reach.KIOSK, kiosk_id)]


def groups(connection: Connection) -> Sequence[Row[Any]]:
    """Rows of ``kiosk_groups``, by name."""
    return connection.execute(select(tables.kiosk_groups).order_by(tables.kiosk_groups.c.name)).all()
