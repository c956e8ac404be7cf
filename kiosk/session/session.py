"""One citizen's visit. All of it lives in memory only, and ``wipe`` leaves nothing.

The way through it is a table (``kiosk.session.steps``); which page of the form is shown is ``kiosk.session.form_pages``, and what
is put into the form ``kiosk.session.answering``. Belongs to the one thread of the screens.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from forms import FormSession, Page, Violation
from kiosk.catalogue.catalogue import Catalogue
from kiosk.catalogue.service import Service
from kiosk.events import Bus, Step, StepChanged
from kiosk.machine.health import ServiceAbility
from kiosk.ports import Clock
from kiosk.session import nik as nik_rules
from kiosk.session.answering import Answering
from kiosk.session.attachments import Attachment, AttachProblem
from kiosk.session.citizen import Citizen, HowIdentified, NikCheck, OwnQuestions
from kiosk.session.facts import SessionFacts
from kiosk.session.form_language import form_language
from kiosk.session.form_pages import FormPages
from kiosk.session.identity import KioskIdentity
from kiosk.session.nik import NikProblem, NikWarning
from kiosk.session.opening import open_form
from kiosk.session.outcomes import Saved
from kiosk.session.privacy import Privacy
from kiosk.session.recovery import Recovery
from kiosk.session.steps import Action, Steps
from kiosk.settings import Settings


class Session:
    def __init__(
        self,
        *,
        language: str,
        catalogue: Catalogue,
        identity: KioskIdentity,
        clock: Clock,
        bus: Bus,
        settings: Settings,
        ability: Callable[[Service, Catalogue], ServiceAbility],
    ) -> None:
        self._language = language
        self._identity = identity
        self._clock = clock
        self._bus = bus
        self._settings = settings
        self._ability = ability
        self._pages = FormPages()
        self._facts = SessionFacts(self._chosen, lambda: self.privacy, self._pages)
        self._steps = Steps(self._facts, self._tell)
        #: What is put into the form; the commonest of it stands below once more.
        self.answering = Answering(lambda: self._pages.form, self._answered)
        self._way_back = Recovery(self._steps, self._pages)
        #: The pack that this session is pinned to.
        self.catalogue = catalogue
        self.service: Service | None = None
        self.citizen: Citizen | None = None
        #: Of a complaint, once it was chosen.
        self.privacy: Privacy | None = None
        self.consent_at: datetime | None = None
        self.submission: Saved | None = None

    @property
    def step(self) -> Step:
        return self._steps.current

    @property
    def form(self) -> FormSession | None:
        """The one that is being filled."""
        return self._pages.opened

    @property
    def language(self) -> str:
        """Of the screens and, where the form has it, of the questions."""
        return self._language

    @language.setter
    def language(self, value: str) -> None:
        self._language = value
        if self.form is not None and self.service is not None:
            self.form.language = form_language(self.catalogue.form(self.service.id), value)

    # --- choosing --------------------------------------------------------------------------------------------------

    def choose(self, service_id: str) -> ServiceAbility:
        """Look at a service. Another one than before: what was answered for that one is dropped. KeyError: unknown."""
        service = self.catalogue.get(service_id)
        if service is None:
            raise KeyError(service_id)
        if self.service is None or self.service.id != service_id:
            self._forget_service()
        self.service = service
        self._steps.take(Action.CHOOSE_SERVICE)
        return self.ability()

    def ability(self) -> ServiceAbility:
        """Of the chosen service, now."""
        return self.ability_of(self._chosen())

    def ability_of(self, service: Service) -> ServiceAbility:
        """Of a service of this session's pack, now."""
        return self._ability(service, self.catalogue)

    def start_service(self) -> ServiceAbility:
        """From the service's page to the identification or the first question; stays when it is not possible."""
        ability = self.ability()
        if ability.possible:
            if not (self._facts.complaint or self._facts.asks_nik):
                self._begin_form()
            self._steps.take(Action.START_SERVICE)
        return ability

    def choose_privacy(self, privacy: Privacy) -> None:
        """From PRIVACY on. Anonymous: nobody is identified, and what was entered about oneself before is forgotten."""
        if self.step is not Step.PRIVACY:
            raise ValueError("only a complaint is anonymous or secret")
        self.privacy = privacy
        if privacy is Privacy.ANONYMOUS:
            self.citizen = None
            if self.form is not None and not self._own_questions(self.form).clear_nik():
                self._drop_form()
        self._fill_again()
        if privacy is not Privacy.SECRET:
            self._begin_form()
        self._steps.take(Action.CHOOSE_PRIVACY)

    def show_case(self) -> None:
        """To the page of a case, from SERVICES or any other step where nothing can get lost."""
        if self.step in (Step.SERVICE, Step.SAVED):
            self._steps.take(Action.LEAVE)
        self._steps.take(Action.SHOW_CASE)

    # --- who it is -------------------------------------------------------------------------------------------------

    def identify(self, text: str, how: HowIdentified) -> NikCheck:
        """Check a typed or scanned NIK and keep it when it can be one. The step does not change."""
        checked = nik_rules.check(text)
        if isinstance(checked, NikProblem):
            return NikCheck(checked)
        self.citizen = Citizen(checked, how)
        self._fill_again()
        return NikCheck(None, nik_rules.warnings(checked, known_regions=self._settings.region_prefixes))

    def continue_to_form(self) -> None:
        """From IDENTIFY on, once a NIK was accepted."""
        if self.citizen is None:
            raise ValueError("nobody was identified")
        self._begin_form()
        self._steps.take(Action.OPEN_FORM)

    def form_warnings(self) -> tuple[NikWarning, ...]:
        """Whether the sex or birth date beside the NIK's question are unlike the NIK's; shown at the review."""
        if self.citizen is None or self.form is None:
            return ()
        return self._own_questions(self.form).warnings(self.citizen.nik)

    # --- the form's pages ------------------------------------------------------------------------------------------

    def pages(self) -> tuple[Page, ...]:
        """Relevant pages in order, as of now."""
        return self._pages.all()

    @property
    def page_index(self) -> int:
        """Place of the current page among ``pages()``. Pages before it may come and go with the answers."""
        return self._pages.index

    @property
    def page(self) -> Page | None:
        """The current page; None when the form asks nothing."""
        return self._pages.current

    @property
    def sought(self) -> str:
        """The question for which the current page was opened; "": the page as a whole."""
        return self._pages.sought

    @property
    def standing(self) -> tuple[Step, object]:
        """Unlike before when another page is to be shown."""
        return self.step, self._pages.place

    def next_page(self) -> tuple[Violation, ...]:
        """To the next page, or to REVIEW after the last one or when a single answer was being changed. Violations: stays."""
        violations = self._pages.violations()
        if violations:
            return violations
        if self._pages.forward():
            self._tell(self.step)
        else:
            self._steps.take(Action.FINISH_FORM)
        return ()

    def edit(self, ref: str) -> None:
        """From REVIEW to the question ``ref``, which is ``sought`` on its page; ``next_page`` comes back to REVIEW."""
        self._pages.to_question(ref)
        self._steps.take(Action.EDIT)

    def show(self, ref: str) -> None:
        """Within FORM to the first page with ``ref`` or something below it, a repeat's new instance. KeyError: none has it."""
        self._pages.to_part(ref)
        self._tell(self.step)

    def back(self) -> None:
        """One page or step back; nothing is lost. Does nothing where there is no way back."""
        if self.step is Step.FORM and self._pages.back():
            self._tell(self.step)
            return
        if self.step is Step.REVIEW:
            self._pages.to_last()
        target = self._steps.target(Action.BACK)
        self._pages.editing = False
        if target is not None:
            self._steps.put(target)

    # --- what is put into the form ---------------------------------------------------------------------------------

    def answer(self, ref: str, value: str) -> str | None:
        """Set an answer (XForms lexical, "" clears). The form's message when it cannot be of the question's type."""
        return self.answering.answer(ref, value)

    def attach(self, ref: str, data: bytes, media_type: str = "image/jpeg") -> AttachProblem | None:
        """Answer an upload question with a photo or file, which replaces the one before."""
        return self.answering.attach(ref, data, media_type)

    def attachment(self, ref: str) -> Attachment | None:
        """What was attached to a question, to be shown again."""
        return self.answering.attachment(ref)

    def detach(self, ref: str) -> None:
        self.answering.detach(ref)

    def attachments_in_use(self) -> tuple[Attachment, ...]:
        """Those of questions that are still relevant, in the form's order."""
        return self.answering.attachments_in_use()

    def add_repeat(self, repeat_ref: str) -> str:
        """One more (follower, child …); gives the new instance's ref."""
        return self.answering.add_repeat(repeat_ref)

    def remove_repeat(self, instance_ref: str) -> None:
        """Attachments of the instances that move up follow their question."""
        self.answering.remove_repeat(instance_ref)

    # --- after a fault of the forms engine -------------------------------------------------------------------------

    def shown(self) -> None:
        """Where the session stands is in sight, without a fault: that is where it goes on from after one."""
        self._way_back.shown()

    def regain(self, error: BaseException) -> None:
        """After a fault, back to where the session was good last."""
        self._way_back.regain(error)

    # --- a draft that goes on --------------------------------------------------------------------------------------

    def reopen(
        self, service_id: str, citizen: Citizen | None, privacy: Privacy | None, instance: bytes | None
    ) -> FormSession:
        """Open a draft's form, from SERVICES; with its answers, or blank. ValueError: not of this form. KeyError: no service."""
        self._drop_form()
        self.service = self.catalogue.get(service_id)
        if self.service is None:
            raise KeyError(service_id)
        self.citizen, self.privacy = citizen, privacy
        form = self._new_form(instance)
        self._pages.use(form)
        if instance is None:
            self._fill(form)
        return form

    def give_back(self, attachments: Iterable[Attachment]) -> None:
        """Photos and files of a draft, whose names stand in the form's answers."""
        self.answering.give_back(attachments)

    def go_to(self, page_ref: str) -> None:
        """From SERVICES to the page of a draft that was opened, or to its first one."""
        self._pages.resume(page_ref)
        self._steps.take(Action.RESUME)

    # --- review, consent, sending ----------------------------------------------------------------------------------

    def finish_review(self) -> tuple[Violation, ...]:
        """From REVIEW to FEE or CONSENT where the service asks for them; else ``may_send`` is true. Violations: stays."""
        violations = self._pages.form.validate()
        if not violations:
            self._steps.take(Action.FINISH_REVIEW)
        return violations

    def accept_fee(self) -> None:
        """From FEE to CONSENT where the service asks for it; else ``may_send`` is true."""
        self._steps.take(Action.ACCEPT_FEE)

    def agree(self) -> None:
        """The citizen agrees to the pack's consent text."""
        self.consent_at = self._clock.now()

    def disagree(self) -> None:
        self.consent_at = None

    @property
    def may_send(self) -> bool:
        if self.service is None or self.step not in (Step.REVIEW, Step.FEE, Step.CONSENT):
            return False
        if self.step is Step.REVIEW and self.service.costs:
            return False
        return self.consent_at is not None or not self.service.consent

    def sending(self) -> None:
        """Called by Kiosk.send."""
        self._steps.take(Action.SEND)

    def saved(self, submission: Saved) -> None:
        """Stored: from here on nothing of the answers is needed, so they go at once. Called by Kiosk.send."""
        self.submission = submission
        self._drop_form()
        self.citizen = None
        self.privacy = None
        self._steps.take(Action.STORED)

    def refused(self, violations: Iterable[Violation] = ()) -> None:
        """Back to where it can be put right: the page of the first violation, or the last step. Called by Kiosk."""
        first = next(iter(violations), None)
        if first is not None:
            self.edit(first.ref)
        else:
            self._steps.take(Action.REFUSED)

    def another_service(self) -> None:
        """From SAVED or CASE to the list of services, without any of what was entered."""
        self._forget_service()
        self.citizen = None
        self._steps.take(Action.LEAVE)

    def wipe(self) -> None:
        """Overwrite the photos and let go of all that the citizen entered. Called by Kiosk.end."""
        self._forget_service()
        self.citizen = None
        self._steps.end()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _tell(self, step: Step) -> None:
        self._bus.publish(StepChanged(step))

    def _chosen(self) -> Service:
        if self.service is None:
            raise ValueError("no service is chosen")
        return self.service

    def _begin_form(self) -> None:
        """The form is open, at the page where it was left."""
        if self.form is None:
            form = self._new_form(None)
            self._pages.use(form)
            self._fill(form)
        self._pages.begin()

    def _new_form(self, instance: bytes | None) -> FormSession:
        form = self.catalogue.form(self._chosen().id)
        return open_form(form, identity=self._identity, clock=self._clock, language=self._language, instance=instance)

    def _own_questions(self, form: FormSession) -> OwnQuestions:
        return OwnQuestions(self._chosen(), form)

    def _fill_again(self) -> None:
        """Into the form that is open. One that holds on to what was entered before is begun anew."""
        if self.form is not None and not self._fill(self.form):
            self._drop_form()

    def _fill(self, form: FormSession) -> bool:
        """What the kiosk knows already. False: the form holds on to what was there before."""
        own = self._own_questions(form)
        own.mark(self.citizen, self.answering.marks)
        return own.fill(self.citizen, self.privacy)

    def _answered(self, ref: str) -> None:
        """Who it is, and what stands at the form's question for it, are one."""
        asks_who = self.service is not None and self.service.nik_question in (ref, ref.rpartition("/")[2])
        if asks_who and self.citizen is not None and self.form is not None:
            self.citizen = self._own_questions(self.form).who(self.citizen, self.answering.marks)

    def _forget_service(self) -> None:
        """The service, what was chosen and answered for it, and what became of it."""
        self._drop_form()
        self.service = None
        self.privacy = None
        self.submission = None

    def _drop_form(self) -> None:
        self.answering.wipe()
        self._pages.use(None)
        self._way_back.forget()
        self.consent_at = None
