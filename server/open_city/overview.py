"""The city's offices at this moment, in figures without a person in them: for the wall of the command centre and for everybody."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, select

from protocol.documents import TRANSPARENCY, AgencyTimes, Transparency
from protocol.line.base import ServiceKind
from server.cases import rules
from server.cases.rules import Condition
from server.catalogue.services import Catalogue
from server.open_city.publications import Publications
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

HOURS: Final = 24
#: How old the figures may be that everybody sees.
RECENT: Final = timedelta(seconds=30)


@dataclass(frozen=True)
class AgencyNow:
    id: str
    name: dict[str, str]
    #: Received since midnight.
    today: int
    #: Something is left to do.
    running: int
    #: The citizen is asked.
    waiting: int
    late: int
    escalated: int
    #: Of the year that was published last; None where too few were decided.
    in_time_percent: int | None
    #: Satisfaction index with two decimals, and its grade; empty where nobody answered.
    index: str
    grade: str


@dataclass(frozen=True)
class CityNow:
    at: datetime
    #: Most late cases first, then most that run.
    agencies: tuple[AgencyNow, ...]
    #: Received in each hour of today, by the city's clock.
    hours: tuple[int, ...]
    decided_today: int
    complaints_open: int
    complaints_late: int

    def ranked(self) -> list[AgencyNow]:
        """The best first: by satisfaction index, then by the part that was decided in time; those without come last."""
        return sorted(
            self.agencies,
            key=lambda one: (-float(one.index or 0), -(one.in_time_percent if one.in_time_percent is not None else -1)),
        )

    @property
    def today(self) -> int:
        return sum(one.today for one in self.agencies)

    @property
    def running(self) -> int:
        return sum(one.running for one in self.agencies)

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.agencies)

    @property
    def late(self) -> int:
        return sum(one.late for one in self.agencies)

    @property
    def escalated(self) -> int:
        return sum(one.escalated for one in self.agencies)


class Overview:
    def __init__(self, units: UnitsOfWork, zone: str, catalogue: Catalogue, publications: Publications) -> None:
        self._engine = units.engine
        self._clock = units.clock
        self._zone = ZoneInfo(zone)
        self._catalogue = catalogue
        self._publications = publications
        self._lock = threading.Lock()
        self._kept: CityNow | None = None

    def recent(self, age: timedelta = RECENT) -> CityNow:
        """As it was less than ``age`` ago: many ask at once, and all open cases are counted for it."""
        with self._lock:
            kept = self._kept
            if kept is None or not timedelta() <= self._clock.now() - kept.at < age:
                kept = self._kept = self._count()
            return kept

    def _count(self) -> CityNow:
        now = self._clock.now()
        midnight = datetime.combine(now.astimezone(self._zone).date(), datetime.min.time(), self._zone)
        published = self._published()
        with self._engine.connect() as connection:
            agencies = connection.execute(select(tables.agencies).order_by(tables.agencies.c.position)).all()
            standing = {row.agency_id: row for row in standing_by_agency(connection, now)}
            hours = _received(connection, midnight, now)
            complaints = [
                one.id for one in self._catalogue.newest(connection).values() if one.kind is ServiceKind.COMPLAINT
            ]
            complained = _complaints(connection, complaints, now)
            decided = _decided(connection, midnight)
        found = [
            _agency(row, sum(hours.get(row.id, {}).values()), standing.get(row.id), published.get(row.id))
            for row in agencies
        ]
        found.sort(key=lambda one: (-one.late, -one.running))
        by_hour = [sum(one.get(hour, 0) for one in hours.values()) for hour in range(HOURS)]
        return CityNow(now, tuple(found), tuple(by_hour), decided, complained[0], complained[1])

    def _published(self) -> dict[str, AgencyTimes]:
        document = self._publications.get(TRANSPARENCY)
        if document is None:
            return {}
        return {one.id: one for one in Transparency.model_validate_json(document.body).agencies}


def standing_by_agency(connection: Connection, now: datetime) -> Sequence[Row[Any]]:
    """What is open: agency_id, running, waiting, late, escalated."""
    case = tables.cases.c
    return connection.execute(
        select(
            case.agency_id,
            func.count().label("running"),
            func.count().filter(rules.WAITING.where()).label("waiting"),
            func.count().filter(rules.late(now).where()).label("late"),
            func.count().filter(rules.escalated(now).where()).label("escalated"),
        )
        .where(Condition(rules.OPEN).where())
        .group_by(case.agency_id)
    ).all()


def _received(connection: Connection, midnight: datetime, now: datetime) -> dict[str, dict[int, int]]:
    """Cases since midnight by agency and hour; each hour is one condition, so that both databases count alike."""
    case = tables.cases.c
    hours = [midnight + timedelta(hours=hour) for hour in range(HOURS)]
    begun = [hour for hour, begins in enumerate(hours) if begins <= now]
    counts = [
        func.count()
        .filter(case.opened_at >= hours[hour], case.opened_at < hours[hour] + timedelta(hours=1))
        .label(f"hour{hour}")
        for hour in begun
    ]
    rows = connection.execute(
        select(case.agency_id, *counts).where(case.opened_at >= midnight).group_by(case.agency_id)
    ).all()
    return {row.agency_id: {hour: getattr(row, f"hour{hour}") for hour in begun} for row in rows}


def _complaints(connection: Connection, services: Sequence[str], now: datetime) -> tuple[int, int]:
    case = tables.cases.c
    row = connection.execute(
        select(func.count(), func.count().filter(rules.late(now).where())).where(
            Condition(rules.UNDECIDED).where(), case.service_id.in_(services)
        )
    ).one()
    return int(row[0]), int(row[1])


def _decided(connection: Connection, midnight: datetime) -> int:
    """Cases whose newest step of today brought a decision."""
    step = tables.case_steps.c
    decided = [state.value for state in rules.DECIDED]
    return connection.execute(
        select(func.count(step.tracking_code.distinct())).where(
            step.at >= midnight, step.state.in_(decided), step.action.in_(("approve", "reject"))
        )
    ).scalar_one()


def _agency(row: Row[Any], today: int, standing: Row[Any] | None, published: AgencyTimes | None) -> AgencyNow:
    return AgencyNow(
        id=row.id,
        name=row.name,
        today=today,
        running=standing.running if standing is not None else 0,
        waiting=standing.waiting if standing is not None else 0,
        late=standing.late if standing is not None else 0,
        escalated=standing.escalated if standing is not None else 0,
        in_time_percent=published.in_time_percent if published is not None else None,
        index=published.index if published is not None else "",
        grade=published.grade if published is not None else "",
    )
