"""Files of the pack that citizens should see or hear and cannot: told to the office, never in a visit's way."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from kiosk.events import Bus, ComponentChanged
from kiosk.ports import Availability, Clock

CONTENT: Final = "content"
#: Characters of what the office is told about it.
DETAIL_CHARACTERS: Final = 150

logger = logging.getLogger(__name__)


class MediaFault(StrEnum):
    """Why a file of a form cannot be shown or played."""

    MISSING = "FILE_MISSING"
    #: It is not what its name says.
    BROKEN = "FILE_BROKEN"
    #: It is over a limit of ``forms/limits.py``.
    TOO_LARGE = "FILE_TOO_LARGE"


@dataclass(frozen=True, slots=True)
class ContentState:
    """The pack as a component; only there while something of it is faulty."""

    conditions: frozenset[str]
    since: datetime
    #: The service and the file that was found first, and how many more.
    detail: str
    availability: str = Availability.READY
    supplies: Mapping[str, float] = field(default_factory=dict)
    component: str = CONTENT


class Content:
    """What was found faulty since the pack came into force; any thread."""

    def __init__(self, clock: Clock, bus: Bus) -> None:
        self._clock = clock
        self._bus = bus
        self._lock = threading.Lock()
        self._faults: dict[tuple[str, str], MediaFault] = {}
        self._since: datetime | None = None

    def failed(self, service_id: str, file: str, fault: MediaFault) -> None:
        """A file of a service's form cannot be shown. Told once."""
        with self._lock:
            if (service_id, file) in self._faults:
                return
            self._faults[service_id, file] = fault
            self._since = self._since or self._clock.now()
        logger.error("a file of the pack cannot be shown: %s/%s (%s)", service_id, file, fault)
        self._bus.publish(ComponentChanged(CONTENT, Availability.READY, frozenset({fault.value})))

    def renewed(self) -> None:
        """Another pack is in force."""
        with self._lock:
            had, self._since = bool(self._faults), None
            self._faults.clear()
        if had:
            self._bus.publish(ComponentChanged(CONTENT, Availability.READY, frozenset()))

    def state(self) -> ContentState | None:
        """None while nothing is faulty."""
        with self._lock:
            if self._since is None:
                return None
            service_id, file = next(iter(self._faults))
            more = f" (+{len(self._faults) - 1})" if len(self._faults) > 1 else ""
            faults = frozenset(fault.value for fault in self._faults.values())
            return ContentState(faults, self._since, f"{service_id}/{file}"[:DETAIL_CHARACTERS] + more)
