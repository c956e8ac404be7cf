"""The state of the line, put together from what its three loops see."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from kiosk.events import Bus, LineChanged
from kiosk.machine.line_state import LineCondition, LineState
from kiosk.ports import Clock
from sync.client import Answer, Outcome

logger = logging.getLogger(__name__)

_CONDITIONS: Final = {
    Outcome.OK: LineCondition.ONLINE,
    Outcome.NOT_FOUND: LineCondition.ONLINE,
    Outcome.CONFLICT: LineCondition.ONLINE,
    Outcome.REJECTED: LineCondition.ONLINE,
    Outcome.REFUSED: LineCondition.REFUSED,
    Outcome.WAITING: LineCondition.WAITING,
    Outcome.REVOKED: LineCondition.REVOKED,
    Outcome.UPDATE_NEEDED: LineCondition.UPDATE_NEEDED,
    Outcome.SLOWED: LineCondition.SLOWED,
    Outcome.SERVER_ERROR: LineCondition.OFFLINE,
    Outcome.FOREIGN: LineCondition.OFFLINE,
    Outcome.UNREACHABLE: LineCondition.OFFLINE,
}
#: The worst that a loop sees is what the line is.
_WORST_FIRST: Final = (
    LineCondition.REVOKED,
    LineCondition.WAITING,
    LineCondition.UPDATE_NEEDED,
    LineCondition.REFUSED,
    LineCondition.OFFLINE,
    LineCondition.SLOWED,
    LineCondition.ONLINE,
)


#: What is over for all loops as soon as one of them reaches the server.
_PASSING: Final = {
    Outcome.UNREACHABLE: "no connection",
    Outcome.FOREIGN: "somebody else answers",
    Outcome.WAITING: "not approved yet",
}
_PASSES: Final = frozenset(_PASSING.values())


class Monitor:
    """Any thread. When one loop reaches the server again, the others are woken."""

    def __init__(self, clock: Clock, bus: Bus) -> None:
        self._clock = clock
        self._bus = bus
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[LineCondition, str]] = {}
        self._state = LineState(LineCondition.UNKNOWN, clock.now())
        self._last_contact: datetime | None = None
        self._wakers: list[Callable[[], None]] = []

    def on_return(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` whenever the server can be reached again."""
        self._wakers.append(wake)

    def state(self) -> LineState:
        with self._lock:
            state = self._state
            return LineState(state.condition, state.since, state.detail, self._last_contact)

    def report(self, loop: str, answer: Answer) -> None:
        """What ``loop`` (outbox, feed, presence) has just seen."""
        condition = _CONDITIONS[answer.outcome]
        with self._lock:
            old = self._state
            if condition is LineCondition.ONLINE:
                self._last_contact = self._clock.now()
                # The others may sit in a long pause since the link was lost; what they saw then is void.
                self._seen = {name: seen for name, seen in self._seen.items() if seen[1] not in _PASSES}
            link = _PASSING.get(answer.outcome, answer.detail)
            self._seen[loop] = (condition, link)
            worst = min(self._seen.values(), key=lambda seen: _WORST_FIRST.index(seen[0]))
            if worst[0] is not old.condition:
                self._state = LineState(worst[0], self._clock.now(), worst[1])
            new = self._state
        if new is not old:
            logger.info("line: %s, before %s (%s)", new.condition, old.condition, new.detail or "-")
            if new.condition is LineCondition.ONLINE:
                for wake in self._wakers:
                    wake()
            self._bus.publish(LineChanged(self.state()))
