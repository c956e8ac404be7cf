"""Who the citizen said they are, and the questions of a form that ask for it once more: those are filled in."""

import logging
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from forms import FormSession, Node
from kiosk.catalogue.service import Service
from kiosk.session import nik as nik_rules
from kiosk.session.marks import ScanMarks
from kiosk.session.nik import Nik, NikProblem, NikWarning
from kiosk.session.privacy import Privacy

logger = logging.getLogger(__name__)

_SEX_QUESTIONS: Final = frozenset({"sex", "gender", "jenis_kelamin"})
_BIRTH_QUESTIONS: Final = frozenset({"birth_date", "date_of_birth", "tanggal_lahir"})
_SEX_VALUES: Final = {
    "male": nik_rules.Sex.MALE,
    "m": nik_rules.Sex.MALE,
    "l": nik_rules.Sex.MALE,
    "laki_laki": nik_rules.Sex.MALE,
    "female": nik_rules.Sex.FEMALE,
    "f": nik_rules.Sex.FEMALE,
    "p": nik_rules.Sex.FEMALE,
    "perempuan": nik_rules.Sex.FEMALE,
}


class HowIdentified(StrEnum):
    TYPED = "typed"
    SCANNED = "scanned"


@dataclass(frozen=True, slots=True)
class Citizen:
    nik: Nik = field(repr=False)
    how: HowIdentified


@dataclass(frozen=True, slots=True)
class NikCheck:
    """``problem`` None: accepted; ``warnings`` are shown, never refused."""

    problem: NikProblem | None
    warnings: tuple[NikWarning, ...] = ()


class OwnQuestions:
    """Those that ask what the kiosk knows: the service names them by reference or by name. A form may have none."""

    def __init__(self, service: Service, form: FormSession) -> None:
        self._form = form
        self._nik = _node(form, service.nik_question)
        self._privacy = _node(form, service.privacy_question)

    def fill(self, citizen: Citizen | None, privacy: Privacy | None) -> bool:
        """False: the form holds on to what was there before."""
        filled = True
        if citizen is not None:
            filled = self._put(self._nik, citizen.nik.digits)
        if privacy is not None:
            filled = self._put(self._privacy, privacy.value) and filled
        return filled

    def mark(self, citizen: Citizen | None, marks: ScanMarks) -> None:
        """What was filled in is marked as the citizen shown it: by a card, or typed."""
        if self._nik is not None and citizen is not None and citizen.how is HowIdentified.SCANNED:
            marks.put(self._nik.ref, citizen.nik.digits)

    def who(self, citizen: Citizen, marks: ScanMarks) -> Citizen:
        """The citizen by the number that stands in the form now, as long as it can be one."""
        shown = nik_rules.check(self._nik.value) if self._nik is not None else citizen.nik
        if self._nik is None or isinstance(shown, NikProblem):
            return citizen
        scanned = marks.of(self._nik.ref, self._nik.value)
        return Citizen(shown, HowIdentified.SCANNED if scanned else HowIdentified.TYPED)

    def clear_nik(self) -> bool:
        """False: the form holds on to it."""
        if self._nik is None or not self._nik.answer:
            return True
        return self._put(self._nik, "")

    def warnings(self, nik: Nik) -> tuple[NikWarning, ...]:
        """Whether the sex or birth date beside the NIK's question are unlike the NIK's."""
        if self._nik is None or self._nik.parent is None:
            return ()
        sex, birth_date = None, None
        for node in self._nik.parent.children:
            if node.name in _SEX_QUESTIONS:
                sex = _SEX_VALUES.get(node.value.casefold())
            if node.name in _BIRTH_QUESTIONS:
                birth_date = _date(node.value)
        return nik_rules.warnings(nik, sex=sex, birth_date=birth_date)

    def _put(self, node: Node | None, value: str) -> bool:
        if node is None or node.answer == value:
            return True
        try:
            self._form.set(node.ref, value)
        except ValueError as error:
            logger.info("%s is not filled in: %s", node.ref, error)
            return not node.answer
        return True


def _node(form: FormSession, wanted: str) -> Node | None:
    if not wanted:
        return None
    if wanted in form.nodes:
        return form.nodes[wanted]
    return next((node for node in form.nodes.values() if node.name == wanted), None)


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
