"""A form tried out before it is published: the steps that a kiosk takes a citizen through, by the same forms engine.

Nothing is kept here: what was answered travels with the page as a :class:`Held`, so any process can go on with it. Nobody's
case comes of it.
"""

import json
import random
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from forms import Environment, Form, FormError, FormFault, FormSession, Node, Page
from protocol.languages import FALLBACK
from protocol.limits import NIK_DIGITS, whole_rupiah
from protocol.line.base import ServiceKind
from protocol.packs import ServiceDescription
from server.cases.filled_forms import form_language

#: What :class:`Held` unpacks to at most: a page that somebody made larger is refused before it is read.
HELD_BYTES: Final = 8_000_000


class Step(StrEnum):
    SERVICE = "service"
    PRIVACY = "privacy"
    IDENTIFY = "identify"
    FORM = "form"
    REVIEW = "review"
    FEE = "fee"
    CONSENT = "consent"
    SAVED = "saved"


class Privacy(StrEnum):
    """What a citizen who complains can choose, as kiosks call it."""

    ANONYMOUS = "anonymous"
    SECRET = "secret"


@dataclass(frozen=True)
class Held:
    """How far somebody is, and what they answered."""

    step: Step = Step.SERVICE
    language: str = FALLBACK
    #: The instance as a draft; empty: the form was not opened yet.
    instance: str = ""
    page: str = ""
    #: One answer is being changed from the review: the way forward leads back there.
    editing: bool = False
    nik: str = ""
    privacy: str = ""

    def to_bytes(self) -> bytes:
        return zlib.compress(json.dumps(self.__dict__).encode())

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Held":
        """Of what ``to_bytes`` gave. Raises ValueError."""
        opener = zlib.decompressobj()
        try:
            plain = opener.decompress(packed, HELD_BYTES)
        except zlib.error as error:
            raise ValueError("not what was given out") from error
        if opener.unconsumed_tail:
            raise ValueError("too large")
        members = json.loads(plain)
        return cls(**{**members, "step": Step(members["step"])})


@dataclass
class Trial:
    """``description`` None: it is not whole yet, and the form alone is tried. Belongs to one request."""

    form: Form
    description: ServiceDescription | None
    held: Held
    now: Callable[[], datetime]
    zone: ZoneInfo
    #: Why answers were not taken, by reference; the citizen's own words for it are the page's.
    refused: dict[str, str] = field(default_factory=dict)
    #: What was typed and not taken, by reference.
    typed: dict[str, str] = field(default_factory=dict)
    #: Whether the page's problems are to be shown: somebody wanted to go on.
    asked: bool = False

    def __post_init__(self) -> None:
        environment = Environment(
            now=self.now,
            random=random.SystemRandom().random,
            uuid=lambda: str(uuid.uuid4()),
            device_id="trial",
            zone=self.zone,
            language=FALLBACK,
        )
        language = form_language(self.form, self.held.language)
        instance = self.held.instance.encode() or None
        self.session: FormSession = self.form.open(environment, instance=instance, language=language)
        if instance is None:
            self._fill()
        if self.held.step not in self.steps:
            self.held = replace(self.held, step=self.steps[0])

    # --- where somebody is --------------------------------------------------------------------------------------

    @property
    def steps(self) -> list[Step]:
        """In order, as the kiosk goes through them."""
        service = self.description
        if service is None:
            return [Step.FORM, Step.REVIEW, Step.SAVED]
        complaint = service.kind is ServiceKind.COMPLAINT
        identified = self.held.privacy == Privacy.SECRET if complaint else service.identification == "nik"
        costs = service.standard.fee_rupiah > 0 or bool(service.standard.fee_rule)
        wanted = {
            Step.SERVICE: True,
            Step.PRIVACY: complaint,
            Step.IDENTIFY: identified,
            Step.FORM: bool(self.session.pages()),
            Step.REVIEW: True,
            Step.FEE: costs,
            Step.CONSENT: service.consent,
            Step.SAVED: True,
        }
        return [step for step, there in wanted.items() if there]

    @property
    def pages(self) -> tuple[Page, ...]:
        return self.session.pages()

    @property
    def place(self) -> int:
        """Of the page in sight."""
        refs = [page.ref for page in self.pages]
        return refs.index(self.held.page) if self.held.page in refs else 0

    @property
    def page(self) -> Page | None:
        pages = self.pages
        return pages[self.place] if pages else None

    @property
    def amount(self) -> tuple[int | None, bool]:
        """Rupiah with the answers so far, and whether that is the least; None: only the office can say."""
        if self.description is None:
            return None, False
        standard = self.description.standard
        if not standard.fee_rule:
            return standard.fee_rupiah, standard.fee_from
        try:
            found = whole_rupiah(self.session.number(self.form.formula(standard.fee_rule)))
        except FormError:
            found = None
        return (standard.fee_rupiah, True) if found is None else (found, False)

    # --- what somebody does -------------------------------------------------------------------------------------

    def answer(self, values: Mapping[str, str]) -> None:
        """Answers of the page in sight, by reference. What cannot be is kept as it was typed, beside what is wrong."""
        for ref, value in values.items():
            node = self.session.nodes.get(ref)
            # An earlier answer of the page may have taken the question away.
            if node is None or node.readonly or not node.relevant or node.value == value:
                continue
            try:
                self.session.set(ref, value)
            except (ValueError, FormFault) as error:
                self.refused[ref], self.typed[ref] = str(error), value

    def forward(self) -> None:
        if self.held.step is Step.FORM:
            self._turn()
            return
        if self.held.step is Step.REVIEW and (wrong := self.session.validate()):
            self.edit(wrong[0].ref)
            self.asked = True
            return
        if self.held.step is Step.IDENTIFY and not self.nik_fits:
            self.asked = True
            return
        if self.held.step in (Step.PRIVACY, Step.IDENTIFY):
            self._fill()
        self._go(1)

    def back(self) -> None:
        if self.held.step is Step.FORM and self.held.editing:
            self.held = replace(self.held, step=Step.REVIEW, editing=False)
        elif self.held.step is Step.FORM and self.place > 0:
            self.held = replace(self.held, page=self.pages[self.place - 1].ref)
        else:
            self._go(-1)

    def edit(self, ref: str) -> None:
        """From the review to the page with a question."""
        for page in self.pages:
            if ref in _refs(page):
                self.held = replace(self.held, step=Step.FORM, page=page.ref, editing=True)
                return

    def add(self, ref: str) -> None:
        """One more of a repeat, shown next."""
        try:
            added = self.session.add_repeat(ref)
        except (KeyError, ValueError, FormFault):
            return
        inside = [page.ref for page in self.pages if page.ref == added or page.ref.startswith(f"{added}/")]
        if inside:
            self.held = replace(self.held, page=inside[0])

    def remove(self, ref: str) -> None:
        try:
            self.session.remove_repeat(ref)
        except (KeyError, ValueError, FormFault):
            return

    def speak(self, language: str) -> None:
        self.session.language = form_language(self.form, language)
        self.held = replace(self.held, language=language)

    def hold(self) -> Held:
        """To go on with by the next request."""
        return replace(self.held, instance=self.session.to_draft().decode())

    @property
    def nik_fits(self) -> bool:
        nik = self.held.nik
        return len(nik) == NIK_DIGITS and nik.isascii() and nik.isdigit()

    # --- inside -------------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        page = self.page
        wrong = {one.ref for one in self.session.validate()} | set(self.refused)
        if page is not None and wrong & set(_refs(page)):
            self.asked = True
        elif self.held.editing:
            self.held = replace(self.held, step=Step.REVIEW, editing=False)
        elif self.place + 1 < len(self.pages):
            self.held = replace(self.held, page=self.pages[self.place + 1].ref)
        else:
            self._go(1)

    def _go(self, by: int) -> None:
        steps = self.steps
        place = steps.index(self.held.step) + by
        step = steps[max(0, min(place, len(steps) - 1))]
        pages = self.pages
        page = self.held.page
        if step is Step.FORM and pages:
            page = pages[0].ref if by > 0 else pages[-1].ref
        self.held = replace(self.held, step=step, page=page)

    def _fill(self) -> None:
        """What the kiosk knows by itself stands in the form: the NIK, and the choice of privacy."""
        service = self.description
        for name, value in (
            (service.nik_question if service else "", self.held.nik),
            (service.privacy_question if service else "", self.held.privacy),
        ):
            node = self._named(name)
            if node is not None and value and node.value != value:
                self.answer({node.ref: value})

    def _named(self, name: str) -> Node | None:
        return next((node for node in self.session.nodes.values() if name and name in (node.name, node.ref)), None)


def _refs(page: Page) -> list[str]:
    return [ref for node in page.nodes for ref in (node.ref, *_inner(node.children))]


def _inner(nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        yield node.ref
        yield from _inner(node.children)
