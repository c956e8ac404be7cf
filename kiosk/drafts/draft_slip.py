"""The slip of a draft: which service, its code, until when it lies there, how it goes on. Nothing of what was entered."""

from datetime import datetime
from typing import Final
from uuid import uuid4

from kiosk.events import Bus, SlipPrinted
from kiosk.ports import Printer, PrintResult, Texts, TrackingCodes
from kiosk.session.identity import KioskIdentity
from kiosk.text import Text
from protocol.formats import Formatting

DRAFT_SLIP_KEYS: Final = ("slip.draft", "slip.draft.until", "slip.draft.how", "slip.draft.scan")


class DraftSlips:
    def __init__(
        self, identity: KioskIdentity, printer: Printer | None, codes: TrackingCodes, texts: Texts, bus: Bus
    ) -> None:
        self._identity = identity
        self._printer = printer
        self._codes = codes
        self._texts = texts
        self._bus = bus
        self._zone = identity.time_zone

    def print(self, code: str, expires_at: datetime, service: Text, language: str) -> bool:
        """Queue the slip; SlipPrinted tells how it went. False: this kiosk has no printer."""
        if self._printer is None:
            return False

        def text(key: str, **values: object) -> str:
            return self._texts(key, language, **values)

        slip = self._printer.new_slip()
        slip.title(self._identity.city)
        slip.rule()
        slip.text(text("slip.draft"), bold=True, align="center")
        slip.text(service.get(language), align="center")
        slip.space()
        slip.text(self._codes.display(code), bold=True, size=2, align="center")
        slip.qr(code, text("slip.draft.scan"))
        slip.rule()
        slip.text(text("slip.draft.until", day=Formatting(language, self._zone).day(expires_at)), bold=True)
        slip.text(text("slip.draft.how"))

        def done(result: PrintResult) -> None:
            self._bus.publish(SlipPrinted(code, result.outcome, result.conditions, copy=False))

        self._printer.print(slip, job_id=f"draft-{uuid4()}", copy=False, done=done)
        return True
