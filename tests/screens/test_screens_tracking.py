"""A citizen comes back: the slip or its code, the case, the officer's question and its answer, by touch."""

from collections.abc import Iterator

import pytest

from kiosk.cases import CaseStateName
from kiosk.line_state import LineCondition
from kiosk.ports import PrintOutcome
from screens.appearance import Appearance
from screens.gallery.case_states import CODE, QUESTION, case
from screens.rehearsal.citizen import Citizen
from screens.rehearsal.hands import Hands
from screens.texts import LANGUAGES

TOLD = tuple(state for state in CaseStateName if state is not CaseStateName.STORED_HERE)


@pytest.fixture
def kiosk(citizens: Hands) -> Iterator[Hands]:
    citizens.dress(Appearance())
    yield citizens


def asked(hands: Hands) -> Citizen:
    """The case of the slip that is held before the scanner: an officer asks something."""
    hands.rehearsal.line.cases[CODE] = case(CaseStateName.QUESTION, QUESTION)
    citizen = Citizen(hands)
    citizen.hold_slip(CODE)
    return citizen


def test_a_slip_before_the_scanner_opens_its_case_from_the_home_screen(kiosk: Hands) -> None:
    kiosk.rehearsal.line.cases[CODE] = case(CaseStateName.IN_REVIEW)
    Citizen(kiosk).hold_slip(CODE)
    assert kiosk.place == "CASE"
    assert kiosk.unseen("Surat Keterangan Domisili", "Pemeriksaan", "K7M2-9QXF-0001") == []


def test_a_typed_code_opens_its_case(kiosk: Hands) -> None:
    kiosk.rehearsal.line.cases[CODE] = case(CaseStateName.READY)
    kiosk.tap(kiosk.text("home.track"))
    kiosk.type("K7M29QXF0001")
    kiosk.forward()
    assert kiosk.place == "CASE"
    assert kiosk.unseen(kiosk.text("case.state.ready")) == []


def test_a_code_that_nobody_knows_is_said_so_and_stays(kiosk: Hands) -> None:
    kiosk.tap(kiosk.text("home.track"))
    kiosk.type("K7M29QXF9999")
    kiosk.forward()
    assert kiosk.unseen(kiosk.text("case.problem.unknown_code")) == []
    assert kiosk.place == "TRACK"


def test_without_a_line_it_says_so(kiosk: Hands) -> None:
    kiosk.rehearsal.line.condition = LineCondition.OFFLINE
    kiosk.tap(kiosk.text("home.track"))
    kiosk.type("K7M29QXF9999")
    kiosk.forward()
    assert kiosk.unseen(kiosk.text("case.problem.no_line")) == []


def test_something_else_before_the_scanner_is_said_so(kiosk: Hands) -> None:
    kiosk.tap(kiosk.text("home.track"))
    Citizen(kiosk).hold_rubbish()
    assert kiosk.unseen(kiosk.text("track.not_a_slip")) == []


def test_a_slip_of_a_case_from_another_kiosk_is_printed_as_a_copy(kiosk: Hands) -> None:
    kiosk.rehearsal.line.cases[CODE] = case(CaseStateName.IN_REVIEW)
    Citizen(kiosk).hold_slip(CODE)
    kiosk.tap(kiosk.text("case.print"))
    kiosk.must_see(kiosk.text("saved.slip.printed"))
    assert not kiosk.sees(kiosk.text("case.print"))
    slip, copy = kiosk.rehearsal.printer.slips[-1]
    assert copy
    for words in ("K7M2-9QXF-0001", "Surat Keterangan Domisili", kiosk.text("case.explained.in_review")):
        assert words in slip.all_text


def test_without_paper_the_case_says_so_and_the_slip_can_be_asked_for_again(kiosk: Hands) -> None:
    printer = kiosk.rehearsal.printer
    kiosk.rehearsal.line.cases[CODE] = case(CaseStateName.READY)
    Citizen(kiosk).hold_slip(CODE)
    printer.outcome = PrintOutcome.NOT_PRINTED
    kiosk.tap(kiosk.text("case.print"))
    kiosk.must_see(kiosk.text("saved.slip.not_printed"))
    printer.outcome = PrintOutcome.PRINTED
    kiosk.tap(kiosk.text("case.print"))
    kiosk.must_see(kiosk.text("saved.slip.printed"))


def test_without_a_printer_no_slip_is_offered(kiosk: Hands) -> None:
    kiosk.rehearsal.printer.become("UNAVAILABLE", "MEDIA_EMPTY")
    kiosk.rehearsal.line.cases[CODE] = case(CaseStateName.READY)
    Citizen(kiosk).hold_slip(CODE)
    assert not kiosk.sees(kiosk.text("case.print"))
    kiosk.rehearsal.printer.become()
    kiosk.settle()
    kiosk.must_see(kiosk.text("case.print"))


@pytest.mark.parametrize("state", TOLD)
def test_each_state_is_told_in_each_language(kiosk: Hands, state: CaseStateName) -> None:
    kiosk.rehearsal.line.cases[CODE] = case(state)
    Citizen(kiosk).hold_slip(CODE)
    for language in LANGUAGES:
        kiosk.app.flow.set_language(language)
        kiosk.settle()
        assert kiosk.unseen(kiosk.text(state.text_key), kiosk.text(f"case.explained.{state}")) == []


def test_a_question_is_answered_and_kept_until_it_is_sent(kiosk: Hands) -> None:
    asked(kiosk)
    assert kiosk.unseen(QUESTION) == []
    kiosk.forward()
    assert kiosk.place == "ANSWER"
    before = kiosk.kiosk.outbox.counts().waiting
    kiosk.type("Jalan Kenjeran 12")
    kiosk.forward()
    assert kiosk.unseen(kiosk.text("answer.sent")) == []
    assert kiosk.kiosk.outbox.counts().waiting == before + 1


def test_an_empty_answer_cannot_be_sent(kiosk: Hands) -> None:
    asked(kiosk)
    kiosk.forward()
    assert not kiosk.page.can_forward


def test_nothing_of_a_case_is_left_at_the_end(kiosk: Hands) -> None:
    asked(kiosk)
    kiosk.go_home()
    kiosk.settle()
    assert not kiosk.sees(QUESTION)
    assert kiosk.app.flow.case is None
