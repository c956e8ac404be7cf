"""The fleet as lists: filtered, ordered and counted by the database, a page at a time, whatever the fleet's size."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, case, exists, func, or_, select

from server.fleet.alarms import AlarmKind
from server.fleet.states import SHOWN, KioskState
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

PAGE_KIOSKS: Final = 50
PAGE_ALARMS: Final = 50
#: What is looked for in a list: words of a name or place.
SEARCH_CHARACTERS: Final = 100
_RANKS: Final = {state.value: rank for rank, state in enumerate(SHOWN)}


@dataclass(frozen=True)
class FleetQuery:
    """What a list shows; what is empty or not of its kind restricts nothing. ``page`` counts from 1."""

    text: str = ""
    state: str = ""
    ring: str = ""
    agency: str = ""
    alarm: str = ""
    page: int = 1

    def conditions(self) -> list[ColumnElement[bool]]:
        kiosk = tables.kiosks.c
        state = self.state if self.state in _RANKS else ""
        found: list[ColumnElement[bool]] = [kiosk.state == state if state else kiosk.state.in_(_RANKS)]
        for word in self.text[:SEARCH_CHARACTERS].lower().split():
            found.append(
                or_(
                    func.lower(kiosk.name).contains(word, autoescape=True),
                    func.lower(kiosk.place).contains(word, autoescape=True),
                    func.lower(kiosk.kiosk_part) == word,
                )
            )
        if self.ring:
            found.append(kiosk.ring == self.ring)
        if self.agency:
            found.append(kiosk.agency_id == self.agency)
        if self.alarm:
            alarm = tables.alarms.c
            of = [alarm.kiosk_id == kiosk.id, alarm.cleared_at.is_(None)]
            found.append(exists().where(*of, *((alarm.kind == self.alarm,) if self.alarm in set(AlarmKind) else ())))
        return found


@dataclass(frozen=True)
class FleetPage:
    """``rows`` of ``kiosks``, the worst first; ``alarms`` by kiosk: rows of those that are open."""

    rows: Sequence[Row[Any]]
    alarms: Mapping[str, Sequence[Row[Any]]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_KIOSKS))


@dataclass(frozen=True)
class AlarmPage:
    """``rows`` of ``alarms`` with ``kiosk_name``; ``total`` of those that the query finds."""

    rows: Sequence[Row[Any]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_ALARMS))


class Listing:
    def __init__(self, units: UnitsOfWork) -> None:
        self._engine = units.engine

    def page(self, query: FleetQuery) -> FleetPage:
        kiosk, conditions = tables.kiosks.c, query.conditions()
        rank = case(_RANKS, value=kiosk.state, else_=len(_RANKS))
        with self._engine.connect() as connection:
            total = connection.execute(select(func.count()).select_from(tables.kiosks).where(*conditions)).scalar_one()
            page = min(max(1, query.page), max(1, -(-total // PAGE_KIOSKS)))
            # Ordered by what is small; the rows themselves are wide.
            ids = connection.scalars(
                select(kiosk.id)
                .where(*conditions)
                .order_by(rank, kiosk.name, kiosk.id)
                .offset((page - 1) * PAGE_KIOSKS)
                .limit(PAGE_KIOSKS)
            ).all()
            found = connection.execute(select(tables.kiosks).where(kiosk.id.in_(ids))).all()
            alarms = open_alarms(connection, ids)
        place = {kiosk_id: number for number, kiosk_id in enumerate(ids)}
        return FleetPage(sorted(found, key=lambda row: place[row.id]), alarms, total, page)

    def counts(self) -> dict[KioskState, int]:
        """How many kiosks are in each state, those that were shut out not among them."""
        kiosk = tables.kiosks.c
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(kiosk.state, func.count()).where(kiosk.state.in_(_RANKS)).group_by(kiosk.state)
            ).all()
        found = {state: number for state, number in rows}
        return {state: found.get(state.value, 0) for state in SHOWN}

    def alarms(self, *, standing: bool, kiosk_id: str = "", kind: str = "", page: int = 1) -> AlarmPage:
        """Those that are open (``standing``) or all there ever were, of one kiosk or all: what nobody has seen first, then
        the newest."""
        alarm = tables.alarms.c
        conditions: list[ColumnElement[bool]] = [alarm.cleared_at.is_(None)] if standing else []
        if kiosk_id:
            conditions.append(alarm.kiosk_id == kiosk_id)
        if kind:
            conditions.append(alarm.kind == kind)
        order: tuple[Any, ...] = (alarm.acknowledged_at.is_not(None),) if standing else ()
        with self._engine.connect() as connection:
            total = connection.execute(select(func.count()).select_from(tables.alarms).where(*conditions)).scalar_one()
            page = min(max(1, page), max(1, -(-total // PAGE_ALARMS)))
            rows = connection.execute(
                select(tables.alarms, tables.kiosks.c.name.label("kiosk_name"))
                .join(tables.kiosks, tables.kiosks.c.id == alarm.kiosk_id)
                .where(*conditions)
                .order_by(*order, alarm.raised_at.desc(), alarm.id)
                .offset((page - 1) * PAGE_ALARMS)
                .limit(PAGE_ALARMS)
            ).all()
        return AlarmPage(rows, total, page)

    def alarm_counts(self) -> dict[str, int]:
        """Open alarms by kind, the most frequent first."""
        alarm = tables.alarms.c
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(alarm.kind, func.count()).where(alarm.cleared_at.is_(None)).group_by(alarm.kind)
            ).all()
        return dict(sorted(((kind, number) for kind, number in rows), key=lambda one: (-one[1], one[0])))


def open_alarms(connection: Connection, kiosk_ids: Sequence[str]) -> Mapping[str, Sequence[Row[Any]]]:
    alarm = tables.alarms.c
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(
        select(tables.alarms)
        .where(alarm.kiosk_id.in_(kiosk_ids), alarm.cleared_at.is_(None))
        .order_by(alarm.raised_at, alarm.id)
    ):
        found[row.kiosk_id].append(row)
    return found
