"""What happens at the kiosk, as immutable events, and the bus they travel on.

Events are published from whichever thread they happen in (devices, line, screens); a subscriber that needs a certain
thread moves them there itself. Only ``Scanned`` may hold personal data; no event is ever kept or logged.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kiosk.machine.line_state import LineState
from protocol.components import Availability, Condition
from protocol.peripherals import PrintOutcome, ScanKind

logger = logging.getLogger(__name__)


class Step(StrEnum):
    """Where a citizen's visit stands."""

    #: Nobody is here.
    START = "START"
    SERVICES = "SERVICES"
    SERVICE = "SERVICE"
    #: Anonymous or secret; only of a complaint.
    PRIVACY = "PRIVACY"
    IDENTIFY = "IDENTIFY"
    FORM = "FORM"
    REVIEW = "REVIEW"
    #: What the service costs and how it is paid; only where it costs something.
    FEE = "FEE"
    CONSENT = "CONSENT"
    SENDING = "SENDING"
    SAVED = "SAVED"
    #: Looking at a case by its code.
    CASE = "CASE"
    END = "END"


class EndReason(StrEnum):
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    IDLE = "IDLE"
    #: Something unexpected happened; the session was wiped to be safe.
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""


@dataclass(frozen=True, slots=True)
class SessionBegan(Event):
    language: str


@dataclass(frozen=True, slots=True)
class StepChanged(Event):
    step: Step


@dataclass(frozen=True, slots=True)
class LanguageChanged(Event):
    language: str


@dataclass(frozen=True, slots=True)
class SessionEnded(Event):
    """Everything of the citizen has been wiped."""

    reason: EndReason


@dataclass(frozen=True, slots=True)
class IdleWarning(Event):
    """Shown and counted down once a second until somebody touches or the session ends."""

    seconds_left: int


@dataclass(frozen=True, slots=True)
class IdleOver(Event):
    """Somebody is here after all."""


@dataclass(frozen=True, slots=True)
class Stored(Event):
    """A submission is durable at this kiosk."""

    submission_id: str
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Received(Event):
    """The server holds a submission durably; ``at`` is the server's time."""

    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SlipDue(Event):
    """Comes once for each send: when the server answered, or two seconds have passed. The slip is printed now."""

    code: str
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class SlipPrinted(Event):
    code: str
    outcome: PrintOutcome
    conditions: frozenset[Condition]
    copy: bool


@dataclass(frozen=True, slots=True)
class Scanned(Event):
    """A code with a wrong check character is None. Holds personal data."""

    kind: ScanKind
    text: str = field(repr=False)
    nik: str | None = field(default=None, repr=False)
    code: str | None = None
    url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ComponentChanged(Event):
    component: str
    availability: Availability
    conditions: frozenset[Condition]


@dataclass(frozen=True, slots=True)
class PaperChanged(Event):
    millimetres: float


@dataclass(frozen=True, slots=True)
class LineChanged(Event):
    state: LineState


@dataclass(frozen=True, slots=True)
class OutboxChanged(Event):
    waiting: int
    parked: int


@dataclass(frozen=True, slots=True)
class CatalogueChanged(Event):
    version: int


@dataclass(frozen=True, slots=True)
class CaseUpdated(Event):
    code: str


@dataclass(frozen=True, slots=True)
class NoticesChanged(Event):
    pass


@dataclass(frozen=True, slots=True)
class SettingsChanged(Event):
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class InServiceChanged(Event):
    in_service: bool


@dataclass(frozen=True, slots=True)
class StaffSignedIn(Event):
    staff_id: str


@dataclass(frozen=True, slots=True)
class StaffSignedOut(Event):
    pass


@dataclass(frozen=True, slots=True)
class VisitRecorded(Event):
    """A visit waits to be reported to the server."""

    visit_id: str


@dataclass(frozen=True, slots=True)
class ReportWaiting(Event):
    """A rating or a call for help waits to be reported to the server."""


@dataclass(frozen=True, slots=True)
class HeadphonesChanged(Event):
    plugged: bool


@dataclass(frozen=True, slots=True)
class DocumentChanged(Event):
    """The city published a newer one: ``transparency`` or ``budget``."""

    name: str


@dataclass(frozen=True, slots=True)
class RestartAsked(Event):
    """The server or field staff want the program to end and be started anew; only between two sessions."""


Subscriber = Callable[[Event], None]


class Bus:
    """Calls every subscriber, in order, in the publisher's thread. A subscriber's bug stops nobody else."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Returns how to unsubscribe."""
        with self._lock:
            self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            with self._lock:
                if subscriber in self._subscribers:
                    self._subscribers.remove(subscriber)

        return unsubscribe

    def publish(self, event: Event) -> None:
        with self._lock:
            subscribers = tuple(self._subscribers)
        for subscriber in subscribers:
            try:
                subscriber(event)
            except Exception:
                logger.exception("a subscriber failed at %s", type(event).__name__)
