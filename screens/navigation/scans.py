"""What is said to something that was held before the scanner where the page in sight has no use for it.

A page takes what it asks for (``View.scanned``); all else comes here. A slip leads to its case and a badge to the
PIN wherever nothing is lost by it; whatever leads nowhere is answered with what to do. Nothing is passed over, but for
one thing: what lay before the camera while a photo was taken is not spoken of on a later page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from kiosk.catalogue.catalogue import Catalogue
from kiosk.drafts.drafts import is_draft
from kiosk.events import Scanned
from kiosk.ports import ScanKind
from screens.navigation.places import Name, Over, Place

if TYPE_CHECKING:
    from screens.navigation.flow import Flow

#: The answer to a scan stays so long, or until the next touch, or another page.
NOTE_S: Final = 20.0


class Meaning(Enum):
    """What a scan is to whoever held it there."""

    #: The slip of a case.
    CASE = auto()
    #: The slip of a form to be finished another day.
    DRAFT = auto()
    #: A slip whose code was not read whole.
    DAMAGED = auto()
    CARD = auto()
    #: For a bank's app, not for us: it stands on our own slips, too.
    PAYMENT = auto()
    #: On a letter of some office.
    LETTER = auto()
    BADGE = auto()
    OTHER = auto()

    @property
    def is_slip(self) -> bool:
        return self in (Meaning.CASE, Meaning.DRAFT)


#: Both codes of a slip are seen within so many seconds; then the one for payments says nothing.
TOGETHER_S: Final = 5.0
#: Never a document's code.
OURS: Final = frozenset({Meaning.CASE, Meaning.DRAFT, Meaning.DAMAGED, Meaning.PAYMENT})


def meaning_of(event: Scanned, catalogue: Catalogue) -> Meaning:
    """``catalogue`` knows which payment codes are on our own slips: not all of them are QRIS."""
    if event.kind == ScanKind.STAFF_BADGE:
        return Meaning.BADGE
    if event.kind == ScanKind.PAYMENT or event.text in payment_codes(catalogue):
        return Meaning.PAYMENT
    if event.code is not None:
        return Meaning.DRAFT if is_draft(event.code) else Meaning.CASE
    if event.nik is not None:
        return Meaning.CARD
    return {ScanKind.SLIP: Meaning.DAMAGED, ScanKind.DOCUMENT_URL: Meaning.LETTER}.get(event.kind, Meaning.OTHER)


def payment_codes(catalogue: Catalogue) -> frozenset[str]:
    """Those that our slips may carry."""
    payments = (service.standard.payment for service in catalogue.services)
    return frozenset(payment.payment_code for payment in payments if payment is not None and payment.payment_code)


@dataclass(frozen=True, slots=True)
class Note:
    """``kind``: info, success or warning."""

    key: str
    kind: str = "info"
    values: Mapping[str, str] = field(default_factory=dict)


_START: Final = frozenset({Name.HOME, Name.THANKS})
_CLOSED: Final = frozenset({Name.APPROVAL, Name.OUT_OF_SERVICE, Name.NOTHING_WORKS})
#: A service is being looked for: nothing was begun that a slip would end.
_LOOKING: Final = frozenset({Name.SERVICES, Name.GROUP, Name.SEARCH, Name.TIMES, Name.BUDGET})
_TRACKING: Final = frozenset({Name.TRACK, Name.RESUME_DRAFT})
_SENT: Final = frozenset({Name.SAVED, Name.RATE})

#: To a card.
_CARDS: Final[Mapping[Name, str]] = {
    **dict.fromkeys(_START, "scan.card.start"),
    **dict.fromkeys(_LOOKING, "scan.card.choose"),
    Name.SERVICE: "scan.card.begin",
    Name.PRIVACY: "scan.card.begin",
    Name.REVIEW: "scan.card.review",
    Name.TRACK: "track.not_a_slip",
    Name.RESUME_DRAFT: "draft.not_a_slip",
}
#: To a code that nobody asked for, of a letter or of anything.
_OTHERS: Final[Mapping[Name, str]] = {
    **dict.fromkeys(_START, "scan.other.start"),
    Name.IDENTIFY: "identify.not_a_card",
    Name.FORM: "form.scan.unused",
    Name.TRACK: "track.not_a_slip",
    Name.RESUME_DRAFT: "draft.not_a_slip",
}


class ScanFlow:
    """``reset`` forgets what was scanned in a session."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self.reset()

    def reset(self) -> None:
        self.note: Note | None = None
        self._told_at = 0.0
        #: Where the note was told, as ``_standing`` says it.
        self._where: object = None
        #: What the camera saw while a photo was being taken, and where that was.
        self._photographed: dict[str, object] = {}
        #: When a slip was read last.
        self._slip_at = -TOGETHER_S

    @property
    def text(self) -> str:
        """The note in the citizen's language; "" when there is none."""
        return self._flow.texts(self.note.key, **self.note.values) if self.note is not None else ""

    def heard(self, event: Scanned) -> None:
        """Before a page is asked whether it takes it."""
        if event.code is not None:
            self._slip_at = self._now()

    # --- from pages ------------------------------------------------------------------------------------------------

    def tell(self, key: str, kind: str = "info", **values: str) -> None:
        """What became of the scan."""
        self.note, self._told_at, self._where = Note(key, kind, values), self._now(), self._standing()
        self._flow.tell()

    def saw_in_photo(self, event: Scanned) -> None:
        """It lay before the camera while a photo was being taken. Told once: at the next photo it is still there."""
        if self._photographed.setdefault(event.text, self._standing()) == self._standing():
            self.tell("scan.photo")

    # --- what nobody took ------------------------------------------------------------------------------------------

    def answer(self, event: Scanned) -> None:
        """Leads somewhere, or says what to do."""
        place, meaning = self._flow.place, meaning_of(event, self._flow.context.catalogue)
        if self._flow.over is not Over.NOTHING:
            self.tell("scan.close_first")
        elif meaning is Meaning.BADGE:
            self._badge(event.text, place)
        elif self._photographed.get(event.text, self._standing()) != self._standing():
            return
        elif place.is_staff:
            self.tell("scan.staff")
        elif meaning is Meaning.PAYMENT:
            self._payment()
        elif place.name in _CLOSED:
            self.tell("scan.closed")
        elif meaning.is_slip:
            self._slip(event.code or "", meaning, place)
        elif meaning is Meaning.DAMAGED:
            self.tell("scan.damaged", "warning")
        elif meaning is Meaning.CARD:
            self.tell(_CARDS.get(place.name, "form.scan.unused" if place.name is Name.FORM else "scan.card.not_here"))
        else:
            self.tell(_OTHERS.get(place.name, "scan.other"))

    def _payment(self) -> None:
        if self._now() - self._slip_at > TOGETHER_S:
            self.tell("scan.payment")

    def _badge(self, badge: str, place: Place) -> None:
        if place.rests or place.name in (Name.THANKS, Name.STAFF_PIN):
            problem = self._flow.staff.hold_badge(badge)
            if problem is not None:
                self.tell(problem.text_key, "warning")
                return
            self._flow.rest.end_thanks()
            if place.name is Name.STAFF_PIN:
                self.tell("scan.badge.pin", "success")
        else:
            self.tell("scan.badge.on_duty" if place.is_staff else "scan.badge.session")

    def _slip(self, code: str, meaning: Meaning, place: Place) -> None:
        flow, citizen = self._flow, self._flow.citizen
        if place.name in _START:
            citizen.start()
            self._follow(code, meaning)
        elif place.name in _SENT:
            self.tell("scan.slip.kept" if self._is_own(code) else "scan.slip.done_first")
        elif citizen.entered or place.name not in (*_LOOKING, *_TRACKING, Name.SERVICE, Name.CASE):
            own = flow.drafts.kept_code == code
            self.tell("scan.slip.kept" if own else "scan.slip.finish_first")
        else:
            if place.name in (Name.SERVICE, Name.CASE):
                citizen.another_service()
            self._follow(code, meaning)

    def _follow(self, code: str, meaning: Meaning) -> None:
        """To the case, or to the form that goes on; nowhere when no session can begin."""
        if self._flow.session is None:
            self.tell("scan.closed")
        elif meaning is Meaning.DRAFT:
            self._flow.drafts.begin_resume(code)
        else:
            self._flow.citizen.open_track(code)

    def _is_own(self, code: str) -> bool:
        session = self._flow.session
        return session is not None and session.submission is not None and session.submission.code == code

    # --- of the flow -----------------------------------------------------------------------------------------------

    def touched(self) -> None:
        """A finger or a key: what was told was read, or is of no interest."""
        if self.note is not None:
            self.note = None
            self._flow.tell()

    def went_on(self) -> None:
        """Somewhere else it is told no more."""
        if self.note is not None and self._where != self._standing():
            self.note = None

    def tick(self) -> None:
        """Several times a second. Who listens hears it to its end."""
        if self.note is not None and self._now() - self._told_at >= NOTE_S and not self._flow.voice.speaking:
            self.touched()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _now(self) -> float:
        return self._flow.kiosk.clock.monotonic()

    def _standing(self) -> object:
        return (self._flow.place, self._flow.citizen.standing)
