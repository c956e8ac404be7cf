"""Ways to the field staff's pages, and out of them."""

from typing import TYPE_CHECKING, Final

from screens.navigation import stack as stacks
from screens.navigation.places import Name, Place
from screens.navigation.staff_context import StaffContext

if TYPE_CHECKING:
    from screens.navigation.flow import Flow

#: Field staff who went without signing out are signed out after this long without a touch.
STAFF_IDLE_S: Final = 300.0


class StaffFlow:
    """The PIN comes before every page."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self.context = StaffContext(flow.kiosk)
        #: The badge that was held before the scanner, until its PIN was typed.
        self.badge = ""

    def hold_badge(self, badge: str) -> None:
        self.badge = badge
        self.open(Name.STAFF_PIN)

    def open(self, name: Name) -> None:
        self._flow.show_beside(Place(name))

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
