"""The idle timer: a warning with a countdown, then the end. Whoever has a reason to stand still is waited for."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from kiosk.events import Bus, IdleOver, IdleWarning
from kiosk.ports import Clock
from kiosk.settings import Settings


class IdleKind(StrEnum):
    ACTIVE = "ACTIVE"
    WARNING = "WARNING"
    OVER = "OVER"


class Hold(StrEnum):
    """Why somebody who touches nothing has not gone."""

    #: An officer was called, and is awaited here.
    HELP = "HELP"
    #: The code is being written down: nothing was printed.
    CODE = "CODE"


@dataclass(frozen=True, slots=True)
class Idle:
    kind: IdleKind
    #: Until the end, rounded up.
    seconds_left: int


class IdleTimer:
    """Counts from the last touch, on the monotonic clock. The warning comes ``idle_warning_s`` before the end."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock = clock
        self._settings = settings
        self._since = clock.monotonic()
        self._held: dict[Hold, float] = {}

    def restart(self) -> None:
        """Somebody is here."""
        self._since = self._clock.monotonic()

    def hold(self, why: Hold, until: float) -> None:
        """The warning comes at ``until`` at the earliest, on the monotonic clock; instead of what was said before."""
        self._held[why] = until

    def release(self) -> None:
        """Nobody is waited for any more."""
        self._held.clear()

    def look(self) -> Idle:
        total = self._settings.number("idle_s")
        warning = min(self._settings.number("idle_warning_s"), total)
        since = max(self._since, max(self._held.values(), default=0.0) - (total - warning))
        left = total - (self._clock.monotonic() - since)
        if left <= 0:
            return Idle(IdleKind.OVER, 0)
        return Idle(IdleKind.WARNING if left <= warning else IdleKind.ACTIVE, ceil(left))


class IdleWatch:
    """Tells everybody: a warning for each second that is left, and when somebody is here after all."""

    def __init__(self, timer: IdleTimer, bus: Bus) -> None:
        self._timer = timer
        self._bus = bus
        self._warned: int | None = None

    def restart(self) -> None:
        """Another session, or none: there is nobody to tell."""
        self._warned = None
        self._timer.release()
        self._timer.restart()

    def hold(self, why: Hold, until: float) -> None:
        self._timer.hold(why, until)

    def touched(self) -> None:
        """Somebody is here."""
        self._timer.restart()
        self._is_active()

    def is_over(self) -> bool:
        """Whether nobody has been here for the whole time; warns before."""
        idle = self._timer.look()
        if idle.kind is IdleKind.WARNING and idle.seconds_left != self._warned:
            self._warned = idle.seconds_left
            self._bus.publish(IdleWarning(idle.seconds_left))
        if idle.kind is IdleKind.ACTIVE:
            self._is_active()
        return idle.kind is IdleKind.OVER

    def _is_active(self) -> None:
        if self._warned is not None:
            self._warned = None
            self._bus.publish(IdleOver())
