"""Rating a session: one touch for everything, or the nine elements of the satisfaction survey (PermenPANRB 14/2017).

What is kept is the service, its agency, the hour and the scores: nothing that tells who gave them.
"""

import logging
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final
from uuid import uuid4

from kiosk.catalogue.service import Service
from kiosk.events import Bus, ReportWaiting
from kiosk.ports import Clock
from kiosk.store import StorageFailed, StorageProblem, Store
from kiosk.store.reports import Report, ReportKind

logger = logging.getLogger(__name__)

#: From "bad" to "very good".
SCORES: Final = (1, 2, 3, 4)
OVERALL: Final = "overall"


class Element(StrEnum):
    """In the order in which they are asked."""

    REQUIREMENTS = "requirements"
    PROCEDURE = "procedure"
    TIME = "time"
    FEE = "fee"
    PRODUCT = "product"
    COMPETENCE = "competence"
    BEHAVIOUR = "behaviour"
    COMPLAINTS = "complaints"
    FACILITIES = "facilities"

    @property
    def text_key(self) -> str:
        return f"rate.element.{self.value}"


class Ratings:
    """Any thread."""

    def __init__(self, store: Store, clock: Clock, bus: Bus, storage_failed: Callable[[StorageProblem], None]) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._storage_failed = storage_failed

    def rate(self, service: Service, score: int) -> bool:
        """One score for everything. Raises ValueError when it is none of SCORES; False when it could not be kept."""
        return self._keep(service, {OVERALL: score})

    def is_rated(self, code: str) -> bool:
        """Whether what became of this case was rated here. No score is kept with it."""
        try:
            return bool(self._store.marks.get(_mark(code)))
        except StorageFailed:
            return False

    def note_rated(self, code: str) -> None:
        """Once is enough for a case."""
        try:
            self._store.marks.set(_mark(code), True)
        except StorageFailed as error:
            logger.warning("that a case was rated could not be kept: %s", error.problem)
            self._storage_failed(error.problem)

    def rate_fully(self, service: Service, scores: Mapping[Element, int]) -> bool:
        """A score for each of the nine elements; ValueError when one is missing."""
        if set(scores) != set(Element):
            raise ValueError("a full rating has all nine elements")
        return self._keep(service, {element.value: score for element, score in scores.items()})

    def _keep(self, service: Service, scores: Mapping[str, int]) -> bool:
        if any(score not in SCORES for score in scores.values()):
            raise ValueError(f"a score is one of {SCORES}")
        report_id = str(uuid4())
        hour = self._clock.now().replace(minute=0, second=0, microsecond=0)
        body = {
            "id": report_id,
            "service": service.id,
            "agency": service.agency.id,
            "hour": hour.isoformat(),
            "scores": dict(scores),
        }
        try:
            kept = self._store.reports.add(ReportKind.RATING, Report(report_id, body))
        except StorageFailed as error:
            logger.warning("a rating could not be kept: %s", error.problem)
            self._storage_failed(error.problem)
            return False
        if kept:
            self._bus.publish(ReportWaiting())
        return kept


def _mark(code: str) -> str:
    return f"rated:{code}"
