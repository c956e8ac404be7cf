"""Whatever is held before the scanner, wherever: every kind of scan on every kind of page leads somewhere or is answered."""

from collections.abc import Callable
from typing import Final

import pytest
from screens_harness import Hands
from states_kit import LAYERS, PAGES

from protocol.peripherals import ScanKind
from rehearsal.citizen import NIK
from rehearsal.devices import Scan
from rehearsal.gallery.case_states import CODE, case
from rehearsal.gallery.plan import Shot
from rehearsal.gallery.studio import Studio
from rehearsal.kiosk import BADGE
from screens.navigation.appearance import Appearance
from kiosk.cases.case import CaseStateName

OTHER: Final = "K7M29QXF0002"
LETTER: Final = "https://tte.dukcapil.example/d/8f2a"
QRIS: Final = "00020101021126220014ID.CO.QRIS.WWW5802ID6304ABCD"
SCANS: Final[dict[str, Scan]] = {
    "slip": Scan(ScanKind.SLIP, f"https://lacak.surabaya.example/t/{OTHER}", code=OTHER),
    "draft": Scan(ScanKind.SLIP, "DRAF-9QXF-0001", code="DRAF9QXF0001"),
    "damaged": Scan(ScanKind.SLIP, "K7M2", code="K7M2"),
    "card": Scan(ScanKind.NIK_CARD, NIK, nik=NIK),
    "payment": Scan(ScanKind.PAYMENT, QRIS),
    "letter": Scan(ScanKind.DOCUMENT_URL, LETTER, url=LETTER),
    "badge": Scan(ScanKind.STAFF_BADGE, BADGE),
    "other": Scan(ScanKind.UNKNOWN, "8991234567890"),
}

def test_gen(studio: Studio) -> None:
    out = {}
    hands = studio.hands
    states = [*PAGES.values(), *LAYERS.values(), "control-photo", "form-typing", "answer"]
    for state in states:
        row = {}
        fresh = False
        for name, scan in SCANS.items():
            if not fresh:
                studio.lead_to(Shot(state, Appearance(), "portrait"))
                hands.rehearsal.line.cases[OTHER] = case(CaseStateName.READY)
            place, over = hands.place, hands.app.flow.over
            before = sorted(hands.texts())
            hands.rehearsal.scanner.scan(scan)
            hands.settle(3)
            note = hands.app.flow.scans.note
            if hands.place != place:
                row[name] = "→ " + hands.place
            elif note:
                row[name] = note.key
            else:
                row[name] = "page" if sorted(hands.texts()) != before else "NOTHING"
            fresh = hands.place == place and row[name] == (note.key if note else "") and "taken" not in row[name]
            hands.app.flow.scans.touched(); hands.settle(1)
        out[state] = row
    for state, row in out.items():
        print(state, row)
