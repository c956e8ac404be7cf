"""Whatever is held before the scanner, wherever: every kind of scan on every kind of page leads somewhere or is answered."""

from collections.abc import Mapping
from typing import Final

import pytest
from screens_harness import Hands
from states_kit import LAYERS, PAGES

from kiosk.cases.case import CaseStateName
from protocol.peripherals import ScanKind
from rehearsal.citizen import NIK
from rehearsal.devices import Scan
from rehearsal.gallery.case_states import case
from rehearsal.gallery.plan import Shot
from rehearsal.gallery.studio import Studio
from rehearsal.kiosk import BADGE
from screens.navigation.appearance import Appearance

#: Of somebody else's case than the gallery's.
SLIP: Final = "K7M29QXF7777"
SCANS: Final[Mapping[str, Scan]] = {
    "damaged": Scan(ScanKind.SLIP, "K7M2", code="K7M2"),
    "card": Scan(ScanKind.NIK_CARD, NIK, nik=NIK),
    "payment": Scan(ScanKind.PAYMENT, "00020101021126220014ID.CO.QRIS.WWW5802ID6304ABCD"),
    "letter": Scan(ScanKind.DOCUMENT_URL, "https://tte.example/d/8f2a", url="https://tte.example/d/8f2a"),
    "other": Scan(ScanKind.UNKNOWN, "8991234567890"),
    # These lead somewhere, from where somebody can be led.
    "badge": Scan(ScanKind.STAFF_BADGE, BADGE),
    "draft": Scan(ScanKind.SLIP, "DRAF-9QXF-0001", code="DRAF9QXF0001"),
    "slip": Scan(ScanKind.SLIP, f"https://lacak.surabaya.example/t/{SLIP}", code=SLIP),
}
#: What comes of each kind, in their order: what is said, without "scan.", or where it leads. Pages that are alike
#: stand together.
EXPECTED: Final = (
    (
        ("home", "thanks"),
        "damaged card.start payment other.start other.start →STAFF_PIN →RESUME_DRAFT →CASE",
    ),
    (
        ("not-approved", "out-of-service", "nothing-works"),
        "closed closed payment closed closed →STAFF_PIN closed closed",
    ),
    (
        ("services", "group", "search-found", "times", "budget"),
        "damaged card.choose payment other other badge.session →RESUME_DRAFT →CASE",
    ),
    (("service",), "damaged card.begin payment other other badge.session →RESUME_DRAFT →CASE"),
    (("case-question",), "damaged card.not_here payment other other badge.session →RESUME_DRAFT →CASE"),
    (
        ("track-typing",),
        "damaged track.not_a_slip payment track.not_a_slip track.not_a_slip badge.session →RESUME_DRAFT →CASE",
    ),
    (
        ("resume-draft",),
        "damaged draft.not_a_slip payment draft.not_a_slip draft.not_a_slip badge.session form.scan.taken →CASE",
    ),
    (
        ("complaint-privacy",),
        "damaged card.begin payment other other badge.session slip.finish_first slip.finish_first",
    ),
    (
        ("identify-complete",),
        "damaged form.scan.taken payment identify.not_a_card identify.not_a_card badge.session"
        " slip.finish_first slip.finish_first",
    ),
    (
        ("form-fields", "form-choices", "repeat-two"),
        "damaged form.scan.unused payment form.scan.unused form.scan.unused badge.session"
        " slip.finish_first slip.finish_first",
    ),
    (("control-photo",), "photo photo photo photo photo badge.session photo photo"),
    (
        ("control-nomor-dokumen",),
        "form.scan.taken form.scan.taken form.scan.taken form.scan.taken form.scan.taken badge.session"
        " form.scan.taken form.scan.taken",
    ),
    (("review",), "damaged card.review payment other other badge.session slip.finish_first slip.finish_first"),
    (
        ("fee", "consent-agreed", "save-draft", "resumed", "answer-typed", "answer"),
        "damaged card.not_here payment other other badge.session slip.finish_first slip.finish_first",
    ),
    (
        ("saved-printed", "rate-nine"),
        "damaged card.not_here payment other other badge.session slip.done_first slip.done_first",
    ),
    (("staff-pin-typed",), "staff staff staff staff staff badge.pin staff staff"),
    (
        (
            *("staff-overview", "staff-paper", "staff-outbox-parked", "staff-printer", "staff-touch", "staff-line"),
            *("staff-cleaning", "staff-power-asked", "staff-report-made", "staff-visit-ticked", "staff-waiting-saved"),
        ),
        "staff staff staff staff staff badge.on_duty staff staff",
    ),
    (("staff-scanner",), "shown shown shown shown shown shown shown shown"),
    (
        (
            "home-adjust",
            "home-help",
            "home-switches",
            "session-leave",
            "control-photo-enlarged",
            "signing",
            "code-asked",
            "repeat-fewer",
        ),
        "close_first close_first close_first close_first close_first close_first close_first close_first",
    ),
)
ALL: Final = tuple((state, row.split()) for states, row in EXPECTED for state in states)
#: One of each that are alike; of the kinds that lead away, one.
SAMPLE: Final = tuple((states[-1], row.split()) for states, row in EXPECTED)


def after(hands: Hands, scan: Scan) -> str:
    """What came of it: a page, "→CASE"; or the key of what is said, without "scan."."""
    flow, place, texts = hands.app.flow, hands.place, sorted(hands.texts())
    opened = flow.citizen.case.code if flow.citizen.case is not None else ""
    hands.rehearsal.scanner.scan(scan)
    hands.settle(3)
    note, now = flow.scans.note, flow.citizen.case.code if flow.citizen.case is not None else ""
    if (hands.place, now) != (place, opened):
        return f"→{hands.place}"
    if note is not None:
        hands.must_see(flow.texts(note.key, **note.values))
        return note.key.removeprefix("scan.")
    return "shown" if sorted(hands.texts()) != texts else "nothing"


def lead(studio: Studio, state: str) -> None:
    studio.lead_to(Shot(state, Appearance(), "portrait"))
    studio.hands.rehearsal.line.cases[SLIP] = case(CaseStateName.READY)
    # Some are led there by a slip: its payment code would be read beside it.
    studio.hands.app.flow.scans.reset()


def walk(studio: Studio, state: str, expected: list[str], kinds: list[str]) -> None:
    """Holds each of the kinds there; led there anew whenever one led away."""
    hands, there, found = studio.hands, False, []
    for kind in kinds:
        if not there:
            lead(studio, state)
        found.append(after(hands, SCANS[kind]))
        there = not found[-1].startswith("→")
        if there:
            hands.app.flow.scans.touched()
            hands.settle(1)
    wanted = dict(zip(SCANS, expected, strict=True))
    assert dict(zip(kinds, found, strict=True)) == {kind: wanted[kind] for kind in kinds}


def test_every_page_and_every_layer_says_what_comes_of_every_kind_of_scan() -> None:
    told = {state for state, _ in ALL}
    assert told >= {*PAGES.values(), *LAYERS.values()}
    assert all(len(row) == len(SCANS) for _, row in ALL)
    assert not any(each in ("nothing", "") for _, row in ALL for each in row)


@pytest.mark.parametrize(("place", "state"), list(enumerate(state for state, _ in SAMPLE)))
def test_a_scan_leads_somewhere_or_is_answered(studio: Studio, place: int, state: str) -> None:
    expected = SAMPLE[place][1]
    leads = [kind for kind, comes in zip(SCANS, expected, strict=True) if comes.startswith("→")]
    kept = leads[place % len(leads)] if leads else ""
    walk(studio, state, expected, [kind for kind in SCANS if kind not in leads or kind == kept])


@pytest.mark.soak
@pytest.mark.parametrize(("state", "expected"), ALL, ids=[state for state, _ in ALL])
def test_everything_that_can_be_held_anywhere(studio: Studio, state: str, expected: list[str]) -> None:
    walk(studio, state, expected, list(SCANS))
