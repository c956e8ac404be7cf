"""What an open city tells at the kiosk: how long its offices really take, and its budget. Works without a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kiosk.events import Bus, DocumentChanged
from kiosk.store import Store
from kiosk.store.documents import StoredDocument
from kiosk.text import Text

TRANSPARENCY: Final = "transparency"
BUDGET: Final = "budget"


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
    def part(self) -> float:
        """Of the plan that was spent; more than 1 when more was."""
        return self.spent_rupiah / self.planned_rupiah if self.planned_rupiah else 0.0


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
        except (KeyError, TypeError, ValueError, AttributeError):
            return False
        kept = self._store.documents.put(document)
        if kept:
            self._bus.publish(DocumentChanged(document.name))
        return kept

    def transparency(self) -> Transparency | None:
        document = self._store.documents.get(TRANSPARENCY)
        return None if document is None else _transparency(document)

    def budget(self) -> Budget | None:
        document = self._store.documents.get(BUDGET)
        return None if document is None else _budget(document)


def _transparency(document: StoredDocument) -> Transparency:
    return Transparency(
        made_at=document.made_at,
        agencies=tuple(
            AgencyTimes(
                id=str(agency["id"]),
                name=Text.read(agency["name"]),
                times=_times(agency),
                surveys=int(agency.get("surveys", 0)),
                complaints_answered=int(agency.get("complaints_answered", 0)),
                complaints_late=int(agency.get("complaints_late", 0)),
                complaints_open=int(agency.get("complaints_open", 0)),
                services=tuple(
                    ServiceTimes(str(one["id"]), Text.read(one["name"]), int(one["promised_days"]), _times(one))
                    for one in agency.get("services", ())
                ),
            )
            for agency in document.body["agencies"]
        ),
    )


def _times(of: Mapping[str, Any]) -> Times:
    return Times(
        decided=int(of.get("decided", 0)),
        median_days=_days(of.get("median_days")),
        ninetieth_days=_days(of.get("ninetieth_days")),
        in_time_percent=_days(of.get("in_time_percent")),
        index=str(of.get("index", "")),
        grade=str(of.get("grade", "")),
    )


def _days(value: Any) -> int | None:
    return None if value is None else int(value)


def _budget(document: StoredDocument) -> Budget:
    return Budget(
        made_at=document.made_at,
        year=int(document.body["year"]),
        source=str(document.body.get("source", "")),
        lines=tuple(
            BudgetLine(Text.read(line["name"]), int(line["planned_rupiah"]), int(line["spent_rupiah"]))
            for line in document.body["lines"]
        ),
    )


_READERS: Final = {TRANSPARENCY: _transparency, BUDGET: _budget}
