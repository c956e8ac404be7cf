"""One citizen's visit. All of it lives in memory only, and ``wipe`` leaves nothing.

Steps, each with a way back that loses nothing::

    SERVICES → SERVICE → (PRIVACY →) IDENTIFY → FORM → REVIEW → (FEE →) CONSENT → SENDING → SAVED
        └→ CASE

IDENTIFY and CONSENT are left out where the service does not ask for them; PRIVACY belongs to complaints. Belongs to the one thread of the screens.
"""

import logging
import random
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from forms import Environment, FormFault, FormSession, Node, Page, Violation
from kiosk.catalogue.catalogue import Catalogue
from kiosk.catalogue.service import Identification, Service, ServiceKind
from kiosk.events import Bus, Step, StepChanged
from kiosk.machine.health import ServiceAbility
from kiosk.ports import Clock
from kiosk.settings import Settings
from kiosk.visit import nik as nik_rules
from kiosk.visit.attachments import Attachment, Attachments, AttachProblem
from kiosk.visit.citizen import Citizen, HowIdentified, NikCheck, OwnQuestions
from kiosk.visit.fewer import Fewer, FewerMembers
from kiosk.visit.form_language import form_language
from kiosk.visit.identity import KioskIdentity
from kiosk.visit.nik import NikProblem, NikWarning
from kiosk.visit.outcomes import Saved
from kiosk.visit.privacy import Privacy
from kiosk.visit.way_back import IN_FORM, Spot, WayBack
from protocol.languages import FALLBACK

logger = logging.getLogger(__name__)

_ALLOWED: Final = {
    #: Straight into a form: a draft goes on.
    Step.SERVICES: {Step.SERVICE, Step.CASE, Step.FORM, Step.REVIEW},
    Step.SERVICE: {Step.SERVICES, Step.PRIVACY, Step.IDENTIFY, Step.FORM, Step.REVIEW},
    Step.PRIVACY: {Step.SERVICE, Step.IDENTIFY, Step.FORM, Step.REVIEW},
    Step.IDENTIFY: {Step.SERVICE, Step.PRIVACY, Step.FORM, Step.REVIEW},
    Step.FORM: {Step.SERVICE, Step.PRIVACY, Step.IDENTIFY, Step.REVIEW},
    Step.REVIEW: {Step.SERVICE, Step.PRIVACY, Step.IDENTIFY, Step.FORM, Step.FEE, Step.CONSENT, Step.SENDING},
    Step.FEE: {Step.REVIEW, Step.CONSENT, Step.SENDING},
    Step.CONSENT: {Step.REVIEW, Step.FEE, Step.SENDING},
    Step.SENDING: {Step.REVIEW, Step.FEE, Step.CONSENT, Step.FORM, Step.SAVED},
    Step.SAVED: {Step.SERVICES},
    Step.CASE: {Step.SERVICES},
}


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
        self._step = Step.SERVICES
        self._page_ref: str | None = None
        self._page_index = 0
        self._edit_from_review = False
        self._way_back = WayBack()
        self._attachments = Attachments()
        self._fewer = FewerMembers()
        #: The pack that this visit is pinned to.
        self.catalogue = catalogue
        self.service: Service | None = None
        self.citizen: Citizen | None = None
        #: Of a complaint, once it was chosen.
        self.privacy: Privacy | None = None
        self.form: FormSession | None = None
        self.consent_at: datetime | None = None
        self.submission: Saved | None = None

    @property
    def step(self) -> Step:
        return self._step

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
        self._move(Step.SERVICE)
        return self.ability()

    def ability(self) -> ServiceAbility:
        """Of the chosen service, now."""
        return self.ability_of(self._chosen())

    def ability_of(self, service: Service) -> ServiceAbility:
        """Of a service of this visit's pack, now."""
        return self._ability(service, self.catalogue)

    def start_service(self) -> ServiceAbility:
        """From the service's page to the identification or the first question; stays when it is not possible."""
        ability = self.ability()
        if ability.possible:
            if self._chosen().kind is ServiceKind.COMPLAINT:
                self._move(Step.PRIVACY)
            elif self._chosen().identification is Identification.NIK:
                self._move(Step.IDENTIFY)
            else:
                self._open_form()
        return ability

    def choose_privacy(self, privacy: Privacy) -> None:
        """From PRIVACY on. Anonymous: nobody is identified, and what was told of oneself before is forgotten."""
        if self._step is not Step.PRIVACY:
            raise ValueError("only a complaint is anonymous or secret")
        self.privacy = privacy
        if privacy is Privacy.ANONYMOUS:
            self.citizen = None
            if self.form is not None and not self._own_questions(self.form).clear_nik():
                self._drop_form()
        self._fill_again()
        if privacy is Privacy.SECRET:
            self._move(Step.IDENTIFY)
        else:
            self._open_form()

    def show_case(self) -> None:
        """To the page of a case, from SERVICES or any other step where nothing can get lost."""
        if self._step is Step.SAVED:
            self._move(Step.SERVICES)
        if self._step is Step.SERVICE:
            self._move(Step.SERVICES)
        self._move(Step.CASE)

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
        self._open_form()

    def form_warnings(self) -> tuple[NikWarning, ...]:
        """Whether the sex or birth date beside the NIK's question are unlike the NIK's; shown at the review."""
        if self.citizen is None or self.form is None:
            return ()
        return self._own_questions(self.form).warnings(self.citizen.nik)

    # --- the form's pages ------------------------------------------------------------------------------------------

    def pages(self) -> tuple[Page, ...]:
        """Relevant pages in order, as of now."""
        return self._open().pages()

    @property
    def page_index(self) -> int:
        """Place of the current page among ``pages()``. Pages before it may come and go with the answers."""
        refs = [page.ref for page in self.pages()]
        if self._page_ref in refs:
            self._page_index = refs.index(self._page_ref)
        else:
            self._page_index = max(0, min(self._page_index, len(refs) - 1))
        return self._page_index

    @property
    def page(self) -> Page | None:
        """The current page; None when the form asks nothing."""
        pages = self.pages()
        return pages[self.page_index] if pages else None

    def answer(self, ref: str, value: str) -> str | None:
        """Set an answer (XForms lexical, "" clears). The form's message when it cannot be of the question's type."""
        form = self._open()
        self._fewer.note(form, ref)
        try:
            form.set(ref, value)
        except ValueError as error:
            return str(error)
        return None

    def settle(self) -> Fewer | None:
        """The answer that was being given is to stand: who would go by it and has to be asked about; None: it stands."""
        return self._fewer.settle(self._open())

    def let_go(self) -> None:
        """The citizen agreed: they are set aside, and come back when the number grows again."""
        self._fewer.agree()

    def keep_members(self) -> str:
        """The citizen did not: the former answer is put back. Gives its question."""
        return self._fewer.undo(self._open())

    def attach(self, ref: str, data: bytes, media_type: str = "image/jpeg") -> AttachProblem | None:
        """Answer an upload question with a photo or file, which replaces the one before."""
        problem = self._attachments.problem(ref, data)
        if problem is not None:
            return problem
        form = self._open()
        name = self._attachments.new_name(form.nodes[ref].name, media_type)
        form.attach(ref, name)
        self._attachments.put(Attachment(ref, name, media_type, bytearray(data)))
        return None

    def attachment(self, ref: str) -> Attachment | None:
        """What was attached to a question, to be shown again."""
        return self._attachments.get(ref)

    def detach(self, ref: str) -> None:
        self._open().clear(ref)
        self._attachments.drop(ref)

    def attachments_in_use(self) -> tuple[Attachment, ...]:
        """Those of questions that are still relevant, in the form's order."""
        by_name = {attachment.name: attachment for attachment in self._attachments}
        return tuple(by_name[name] for _, name in self._open().attachments() if name in by_name)

    def add_repeat(self, repeat_ref: str) -> str:
        """One more (follower, child …); gives the new instance's ref."""
        return self._open().add_repeat(repeat_ref)

    def remove_repeat(self, instance_ref: str) -> None:
        """Attachments of the instances that move up are found by their file name, so they follow their question."""
        form = self._open()
        form.remove_repeat(instance_ref)
        self._attachments.follow({name: ref for ref, name in form.uploads()})

    def page_violations(self) -> tuple[Violation, ...]:
        """What is missing or wrong on the current page."""
        page = self.page
        if page is None:
            return ()
        refs = set(_refs(page.nodes))
        return tuple(violation for violation in self._open().validate() if violation.ref in refs)

    def next_page(self) -> tuple[Violation, ...]:
        """To the next page, or to REVIEW after the last one or when a single answer was being changed.

        Stays and gives the violations when something on the page is missing or wrong.
        """
        violations = self.page_violations()
        if violations:
            return violations
        pages, index = self.pages(), self.page_index
        if self._edit_from_review or index + 1 >= len(pages):
            self._edit_from_review = False
            self._move(Step.REVIEW)
        else:
            self._page_ref, self._page_index = pages[index + 1].ref, index + 1
            self._bus.publish(StepChanged(self._step))
        return ()

    def edit(self, ref: str) -> None:
        """From REVIEW to the page with the question ``ref``; ``next_page`` comes back to REVIEW."""
        pages = self.pages()
        for index, page in enumerate(pages):
            if ref == page.ref or ref in _refs(page.nodes):
                self._page_ref, self._page_index = page.ref, index
                self._edit_from_review = True
                if self._step is not Step.FORM:
                    self._move(Step.FORM)
                return
        raise KeyError(ref)

    def show(self, ref: str) -> None:
        """Within FORM to the first page with ``ref`` or something below it, such as a repeat's new instance; the way
        forward stays as it was. KeyError: no page has it."""
        for index, page in enumerate(self.pages()):
            if any(found == ref or found.startswith(f"{ref}/") for found in (page.ref, *_refs(page.nodes))):
                self._page_ref, self._page_index = page.ref, index
                self._bus.publish(StepChanged(self._step))
                return
        raise KeyError(ref)

    def back(self) -> None:
        """One page or step back; nothing is lost. Does nothing where there is no way back."""
        if self._step is Step.FORM:
            self._page_back()
        elif self._step is Step.REVIEW:
            pages = self.pages()
            if pages:
                self._page_ref, self._page_index = pages[-1].ref, len(pages) - 1
                self._move(Step.FORM)
            else:
                self._move(self._before_form())
        elif self._step is Step.CONSENT and self._costs:
            self._move(Step.FEE)
        elif self._step is Step.IDENTIFY and self.privacy is not None:
            self._move(Step.PRIVACY)
        elif self._step in _BACK:
            self._move(_BACK[self._step])

    # --- after a fault of the forms engine -------------------------------------------------------------------------

    def shown(self) -> None:
        """Where the visit stands is in sight, without a fault: that is where it goes on from after one."""
        if self.form is not None and self._step in IN_FORM:
            self._way_back.note(self._spot(), self.form)

    def regain(self, error: BaseException) -> None:
        """Back to where the visit was good last. A step of the form that failed has left no trace; where showing failed,
        the last answer goes, or the page. At worst it is the service's page, with the form as it is."""
        failed = not isinstance(error, FormFault)
        while failed:
            self._retreat()
            failed = self._step in IN_FORM and not self._has_pages()

    def _retreat(self) -> None:
        spot = None if self.form is None else self._way_back.retreat(self._spot(), self.form)
        self._edit_from_review = False
        if spot is None:
            self._step = Step.SERVICE
        else:
            self._step, self._page_ref, self._page_index = spot.step, spot.page_ref, spot.page_index
        self._bus.publish(StepChanged(self._step))

    def _spot(self) -> Spot:
        return Spot(self._step, self._page_ref, self._page_index)

    def _has_pages(self) -> bool:
        try:
            return bool(self.pages())
        except Exception:
            logger.exception("the pages of a form cannot be made")
            return False

    # --- a draft that goes on --------------------------------------------------------------------------------------

    def reopen(
        self, service_id: str, citizen: Citizen | None, privacy: Privacy | None, instance: bytes | None
    ) -> FormSession:
        """Open the form of a draft, from SERVICES; with its answers, or blank. ValueError: they are not of this form.
        KeyError: no such service."""
        self._drop_form()
        self.service = self.catalogue.get(service_id)
        if self.service is None:
            raise KeyError(service_id)
        self.citizen, self.privacy = citizen, privacy
        self.form = self._new_form(instance)
        if instance is None:
            self._own_questions(self.form).fill(citizen, privacy)
        return self.form

    def give_back(self, attachments: Iterable[Attachment]) -> None:
        """Photos and files of a draft, whose names stand in the form's answers."""
        self._attachments.give_back(attachments)

    def go_to(self, page_ref: str) -> None:
        """From SERVICES to the page of a draft that was opened, or to its first one."""
        pages = self.pages()
        if not pages:
            self._move(Step.REVIEW)
            return
        refs = [page.ref for page in pages]
        self._page_index = refs.index(page_ref) if page_ref in refs else 0
        self._page_ref = refs[self._page_index]
        self._move(Step.FORM)

    # --- review, consent, sending ----------------------------------------------------------------------------------

    def finish_review(self) -> tuple[Violation, ...]:
        """From REVIEW to FEE or CONSENT where the service asks for them; else ``may_send`` is true. Violations: stays."""
        violations = self._open().validate()
        if not violations and self._costs:
            self._move(Step.FEE)
        elif not violations and self._chosen().consent:
            self._move(Step.CONSENT)
        return violations

    def accept_fee(self) -> None:
        """From FEE to CONSENT where the service asks for it; else ``may_send`` is true."""
        if self._chosen().consent:
            self._move(Step.CONSENT)

    def agree(self) -> None:
        """The citizen agrees to the pack's consent text."""
        self.consent_at = self._clock.now()

    def disagree(self) -> None:
        self.consent_at = None

    @property
    def may_send(self) -> bool:
        if self.service is None or self._step not in (Step.REVIEW, Step.FEE, Step.CONSENT):
            return False
        if self._step is Step.REVIEW and self._costs:
            return False
        return self.consent_at is not None or not self.service.consent

    def sending(self) -> None:
        """Called by Kiosk.send."""
        self._move(Step.SENDING)

    def saved(self, submission: Saved) -> None:
        """Stored: from here on nothing of the answers is needed, so they go at once. Called by Kiosk.send."""
        self.submission = submission
        self._drop_form()
        self.citizen = None
        self.privacy = None
        self._move(Step.SAVED)

    def refused(self, violations: Iterable[Violation] = ()) -> None:
        """Back to where it can be put right: the page of the first violation, or the last step. Called by Kiosk."""
        first = next(iter(violations), None)
        if first is not None:
            self.edit(first.ref)
        else:
            self._move(Step.CONSENT if self._chosen().consent else Step.FEE if self._costs else Step.REVIEW)

    def another_service(self) -> None:
        """From SAVED or CASE to the list of services, without any of what was entered."""
        self._forget_service()
        self.citizen = None
        self._move(Step.SERVICES)

    # --- the end ---------------------------------------------------------------------------------------------------

    def wipe(self) -> None:
        """Overwrite the photos and let go of all that the citizen entered. Called by Kiosk.end."""
        self._forget_service()
        self.citizen = None
        self._step = Step.END

    # --- inside ----------------------------------------------------------------------------------------------------

    @property
    def _costs(self) -> bool:
        return self._chosen().standard.fee_rupiah > 0

    def _chosen(self) -> Service:
        if self.service is None:
            raise ValueError("no service is chosen")
        return self.service

    def _open(self) -> FormSession:
        if self.form is None:
            raise ValueError("no form is open")
        return self.form

    def _open_form(self) -> None:
        if self.form is None:
            self.form = self._new_form(None)
            self._own_questions(self.form).fill(self.citizen, self.privacy)
        pages = self.pages()
        if not pages:
            self._move(Step.REVIEW)
            return
        if self._page_ref is None:
            self._page_ref, self._page_index = pages[0].ref, 0
        self._move(Step.FORM)

    def _new_form(self, instance: bytes | None) -> FormSession:
        form = self.catalogue.form(self._chosen().id)
        environment = Environment(
            now=self._clock.now,
            random=random.SystemRandom().random,
            uuid=lambda: str(uuid4()),
            device_id=self._identity.kiosk_id,
            zone=ZoneInfo(self._identity.time_zone),
            # A form that tells no language of its own is written in the city's.
            language=FALLBACK,
        )
        return form.open(environment, instance=instance, language=form_language(form, self._language))

    def _page_back(self) -> None:
        if self._edit_from_review:
            self._edit_from_review = False
            self._move(Step.REVIEW)
            return
        pages, index = self.pages(), self.page_index
        if index == 0:
            self._move(self._before_form())
        else:
            self._page_ref, self._page_index = pages[index - 1].ref, index - 1
            self._bus.publish(StepChanged(self._step))

    def _before_form(self) -> Step:
        if self.privacy is Privacy.ANONYMOUS:
            return Step.PRIVACY
        if self.privacy is Privacy.SECRET or self._chosen().identification is Identification.NIK:
            return Step.IDENTIFY
        return Step.SERVICE

    def _own_questions(self, form: FormSession) -> OwnQuestions:
        return OwnQuestions(self._chosen(), form)

    def _fill_again(self) -> None:
        """Into the form that is open. One that holds on to what was told before is begun anew."""
        if self.form is not None and not self._own_questions(self.form).fill(self.citizen, self.privacy):
            self._drop_form()

    def _forget_service(self) -> None:
        """The service, what was chosen and answered for it, and what became of it."""
        self._drop_form()
        self.service = None
        self.privacy = None
        self.submission = None

    def _drop_form(self) -> None:
        self._attachments.wipe()
        self._fewer = FewerMembers()
        self.form = None
        self._way_back.forget()
        self.consent_at = None
        self._page_ref, self._page_index = None, 0
        self._edit_from_review = False

    def _move(self, step: Step) -> None:
        if step is self._step:
            return
        if step not in _ALLOWED.get(self._step, ()):
            raise ValueError(f"from {self._step} there is no way to {step}")
        self._step = step
        self._bus.publish(StepChanged(step))


_BACK: Final = {
    Step.SERVICE: Step.SERVICES,
    Step.PRIVACY: Step.SERVICE,
    Step.IDENTIFY: Step.SERVICE,
    Step.FEE: Step.REVIEW,
    Step.CONSENT: Step.REVIEW,
    Step.CASE: Step.SERVICES,
}


def _refs(nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        yield node.ref
        yield from _refs(node.children)
