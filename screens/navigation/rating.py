"""Rating a session, or what became of a case: one touch, and nine questions for who likes to answer them."""

from typing import TYPE_CHECKING, Final

from kiosk.cases.case import Case, CaseStateName
from kiosk.catalogue.service import Service
from kiosk.city.ratings import Element
from screens.navigation.places import Name, Place

if TYPE_CHECKING:
    from screens.navigation.flow import Flow

ELEMENTS = tuple(Element)
_DECIDED: Final = frozenset(
    {CaseStateName.APPROVED, CaseStateName.READY, CaseStateName.COLLECTED, CaseStateName.REJECTED}
)


class RatingFlow:
    """Of the submission that was just sent, or of the case in sight; ``reset`` forgets it."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self.reset()

    def reset(self) -> None:
        self.score = 0
        #: All nine were answered and kept.
        self.full = False
        #: It could not be kept.
        self.failed = False
        self.scores: dict[Element, int] = {}

    @property
    def rated(self) -> bool:
        return self.score > 0

    def rate(self, score: int) -> None:
        """One touch; a second one changes nothing."""
        service, ratings = self._service(), self._flow.kiosk.ratings
        if self.rated or service is None:
            return
        self.failed = not ratings.rate(service, score)
        self.score = score
        case = self._flow.citizen.case
        if case is not None and not self.failed:
            ratings.note_rated(case.code)

    def begin(self) -> None:
        """To the first of the nine questions."""
        self.scores = {}
        self._show(ELEMENTS[0])

    def answer(self, element: Element, score: int) -> None:
        """To the next question; after the last one everything is kept, and the page of the slip comes back."""
        self.scores[element] = score
        place = ELEMENTS.index(element) + 1
        if place < len(ELEMENTS):
            self._show(ELEMENTS[place])
            return
        service = self._service()
        if service is not None and set(self.scores) == set(ELEMENTS):
            self.full = self._flow.kiosk.ratings.rate_fully(service, self.scores)
            self.failed = not self.full
        self.stop()

    def back(self, element: Element) -> None:
        """One question back; from the first one to the page of the slip."""
        place = ELEMENTS.index(element)
        if place:
            self._show(ELEMENTS[place - 1])
        else:
            self.stop()

    def stop(self) -> None:
        """Back to the page of the slip; what was not answered to the end is forgotten."""
        self.scores = {}
        self._flow.show_beside(None)

    def can_rate(self, case: Case) -> bool:
        """Whether what became of the case can be rated: it is decided, and nobody did so here before."""
        decided = case.state in _DECIDED and self._flow.context.catalogue.get(case.service) is not None
        return decided and (self.rated or not self._flow.kiosk.ratings.is_rated(case.code))

    def _service(self) -> Service | None:
        """The case's; else the one that was just sent."""
        session, case = self._flow.session, self._flow.citizen.case
        if session is None:
            return None
        return session.catalogue.get(case.service) if case is not None else session.service

    def _show(self, element: Element) -> None:
        self._flow.show_beside(Place(Name.RATE, element.value))
