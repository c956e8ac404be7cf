"""What a device says about itself, in the vocabulary of CUSS 2 and CEN/XFS."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from workers.clock import Clock

logger = logging.getLogger(__name__)


class Availability(StrEnum):
    """Whether the device can be used. UNKNOWN (not yet asked) is not UNAVAILABLE."""

    READY = "READY"
    BUSY = "BUSY"
    UNAVAILABLE = "UNAVAILABLE"
    UNKNOWN = "UNKNOWN"


class Condition(StrEnum):
    """What is wrong, or soon will be. Several can hold at once."""

    MEDIA_LOW = "MEDIA_LOW"
    MEDIA_EMPTY = "MEDIA_EMPTY"
    MEDIA_JAMMED = "MEDIA_JAMMED"
    COVER_OPEN = "COVER_OPEN"
    CUTTER_ERROR = "CUTTER_ERROR"
    OVERHEATED = "OVERHEATED"
    HARDWARE_ERROR = "HARDWARE_ERROR"
    NOT_REACHABLE = "NOT_REACHABLE"
    NOT_RESPONDING = "NOT_RESPONDING"
    CONFIGURATION_ERROR = "CONFIGURATION_ERROR"
    OFFLINE = "OFFLINE"
    STALE = "STALE"
    TOO_DARK = "TOO_DARK"
    DISCONNECTED = "DISCONNECTED"


def _no_supplies() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ComponentState:
    """One device at one moment.

    ``supplies`` are levels by name with the unit in the name ("paper_mm"). ``since`` is when availability or
    conditions last changed, not when a supply did. ``detail`` is for technicians and holds no personal data.
    """

    component: str
    availability: Availability
    since: datetime
    conditions: frozenset[Condition] = frozenset()
    supplies: Mapping[str, float] = field(default_factory=_no_supplies)
    detail: str = ""


class StateBoard:
    """Holds the state of one component and tells subscribers when it changes.

    Losing the device is logged once and its return once, however often it is published in between.
    """

    def __init__(self, component: str, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._subscribers: list[Callable[[ComponentState], None]] = []
        self._state = ComponentState(component, Availability.UNKNOWN, clock.now())
        self._lost = False
        self._hangs: Callable[[], bool] = lambda: False
        self._hangs_since: datetime | None = None

    @property
    def component(self) -> str:
        return self._state.component

    def state(self) -> ComponentState:
        """The newest state; safe from any thread. A device whose worker hangs is not responding, whatever it said."""
        hangs = self._hangs()
        with self._lock:
            if not hangs:
                self._hangs_since = None
                return self._state
            noticed = self._hangs_since is None
            self._hangs_since = self._hangs_since or self._clock.now()
            state = replace(
                self._state,
                availability=Availability.UNAVAILABLE,
                conditions=frozenset({Condition.NOT_RESPONDING}),
                since=self._hangs_since,
                detail="hangs in a call",
            )
        if noticed:
            logger.error("%s gives no sign of life", state.component)
        return state

    def watch(self, hangs: Callable[[], bool]) -> None:
        """Ask this before every answer of :meth:`state`: the heartbeat of the worker behind the board."""
        self._hangs = hangs

    def subscribe(self, callback: Callable[[ComponentState], None]) -> Callable[[], None]:
        """Call ``callback`` with every new state, from the device's thread. Returns how to unsubscribe."""
        with self._lock:
            self._subscribers.append(callback)

        def unsubscribe() -> None:
            with self._lock:
                if callback in self._subscribers:
                    self._subscribers.remove(callback)

        return unsubscribe

    def publish(
        self,
        availability: Availability,
        conditions: frozenset[Condition] = frozenset(),
        *,
        supplies: Mapping[str, float] | None = None,
        detail: str = "",
    ) -> ComponentState:
        """Set the state; ``supplies`` None keeps the levels known so far."""
        with self._lock:
            old = self._state
            levels = old.supplies if supplies is None else MappingProxyType(dict(supplies))
            same = (old.availability, old.conditions) == (availability, conditions)
            new = ComponentState(
                component=old.component,
                availability=availability,
                since=old.since if same else self._clock.now(),
                conditions=conditions,
                supplies=levels,
                detail=detail,
            )
            self._state = new
            subscribers = tuple(self._subscribers) if new != old else ()
            lost_before, self._lost = self._lost, self._is_lost(availability)
        self._log(new, lost_before)
        for callback in subscribers:
            self._tell(callback, new)
        return new

    def _is_lost(self, availability: Availability) -> bool:
        return self._lost if availability is Availability.UNKNOWN else availability is Availability.UNAVAILABLE

    def _log(self, state: ComponentState, lost_before: bool) -> None:
        if self._lost and not lost_before:
            named = ", ".join(sorted(state.conditions)) or "no condition named"
            logger.warning("%s lost: %s (%s)", state.component, named, state.detail or "no detail")
        elif lost_before and not self._lost:
            logger.info("%s back", state.component)

    @staticmethod
    def _tell(callback: Callable[[ComponentState], None], state: ComponentState) -> None:
        try:
            callback(state)
        except Exception:
            # A listener's bug must not take the device down with it.
            logger.exception("a listener of %s failed", state.component)
