"""What a citizen does in a session: find a service, fill it in, send it; follow a case; leave. Knows nothing of Kivy."""

from typing import TYPE_CHECKING, Final

from kiosk.cases.case import Case, CaseMessage
from kiosk.catalogue.service import Service
from kiosk.events import EndReason
from kiosk.events import Step as KioskStep
from kiosk.machine.content import MediaFault
from kiosk.session.citizen import HowIdentified
from kiosk.session.nik import Nik
from kiosk.session.outcomes import Refused, RefusedReason
from kiosk.session.session import Session
from protocol.messages import Contest
from screens.navigation import stack as stacks
from screens.navigation.follow_up.answering import Answering
from screens.navigation.places import Name, Place
from screens.navigation.slips import SlipState, Way

if TYPE_CHECKING:
    from screens.navigation.flow import Flow

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


def step_place(session: Session) -> Place | None:
    """The page of a session's step; None as long as a service is being looked for."""
    if session.step is KioskStep.SERVICE:
        return Place(Name.SERVICE, session.service.id if session.service else "")
    name = _STEP_PLACES.get(session.step)
    return Place(name) if name is not None else None


class CitizenFlow:
    """The steps are the kiosk's session's; ``reset`` forgets what only screens know of a session."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        #: The case in sight, and the code it was looked up by.
        self.case: Case | None = None
        #: What the citizen said to it in this session.
        self._said: list[CaseMessage] = []
        #: What is being answered to the office.
        self.answering: Answering | None = None
        #: Why it could not be sent, and where the session stood then: shown as long as it stands there.
        self._refusal: tuple[RefusedReason, object] | None = None
        #: Where the session goes on after a fault of the form: shown as long as it stands there.
        self._regained: object = None

    def reset(self) -> None:
        self.case = None
        self._said.clear()
        self._drop_answer()
        self._refusal = self._regained = None

    # --- what is so ------------------------------------------------------------------------------------------------

    @property
    def refused(self) -> str:
        """Why it could not be sent; "" when nothing was refused, or the session went on since."""
        return self._flow.texts(self._refusal[0].text_key) if self._refusal is not None else ""

    @property
    def regained(self) -> bool:
        """It goes on after a fault of the form, and still stands where it did then."""
        return self._regained is not None

    @property
    def entered(self) -> bool:
        """Whether something would be lost by leaving."""
        session = self._flow.session
        begun = session is not None and (session.form is not None or session.citizen is not None)
        return begun or (self.answering is not None and self.answering.begun)

    def media(self, name: str) -> bytes | None:
        """A file of the open service's form."""
        session = self._flow.session
        if session is None or session.service is None:
            return None
        return session.catalogue.media(session.service.id, name)

    def media_failed(self, name: str, fault: MediaFault) -> None:
        """A file of the open service's form cannot be shown or played: the office is told."""
        session = self._flow.session
        if session is not None and session.service is not None:
            self._flow.kiosk.content.failed(session.service.id, name, fault)

    # --- finding a service -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """The first touch that means it."""
        flow = self._flow
        if flow.rest.can_start:
            flow.rest.end_thanks()
            flow.stack = stacks.restart(flow.stack)
            flow.kiosk.begin(flow.language)
            flow.tell()

    def start_tracking(self) -> None:
        """From the home screen straight to tracking."""
        self.start()
        if self._flow.session is not None:
            self.open_track()

    def open_page(self, place: Place) -> None:
        """A page on the list of services; back leads to the list."""
        flow = self._flow
        if flow.session is not None and flow.session.step is KioskStep.SERVICES:
            flow.stack = stacks.push(flow.stack, place)
            flow.tell()

    def open_group(self, key: str) -> None:
        self.open_page(Place(Name.GROUP, key))

    def open_times(self, agency: str = "") -> None:
        """How long offices really take; of all, or the services of one."""
        self.open_page(Place(Name.TIMES, agency))

    def open_budget(self) -> None:
        self.open_page(Place(Name.BUDGET))

    def open_search(self) -> None:
        self.open_page(Place(Name.SEARCH))

    def open_track(self, code: str = "") -> None:
        """With the code of a slip, straight to its case."""
        self.open_page(Place(Name.TRACK, code))

    def forget_way(self) -> None:
        """Back from a service leads to the list of services, whatever led to the service."""
        self._flow.stack = stacks.forget_ways(self._flow.stack)

    # --- filling it in, sending it ---------------------------------------------------------------------------------

    def open_service(self, service_id: str) -> None:
        self._here().choose(service_id)
        self._flow.tell()

    def begin_service(self, service: Service) -> None:
        """From the service's page on; the page itself shows why when it is not possible."""
        session = self._here()
        session.choose(service.id)
        session.start_service()
        self._flow.tell()

    def identified(self, nik: Nik, how: str) -> None:
        session = self._here()
        if session.identify(nik.digits, HowIdentified(how)).problem is None:
            session.continue_to_form()
        self._flow.tell()

    def accept_fee(self) -> None:
        """The citizen knows what it costs: on to the consent, or straight to sending."""
        session = self._here()
        session.accept_fee()
        if session.may_send:
            self.send()
        self._flow.tell()

    def send(self) -> None:
        """Agreed: seal, store, and go on to "saved", or back to what has to be put right."""
        flow = self._flow
        draft = flow.drafts.held  # Sending lets go of the form.
        result = flow.kiosk.send()
        if isinstance(result, Refused):
            self.refuse(result.reason)
        else:
            flow.slips.owe(result.code, self.new_slip())
            flow.parting.look()
            flow.drafts.safe(draft)
        flow.tell()

    def new_slip(self) -> SlipState:
        """How the slip stands of what has just been sent."""
        return SlipState.WAITING if self._flow.context.can_print else SlipState.NOT_PRINTED

    def refuse(self, reason: RefusedReason) -> None:
        """Where the session stands now, it is shown why it could not be sent."""
        self._refusal = (reason, self.standing)
        self._flow.tell()

    # --- a case ----------------------------------------------------------------------------------------------------

    def open_case(self, case: Case) -> None:
        """The case that somebody asked for; nothing when they have gone meanwhile."""
        session = self._flow.session
        if session is not None:
            session.show_case()
            # The way back leads to the list of services, no more to the code.
            self.forget_way()
            self.case = case
            self._said.clear()
            self._flow.tell()

    def case_told(self, case: Case) -> bool:
        """The server told anew of the case in sight. Whether that is so, and something else is to be shown."""
        if self.case is None or self.case.code != case.code or (self.case.fresh and not case.fresh):
            return False
        before, self.case = self.case, case
        return before != case

    def note_said(self, message: CaseMessage) -> None:
        """The citizen said it just now: it is seen among the messages before the server tells it back."""
        self._said.append(message)

    def messages(self) -> tuple[CaseMessage, ...]:
        """Of the case in sight, oldest first; with what is still on its way."""
        told = self.case.messages if self.case is not None else ()
        known = {message.id for message in told}
        return (*told, *(message for message in self._said if message.id not in known))

    def open_answer(self, contest: Contest | None = None) -> None:
        """Beside the case: answering what the office asked, or contesting what became of it; what was begun for that case
        goes on."""
        flow, case, answering = self._flow, self.case, self.answering
        begun = (
            answering is not None
            and case is not None
            and (answering.case.code, answering.contest, answering.sent) == (case.code, contest, False)
        )
        if not begun and flow.context.disk_is_full:
            self.refuse(RefusedReason.DISK_FULL)
            return
        if case is not None and not begun:
            self._drop_answer()
            self.answering = Answering(flow, case, contest)
        flow.show_beside(Place(Name.ANSWER))

    # --- the end ---------------------------------------------------------------------------------------------------

    def another_service(self) -> None:
        """From "saved" or a case to the list, with nothing of before; not without the code."""
        self._flow.parting.go(Way.ANOTHER)

    def finish(self) -> None:
        """The citizen is done: all is wiped, and the farewell says so; not without the code."""
        self._flow.parting.go(Way.FINISH)

    def leave(self) -> None:
        """The citizen wants to stop, as a rule without having sent anything."""
        self._flow.parting.go(Way.LEAVE)

    def part(self, way: Way) -> None:
        """Of ``Parting`` alone: whoever goes has what they need."""
        if way is not Way.ANOTHER:
            done = way is Way.FINISH or self._has_done_something()
            self._flow.kiosk.end(EndReason.DONE if done else EndReason.CANCELLED)
            return
        flow = self._flow
        self.case = None
        self._said.clear()
        self._drop_answer()
        flow.rating.reset()
        flow.stack = stacks.restart(flow.stack)
        self._here().another_service()
        flow.tell()

    # --- inside ----------------------------------------------------------------------------------------------------

    def went_on(self) -> None:
        """Somewhere else, a refusal and a fault of before are shown no more."""
        if self._refusal is not None and self._refusal[1] != self.standing:
            self._refusal = None
        if self._regained is not None and self._regained != self.standing:
            self._regained = None

    def regain(self) -> None:
        """After a fault of the form it goes on from where it stands now."""
        self._regained = self.standing

    def _has_done_something(self) -> bool:
        """Sent, put aside for another day, or looked at a case."""
        session = self._flow.session
        return self._flow.slips.made_codes or (
            session is not None and session.step in (KioskStep.SAVED, KioskStep.CASE)
        )

    def _here(self) -> Session:
        session = self._flow.session
        if session is None:
            raise RuntimeError("nobody is here")
        return session

    def _drop_answer(self) -> None:
        if self.answering is not None:
            self.answering.wipe()
            self.answering = None

    @property
    def standing(self) -> object:
        """The step of the session and the page of its form."""
        session = self._flow.session
        page = session.page if session is not None and session.step is KioskStep.FORM else None
        return (session.step if session is not None else None, page.ref if page is not None else "")
