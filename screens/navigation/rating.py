"""Rating a session: one touch after the slip, and nine questions for who likes to answer them."""

from typing import TYPE_CHECKING

from kiosk.city.ratings import Element
from screens.navigation.places import Name, Place

if TYPE_CHECKING:
    from screens.navigation.flow import Flow

ELEMENTS = tuple(Element)


class RatingFlow:
    """Of the submission that was just sent; ``reset`` forgets it."""

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
        session = self._flow.session
        if self.rated or session is None or session.service is None:
            return
        self.failed = not self._flow.kiosk.ratings.rate(session.service, score)
        self.score = score

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
        session = self._flow.session
        if session is not None and session.service is not None and set(self.scores) == set(ELEMENTS):
            self.full = self._flow.kiosk.ratings.rate_fully(session.service, self.scores)
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

    def _show(self, element: Element) -> None:
        self._flow.show_beside(Place(Name.RATE, element.value))
