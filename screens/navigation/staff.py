"""Ways to the field staff's pages, and out of them."""

import logging
from typing import TYPE_CHECKING, Final

from kiosk.machine.staff import SignInProblem, SignInRefused
from screens.navigation import stack as stacks
from screens.navigation.places import Name, Place
from screens.navigation.staff_context import StaffContext

if TYPE_CHECKING:
    from screens.navigation.flow import Flow

logger = logging.getLogger(__name__)

#: Field staff who went without signing out are signed out after this long without a touch.
STAFF_IDLE_S: Final = 300.0


class StaffFlow:
    """The PIN comes before every page."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self.context = StaffContext(flow.kiosk)
        #: The badge that was held before the scanner, until its PIN was typed.
        self.badge = ""

    def hold_badge(self, badge: str) -> SignInProblem | None:
        """On to the PIN; or why this badge opens nothing here, which is said before anybody types one."""
        checked = self.context.check_badge(badge)
        if isinstance(checked, SignInRefused):
            logger.warning("a badge was refused: %s", checked.problem)
            return checked.problem
        self.badge = badge
        self.open(Name.STAFF_PIN)
        return None

    def open(self, name: Name, detail: str = "") -> None:
        self._flow.show_beside(Place(name, detail))

    def leave(self, note: str = "") -> None:
        """Signs out: the visit is recorded."""
        flow = self._flow
        flow.kiosk.staff.sign_out(note)
        self.badge = ""
        flow.stack = stacks.rejoin(flow.stack)
        flow.preferences.reset()
        flow.tell()

    def tick(self) -> None:
        """Several times a second."""
        if self._flow.place.is_staff and self._flow.rest.quiet >= STAFF_IDLE_S:
            self.leave()
