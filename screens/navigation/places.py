"""Where somebody can be on the screens: navigation as data."""

from dataclasses import dataclass
from enum import StrEnum


class Trait(StrEnum):
    """What a place says of itself."""

    #: Nobody's visit goes on here.
    RESTS = "RESTS"
    #: Of the field staff.
    STAFF = "STAFF"
    #: Lies beside the steps of a visit, wherever it stands: one at a time, and the way back leads to where it stands.
    BESIDE = "BESIDE"
    #: The scanner looks for codes: it is of use here.
    SCANS = "SCANS"
    #: Before the first question, the citizen is told what is missing at the kiosk.
    WARNS = "WARNS"


class Name(StrEnum):
    traits: frozenset[Trait]

    def __new__(cls, value: str, *traits: Trait) -> "Name":
        member = str.__new__(cls, value)
        member._value_ = value
        member.traits = frozenset(traits)
        return member

    HOME = "HOME", Trait.RESTS, Trait.SCANS
    #: The office has not let this kiosk in yet, or will not; the detail says which (``kiosk.machine.line_state.Approval``).
    APPROVAL = "APPROVAL", Trait.RESTS
    OUT_OF_SERVICE = "OUT_OF_SERVICE", Trait.RESTS, Trait.SCANS
    #: Printer, line and storage are gone: nothing can be kept.
    NOTHING_WORKS = "NOTHING_WORKS", Trait.RESTS, Trait.SCANS
    SERVICES = "SERVICES", Trait.SCANS, Trait.WARNS
    #: The services of one agency or one life event.
    GROUP = "GROUP", Trait.WARNS
    SEARCH = "SEARCH", Trait.WARNS
    #: How long offices really take; with an agency as its detail, the services of that one.
    TIMES = "TIMES"
    BUDGET = "BUDGET"
    SERVICE = "SERVICE", Trait.WARNS
    #: Of a complaint: anonymous or secret.
    PRIVACY = "PRIVACY"
    IDENTIFY = "IDENTIFY", Trait.SCANS
    FORM = "FORM", Trait.SCANS
    REVIEW = "REVIEW"
    FEE = "FEE"
    CONSENT = "CONSENT"
    SAVED = "SAVED"
    RATE = "RATE", Trait.BESIDE
    #: Leaving a form to be finished another day; fetching it; what came back.
    SAVE_DRAFT = "SAVE_DRAFT", Trait.BESIDE
    RESUME_DRAFT = "RESUME_DRAFT", Trait.SCANS
    RESUMED = "RESUMED", Trait.BESIDE
    TRACK = "TRACK", Trait.SCANS
    CASE = "CASE"
    ANSWER = "ANSWER", Trait.BESIDE
    THANKS = "THANKS"
    STAFF_PIN = "STAFF_PIN", Trait.BESIDE, Trait.STAFF, Trait.SCANS
    STAFF = "STAFF", Trait.BESIDE, Trait.STAFF, Trait.SCANS
    STAFF_PAPER = "STAFF_PAPER", Trait.BESIDE, Trait.STAFF, Trait.SCANS
    STAFF_TEST = "STAFF_TEST", Trait.BESIDE, Trait.STAFF, Trait.SCANS
    STAFF_OUTBOX = "STAFF_OUTBOX", Trait.BESIDE, Trait.STAFF, Trait.SCANS


class Over(StrEnum):
    """What lies over the page."""

    NOTHING = "NOTHING"
    ADJUST = "ADJUST"
    HELP = "HELP"
    #: "Really leave?"
    LEAVE = "LEAVE"
    #: "Really fewer?": people who were filled in would go.
    FEWER = "FEWER"
    #: "Have you got the code?": nothing was printed.
    CODE = "CODE"


@dataclass(frozen=True)
class Place:
    """``detail`` says which one: ``agency:kelurahan``, the id of a service, a tracking code."""

    name: Name
    detail: str = ""

    @property
    def rests(self) -> bool:
        return Trait.RESTS in self.name.traits

    @property
    def is_staff(self) -> bool:
        return Trait.STAFF in self.name.traits

    @property
    def is_beside(self) -> bool:
        return Trait.BESIDE in self.name.traits

    @property
    def scans(self) -> bool:
        return Trait.SCANS in self.name.traits

    @property
    def warns(self) -> bool:
        return Trait.WARNS in self.name.traits
