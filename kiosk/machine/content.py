"""Files of the pack that cannot be used, a picture, a sound or a whole service: reported to the office, never in a session's way."""

import logging
import threading
from datetime import datetime
from enum import StrEnum
from typing import Final

from kiosk.events import Bus, ComponentChanged
from kiosk.ports import Clock
from protocol.components import CONTENT, Availability, ComponentState, Condition

#: Characters of what is reported to the office.
DETAIL_CHARACTERS: Final = 150

logger = logging.getLogger(__name__)


class MediaFault(StrEnum):
    """Why a file of a service cannot be shown, played or read."""

    MISSING = Condition.FILE_MISSING.value
    #: It is not what its name says.
    BROKEN = Condition.FILE_BROKEN.value
    #: It is over a limit of ``forms/limits.py``.
    TOO_LARGE = Condition.FILE_TOO_LARGE.value

    @property
    def condition(self) -> Condition:
        return Condition(self.value)


class Content:
    """What was found faulty since the pack came into force; any thread."""

    def __init__(self, clock: Clock, bus: Bus) -> None:
        self._clock = clock
        self._bus = bus
        self._lock = threading.Lock()
        self._faults: dict[tuple[str, str], MediaFault] = {}
        self._since: datetime | None = None

    def failed(self, service_id: str, file: str, fault: MediaFault) -> None:
        """A file of a service's form cannot be shown. Reported once."""
        with self._lock:
            if (service_id, file) in self._faults:
                return
            self._faults[service_id, file] = fault
            self._since = self._since or self._clock.now()
        logger.error("a file of the pack cannot be shown: %s/%s (%s)", service_id, file, fault)
        self._bus.publish(ComponentChanged(CONTENT, Availability.READY, frozenset({fault.condition})))

    def renewed(self) -> None:
        """Another pack is in force."""
        with self._lock:
            had, self._since = bool(self._faults), None
            self._faults.clear()
        if had:
            self._bus.publish(ComponentChanged(CONTENT, Availability.READY, frozenset()))

    def state(self) -> ComponentState | None:
        """The pack as a component; None while nothing of it is faulty. ``detail``: the service and the file that was found
        first, and how many more."""
        with self._lock:
            if self._since is None:
                return None
            service_id, file = next(iter(self._faults))
            more = f" (+{len(self._faults) - 1})" if len(self._faults) > 1 else ""
            faults = frozenset(fault.condition for fault in self._faults.values())
            detail = f"{service_id}/{file}"[:DETAIL_CHARACTERS] + more
            return ComponentState(CONTENT, Availability.READY, self._since, faults, detail=detail)
