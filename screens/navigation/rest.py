"""While nobody's session goes on: which page rests, the farewell, and sleep. Knows nothing of Kivy."""

from typing import TYPE_CHECKING, Final

from kiosk.machine.health import Ability
from kiosk.machine.line_state import Approval
from screens.navigation.places import Name, Over, Place
from screens.navigation.slips import Farewell

if TYPE_CHECKING:
    from screens.navigation.flow import Flow

#: The farewell stays this long before the home screen comes back.
THANKS_S: Final = 6.0
#: Somebody changed the home screen's language or size and left: it goes back after this long.
HOME_RESET_S: Final = 60.0
#: Left alone for this long, the home screen becomes quieter still, and the first touch only wakes it.
SLEEP_S: Final = 90.0


class RestFlow:
    """Between two sessions."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self._asleep = False
        self._touched_at = flow.kiosk.clock.monotonic()
        self._thanks_until: float | None = None
        #: What the citizen who has just gone took along.
        self.farewell = Farewell.NOTHING

    @property
    def can_start(self) -> bool:
        """Whether a session can begin at all."""
        kiosk = self._flow.kiosk
        let_in = kiosk.approval is Approval.GIVEN
        return let_in and kiosk.in_service and kiosk.health.ability() is not Ability.CLOSED

    @property
    def place(self) -> Place:
        """What is in sight while nobody is here."""
        kiosk = self._flow.kiosk
        if self._thanks_until is not None:
            return Place(Name.THANKS)
        if kiosk.approval is not Approval.GIVEN:
            return Place(Name.APPROVAL, kiosk.approval.value)
        if not kiosk.in_service:
            return Place(Name.OUT_OF_SERVICE)
        if kiosk.health.ability() is Ability.CLOSED:
            return Place(Name.NOTHING_WORKS)
        return Place(Name.HOME)

    @property
    def asleep(self) -> bool:
        """Nobody is there, and nobody was for a while: the home screen only shows that it is alive."""
        flow = self._flow
        return self._asleep and flow.place.name is Name.HOME and flow.over is Over.NOTHING

    @property
    def quiet(self) -> float:
        """Seconds since somebody touched the glass or a key."""
        return self._flow.kiosk.clock.monotonic() - self._touched_at

    def touched(self) -> None:
        self._touched_at = self._flow.kiosk.clock.monotonic()
        if self._asleep:
            self._asleep = False
            self._flow.tell()

    def begin_thanks(self, farewell: Farewell) -> None:
        """The farewell, for a while."""
        self.farewell = farewell
        self._thanks_until = self._flow.kiosk.clock.monotonic() + THANKS_S

    def end_thanks(self) -> None:
        """The farewell was seen: what the citizen chose for the eyes goes too."""
        if self._thanks_until is not None:
            self._thanks_until = None
            self._flow.preferences.reset()

    def dismiss_thanks(self) -> None:
        """The farewell was seen, and the resting page comes."""
        self.end_thanks()
        self._flow.tell()

    def recover(self) -> None:
        """As after a touch, with nobody to say goodbye to."""
        self._thanks_until = None
        self._asleep = False
        self._touched_at = self._flow.kiosk.clock.monotonic()

    def tick(self) -> None:
        """Several times a second."""
        flow = self._flow
        if self._thanks_until is not None and flow.kiosk.clock.monotonic() >= self._thanks_until:
            self.dismiss_thanks()
        if not self._asleep and self.quiet >= SLEEP_S and flow.place.name is Name.HOME and not flow.voice.on:
            self._asleep = True
            flow.tell()
        altered = flow.over is not Over.NOTHING or flow.preferences.altered
        if altered and flow.session is None and flow.stack.beside is None and self.quiet >= HOME_RESET_S:
            flow.reset()
            flow.tell()
