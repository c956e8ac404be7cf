"""What a kiosk's components said last, and what follows from it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from pydantic import TypeAdapter

from protocol.components import (
    CAMERA,
    CONTENT,
    FORMS,
    PAPER_DAYS_EARLY,
    PAPER_MM,
    PRINTER,
    SCANNER,
    SPEAKER,
    STORAGE,
    Availability,
    Condition,
)
from protocol.kiosk_settings import NUMBERS
from protocol.messages import Component

Components = tuple[Component, ...]
_KEPT: Final = TypeAdapter(Components)
#: Conditions under which a component still works.
_MILD: Final[frozenset[str]] = frozenset({Condition.FORM_FAULT, Condition.MEDIA_LOW, Condition.STALE})
#: Parts that a citizen uses, and the disk that keeps what they send; an alarm names the one that failed.
_DEVICES: Final = (PRINTER, SCANNER, CAMERA, SPEAKER, STORAGE)
#: These have alarms of their own.
_TOLD_APART: Final[frozenset[str]] = frozenset({Condition.MEDIA_EMPTY, Condition.TOO_DARK, Condition.FULL})
#: Before the kiosk refuses new forms (at ``disk_reserve_bytes``) somebody has time to come.
DISK_LOW_BYTES: Final = 2 * NUMBERS["disk_reserve_bytes"].default
#: Enough for a score of slips; a roll is changed before it is empty.
PAPER_LOW_MM: Final = NUMBERS["paper_low_mm"].default
#: Or for so long, four times of five: whoever brings a roll comes once a day.
ROLL_DAYS: Final = 1.5


class Severity(StrEnum):
    GOOD = "good"
    #: Not asked yet, or soon to be seen to.
    WAIT = "wait"
    BAD = "bad"


def severity(part: Component) -> Severity:
    if any(one not in _MILD for one in part.conditions) or part.availability is Availability.UNAVAILABLE:
        return Severity.BAD
    return Severity.WAIT if part.conditions or part.availability is Availability.UNKNOWN else Severity.GOOD


def components_of(kiosk: Any) -> Components:
    """As the last heartbeat of a row of ``kiosks`` had them."""
    return _KEPT.validate_python(kiosk.components)


def paper_mm(components: Sequence[Component]) -> float | None:
    """What the printer's counter says is left, in millimetres."""
    printer = _named(components, PRINTER)
    return None if printer is None else printer.supplies.get(PAPER_MM)


def without_paper(components: Sequence[Component]) -> bool:
    printer = _named(components, PRINTER)
    return printer is not None and Condition.MEDIA_EMPTY in printer.conditions


def paper_low(components: Sequence[Component]) -> bool:
    """It still prints, and somebody should bring a roll: little is left of this one, or the kiosk foretells its end."""
    printer = _named(components, PRINTER)
    if printer is None or Condition.MEDIA_EMPTY in printer.conditions:
        return False
    left = printer.supplies.get(PAPER_MM)
    early = printer.supplies.get(PAPER_DAYS_EARLY)
    ends_soon = early is not None and early < ROLL_DAYS
    return Condition.MEDIA_LOW in printer.conditions or ends_soon or (left is not None and left < PAPER_LOW_MM)


def failed_device(components: Sequence[Component]) -> str | None:
    """Which part of those that citizens notice does not work, and why; None where all do."""
    for part in components:
        if part.component not in _DEVICES or severity(part) is not Severity.BAD:
            continue
        why = sorted(one for one in part.conditions if one not in _MILD)
        if not why or any(one not in _TOLD_APART for one in why):
            return f"{part.component}: {', '.join(why) or part.availability.value}"
    return None


def disk_low(components: Sequence[Component], free_bytes: int | None) -> bool:
    storage = _named(components, STORAGE)
    full = storage is not None and Condition.FULL in storage.conditions
    return full or (free_bytes is not None and free_bytes < DISK_LOW_BYTES)


def covered(components: Sequence[Component]) -> bool:
    """The camera sees nothing: something hangs or stands before the kiosk, or no light burns there."""
    camera = _named(components, CAMERA)
    return camera is not None and Condition.TOO_DARK in camera.conditions


def form_fault(components: Sequence[Component]) -> str | None:
    """Which form failed, and where; None where none did."""
    forms = _named(components, FORMS)
    return forms.detail if forms is not None and Condition.FORM_FAULT in forms.conditions else None


def broken_content(components: Sequence[Component]) -> str | None:
    """Which file of the pack a kiosk cannot show; None when it reported none."""
    content = _named(components, CONTENT)
    return None if content is None else content.detail


def _named(components: Sequence[Component], name: str) -> Component | None:
    return next((one for one in components if one.component == name), None)
