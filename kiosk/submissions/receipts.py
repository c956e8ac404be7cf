"""The slip: what is printed on it, and printing it.

On it: city, agency, service, the code large and as QR of its tracking page, when, where the submission is (received
by the server at …, or stored at this kiosk and not yet received), what happens next, and what the code opens. Never a
NIK, a name or a photo.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypedDict
from uuid import uuid4

from kiosk.cases.case import Case
from kiosk.catalogue.catalogue import Catalogue
from kiosk.events import Bus, Event, SlipDue, SlipPrinted
from kiosk.ports import Printer, PrintOutcome, PrintResult, SlipBuilder, Texts, TrackingCodes, Unsubscribe
from kiosk.session.identity import KioskIdentity
from kiosk.store import StorageFailed, Store
from kiosk.store.receipts import Receipt
from kiosk.submissions.slip_answers import slip_answers
from kiosk.submissions.slip_fee import SlipFee, amount_texts, lay_out_fee, slip_fee
from kiosk.text import Text
from protocol.formats import Formatting
from protocol.pictograms import character

logger = logging.getLogger(__name__)

#: Keys of the kiosk's texts that a slip needs.
SLIP_KEYS: Final = (
    "slip.code",
    "slip.made",
    "slip.kiosk",
    "slip.received",
    "slip.stored",
    "slip.next",
    "slip.track",
    "slip.fee",
    "slip.fee.from",
    "slip.fee.unknown",
    "slip.fee.scan",
    "slip.fee.never",
    "slip.privacy",
    "slip.test",
)


@dataclass(frozen=True, slots=True)
class SlipContent:
    """All that stands on a slip, in one language; screens show the same when there is no paper."""

    city: str
    agency: str
    title: str
    service: str
    code: str
    address: str
    made_at: datetime
    received_at: datetime | None
    next_step: str
    language: str
    fee: SlipFee | None = None
    #: Names of ``protocol.pictograms``: of the service, or "", and of its steps.
    pictogram: str = ""
    steps: tuple[str, ...] = ()
    #: Of the citizen's answers, what is needed later: labels and words.
    answers: tuple[tuple[str, str], ...] = ()
    #: What the office wrote when it decided.
    answer: str = ""


class _Pictograms(TypedDict):
    pictogram: str
    steps: tuple[str, ...]


class Slips:
    """Prints a slip as soon as it is due, and again when asked. Any thread."""

    def __init__(
        self,
        identity: KioskIdentity,
        store: Store,
        printer: Printer | None,
        codes: TrackingCodes,
        texts: Texts,
        bus: Bus,
        catalogue: Callable[[], Catalogue],
    ) -> None:
        self._identity = identity
        self._store = store
        self._printer = printer
        self._codes = codes
        self._texts = texts
        self._bus = bus
        self._catalogue = catalogue
        self._zone = identity.time_zone

    def start(self) -> Unsubscribe:
        """Print whenever SlipDue comes. Returns how to stop."""
        return self._bus.subscribe(self._hear)

    def content(self, code: str) -> SlipContent | None:
        """What the slip of a code says now; None for a code that is not of this kiosk."""
        receipt = self._store.receipts.get(code)
        return None if receipt is None else self._content(receipt)

    def print(self, code: str, *, copy: bool = False, answer: str = "") -> bool:
        """Queue the slip; SlipPrinted tells how it went. False: unknown code, or this kiosk has no printer.

        It is a copy when it is asked to be one, and when a slip of this code may have come out before: that is
        known to the database before the printer hears of the slip, so that no power cut makes two originals.
        """
        content = self.content(code)
        if content is None or self._printer is None:
            return False
        first = self._begin(code)

        def done(result: PrintResult) -> None:
            if first and result.outcome == PrintOutcome.NOT_PRINTED and result.paper_mm == 0:
                self._unbegin(code)

        return self._put(replace(content, answer=answer), copy or not first, done)

    def print_case(self, case: Case, language: str, next_step: str) -> bool:
        """Queue a slip for somebody who came back without one; SlipPrinted tells how it went. False: no printer.

        Of a case sent at another kiosk it is made from what the server says, and always a copy: that kiosk may have
        printed one. ``next_step``: what the citizen is told to do now.
        """
        answer = case.answer
        if self.content(case.code) is not None:
            return self.print(case.code, answer=answer)
        return self._put(replace(self._content_of(case, language, next_step), answer=answer), copy=True)

    def _put(
        self, content: SlipContent, copy: bool, ended: Callable[[PrintResult], None] = lambda _result: None
    ) -> bool:
        if self._printer is None:
            return False
        slip = self._printer.new_slip()
        self.lay_out(slip, content)

        def done(result: PrintResult) -> None:
            ended(result)
            self._bus.publish(SlipPrinted(content.code, result.outcome, result.conditions, copy))

        self._printer.print(slip, job_id=f"slip-{uuid4()}", copy=copy, done=done)
        return True

    def print_test(self, done: Callable[[PrintResult], None]) -> bool:
        """A test slip for field staff. False when this kiosk has no printer."""
        if self._printer is None:
            return False
        slip = self._printer.new_slip()
        slip.title(self._identity.city)
        slip.text(self._texts("slip.test", "id"), bold=True, align="center")
        slip.rule()
        slip.row(self._texts("slip.kiosk", "id"), self._identity.name)
        slip.qr(self._identity.kiosk_id)
        self._printer.print(slip, job_id=f"test-{uuid4()}", copy=False, done=done)
        return True

    def print_blank(self, lines: int, done: Callable[[PrintResult], None]) -> bool:
        """Feeds so many empty lines and cuts: to see the knife, or to draw a cleaning card through. False: no printer."""
        if self._printer is None:
            return False
        slip = self._printer.new_slip()
        slip.space(lines)
        self._printer.print(slip, job_id=f"blank-{uuid4()}", copy=False, done=done)
        return True

    def lay_out(self, slip: SlipBuilder, content: SlipContent) -> None:
        """Write the content on an empty slip, in the citizen's language. A copy is marked by the printer."""

        def text(key: str, **values: object) -> str:
            return self._texts(key, content.language, **values)

        time = Formatting(content.language, self._zone).stamp
        slip.title(content.city)
        slip.text(content.agency, align="center")
        slip.rule()
        if content.pictogram:
            slip.signs(character(content.pictogram))
        slip.text(content.title, bold=True, align="center")
        if content.service != content.title:
            slip.text(content.service, align="center")
        slip.space()
        slip.text(text("slip.code"), align="center")
        slip.text(self._codes.display(content.code), bold=True, size=2, align="center")
        slip.rule()
        for label, words in content.answers:
            slip.text(label)
            slip.text(words, bold=True)
        if content.answers:
            slip.rule()
        slip.row(text("slip.made"), time(content.made_at))
        slip.row(text("slip.kiosk"), self._identity.name)
        slip.space()
        if content.received_at is not None:
            slip.text(text("slip.received", time=time(content.received_at)), bold=True)
        else:
            slip.text(text("slip.stored"), bold=True)
        slip.space()
        if content.answer:
            slip.text(text("slip.answer"), bold=True)
            slip.text(content.answer)
            slip.space()
        slip.text(text("slip.next"), bold=True)
        slip.text(content.next_step)
        if content.steps:
            slip.signs("".join(map(character, content.steps)), linked=True)
        if content.fee is not None:
            lay_out_fee(slip, content.fee, text)
        slip.qr(content.address, text("slip.track"))
        # As people type it: the scheme only makes it longer.
        slip.text(content.address.partition("://")[2] or content.address, align="center")
        slip.rule()
        slip.text(text("slip.privacy"))

    def _begin(self, code: str) -> bool:
        """Note, before anything is sent, that a slip of this code is begun. False when one was before, or when that
        cannot be written down: a copy too many is better than a second original."""
        try:
            with self._store.transaction():
                if self._store.marks.get(_mark(code)):
                    return False
                self._store.marks.set(_mark(code), True)
        except StorageFailed:
            logger.exception("that a slip is begun could not be kept; it is printed as a copy")
            return False
        return True

    def _unbegin(self, code: str) -> None:
        """Nothing came out: the next one is the first."""
        try:
            self._store.marks.remove(_mark(code))
        except StorageFailed:
            logger.exception("that no slip came out could not be kept; the next one is a copy")

    def _content(self, receipt: Receipt) -> SlipContent:
        def text(name: str) -> str:
            return Text(receipt.texts.get(name, {})).get(receipt.language)

        return SlipContent(
            city=self._identity.city,
            agency=text("agency"),
            title=text("title"),
            service=text("service"),
            code=receipt.code,
            address=self._codes.address(receipt.code),
            made_at=receipt.made_at,
            received_at=receipt.received_at,
            next_step=text("next_step"),
            language=receipt.language,
            fee=slip_fee(receipt.texts, receipt.language),
            answers=slip_answers(receipt.texts, receipt.language),
            **self._pictograms(receipt.service),
        )

    def _content_of(self, case: Case, language: str, next_step: str) -> SlipContent:
        name = case.service_name.get(language)
        return SlipContent(
            city=self._identity.city,
            agency=case.agency_name.get(language),
            title=name,
            service=name,
            code=case.code,
            address=self._codes.address(case.code),
            made_at=case.steps[0].at if case.steps else case.received_at or case.updated_at,
            received_at=case.received_at,
            next_step=next_step,
            language=language,
            fee=None if case.fee is None else slip_fee(amount_texts(case.fee), language),
            **self._pictograms(case.service),
        )

    def _pictograms(self, service_id: str) -> _Pictograms:
        """Those of the pack in force: a slip that is printed again later shows what kiosks show then."""
        service = self._catalogue().get(service_id)
        if service is None:
            return {"pictogram": "", "steps": ()}
        return {"pictogram": service.icon, "steps": service.standard.procedure_pictograms}

    def _hear(self, event: Event) -> None:
        if isinstance(event, SlipDue) and not self.print(event.code):
            self._bus.publish(SlipPrinted(event.code, PrintOutcome.NOT_PRINTED, frozenset(), copy=False))


def _mark(code: str) -> str:
    """The mark in the store that stays once a slip of this code may have come out."""
    return f"slip:{code}"
