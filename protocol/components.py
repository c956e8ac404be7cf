"""What a part of a kiosk says about itself, in the vocabulary of CUSS 2 and CEN/XFS: from the driver to the fleet page.

Devices and the kiosk's own parts report a :class:`ComponentState`; a heartbeat carries it as ``messages.Component``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

PRINTER: Final = "printer"
SCANNER: Final = "scanner"
CAMERA: Final = "camera"
SPEAKER: Final = "speaker"
#: The kiosk's own parts: its disk and database; its forms and the files of its pack, there only while one is faulty.
STORAGE: Final = "storage"
FORMS: Final = "forms"
CONTENT: Final = "content"

#: The printer's supply: what is left of the roll, in millimetres.
PAPER_MM: Final = "paper_mm"
#: In how many days the roll will be used up by the kiosk's own days: as likely earlier as later, and so early that four times of
#: five it is later. There once the kiosk knows its days.
PAPER_DAYS: Final = "paper_days"
PAPER_DAYS_EARLY: Final = "paper_days_early"


class Availability(StrEnum):
    """Whether a component can be used. UNKNOWN (not yet asked) is not UNAVAILABLE."""

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
    # Of the storage.
    FULL = "FULL"
    #: The disk or file system refuses.
    FAULT = "FAULT"
    #: The database is damaged; the next start sets it aside.
    CORRUPT = "CORRUPT"
    #: A damaged database was set aside at the last start.
    RECOVERED = "RECOVERED"
    # Of the forms and the files that come with them.
    FORM_FAULT = "FORM_FAULT"
    FILE_MISSING = "FILE_MISSING"
    FILE_BROKEN = "FILE_BROKEN"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"


def _no_supplies() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ComponentState:
    """One component at one moment.

    ``supplies`` are levels by name with the unit in the name (PAPER_MM). ``since`` is when availability or
    conditions last changed, not when a supply did. ``detail`` is for technicians and holds no personal data.
    """

    component: str
    availability: Availability
    since: datetime
    conditions: frozenset[Condition] = frozenset()
    supplies: Mapping[str, float] = field(default_factory=_no_supplies)
    detail: str = ""
