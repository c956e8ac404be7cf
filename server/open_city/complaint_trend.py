"""The trend of complaints: how many came and what became of them, by month, agency, topic and kind of report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select

from protocol.line.base import ServiceKind
from server.cases.complaint_clock import LaporClock
from server.cases.rules import CLOSED, PAUSED, Action
from server.open_city.months import Month, month_of
from server.storage import tables

_SAYING: Final = ("reply", "reject", "approve", "ready")
_REOPENING: Final = ("reopening", Action.REOPEN.value)


@dataclass(frozen=True)
class Figures:
    received: int = 0
    #: With words, or refused with a reason.
    answered: int = 0
    #: Open now.
    open: int = 0
    #: Forwarded, or not forwarded yet, after its three days.
    forwarded_late: int = 0
    #: Answered, or not answered yet, after the standard's time.
    answered_late: int = 0
    reopened: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(Figures)})


@dataclass(frozen=True)
class Topic:
    """The pack's form has its words; the newest pack of all cases that are counted."""

    service_id: str
    value: str


@dataclass(frozen=True)
class Group:
    month: int
    agency_id: str
    topic: Topic
    classification: str
    pack: int
    figures: Figures


@dataclass(frozen=True)
class Trend:
    months: tuple[Month, ...]
    groups: tuple[Group, ...]

    @property
    def total(self) -> Figures:
        return sum((one.figures for one in self.groups), Figures())

    def by_month(self) -> list[tuple[Month, Figures]]:
        found = self._by(lambda group: group.month)
        return [(month, found.get(place, Figures())) for place, month in enumerate(self.months)]

    def by_agency(self) -> dict[str, Figures]:
        return self._by(lambda group: group.agency_id)

    def by_topic(self) -> dict[Topic, Figures]:
        return self._by(lambda group: group.topic)

    def by_classification(self) -> dict[Topic, Figures]:
        return self._by(lambda group: Topic(group.topic.service_id, group.classification))

    def pack_of(self, service_id: str) -> int:
        """The newest pack with which one of them was sent."""
        return max((one.pack for one in self.groups if one.topic.service_id == service_id), default=0)

    def _by(self, key: Callable[[Group], Any]) -> dict[Any, Figures]:
        found: dict[Any, Figures] = {}
        for group in self.groups:
            found[key(group)] = found.get(key(group), Figures()) + group.figures
        return dict(sorted(found.items(), key=lambda one: -one[1].received))


def trend(connection: Connection, months: Sequence[Month], now: datetime, agency_id: str | None = None) -> Trend:
    """Of complaints received in ``months``; of one agency, or of all (None). A forwarded one counts where it is now."""
    case = tables.cases.c
    single = (
        select(
            month_of(case.opened_at, tuple(months)).label("month"),
            case.agency_id,
            case.service_id,
            case.topic,
            case.classification,
            case.pack_version,
            _said().label("answered"),
            case.state.not_in(sorted(one.value for one in CLOSED)).label("open"),
            _late(LaporClock.FORWARD, now).label("forwarded_late"),
            _late(LaporClock.ANSWER, now).label("answered_late"),
            _step(_REOPENING).label("reopened"),
        )
        .where(case.kind == ServiceKind.COMPLAINT.value, case.opened_at >= months[0].begins)
        .subquery()
    )
    one = single.c
    keys = (one.month, one.agency_id, one.service_id, one.topic, one.classification)
    counted = [func.count().filter(one[name]).label(name) for name in _COUNTED]
    query = select(*keys, func.max(one.pack_version).label("pack"), func.count().label("received"), *counted)
    if agency_id is not None:
        query = query.where(one.agency_id == agency_id)
    groups = tuple(
        Group(
            row.month,
            row.agency_id,
            Topic(row.service_id, row.topic),
            row.classification,
            row.pack,
            Figures(row.received, **{name: getattr(row, name) for name in _COUNTED}),
        )
        for row in connection.execute(query.group_by(*keys))
    )
    return Trend(tuple(months), groups)


_COUNTED: Final = tuple(one.name for one in fields(Figures) if one.name != "received")


def _said() -> ColumnElement[bool]:
    """An empty answer answers nobody."""
    step = tables.case_steps.c
    return _step(_SAYING, func.trim(step.note) != "")


def _step(actions: Sequence[str], *more: ColumnElement[bool]) -> ColumnElement[bool]:
    step = tables.case_steps.c
    return exists().where(step.tracking_code == tables.cases.c.tracking_code, step.action.in_(actions), *more)


def _late(clock: LaporClock, now: datetime) -> ColumnElement[bool]:
    """Stopped after its time, or past it and running: while the citizen is asked, none runs."""
    row, case = tables.complaint_clocks.c, tables.cases.c
    runs_over = and_(row.stopped_at.is_(None), row.due_at < now, case.state.not_in(sorted(one.value for one in PAUSED)))
    return exists().where(
        row.tracking_code == case.tracking_code,
        row.clock == clock.value,
        (row.stopped_at > row.due_at) | runs_over,
    )
