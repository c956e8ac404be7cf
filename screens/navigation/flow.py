"""Where somebody is and where they can go: the one object that all screens speak to. Knows nothing of Kivy.

The kiosk's session knows the steps of a visit; the flow adds what only screens have: which list of services is in
sight, what lies over the page, what it looks like, and the field staff's rooms. It belongs to the screens' thread;
events of other threads are handed to ``hear`` there.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kiosk.cases.case import Case
from kiosk.catalogue.service import Service
from kiosk.drafts.drafts import is_draft
from kiosk.events import (
    CatalogueChanged,
    EndReason,
    Event,
    IdleOver,
    IdleWarning,
    InServiceChanged,
    LanguageChanged,
    LineChanged,
    Scanned,
    SessionEnded,
    StepChanged,
)
from kiosk.events import Step as KioskStep
from kiosk.kiosk import Kiosk, Snapshot
from kiosk.machine.content import MediaFault
from kiosk.machine.health import Ability, Reason
from kiosk.machine.line_state import Approval
from kiosk.ports import ScanKind
from kiosk.visit.citizen import HowIdentified
from kiosk.visit.nik import Nik
from kiosk.visit.outcomes import Refused, RefusedReason
from kiosk.visit.session import Session
from protocol.formats import Formatting
from protocol.languages import LANGUAGES
from screens.language.texts import Catalogues, Texts
from screens.look.colours import Contrast
from screens.look.tokens import TextSize
from screens.navigation import stack as stacks
from screens.navigation.answering import Answering
from screens.navigation.appearance import DEFAULT_APPEARANCE, Appearance
from screens.navigation.drafts import DraftFlow
from screens.navigation.fewer import FewerFlow
from screens.navigation.places import Name, Over, Place
from screens.navigation.rating import RatingFlow
from screens.navigation.slips import SlipFlow, SlipState
from screens.navigation.stack import Stack
from screens.voice.voice import Voice

#: The farewell stays this long before the home screen comes back.
THANKS_S: Final = 6.0
#: Somebody changed the home screen's language or size and left: it goes back after this long.
HOME_RESET_S: Final = 60.0
#: Left alone for this long, the home screen becomes quieter still, and the first touch only wakes it.
SLEEP_S: Final = 90.0
#: Field staff who went without signing out are signed out after this long without a touch.
STAFF_IDLE_S: Final = 300.0

_STEP_PLACES: Final = {
    KioskStep.PRIVACY: Name.PRIVACY,
    KioskStep.IDENTIFY: Name.IDENTIFY,
    KioskStep.FORM: Name.FORM,
    KioskStep.REVIEW: Name.REVIEW,
    KioskStep.FEE: Name.FEE,
    KioskStep.CONSENT: Name.CONSENT,
    KioskStep.SENDING: Name.CONSENT,
    KioskStep.SAVED: Name.SAVED,
    KioskStep.CASE: Name.CASE,
}
#: What a citizen is told of before the first question, the gravest first.
_TOLD: Final = (Reason.STORAGE_BROKEN, Reason.DISK_FULL, Reason.NO_PRINTER, Reason.NO_LINE)


class Flow:
    """``changed`` is called when another page, look or layer is to be shown."""

    def __init__(
        self,
        kiosk: Kiosk,
        catalogues: Catalogues,
        changed: Callable[[], None],
        default: Appearance = DEFAULT_APPEARANCE,
    ) -> None:
        self.kiosk = kiosk
        self.appearance = default
        self._stack = Stack()
        #: Seconds until the visit ends; None while somebody is active.
        self.idle_left: int | None = None
        #: The badge that was held before the scanner, until its PIN was typed.
        self.badge = ""
        #: The case in sight, and the code it was looked up by.
        self.case: Case | None = None
        #: What is being answered to the office.
        self.answering: Answering | None = None
        #: Why it could not be sent, and where the visit stood then: told as long as it stands there.
        self._refusal: tuple[RefusedReason, object] | None = None
        #: Where the visit goes on after a fault of the form: told as long as it stands there.
        self._regained: object = None
        self.rating = RatingFlow(self)
        self.slips = SlipFlow()
        self.drafts = DraftFlow(self)
        self.fewer = FewerFlow(self)
        self._asleep = False
        self.voice = Voice(kiosk.ports.speaker, kiosk.ports.headphones, kiosk.settings)
        self._default = default
        self._catalogues = catalogues
        self._changed = changed
        self._touched_at = kiosk.clock.monotonic()
        self._thanks_until: float | None = None
        self._follow_scanner()

    # --- what is so ------------------------------------------------------------------------------------------------

    @property
    def session(self) -> Session | None:
        return self.kiosk.session

    @property
    def language(self) -> str:
        return self.appearance.language

    @property
    def texts(self) -> Texts:
        return self._catalogues.texts(self.language)

    def in_every_language(self, key: str) -> tuple[str, ...]:
        """A text once in each language."""
        return tuple(self._catalogues.texts(language)(key) for language in LANGUAGES)

    @property
    def formatting(self) -> Formatting:
        return Formatting(self.language, self.kiosk.identity.time_zone)

    @property
    def place(self) -> Place:
        """Where somebody is."""
        return stacks.in_sight(self._stack, self._step())

    @property
    def over(self) -> Over:
        """What lies over the page."""
        return self._stack.over

    @property
    def asleep(self) -> bool:
        """Nobody is there, and nobody was for a while: the home screen only shows that it is alive."""
        return self._asleep and self.place.name is Name.HOME and self.over is Over.NOTHING

    def place_text(self) -> str:
        """For the strip at the top: the service, or the city."""
        session = self.session
        if session is not None and session.service is not None and session.step is not KioskStep.SERVICES:
            return session.service.name.get(self.language)
        return f"eKios · {self.kiosk.identity.city}"

    def banner(self) -> str:
        """What the citizen will have to do without; "" when nothing is missing."""
        if self._regained is not None:
            return self.texts("form.fault")
        if not self.place.warns:
            return ""
        reasons = self.kiosk.health.reasons()
        told = [reason for reason in _TOLD if reason in reasons]
        return self.texts(told[0].text_key) if told else ""

    def trouble(self, snapshot: Snapshot) -> str:
        """The home screen's one sentence when not everything works."""
        return self.texts(snapshot.reasons[0].text_key) if snapshot.reasons else self.texts("home.all_works")

    def next_kiosk(self) -> str:
        """Where the next working kiosk is, when the city said so."""
        places = self.kiosk.settings.next_kiosk
        where = places.get(self.language) or places.get("id", "")
        return self.texts("nothing.next_kiosk", where=where) if where else ""

    @property
    def refused(self) -> str:
        """Why it could not be sent; "" when nothing was refused, or the visit went on since."""
        return self.texts(self._refusal[0].text_key) if self._refusal is not None else ""

    def known_regions(self) -> tuple[str, ...]:
        return self.kiosk.settings.region_prefixes

    def media(self, name: str) -> bytes | None:
        """A file of the open service's form."""
        session = self.session
        if session is None or session.service is None:
            return None
        return session.catalogue.media(session.service.id, name)

    def media_failed(self, name: str, fault: MediaFault) -> None:
        """A file of the open service's form cannot be shown or played: the office is told."""
        session = self.session
        if session is not None and session.service is not None:
            self.kiosk.content.failed(session.service.id, name, fault)

    # --- a visit ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """The first touch that means it."""
        let_in = self.kiosk.approval is Approval.GIVEN
        if let_in and self.kiosk.in_service and self.kiosk.health.ability() is not Ability.CLOSED:
            self._end_thanks()
            self._stack = stacks.restart(self._stack)
            self.kiosk.begin(self.language)
            self._tell()

    def start_tracking(self) -> None:
        """From the home screen straight to the case of a slip."""
        self.start()
        if self.session is not None:
            self.open_track()

    def open_group(self, key: str) -> None:
        self._push(Place(Name.GROUP, key))

    def open_times(self, agency: str = "") -> None:
        """How long offices really take; of all, or the services of one."""
        self._push(Place(Name.TIMES, agency))

    def open_budget(self) -> None:
        self._push(Place(Name.BUDGET))

    def open_page(self, place: Place) -> None:
        """A page beside the list of services; back leads to the list."""
        self._push(place)

    def forget_way(self) -> None:
        """Back from a service leads to the list of services, whatever led to the service."""
        self._stack = stacks.forget_ways(self._stack)

    def open_search(self) -> None:
        self._push(Place(Name.SEARCH))

    def open_track(self) -> None:
        self._push(Place(Name.TRACK))

    def open_service(self, service_id: str) -> None:
        session = self._here()
        session.choose(service_id)
        self._tell()

    def begin_service(self, service: Service) -> None:
        """From the service's page on; the page itself shows why when it is not possible."""
        session = self._here()
        session.choose(service.id)
        session.start_service()
        self._tell()

    def identified(self, nik: Nik, how: str) -> None:
        session = self._here()
        if session.identify(nik.digits, HowIdentified(how)).problem is None:
            session.continue_to_form()
        self._tell()

    def open_case(self, case: Case) -> None:
        """The case that somebody asked for; nothing when they have gone meanwhile."""
        session = self.session
        if session is not None:
            session.show_case()
            self.case = case
            self._tell()

    def back(self) -> None:
        """One step back; from the first page of a visit the question whether to leave."""
        session = self.session
        if self._stack.beside is not None:
            self._stack = stacks.pop(self._stack)
        elif session is None:
            return
        elif session.step is not KioskStep.SERVICES:
            session.back()
        elif len(self._stack.ways) > 1:
            self._stack = stacks.pop(self._stack)
        else:
            self.ask_leave()
        self._tell()

    def accept_fee(self) -> None:
        """The citizen knows what it costs: on to the consent, or straight to sending."""
        session = self._here()
        session.accept_fee()
        if session.may_send:
            self.send()
        self._tell()

    def send(self) -> None:
        """Agreed: seal, store, and go on to "saved", or back to what has to be put right."""
        draft = self.drafts.held  # Sending lets go of the form.
        result = self.kiosk.send()
        if isinstance(result, Refused):
            self.refuse(result.reason)
        else:
            self.slips.follow(result.code, self.new_slip())
            self.drafts.safe(draft)
        self._tell()

    def new_slip(self) -> SlipState:
        """How the slip stands of what has just been sent."""
        return SlipState.WAITING if self.kiosk.health.can_print() else SlipState.NOT_PRINTED

    def refuse(self, reason: RefusedReason) -> None:
        """Where the visit stands now, it is told why it could not be sent."""
        self._refusal = (reason, self._standing())
        self._tell()

    def another_service(self) -> None:
        """From "saved" or a case to the list, with nothing of before."""
        self.case = None
        self._drop_answer()
        self.rating.reset()
        self._stack = stacks.restart(self._stack)
        self._here().another_service()
        self._tell()

    def open_answer(self) -> None:
        """Beside the case: answering what the office asked; what was begun for that case goes on."""
        begun = self.answering is not None and self.case is not None and self.answering.case.code == self.case.code
        if not begun and self.kiosk.health.disk_is_full():
            self.refuse(RefusedReason.DISK_FULL)
            return
        if self.case is not None and (self.answering is None or self.answering.case.code != self.case.code):
            self._drop_answer()
            self.answering = Answering(self, self.case)
        self.show_beside(Place(Name.ANSWER))

    def show_beside(self, place: Place | None) -> None:
        """A page beside the visit's steps, or None: back to where the visit stands."""
        self._stack = stacks.push(self._stack, place) if place is not None else stacks.rejoin(self._stack)
        self._tell()

    def finish(self) -> None:
        """The citizen is done: all is wiped, and the farewell says so."""
        self.kiosk.end(EndReason.DONE)

    def leave(self) -> None:
        """The citizen wants to stop without sending."""
        self.kiosk.end(EndReason.CANCELLED)

    # --- over the page ---------------------------------------------------------------------------------------------

    def open_adjust(self) -> None:
        self._set_over(Over.ADJUST)

    def open_help(self) -> None:
        self._set_over(Over.HELP)

    def open_fewer(self) -> None:
        self._set_over(Over.FEWER)

    def ask_leave(self) -> None:
        """At once when nothing was entered; else after a question."""
        session = self.session
        entered = session is not None and (session.form is not None or session.citizen is not None)
        if not entered and not (self.answering is not None and self.answering.begun):
            self.leave()
        else:
            self._set_over(Over.LEAVE)

    def close_over(self) -> None:
        self._set_over(Over.NOTHING)

    def set_language(self, language: str) -> None:
        """At any point; answers and page stay."""
        self.appearance = replace(self.appearance, language=language)
        self.kiosk.set_language(language)
        self._tell()

    def set_text_size(self, size: TextSize) -> None:
        self.appearance = replace(self.appearance, text_size=size)
        self._tell()

    def set_lowered(self, lowered: bool) -> None:
        self.appearance = replace(self.appearance, lowered=lowered)
        self._tell()

    def toggle_voice(self) -> None:
        if self.voice.on:
            self.voice.stop()
        else:
            self.voice.start()
        self._tell()

    def change_rate(self, by: int) -> None:
        """The voice slower or faster; what was said last is the sample."""
        self.voice.change_rate(by)
        self.voice.repeat()
        self._tell()

    def change_volume(self, by: int) -> None:
        self.voice.change_volume(by)
        self.voice.repeat()
        self._tell()

    def set_contrast(self, contrast: Contrast) -> None:
        self.appearance = replace(self.appearance, contrast=contrast)
        self._tell()

    # --- field staff -----------------------------------------------------------------------------------------------

    def open_staff(self, name: Name) -> None:
        """A room of the field staff; the PIN comes first."""
        self.show_beside(Place(name))

    def leave_staff(self, note: str = "") -> None:
        """Signs out: the visit is recorded."""
        self.kiosk.staff.sign_out(note)
        self.badge = ""
        self._stack = stacks.rejoin(self._stack)
        self.appearance = self._default
        self._tell()

    # --- after a fault ---------------------------------------------------------------------------------------------

    def regain(self, error: BaseException, *, made: bool) -> bool:
        """The form failed: the visit goes on from where it was good last, and the citizen is told. False: it cannot.

        ``made`` is False where there is no page in sight: where the visit would go on, none can be made then.
        """
        if (not made and self.place.name is Name.SERVICE) or not self.kiosk.form_failed(error):
            return False
        self._stack = stacks.uncover(stacks.rejoin(self._stack))
        self._regained = self._standing()
        self._tell()
        return True

    def shown(self) -> None:
        """What the flow says is in sight."""
        if self.session is not None and self._stack.beside is None:
            self.session.shown()

    def recover(self) -> None:
        """A screen failed: nobody is here any more, a citizen or field staff, and nothing of before is in sight."""
        self._stack = Stack()
        self._thanks_until = None
        self._asleep = False
        self._touched_at = self.kiosk.clock.monotonic()
        self.badge = ""
        self.kiosk.end(EndReason.FAULT)
        self.kiosk.staff.sign_out()
        self._reset()
        self._tell()

    # --- from outside ----------------------------------------------------------------------------------------------

    def touched(self) -> None:
        """Somebody touched the glass or a key."""
        self._touched_at = self.kiosk.clock.monotonic()
        if self._asleep:
            self._asleep = False
            self._tell()
        self.kiosk.touch()

    def dismiss_thanks(self) -> None:
        self._end_thanks()
        self._tell()

    def tick(self) -> None:
        """Several times a second."""
        self.kiosk.tick()
        now = self.kiosk.clock.monotonic()
        quiet = now - self._touched_at
        if self._thanks_until is not None and now >= self._thanks_until:
            self.dismiss_thanks()
        if self.place.is_staff and quiet >= STAFF_IDLE_S:
            self.leave_staff()
        if not self._asleep and quiet >= SLEEP_S and self.place.name is Name.HOME and not self.voice.on:
            self._asleep = True
            self._tell()
        altered = self.over is not Over.NOTHING or self.appearance != self._default
        if altered and self.session is None and self._stack.beside is None and quiet >= HOME_RESET_S:
            self._reset()
            self._tell()

    def hear(self, event: Event) -> None:
        """An event of the kiosk, on the screens' thread."""
        self.slips.hear(event)
        match event:
            case IdleWarning():
                self.idle_left = event.seconds_left
                self._tell()
            case IdleOver():
                self.idle_left = None
                self._tell()
            case SessionEnded():
                self._ended(event.reason)
            case StepChanged() | LanguageChanged() | InServiceChanged() | CatalogueChanged() | LineChanged():
                self._tell()
            case Scanned():
                self._scanned(event)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _here(self) -> Session:
        session = self.session
        if session is None:
            raise RuntimeError("nobody is here")
        return session

    def _step(self) -> Place | None:
        """Where the visit stands, or the kiosk while there is none; None as long as a service is being looked for."""
        session = self.session
        if session is None:
            return self._resting()
        if session.step is KioskStep.SERVICE:
            return Place(Name.SERVICE, session.service.id if session.service else "")
        name = _STEP_PLACES.get(session.step)
        return Place(name) if name is not None else None

    def _resting(self) -> Place:
        if self._thanks_until is not None:
            return Place(Name.THANKS)
        if self.kiosk.approval is not Approval.GIVEN:
            return Place(Name.APPROVAL, self.kiosk.approval.value)
        if not self.kiosk.in_service:
            return Place(Name.OUT_OF_SERVICE)
        if self.kiosk.health.ability() is Ability.CLOSED:
            return Place(Name.NOTHING_WORKS)
        return Place(Name.HOME)

    def _push(self, place: Place) -> None:
        if self.session is not None and self.session.step is KioskStep.SERVICES:
            self._stack = stacks.push(self._stack, place)
            self._tell()

    def _set_over(self, over: Over) -> None:
        self._stack = stacks.cover(self._stack, over)
        self._tell()

    def _ended(self, reason: EndReason) -> None:
        chosen = self.appearance
        self._reset()
        if reason is EndReason.DONE and self.session is None:
            self._thanks_until = self.kiosk.clock.monotonic() + THANKS_S
            # The farewell is in the citizen's language and look; its end brings the kiosk's own back.
            self.appearance = chosen
        self._tell()

    def _end_thanks(self) -> None:
        """The farewell was seen: what the citizen chose for the eyes goes too."""
        if self._thanks_until is not None:
            self._thanks_until = None
            self.appearance = self._default

    def _reset(self) -> None:
        self.appearance = self._default
        self._stack = stacks.reset(self._stack)
        self.idle_left = None
        self.voice.wipe()
        self.case = None
        self._drop_answer()
        self._refusal = None
        self._regained = None
        self.rating.reset()
        self.slips.reset()
        self.drafts.reset()
        self.fewer.reset()

    def _scanned(self, event: Scanned) -> None:
        if event.kind == ScanKind.STAFF_BADGE and (self.place.rests or self.place.name is Name.STAFF_PIN):
            self.badge = event.text
            self.open_staff(Name.STAFF_PIN)
        elif event.code is not None and self.place.name is Name.HOME:
            if is_draft(event.code):
                self.start()
                self.drafts.begin_resume(event.code)
            else:
                self.start_tracking()

    def _drop_answer(self) -> None:
        if self.answering is not None:
            self.answering.wipe()
            self.answering = None

    def _standing(self) -> object:
        """The step of the visit and the page of its form."""
        session = self.session
        page = session.page if session is not None and session.step is KioskStep.FORM else None
        return (session.step if session is not None else None, page.ref if page is not None else "")

    def _tell(self) -> None:
        if self._refusal is not None and self._refusal[1] != self._standing():
            self._refusal = None
        if self._regained is not None and self._regained != self._standing():
            self._regained = None
        self._follow_scanner()
        self._changed()

    def _follow_scanner(self) -> None:
        scanner = self.kiosk.ports.scanner
        if scanner is None:
            return
        if self.place.scans:
            scanner.activate()
        else:
            scanner.deactivate()
