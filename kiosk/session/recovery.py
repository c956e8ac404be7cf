"""Where a session goes on after a fault of the forms engine."""

import logging

from forms import FormFault
from kiosk.events import Step
from kiosk.session.form_pages import FormPages
from kiosk.session.steps import Steps
from kiosk.session.way_back import IN_FORM, Spot, WayBack

logger = logging.getLogger(__name__)


class Recovery:
    """Of the form that is open."""

    def __init__(self, steps: Steps, pages: FormPages) -> None:
        self._steps = steps
        self._pages = pages
        self._way_back = WayBack()

    def shown(self) -> None:
        """Where the session stands is in sight, without a fault: that is where it goes on from after one."""
        if self._pages.opened is not None and self._steps.current in IN_FORM:
            self._way_back.note(self._spot(), self._pages.opened)

    def forget(self) -> None:
        """Another form, or none."""
        self._way_back.forget()

    def regain(self, error: BaseException) -> None:
        """Back to where the session was good last. A step of the form that failed has left no trace; where showing failed,
        the last answer goes, or the page. At worst it is the service's page, with the form as it is."""
        failed = not isinstance(error, FormFault)
        while failed:
            self._retreat()
            failed = self._steps.current in IN_FORM and not self._has_pages()

    def _retreat(self) -> None:
        form = self._pages.opened
        spot = None if form is None else self._way_back.retreat(self._spot(), form)
        self._pages.editing = False
        if spot is not None:
            self._pages.place = spot.page_ref, spot.page_index
        self._steps.put(Step.SERVICE if spot is None else spot.step)

    def _spot(self) -> Spot:
        return Spot(self._steps.current, *self._pages.place)

    def _has_pages(self) -> bool:
        try:
            return bool(self._pages.all())
        except Exception:
            logger.exception("the pages of a form cannot be made")
            return False
