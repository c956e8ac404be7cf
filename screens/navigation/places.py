"""Where somebody can be on the screens: navigation as data."""

from dataclasses import dataclass
from enum import StrEnum


class Name(StrEnum):
    HOME = "HOME"
    #: The office has not let this kiosk in yet, or will not; the detail says which (``kiosk.machine.line_state.Approval``).
    APPROVAL = "APPROVAL"
    OUT_OF_SERVICE = "OUT_OF_SERVICE"
    #: Printer, line and storage are gone: nothing can be kept.
    NOTHING_WORKS = "NOTHING_WORKS"
    SERVICES = "SERVICES"
    #: The services of one agency or one life event.
    GROUP = "GROUP"
    SEARCH = "SEARCH"
    #: How long offices really take; with an agency as its detail, the services of that one.
    TIMES = "TIMES"
    BUDGET = "BUDGET"
    SERVICE = "SERVICE"
    #: Of a complaint: anonymous or secret.
    PRIVACY = "PRIVACY"
    IDENTIFY = "IDENTIFY"
    FORM = "FORM"
    REVIEW = "REVIEW"
    FEE = "FEE"
    CONSENT = "CONSENT"
    SAVED = "SAVED"
    RATE = "RATE"
    #: Leaving a form to be finished another day; fetching it; what came back.
    SAVE_DRAFT = "SAVE_DRAFT"
    RESUME_DRAFT = "RESUME_DRAFT"
    RESUMED = "RESUMED"
    TRACK = "TRACK"
    CASE = "CASE"
    ANSWER = "ANSWER"
    THANKS = "THANKS"
    STAFF_PIN = "STAFF_PIN"
    STAFF = "STAFF"
    STAFF_PAPER = "STAFF_PAPER"
    STAFF_TEST = "STAFF_TEST"
    STAFF_OUTBOX = "STAFF_OUTBOX"


#: Places where nobody's visit goes on.
RESTING = frozenset({Name.HOME, Name.APPROVAL, Name.OUT_OF_SERVICE, Name.NOTHING_WORKS})
STAFF = frozenset({Name.STAFF_PIN, Name.STAFF, Name.STAFF_PAPER, Name.STAFF_TEST, Name.STAFF_OUTBOX})


@dataclass(frozen=True)
class Place:
    """``detail`` says which one: ``agency:kelurahan``, the id of a service, a tracking code."""

    name: Name
    detail: str = ""
