"""The context of the field staff's pages: what they know of the kiosk and do to it. Knows nothing of Kivy."""

from collections.abc import Callable

from kiosk.events import ReportWaiting
from kiosk.field.orders import open_orders
from kiosk.field.readiness import MadeReport, NoSigner, Readiness, SlipTexts
from kiosk.field.to_do import Task, to_do
from kiosk.field.touch_test import TouchVerdict
from kiosk.field.visit_draft import VisitDraft
from kiosk.kiosk import Kiosk
from kiosk.machine.staff import SignInRefused, StaffOnDuty
from kiosk.machine.supplies import Paper
from kiosk.ports import Device, PrintResult, StickOutcome
from kiosk.snapshot import Snapshot
from kiosk.store import StorageFailed
from kiosk.store.outbox import OutboxCounts
from kiosk.submissions.carrying import Carried
from kiosk.submissions.outbox import ParkedItem, WaitingItem
from protocol.field.orders import OpenOrder
from protocol.field.roles import May


class StaffContext:
    """What is done is recorded in the visit. Any thread."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk

    # --- who is here -----------------------------------------------------------------------------------------------

    @property
    def on_duty(self) -> StaffOnDuty | None:
        return self._kiosk.staff.on_duty

    def check_badge(self, badge: str) -> str | SignInRefused:
        """Whose badge it is, when it opens anything here."""
        return self._kiosk.staff.check_badge(badge)

    def sign_in(self, badge: str, pin: str) -> StaffOnDuty | SignInRefused:
        """Takes some tenths of a second."""
        return self._kiosk.staff.sign_in(badge, pin)

    def may(self, what: May) -> bool:
        """Whether whoever is here may."""
        return self._kiosk.staff.may(what)

    @property
    def draft(self) -> VisitDraft:
        """What is noted in the visit that is going on."""
        return self._kiosk.staff.draft

    def orders(self) -> tuple[OpenOrder, ...]:
        """What the office wants done here, the oldest first."""
        return open_orders(self._kiosk.settings)

    def to_do(self, touch: TouchVerdict | None) -> tuple[Task, ...]:
        """What is to be done next, the gravest first; ``touch``: of the last touch test."""
        return to_do(self._kiosk.snapshot(), self.orders(), touch)

    def record(self, kind: str, detail: str = "") -> None:
        """Of the visit that is going on."""
        self._kiosk.staff.record(kind, detail)

    # --- how the kiosk is ------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        return self._kiosk.snapshot()

    @property
    def in_service(self) -> bool:
        return self._kiosk.in_service

    def toggle_service(self) -> None:
        if not self.may(May.STOP):
            return
        if self._kiosk.in_service:
            self.record("out_of_service")
            self._kiosk.out_of_service()
        else:
            self.record("in_service")
            self._kiosk.back_in_service()

    # --- paper -----------------------------------------------------------------------------------------------------

    def paper(self) -> Paper:
        return self._kiosk.supplies.paper()

    @property
    def roll_mm(self) -> float:
        """Of a full roll."""
        return self._kiosk.settings.number("paper_roll_mm")

    def roll_changed(self, millimetres: float) -> None:
        """Counts from a full roll of that length."""
        self._kiosk.supplies.roll_changed(millimetres)

    # --- the outbox ------------------------------------------------------------------------------------------------

    def outbox(self) -> OutboxCounts:
        return self._kiosk.outbox.counts()

    def parked(self) -> tuple[ParkedItem, ...]:
        return self._kiosk.outbox.parked()

    def waiting(self, limit: int) -> tuple[WaitingItem, ...]:
        """What the server has not acknowledged, and why; oldest first."""
        return self._kiosk.outbox.waiting(limit)

    @property
    def takes_sticks(self) -> bool:
        return self._kiosk.carrying.possible and self.may(May.SEND)

    def carried(self) -> Carried | None:
        """When the outbox was saved on a stick last."""
        return self._kiosk.carrying.last()

    def carry(self) -> tuple[StickOutcome | None, int]:
        """Saves the outbox on the stick, and how many items it was; takes as long as the stick does. None: the kiosk's
        own storage failed, or they may not."""
        if not self.may(May.SEND):
            return None, 0
        try:
            outcome, items = self._kiosk.carrying.save()
        except StorageFailed as error:
            self._kiosk.health.storage_failed(error.problem)
            return None, 0
        self.record("outbox_saved", f"{outcome}: {items}")
        return outcome, items

    def try_again(self, seq: int) -> bool:
        """One parked item; False: the storage failed, or they may not."""
        return self._try_again(lambda: str(seq) if self._kiosk.outbox.try_again(seq) else "")

    def try_all_again(self) -> bool:
        """All that is parked; False: the storage failed, or they may not."""
        return self._try_again(lambda: str(self._kiosk.outbox.try_all_again() or ""))

    def retry_now(self) -> None:
        """The line tries at once."""
        line = self._kiosk.line
        if line is not None:
            line.retry_now()

    def _try_again(self, move: Callable[[], str]) -> bool:
        """``move`` says what was moved, "" when nothing was."""
        if not self.may(May.SEND):
            return False
        try:
            moved = move()
        except StorageFailed as error:
            self._kiosk.health.storage_failed(error.problem)
            return False
        if moved:
            self.record("parked_again", moved)
        self.retry_now()
        return True

    # --- devices ---------------------------------------------------------------------------------------------------

    def print_test(self, done: Callable[[PrintResult], None]) -> bool:
        """False: there is no printer. ``done`` is called from the printer's thread."""
        return self._kiosk.slips.print_test(done)

    def feed_and_cut(self, lines: int, done: Callable[[PrintResult], None]) -> bool:
        """Empty paper and a cut. False: there is no printer. ``done`` is called from the printer's thread."""
        return self._kiosk.slips.print_blank(lines, done)

    def make_report(self) -> MadeReport | None:
        """Tests everything and signs it, keeps it for the office; None: they may not, or there is no key. Takes some seconds."""
        on_duty = self.on_duty
        if on_duty is None or not self.may(May.VISIT):
            return None
        tests = Readiness(self._kiosk)
        try:
            made = tests.make(on_duty.id)
        except NoSigner:
            return None
        tests.keep(made)
        self.record("readiness", made.digest)
        self._kiosk.bus.publish(ReportWaiting())
        return made

    def print_report(self, made: MadeReport, texts: SlipTexts) -> bool:
        """False: there is no printer."""
        return Readiness(self._kiosk).print(made, texts)

    @property
    def headphones_plugged(self) -> bool | None:
        """None: nothing here tells."""
        headphones = self._kiosk.ports.headphones
        return None if headphones is None else headphones.plugged

    @property
    def speaker(self) -> Device | None:
        return self._kiosk.ports.speaker

    def devices(self) -> tuple[tuple[Device, bool], ...]:
        """Those that this kiosk has, each with whether it can test itself at once: printing and speaking are tests of
        their own."""
        ports = self._kiosk.ports
        listed = ((ports.printer, False), (ports.scanner, True), (ports.camera, True), (ports.speaker, False))
        return tuple((device, tests) for device, tests in listed if device is not None)
