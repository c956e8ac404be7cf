"""Where a device says how it stands."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from protocol.components import Availability, ComponentState, Condition
from runtime.workers.clock import Clock

logger = logging.getLogger(__name__)


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
