"""A citizen comes back: the slip or its code, the case, the officer's question and its answer, by touch."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.cases.case import Case, CaseProblem, CaseStateName
from kiosk.machine.line_state import LineCondition
from kiosk.ports import PrintOutcome
from protocol.languages import LANGUAGES
from rehearsal.citizen import Citizen
from rehearsal.gallery.case_states import CODE, QUESTION, case
from rehearsal.hands import Hands
from rehearsal.kiosk import Line
from screens.background.handover import Handover
from screens.citizen.follow_up.track_model import TrackModel
from screens.look.tokens import TextSize
from screens.navigation.appearance import Appearance

#: Of somebody else's case.
OTHER = "K7M29QXF0002"
SHOWN = tuple(state for state in CaseStateName if state is not CaseStateName.STORED_HERE)


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


@pytest.mark.parametrize("state", SHOWN)
def test_each_state_is_shown_in_each_language(kiosk: Hands, state: CaseStateName) -> None:
    kiosk.rehearsal.line.cases[CODE] = case(state)
    Citizen(kiosk).hold_slip(CODE)
    for language in LANGUAGES:
        kiosk.app.flow.preferences.set_language(language)
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
    assert kiosk.app.flow.citizen.case is None


# --- answers that come late ----------------------------------------------------------------------------------------


class SlowLine(Line):
    """Holds back what it answers about a case until it is told to give it."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[tuple[str, Callable[[], None]]] = []
        #: Kept, as by a thread that has not ended: who asked is not collected before the answer arrives.
        self._given: list[Callable[[], None]] = []

    @property
    def asked(self) -> list[str]:
        """Codes whose answers are held back, in the order of the questions."""
        return [code for code, _ in self._held]

    def ask_case(self, code: str, done: Callable[[Case | CaseProblem], None]) -> None:
        def give() -> None:
            super(SlowLine, self).ask_case(code, done)

        self._held.append((code, give))

    def answer(self, code: str) -> None:
        """Gives the answer to the oldest question about the code."""
        held = next(each for each in self._held if each[0] == code)
        self._held.remove(held)
        self._given.append(held[1])
        held[1]()


@pytest.fixture
def slow(kiosk: Hands) -> Iterator[SlowLine]:
    """Two cases are known, and the answers are held back."""
    line = SlowLine()
    line.cases[CODE] = case(CaseStateName.READY)
    line.cases[OTHER] = case(CaseStateName.QUESTION, QUESTION)
    kiosk.kiosk.connect(line)
    yield line
    kiosk.kiosk.connect(kiosk.rehearsal.line)


def type_code(hands: Hands, code: str) -> None:
    """From the home screen until the server was asked."""
    hands.tap(hands.text("home.track"))
    hands.type(code)
    hands.forward()


def case_in_sight(hands: Hands) -> str:
    """The code of the case that an answer would go to, which must be the one that is shown; "" when none is open."""
    opened = hands.app.flow.citizen.case
    if opened is not None:
        assert hands.place == "CASE"
        hands.must_see(hands.kiosk.codes.display(opened.code))
    return opened.code if opened is not None else ""


@pytest.mark.parametrize("first", [CODE, OTHER])
def test_of_a_typed_code_and_a_slip_the_newest_is_opened(kiosk: Hands, slow: SlowLine, first: str) -> None:
    type_code(kiosk, CODE)
    Citizen(kiosk).hold_slip(OTHER)
    assert slow.asked == [CODE, OTHER]
    for code in (first, OTHER if first == CODE else CODE):
        slow.answer(code)
        kiosk.settle()
        assert case_in_sight(kiosk) in ("", OTHER)
    assert case_in_sight(kiosk) == OTHER


@pytest.mark.parametrize("first", [CODE, OTHER])
def test_of_two_slips_the_newest_is_opened(kiosk: Hands, slow: SlowLine, first: str) -> None:
    citizen = Citizen(kiosk)
    citizen.hold_slip(CODE)
    citizen.hold_slip(OTHER)
    for code in (first, OTHER if first == CODE else CODE):
        slow.answer(code)
        kiosk.settle()
    assert case_in_sight(kiosk) == OTHER


def test_both_answers_at_once_open_the_newest(kiosk: Hands, slow: SlowLine) -> None:
    citizen = Citizen(kiosk)
    citizen.hold_slip(CODE)
    citizen.hold_slip(OTHER)
    slow.answer(OTHER)
    slow.answer(CODE)
    kiosk.settle()
    assert case_in_sight(kiosk) == OTHER


def test_the_same_slip_twice_opens_its_case_once(kiosk: Hands, slow: SlowLine) -> None:
    citizen = Citizen(kiosk)
    citizen.hold_slip(CODE)
    citizen.hold_slip(CODE)
    slow.answer(CODE)
    kiosk.settle()
    assert case_in_sight(kiosk) == ""
    slow.answer(CODE)
    kiosk.settle()
    assert case_in_sight(kiosk) == CODE


def test_in_another_look_the_answer_on_its_way_is_waited_for_and_nothing_asked_twice(
    kiosk: Hands, slow: SlowLine
) -> None:
    Citizen(kiosk).hold_slip(CODE)
    kiosk.app.flow.preferences.set_text_size(TextSize.EXTRA)
    kiosk.settle()
    kiosk.must_see(kiosk.text("track.asking"))
    assert slow.asked == [CODE]
    slow.answer(CODE)
    kiosk.settle()
    assert case_in_sight(kiosk) == CODE


def test_a_question_for_a_session_that_ended_opens_nothing_in_the_next(kiosk: Hands, slow: SlowLine) -> None:
    type_code(kiosk, CODE)
    Citizen(kiosk).hold_slip(OTHER)
    kiosk.go_home()
    kiosk.settle()
    kiosk.tap(kiosk.text("home.start"))
    slow.answer(CODE)
    slow.answer(OTHER)
    kiosk.settle()
    assert kiosk.place == "SERVICES"
    assert case_in_sight(kiosk) == ""


def test_the_next_session_opens_what_it_asked_for(kiosk: Hands, slow: SlowLine) -> None:
    citizen = Citizen(kiosk)
    citizen.hold_slip(CODE)
    citizen.hold_slip(CODE)
    kiosk.go_home()
    kiosk.settle()
    citizen.hold_slip(OTHER)
    for _ in range(2):
        slow.answer(CODE)
        kiosk.settle()
    assert kiosk.place == "TRACK"
    slow.answer(OTHER)
    kiosk.settle()
    assert case_in_sight(kiosk) == OTHER


def test_an_answer_when_nobody_is_here_changes_nothing(kiosk: Hands, slow: SlowLine) -> None:
    faults = kiosk.app.failsafe.count
    citizen = Citizen(kiosk)
    citizen.hold_slip(CODE)
    citizen.hold_slip(OTHER)
    model = kiosk.page.model
    kiosk.go_home()
    slow.answer(CODE)
    slow.answer(OTHER)
    model.flow.citizen.open_case(case(CaseStateName.READY))
    kiosk.settle()
    assert kiosk.place == "HOME"
    assert case_in_sight(kiosk) == ""
    assert kiosk.app.failsafe.count == faults


def test_an_answer_after_the_page_was_left_opens_nothing(kiosk: Hands, slow: SlowLine) -> None:
    Citizen(kiosk).hold_slip(CODE)
    kiosk.app.flow.back()
    slow.answer(CODE)
    kiosk.settle()
    assert kiosk.place == "SERVICES"
    assert case_in_sight(kiosk) == ""


def test_a_draft_after_a_slip_leads_to_the_draft(kiosk: Hands, slow: SlowLine) -> None:
    citizen = Citizen(kiosk)
    citizen.hold_slip(CODE)
    citizen.hold_slip("DRAF9QXF0001")
    slow.answer(CODE)
    kiosk.settle()
    assert kiosk.place == "RESUME_DRAFT"
    assert case_in_sight(kiosk) == ""


def test_another_case_than_the_one_asked_for_is_not_opened(kiosk: Hands) -> None:
    kiosk.tap(kiosk.text("home.track"))
    requests: list[Handover[Any]] = []

    def ask(_request: Any, done: Callable[[Any], None]) -> Handover[Any]:
        requests.append(Handover(done))
        return requests[-1]

    model = TrackModel(kiosk.app.flow, ask)
    model.look_up(OTHER)
    requests[0].answer(case(CaseStateName.READY))
    kiosk.settle()
    assert case_in_sight(kiosk) == ""
    assert not model.asking
    assert model.problem == kiosk.text("case.problem.no_line")
    model.close()
