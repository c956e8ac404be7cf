"""Where somebody can be on the screens: navigation as data."""

from dataclasses import dataclass
from enum import StrEnum


class PlaceFlag(StrEnum):
    """What a place says of itself."""

    #: Nobody's session goes on here.
    RESTS = "RESTS"
    #: Of the field staff.
    STAFF = "STAFF"
    #: Lies beside the steps of a session, wherever it stands: one at a time, and the way back leads to where it stands.
    BESIDE = "BESIDE"
    #: It asks for a scan: what lies before the scanner when somebody comes here is meant.
    SCANS = "SCANS"
    #: Before the first question, the citizen is warned of what is missing at the kiosk.
    WARNS = "WARNS"


class Name(StrEnum):
    flags: frozenset[PlaceFlag]

    def __new__(cls, value: str, *flags: PlaceFlag) -> "Name":
        member = str.__new__(cls, value)
        member._value_ = value
        member.flags = frozenset(flags)
        return member

    HOME = "HOME", PlaceFlag.RESTS
    #: The office has not let this kiosk in yet, or will not; the detail says which (``kiosk.machine.line_state.Approval``).
    APPROVAL = "APPROVAL", PlaceFlag.RESTS
    OUT_OF_SERVICE = "OUT_OF_SERVICE", PlaceFlag.RESTS
    #: Printer, line and storage are gone: nothing can be kept.
    NOTHING_WORKS = "NOTHING_WORKS", PlaceFlag.RESTS
    SERVICES = "SERVICES", PlaceFlag.WARNS
    #: The services of one agency or one life event.
    GROUP = "GROUP", PlaceFlag.WARNS
    SEARCH = "SEARCH", PlaceFlag.WARNS
    #: How long offices really take; with an agency as its detail, the services of that one.
    TIMES = "TIMES"
    BUDGET = "BUDGET"
    SERVICE = "SERVICE", PlaceFlag.WARNS
    #: Of a complaint: anonymous or secret.
    PRIVACY = "PRIVACY"
    IDENTIFY = "IDENTIFY", PlaceFlag.SCANS
    FORM = "FORM"
    REVIEW = "REVIEW"
    FEE = "FEE"
    CONSENT = "CONSENT"
    SAVED = "SAVED"
    RATE = "RATE", PlaceFlag.BESIDE
    #: Leaving a form to be finished another day; fetching it; what came back.
    SAVE_DRAFT = "SAVE_DRAFT", PlaceFlag.BESIDE
    RESUME_DRAFT = "RESUME_DRAFT", PlaceFlag.SCANS
    RESUMED = "RESUMED", PlaceFlag.BESIDE
    #: With a code as its detail, that case is looked for at once.
    TRACK = "TRACK", PlaceFlag.SCANS
    CASE = "CASE"
    ANSWER = "ANSWER", PlaceFlag.BESIDE
    THANKS = "THANKS"
    STAFF_PIN = "STAFF_PIN", PlaceFlag.BESIDE, PlaceFlag.STAFF
    STAFF = "STAFF", PlaceFlag.BESIDE, PlaceFlag.STAFF
    STAFF_PAPER = "STAFF_PAPER", PlaceFlag.BESIDE, PlaceFlag.STAFF
    #: Of one device; the detail is its component, or ``touch``.
    STAFF_DEVICE = "STAFF_DEVICE", PlaceFlag.BESIDE, PlaceFlag.STAFF, PlaceFlag.SCANS
    #: Targets over the whole panel.
    STAFF_TOUCH = "STAFF_TOUCH", PlaceFlag.BESIDE, PlaceFlag.STAFF
    STAFF_OUTBOX = "STAFF_OUTBOX", PlaceFlag.BESIDE, PlaceFlag.STAFF
    #: What lies behind the panel; the detail says which: ``line``, ``storage``, ``clock``, ``versions``, ``faults``.
    STAFF_MACHINE = "STAFF_MACHINE", PlaceFlag.BESIDE, PlaceFlag.STAFF
    #: The panel is being wiped: nothing on it counts.
    STAFF_CLEANING = "STAFF_CLEANING", PlaceFlag.BESIDE, PlaceFlag.STAFF
    #: Restart, shut down.
    STAFF_POWER = "STAFF_POWER", PlaceFlag.BESIDE, PlaceFlag.STAFF
    #: What is done in the visit; with ``note`` as its detail, the words about it.
    STAFF_VISIT = "STAFF_VISIT", PlaceFlag.BESIDE, PlaceFlag.STAFF
    STAFF_REPORT = "STAFF_REPORT", PlaceFlag.BESIDE, PlaceFlag.STAFF
    #: Why each item of the outbox waits; how it is carried away on a stick.
    STAFF_WAITING = "STAFF_WAITING", PlaceFlag.BESIDE, PlaceFlag.STAFF


class Over(StrEnum):
    """What lies over the page."""

    NOTHING = "NOTHING"
    ADJUST = "ADJUST"
    HELP = "HELP"
    #: The pace of somebody with a switch is measured.
    SWITCHES = "SWITCHES"
    #: "Really leave?"
    LEAVE = "LEAVE"
    #: "Really fewer?": people who were filled in would go.
    FEWER = "FEWER"
    #: "Have you got the code?": nothing was printed.
    CODE = "CODE"
    #: The page in sign language.
    SIGNING = "SIGNING"
    #: A photograph, larger than on its page.
    PHOTO = "PHOTO"


@dataclass(frozen=True)
class Place:
    """``detail`` says which one: ``agency:kelurahan``, the id of a service, a tracking code."""

    name: Name
    detail: str = ""

    @property
    def rests(self) -> bool:
        return PlaceFlag.RESTS in self.name.flags

    @property
    def is_staff(self) -> bool:
        return PlaceFlag.STAFF in self.name.flags

    @property
    def is_beside(self) -> bool:
        return PlaceFlag.BESIDE in self.name.flags

    @property
    def scans(self) -> bool:
        return PlaceFlag.SCANS in self.name.flags

    @property
    def warns(self) -> bool:
        return PlaceFlag.WARNS in self.name.flags
