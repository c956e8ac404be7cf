"""How long offices really take, beside what they promise; worked out from the history of cases.

A case is measured from the working day on which it counts as come to the day of its decision, without the working
days on which the office waited for the citizen, as far as they count: the same days that its clock counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from protocol.documents import TRANSPARENCY, AgencyTimes, ServiceTimes, Transparency
from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState as State
from protocol.packs import ServiceDescription
from server.cases import rules
from server.cases.pauses import Pauses
from server.catalogue.services import Catalogue
from server.foundation.actors import SYSTEM
from server.foundation.clock import WorkingCalendar, load_calendar
from server.open_city.publications import Publications
from server.open_city.ratings import By, Rated, Ratings, method_of
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

PERIOD: Final = timedelta(days=365)
#: With fewer cases no times are published: they would point at single people and say little about the office.
LEAST_CASES: Final = 5


@dataclass
class Tally:
    """Of one agency or service: days of each decided case, and how many were in time."""

    days: list[int] = field(default_factory=list)
    in_time: int = 0

    def add(self, days: int, *, in_time: bool) -> None:
        self.days.append(days)
        self.in_time += in_time

    @property
    def enough(self) -> bool:
        return len(self.days) >= LEAST_CASES

    def figures(self) -> dict[str, int | None]:
        """Members that ServiceTimes and AgencyTimes share."""
        decided = len(self.days)
        if not self.enough:
            return {"decided": decided}
        return {
            "decided": decided,
            "median_days": percentile(self.days, 50),
            "ninetieth_days": percentile(self.days, 90),
            "in_time_percent": self.in_time * 100 // decided,
        }


@dataclass
class Complaints:
    answered: int = 0
    late: int = 0
    open: int = 0


class TransparencyReport:
    def __init__(
        self,
        units: UnitsOfWork,
        zone: str,
        catalogue: Catalogue,
        ratings: Ratings,
        publications: Publications,
        pauses: Pauses,
    ) -> None:
        self._units = units
        self._engine = units.engine
        self._clock = units.clock
        self._zone = zone
        self._catalogue = catalogue
        self._ratings = ratings
        self._publications = publications
        self._pauses = pauses

    def publish(self) -> int:
        """Recomputes the report; returns the version in force. Called periodically."""
        made = self.make()
        return self._units.run(SYSTEM, lambda work: self._publications.publish(work, TRANSPARENCY, made))

    def make(self) -> Transparency:
        now = self._clock.now()
        # Whole days, so that a document that says nothing new is the same document.
        since = (now - PERIOD).replace(hour=0, minute=0, second=0, microsecond=0)
        with self._engine.connect() as connection:
            calendar = load_calendar(connection, self._zone)
            services = self._catalogue.newest(connection)
            cases = _cases(connection, since)
            complaints_sent = {case.tracking_code for case in cases if case.kind == ServiceKind.COMPLAINT}
            decisions = _decisions(connection, since, complaints_sent)
            # Keyed by the agency alone, and by agency and service.
            rated = {
                one.key: one
                for by in ((By.AGENCY,), (By.AGENCY, By.SERVICE))
                for one in self._ratings.rated(connection, by, since=since)
            }
            weight = method_of(connection).weight
            agencies = connection.execute(select(tables.agencies).order_by(tables.agencies.c.position)).all()
        by_service: dict[str, Tally] = defaultdict(Tally)
        by_agency: dict[str, Tally] = defaultdict(Tally)
        complaints: dict[str, Complaints] = defaultdict(Complaints)
        for case in cases:
            document = services.get(case.service_id)
            decided = decisions.get(case.tracking_code)
            if case.tracking_code in complaints_sent:
                _count_complaint(complaints[case.agency_id], case, decided, now)
            if decided is None:
                continue
            days = working_days(calendar, case.opened_at, decided.at) - self._pauses.counted(decided.waited(calendar))
            promised = document.standard.working_days if document is not None else 0
            for tally in (by_service[case.service_id], by_agency[case.agency_id]):
                tally.add(max(0, days), in_time=days <= promised)
        return Transparency(
            since=since,
            weight=weight.value,
            agencies=tuple(
                _agency(agency, by_agency[agency.id], complaints[agency.id], by_service, services, rated)
                for agency in agencies
            ),
        )


@dataclass(frozen=True)
class Decision:
    at: datetime
    #: (asked, answered) while the office waited for the citizen.
    waits: tuple[tuple[datetime, datetime], ...]

    def waited(self, calendar: WorkingCalendar) -> int:
        return sum(working_days(calendar, begun, ended) for begun, ended in self.waits)


def working_days(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    """Working days that began after the day on which ``start`` counts, up to the day of ``end``."""
    local = start.astimezone(calendar.zone)
    first, last = local.date(), end.astimezone(calendar.zone).date()
    if local.time() >= calendar.closes:
        first += timedelta(days=1)
    while not calendar.is_working_day(first):
        first += timedelta(days=1)
    return sum(calendar.is_working_day(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))


def percentile(values: Sequence[int], per_cent: int) -> int:
    """By nearest rank: the least value that so many per cent of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * per_cent // 100) - 1)]


def _cases(connection: Connection, since: datetime) -> Sequence[Any]:
    cases = tables.cases.c
    return connection.execute(
        select(
            cases.tracking_code,
            cases.service_id,
            cases.agency_id,
            cases.opened_at,
            func.coalesce(cases.first_due_at, cases.due_at, type_=cases.due_at.type).label("due_at"),
            cases.state,
            cases.kind,
        ).where(cases.opened_at >= since)
    ).all()


def _decisions(connection: Connection, since: datetime, complaints: Set[str]) -> dict[str, Decision]:
    """The first decision of each case, with the times the office waited before it. Of ``complaints`` only what says something
    decides: an empty answer answers nobody."""
    steps = tables.case_steps.c
    rows = connection.execute(
        select(steps.tracking_code, steps.at, steps.state, steps.note)
        .where(steps.at >= since)
        .order_by(steps.tracking_code, steps.n)
    )
    found: dict[str, Decision] = {}
    waits: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    asked: dict[str, datetime] = {}
    for code, at, state, note in rows:
        if code in found:
            continue
        if state in rules.PAUSED:
            asked.setdefault(code, at)
        elif code in asked:
            waits[code].append((asked.pop(code), at))
        if rules.is_answer(state, note) if code in complaints else state in rules.DECIDED:
            found[code] = Decision(at, tuple(waits[code]))
    return found


def _count_complaint(complaints: Complaints, case: Row[Any], decided: Decision | None, now: datetime) -> None:
    if decided is not None:
        complaints.answered += 1
        complaints.late += rules.passed(case.due_at, decided.at)
    elif case.state != State.CANCELLED:
        # Also one that was closed without a word.
        complaints.open += 1
        complaints.late += case.state not in rules.PAUSED and rules.passed(case.due_at, now)


def _agency(
    agency: Row[Any],
    tally: Tally,
    complaints: Complaints,
    by_service: dict[str, Tally],
    services: dict[str, ServiceDescription],
    rated: dict[tuple[str | int, ...], Rated],
) -> AgencyTimes:
    own: Iterable[ServiceDescription] = (one for one in services.values() if one.agency.id == agency.id)
    whole = rated.get((agency.id,))
    return AgencyTimes(
        id=agency.id,
        name=agency.name,
        **tally.figures(),
        **_index(whole),
        surveys=whole.respondents if whole is not None else 0,
        complaints_answered=complaints.answered,
        complaints_late=complaints.late,
        complaints_open=complaints.open,
        services=tuple(
            ServiceTimes(
                id=one.id,
                name=one.name,
                promised_days=one.standard.working_days,
                **by_service[one.id].figures(),
                **_index(rated.get((agency.id, one.id))),
            )
            for one in own
        ),
    )


def _index(rated: Rated | None) -> dict[str, Any]:
    if rated is None or rated.index is None:
        return {}
    return {"index": str(rated.index.value), "grade": rated.index.grade}
