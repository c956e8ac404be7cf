"""What an open city tells at the kiosk: how long its offices really take, and its budget. Works without a line."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from pydantic import ValidationError

from kiosk.events import Bus, DocumentChanged
from kiosk.store import Store
from kiosk.store.documents import StoredDocument
from kiosk.text import Text
from protocol import documents
from protocol.documents import BUDGET, TRANSPARENCY

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Times:
    """Working days. None where too few cases were decided to say."""

    decided: int
    median_days: int | None
    ninetieth_days: int | None
    in_time_percent: int | None
    #: Satisfaction index as it is written, with a point; "" when nobody answered the survey.
    index: str
    grade: str


@dataclass(frozen=True, slots=True)
class ServiceTimes:
    id: str
    name: Text
    promised_days: int
    times: Times


@dataclass(frozen=True, slots=True)
class AgencyTimes:
    id: str
    name: Text
    times: Times
    surveys: int
    complaints_answered: int
    complaints_late: int
    complaints_open: int
    services: tuple[ServiceTimes, ...]


@dataclass(frozen=True, slots=True)
class Transparency:
    made_at: datetime
    agencies: tuple[AgencyTimes, ...]


@dataclass(frozen=True, slots=True)
class BudgetLine:
    name: Text
    planned_rupiah: int
    spent_rupiah: int

    @property
    def part(self) -> float | None:
        """Of the plan that was spent; more than 1 when more was. None where nothing was planned."""
        return self.spent_rupiah / self.planned_rupiah if self.planned_rupiah else None


@dataclass(frozen=True, slots=True)
class Budget:
    made_at: datetime
    year: int
    source: str
    lines: tuple[BudgetLine, ...]

    @property
    def planned_rupiah(self) -> int:
        return sum(line.planned_rupiah for line in self.lines)

    @property
    def spent_rupiah(self) -> int:
        return sum(line.spent_rupiah for line in self.lines)


_Document = TypeVar("_Document", Transparency, Budget)


class OpenCity:
    """Any thread."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self._store = store
        self._bus = bus

    def versions(self) -> dict[str, int]:
        """Which version of each document is kept here."""
        return self._store.documents.versions()

    def keep(self, document: StoredDocument) -> bool:
        """A document that the city signed. False when it is not newer, or nothing that this kiosk can show."""
        reader = _READERS.get(document.name)
        if reader is None:
            return False
        try:
            reader(document)
        except ValidationError:
            return False
        kept = self._store.documents.put(document)
        if kept:
            self._bus.publish(DocumentChanged(document.name))
        return kept

    def transparency(self) -> Transparency | None:
        return self._read(TRANSPARENCY, _transparency)

    def budget(self) -> Budget | None:
        return self._read(BUDGET, _budget)

    def _read(self, name: str, reader: Callable[[StoredDocument], _Document]) -> _Document | None:
        """One that an older program took and this one cannot read counts as none."""
        document = self._store.documents.get(name)
        try:
            return None if document is None else reader(document)
        except ValidationError as error:
            logger.error("the document %s that is kept cannot be read: %d faults", name, error.error_count())
            return None


def _transparency(document: StoredDocument) -> Transparency:
    published = documents.Transparency.model_validate(document.body)
    return Transparency(
        made_at=document.made_at,
        agencies=tuple(
            AgencyTimes(
                id=agency.id,
                name=Text.read(agency.name),
                times=_times(agency),
                surveys=agency.surveys,
                complaints_answered=agency.complaints_answered,
                complaints_late=agency.complaints_late,
                complaints_open=agency.complaints_open,
                services=tuple(
                    ServiceTimes(one.id, Text.read(one.name), one.promised_days, _times(one)) for one in agency.services
                ),
            )
            for agency in published.agencies
        ),
    )


def _times(of: documents.AgencyTimes | documents.ServiceTimes) -> Times:
    return Times(
        decided=of.decided,
        median_days=of.median_days,
        ninetieth_days=of.ninetieth_days,
        in_time_percent=of.in_time_percent,
        index=of.index,
        grade=of.grade,
    )


def _budget(document: StoredDocument) -> Budget:
    published = documents.Budget.model_validate(document.body)
    return Budget(
        made_at=document.made_at,
        year=published.year,
        source=published.source,
        lines=tuple(
            BudgetLine(Text.read(line.name), line.planned_rupiah, line.spent_rupiah) for line in published.lines
        ),
    )


_READERS: Final[Mapping[str, Callable[[StoredDocument], object]]] = {TRANSPARENCY: _transparency, BUDGET: _budget}
