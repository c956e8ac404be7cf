"""Where somebody is and where they can go: the one object that all screens speak to. Knows nothing of Kivy.

The kiosk's session knows its own steps; the flow adds what only screens have: what was opened on the way, what
lies over the page, what it looks like, and the field staff's pages, a part of it for each. It belongs to the screens'
thread; events of other threads are handed to ``hear`` there.
"""

from collections.abc import Callable
from typing import Final

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
from kiosk.kiosk import Kiosk
from kiosk.machine.health import Reason
from kiosk.session.session import Session
from kiosk.snapshot import Snapshot
from protocol.formats import Formatting
from protocol.languages import LANGUAGES
from screens.background.clips import Clips
from screens.language.texts import Catalogues, Texts
from screens.navigation import stack as stacks
from screens.navigation.appearance import DEFAULT_APPEARANCE, Appearance
from screens.navigation.citizen import CitizenFlow, step_place
from screens.navigation.context import PageContext
from screens.navigation.drafts import DraftFlow
from screens.navigation.overlays.enlarging import EnlargingFlow
from screens.navigation.overlays.fewer import FewerFlow
from screens.navigation.places import Name, Over, Place
from screens.navigation.preferences import Preferences
from screens.navigation.rating import RatingFlow
from screens.navigation.rest import RestFlow
from screens.navigation.scans import ScanFlow
from screens.navigation.slips import PartingFlow, SlipFlow
from screens.navigation.stack import Stack
from screens.navigation.staff import StaffFlow
from screens.voice.voice import Voice

#: What a citizen is warned of before the first question, the gravest first.
_WARNED_OF: Final = (Reason.STORAGE_BROKEN, Reason.DISK_FULL, Reason.NO_PRINTER, Reason.NO_LINE)


def _not_ahead(_place: Place) -> None:
    """Pages are made when somebody goes there."""


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
        self.context = PageContext(kiosk)
        self.stack = Stack()
        #: Seconds until the session ends; None while somebody is active.
        self.idle_left: int | None = None
        self.preferences = Preferences(self, default)
        self.rest = RestFlow(self)
        self.staff = StaffFlow(self)
        self.citizen = CitizenFlow(self)
        self.rating = RatingFlow(self)
        self.slips = SlipFlow()
        self.parting = PartingFlow(self)
        self.drafts = DraftFlow(self)
        self.fewer = FewerFlow(self)
        self.scans = ScanFlow(self)
        #: Where the scanner was last told to look anew.
        self._looked_at: Place | None = None
        self.clips = Clips(kiosk, self._page_in_sight)
        self.enlarging = EnlargingFlow(self)
        self._catalogues = catalogues
        self._changed = changed
        #: Whoever makes pages ahead is told here where a finger may lead.
        self.expect: Callable[[Place], None] = _not_ahead
        self._follow_scanner()

    # --- what is so ------------------------------------------------------------------------------------------------

    @property
    def session(self) -> Session | None:
        return self.kiosk.session

    @property
    def place(self) -> Place:
        """Where somebody is."""
        session = self.session
        return stacks.in_sight(self.stack, step_place(session) if session is not None else self.rest.place)

    def _page_in_sight(self) -> tuple[str, str]:
        return self.place.name, self.place.detail

    @property
    def over(self) -> Over:
        """What lies over the page."""
        return self.stack.over

    @property
    def appearance(self) -> Appearance:
        return self.preferences.appearance

    @property
    def voice(self) -> Voice:
        return self.preferences.voice

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

    def place_text(self) -> str:
        """For the strip at the top: the service, or the city."""
        session = self.session
        if session is not None and session.service is not None and session.step is not KioskStep.SERVICES:
            return session.service.name.get(self.language)
        return f"eKios · {self.kiosk.identity.city}"

    def banner(self) -> str:
        """What the citizen will have to do without; "" when nothing is missing."""
        if self.citizen.regained:
            return self.texts("form.fault")
        if not self.place.warns:
            return ""
        reasons = self.kiosk.health.reasons()
        announced = [reason for reason in _WARNED_OF if reason in reasons]
        return self.texts(announced[0].text_key) if announced else ""

    def trouble(self, snapshot: Snapshot) -> str:
        """The home screen's one sentence when not everything works."""
        return self.texts(snapshot.reasons[0].text_key) if snapshot.reasons else self.texts("home.all_works")

    def next_kiosk(self) -> str:
        """Where the next working kiosk is, when the city said so."""
        places = self.kiosk.settings.next_kiosk
        where = places.get(self.language) or places.get("id", "")
        return self.texts("nothing.next_kiosk", where=where) if where else ""

    def known_regions(self) -> tuple[str, ...]:
        return self.kiosk.settings.region_prefixes

    # --- ways ------------------------------------------------------------------------------------------------------

    def back(self) -> None:
        """One step back; from the first page of a session the question whether to leave."""
        session = self.session
        if self.stack.beside is not None:
            self.stack = stacks.pop(self.stack)
        elif session is None:
            return
        elif session.step is not KioskStep.SERVICES:
            session.back()
        elif len(self.stack.ways) > 1:
            self.stack = stacks.pop(self.stack)
        else:
            self.ask_leave()
        self.tell()

    def show_beside(self, place: Place | None) -> None:
        """A page beside the session's steps, or None: back to where the session stands."""
        self.stack = stacks.push(self.stack, place) if place is not None else stacks.rejoin(self.stack)
        self.tell()

    def open_adjust(self) -> None:
        self._cover(Over.ADJUST)

    def open_signing(self) -> None:
        self._cover(Over.SIGNING)

    def open_help(self) -> None:
        self._cover(Over.HELP)

    def open_switches(self) -> None:
        self._cover(Over.SWITCHES)

    def open_fewer(self) -> None:
        self._cover(Over.FEWER)

    def open_code(self) -> None:
        self._cover(Over.CODE)

    def open_enlarged(self) -> None:
        self._cover(Over.PHOTO)

    def ask_leave(self) -> None:
        """At once when nothing would be lost; else after a question."""
        if self.citizen.entered and not self.slips.made_codes:
            self._cover(Over.LEAVE)
        else:
            self.citizen.leave()

    def close_over(self) -> None:
        self.stack = stacks.uncover(self.stack)
        self.tell()

    # --- after a fault ---------------------------------------------------------------------------------------------

    def regain(self, error: BaseException, *, made: bool) -> bool:
        """The form failed: the session goes on from where it was good last, and the citizen is told. False: it cannot.

        ``made`` is False where there is no page in sight: where the session would go on, none can be made then.
        """
        if (not made and self.place.name is Name.SERVICE) or not self.kiosk.form_failed(error):
            return False
        self.stack = stacks.uncover(stacks.rejoin(self.stack))
        self.citizen.regain()
        self.tell()
        return True

    def recover(self) -> None:
        """A screen failed: nobody is here any more, a citizen or field staff, and nothing of before is in sight."""
        self.stack = Stack()
        self.rest.recover()
        self.staff.reset()
        self.kiosk.end(EndReason.FAULT)
        self.kiosk.staff.sign_out()
        self.reset()
        self.tell()

    def shown(self) -> None:
        """What the flow says is in sight."""
        if self.session is not None and self.stack.beside is None:
            self.session.shown()

    # --- from outside ----------------------------------------------------------------------------------------------

    def touched(self) -> None:
        """Somebody touched the glass or a key."""
        self.rest.touched()
        self.kiosk.touch()

    def tick(self) -> None:
        """Several times a second."""
        self.kiosk.tick()
        self.staff.tick()
        self.rest.tick()
        self.scans.tick()

    def hear(self, event: Event) -> None:
        """An event of the kiosk, on the screens' thread."""
        self.slips.hear(event)
        self.parting.look()
        match event:
            case IdleWarning():
                self.idle_left = event.seconds_left
                self.tell()
            case IdleOver():
                self.idle_left = None
                self.tell()
            case SessionEnded():
                self._ended(event.reason)
            case StepChanged() | LanguageChanged() | InServiceChanged() | CatalogueChanged() | LineChanged():
                self.tell()
            case Scanned():
                # Somebody is here, as by a touch. What it means is the page's to say, else ``scans.answer``.
                self.touched()
                self.scans.heard(event)

    # --- of its parts ----------------------------------------------------------------------------------------------

    def tell(self) -> None:
        """Something else is to be shown."""
        self.citizen.went_on()
        self.scans.went_on()
        self._follow_scanner()
        self._changed()

    def reset(self) -> None:
        """Nothing of a session is left."""
        self.preferences.reset()
        self.stack = stacks.reset(self.stack)
        self.idle_left = None
        self.voice.wipe()
        self.citizen.reset()
        self.rating.reset()
        self.slips.reset()
        self.parting.reset()
        self.drafts.reset()
        self.fewer.reset()
        self.scans.reset()
        self.enlarging.reset()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _cover(self, over: Over) -> None:
        self.stack = stacks.cover(self.stack, over)
        self.tell()

    def _ended(self, reason: EndReason) -> None:
        chosen, farewell = self.appearance, self.parting.farewell
        self.reset()
        if reason is EndReason.DONE and self.session is None:
            self.rest.begin_thanks(farewell)
            # The farewell is in the citizen's language and look; its end brings the kiosk's own back.
            self.preferences.appearance = chosen
        self.tell()

    def _follow_scanner(self) -> None:
        """It always looks. What lies there already counts anew only where a page asks for it: elsewhere it was left
        there, by somebody before or by a photo."""
        scanner, place = self.kiosk.ports.scanner, self.place
        if scanner is not None and (self._looked_at is None or (place.scans and place != self._looked_at)):
            scanner.activate()
        self._looked_at = place
