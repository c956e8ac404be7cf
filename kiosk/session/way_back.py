"""Where a session goes on after a fault of the forms engine: the places in a form that were in sight without one."""

from dataclasses import dataclass
from typing import Final

from forms import FormSession
from kiosk.events import Step

#: Where the form that is open is read.
IN_FORM: Final = frozenset({Step.FORM, Step.REVIEW, Step.FEE, Step.CONSENT})


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a session in its form; ``page_ref`` counts on the form's pages only."""

    step: Step
    page_ref: str | None
    page_index: int

    def same(self, other: "Spot") -> bool:
        return self.step is other.step and (self.step is not Step.FORM or self.page_ref == other.page_ref)


class WayBack:
    """The spots that were good, each with how many steps of the form there were when it came into sight."""

    def __init__(self) -> None:
        self._good: list[tuple[Spot, int]] = []
        #: The last answer was taken back, and nothing was in sight since.
        self._tried = False

    def note(self, spot: Spot, form: FormSession) -> None:
        """A spot is in sight, without a fault."""
        self._tried = False
        if not self._good or not self._good[-1][0].same(spot):
            self._good.append((spot, form.mark()))

    def forget(self) -> None:
        self._good.clear()

    def retreat(self, spot: Spot, form: FormSession) -> Spot | None:
        """Showing ``spot`` failed: where to go on. On a page that was good before, the last answer is taken back; where that
        does not help it is given again, and it is the spot before. None: none is left in the form."""
        if self._good and self._good[-1][0].same(spot):
            if form.steps > self._good[-1][1] and not self._tried:
                self._tried = True
                form.take_back()
                return spot
            self._good.pop()
        if self._tried:
            self._tried = False
            form.take_again()
        return self._good[-1][0] if self._good else None
