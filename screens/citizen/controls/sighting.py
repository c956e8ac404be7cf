"""What the camera has in sight, asked again and again beside the screens while a live picture is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kivy.clock import Clock

from kiosk.ports import Hint, Sight
from screens.background.handover import Handover, work


@dataclass(frozen=True, slots=True)
class _Blind:
    """What is shown when looking itself failed."""

    corners: tuple[tuple[float, float], ...] | None = None
    hint: Hint = Hint.NO_FRAME
    sequence: int = 0


class Sighting:
    """Asks ``look`` on a thread, never twice at once, and gives its answers to ``seen`` on Kivy's thread."""

    #: Seconds between two looks: a hand that is told to hold still does not need more.
    PAUSE: Final = 0.25

    def __init__(self, look: Callable[[], Sight], seen: Callable[[Sight], None]) -> None:
        self._look = look
        self._seen = seen
        self._work: Handover[Sight] | None = None
        self._event = Clock.create_trigger(self._turn, self.PAUSE, interval=True)

    @property
    def running(self) -> bool:
        return bool(self._event.is_triggered)

    def start(self) -> None:
        self._event()

    def stop(self) -> None:
        """What is being looked at now is never shown."""
        self._event.cancel()
        if self._work is not None:
            self._work.cancel()
            self._work = None

    def look(self) -> None:
        """Looks now, unless a look is under way or nobody wants one."""
        if self.running and self._work is None:
            self._work = work(self._look, self._looked, _Blind())

    def _turn(self, _seconds: float) -> None:
        self.look()

    def _looked(self, sight: Sight) -> None:
        self._work = None
        self._seen(sight)


class CalmHint:
    """The hint in sight: another one once it came twice in a row, and not too soon after the last."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self._last = shown
        self._looks = 0

    def take(self, hint: str, least_looks: int) -> None:
        """A new answer; what is shown stands for at least that many of them."""
        self._looks += 1
        twice, self._last = hint == self._last, hint
        if twice and hint != self.shown and self._looks >= least_looks:
            self.shown, self._looks = hint, 0
