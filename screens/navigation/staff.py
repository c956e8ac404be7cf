"""Ways to the field staff's pages, and out of them."""

import logging
from math import ceil
from typing import TYPE_CHECKING, Final

from kiosk.machine.staff import SignInProblem, SignInRefused
from protocol.field.roles import May
from screens.navigation import stack as stacks
from screens.navigation.machine_context import MachineContext
from screens.navigation.places import Name, Place
from screens.navigation.staff_context import StaffContext

if TYPE_CHECKING:
    from screens.navigation.flow import Flow

logger = logging.getLogger(__name__)

#: Field staff who went without signing out are signed out after this long without a touch.
STAFF_IDLE_S: Final = 300.0
#: Long enough for a panel, short enough to wait for.
CLEANING_S: Final = 30.0


class StaffFlow:
    """The PIN comes before every page."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self.context = StaffContext(flow.kiosk)
        self.machine = MachineContext(flow.kiosk)
        #: The badge that was held before the scanner, until its PIN was typed.
        self.badge = ""
        #: Until when nothing that touches the panel counts, on the monotonic clock: it is being wiped.
        self._deaf_until: float | None = None

    @property
    def deaf(self) -> bool:
        """Neither fingers nor keys mean anything: a cloth is on them."""
        return self._deaf_until is not None

    @property
    def deaf_left(self) -> int:
        """Whole seconds until they count again."""
        until = self._deaf_until
        return 0 if until is None else max(0, ceil(until - self._flow.context.monotonic()))

    def begin_cleaning(self) -> None:
        """Ends by itself: nobody can be locked out by it."""
        if self.context.may(May.CARE):
            self.context.record("cleaned")
            self._deaf_until = self._flow.context.monotonic() + CLEANING_S
            self.open(Name.STAFF_CLEANING)

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
        self.reset()
        flow.stack = stacks.rejoin(flow.stack)
        flow.preferences.reset()
        flow.tell()

    def reset(self) -> None:
        """Nobody of the staff is here."""
        self.badge = ""
        self._deaf_until = None

    def tick(self) -> None:
        """Several times a second."""
        if self._deaf_until is not None:
            # Whoever wipes is here.
            self._flow.touched()
            if self.deaf_left == 0:
                self._deaf_until = None
                self.open(Name.STAFF)
        if self._flow.place.is_staff and self._flow.rest.quiet >= STAFF_IDLE_S:
            self.leave()
