"""An open case: it follows what the office does, shows all that was written, and what the citizen can do about it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from screens_harness import Hands

from kiosk.cases.case import Case, CaseMessage, CaseStateName
from kiosk.events import CaseUpdated
from kiosk.machine.line_state import LineCondition
from kiosk.store.reports import ReportKind
from kiosk.text import Text
from protocol.messages import Contest, ItemKind, MessageKind
from rehearsal.citizen import Citizen
from rehearsal.devices import BEGIN
from rehearsal.gallery.case_states import CODE, QUESTION, case
from screens.navigation.appearance import Appearance

UNTIL = BEGIN + timedelta(days=21)


@pytest.fixture
def kiosk(citizens: Hands) -> Iterator[Hands]:
    citizens.dress(Appearance())
    yield citizens


def open_case(hands: Hands, state: CaseStateName, **more: Any) -> Case:
    """By its slip."""
    known = replace(case(state), **more)
    hands.rehearsal.line.cases[CODE] = known
    Citizen(hands).hold_slip(CODE)
    assert hands.place == "CASE"
    return known


def office_does(hands: Hands, known: Case) -> None:
    """The feed brings it."""
    hands.rehearsal.line.cases[CODE] = known
    hands.kiosk.bus.publish(CaseUpdated(CODE))
    hands.settle(3)


def message(kind: MessageKind, text: str, hours: int, **more: Any) -> CaseMessage:
    return CaseMessage(f"m{hours}", kind, BEGIN + timedelta(hours=hours), text, **more)


def newest(hands: Hands) -> tuple[ItemKind, str]:
    """What lies in the outbox since the last time."""
    outbox = hands.kiosk.store.outbox
    envelope = outbox.get(outbox.waiting_seqs(1, newest=True)[0])
    assert envelope is not None
    return envelope.kind, envelope.tracking_code


def test_what_the_office_does_is_seen_at_once(kiosk: Hands) -> None:
    open_case(kiosk, CaseStateName.IN_REVIEW)
    office_does(kiosk, replace(case(CaseStateName.QUESTION), note=QUESTION, answer_until=UNTIL))
    kiosk.must_see(QUESTION, kiosk.text("case.state.question"), kiosk.text("case.answer"))
    kiosk.must_see(kiosk.text("case.answer_until", day=kiosk.app.flow.formatting.day(UNTIL)))
    assert kiosk.page.shown.steps[-1].name == kiosk.text("case.state.question")


def test_of_another_case_nothing_is_asked(kiosk: Hands) -> None:
    open_case(kiosk, CaseStateName.IN_REVIEW)
    kiosk.rehearsal.line.cases[CODE] = case(CaseStateName.READY)
    kiosk.kiosk.bus.publish(CaseUpdated("K7M29QXF9999"))
    kiosk.settle(3)
    assert not kiosk.sees(kiosk.text("case.state.ready"))


def test_a_cut_line_takes_nothing_from_the_page(kiosk: Hands) -> None:
    open_case(kiosk, CaseStateName.QUESTION, messages=(message(MessageKind.ASK, QUESTION, 3),))
    kiosk.rehearsal.line.condition = LineCondition.OFFLINE
    kiosk.kiosk.bus.publish(CaseUpdated(CODE))
    kiosk.settle(3)
    kiosk.must_see(QUESTION)


def test_the_slip_of_the_case_in_sight_asks_for_it_anew(kiosk: Hands) -> None:
    open_case(kiosk, CaseStateName.IN_REVIEW)
    kiosk.rehearsal.line.cases[CODE] = case(CaseStateName.READY)
    Citizen(kiosk).hold_slip(CODE)
    kiosk.settle()
    kiosk.must_see(kiosk.text("case.state.ready"), kiosk.text("scan.slip.in_sight"))


def test_all_that_was_written_is_shown_the_newest_first(kiosk: Hands) -> None:
    told = (
        message(MessageKind.ASK, "Nama jalan?", 1),
        message(MessageKind.ANSWER, "Jalan Kenjeran", 2, photos=2),
        message(MessageKind.DECISION, "Selamat", 3),
        message(MessageKind.REOPENING, "", 4, withheld=True),
    )
    open_case(kiosk, CaseStateName.READY, messages=told)
    heads = [one.text for one in kiosk.page.shown.messages]
    photos = kiosk.app.flow.texts.count("case.message.photos", 2)
    assert heads == [kiosk.text("case.message.withheld"), "Selamat", f"Jalan Kenjeran\n{photos}", "Nama jalan?"]
    kiosk.must_see("Nama jalan?", "Jalan Kenjeran", "Selamat", kiosk.text("case.message.answer"))


def test_ones_own_answer_is_seen_at_once_and_once(kiosk: Hands) -> None:
    asked = open_case(kiosk, CaseStateName.QUESTION, messages=(message(MessageKind.ASK, QUESTION, 3),))
    kiosk.forward()
    kiosk.type("Jalan Kenjeran 12")
    kiosk.forward()
    kiosk.back()
    assert kiosk.place == "CASE"
    kiosk.must_see("Jalan Kenjeran 12", kiosk.text("case.message.on_its_way"))
    (mine,) = (one for one in kiosk.app.flow.citizen.messages() if one.is_citizens)
    office_does(kiosk, replace(asked, messages=(*asked.messages, replace(mine, on_its_way=False))))
    assert [one.text for one in kiosk.page.shown.messages] == ["Jalan Kenjeran 12", QUESTION]
    assert not kiosk.sees(kiosk.text("case.message.on_its_way"))


def test_nothing_of_it_is_there_in_the_next_session(kiosk: Hands) -> None:
    test_ones_own_answer_is_seen_at_once_and_once(kiosk)
    kiosk.go_home()
    open_case(kiosk, CaseStateName.READY)
    assert kiosk.page.shown.messages == ()


def test_a_decided_case_is_rated_once(kiosk: Hands) -> None:
    open_case(kiosk, CaseStateName.IN_REVIEW)
    assert not kiosk.sees(kiosk.text("rate.ask_case"))
    office_does(kiosk, case(CaseStateName.READY))
    kiosk.must_see(kiosk.text("rate.ask_case"))
    before = len(kiosk.kiosk.store.reports.waiting(ReportKind.RATING, 100))
    kiosk.tap(kiosk.text("rate.score.4"))
    kiosk.must_see(kiosk.text("rate.thanks"))
    report = kiosk.kiosk.store.reports.waiting(ReportKind.RATING, 100)[-1]
    assert len(kiosk.kiosk.store.reports.waiting(ReportKind.RATING, 100)) == before + 1
    assert CODE not in str(report)
    kiosk.go_home()
    open_case(kiosk, CaseStateName.READY)
    assert not kiosk.sees(kiosk.text("rate.ask_case"))


@pytest.mark.parametrize(
    ("state", "contest", "kind"),
    [
        (CaseStateName.REJECTED, Contest.OBJECTION, ItemKind.OBJECTION),
        (CaseStateName.COLLECTED, Contest.REOPENING, ItemKind.REOPENING),
    ],
)
def test_what_became_of_it_is_contested_with_a_reason(
    kiosk: Hands, state: CaseStateName, contest: Contest, kind: ItemKind
) -> None:
    open_case(kiosk, state, contest=contest, contest_until=UNTIL)
    kiosk.must_see(kiosk.text("case.contest.until", day=kiosk.app.flow.formatting.day(UNTIL)))
    kiosk.tap(kiosk.text(f"case.contest.{contest}"), exactly=True)
    kiosk.must_see(kiosk.text(f"{kind.lower()}.how"))
    assert not kiosk.page.can_forward
    kiosk.type("Alamat saya benar")
    kiosk.forward()
    kiosk.must_see(kiosk.text(f"{kind.lower()}.sent_how"))
    assert newest(kiosk) == (kind, CODE)
    kiosk.back()
    kiosk.must_see("Alamat saya benar", kiosk.text(f"case.message.{kind.lower()}"))


@pytest.mark.parametrize(
    "more",
    [
        {"contest": None},
        {"contest": Contest.OBJECTION, "contest_until": BEGIN - timedelta(seconds=1)},
        {"contest": Contest.OBJECTION, "contest_until": UNTIL, "fresh": False},
    ],
)
def test_it_is_offered_only_where_it_can_still_be_done(kiosk: Hands, more: dict[str, Any]) -> None:
    open_case(kiosk, CaseStateName.REJECTED, **more)
    assert not kiosk.sees(kiosk.text("case.contest.objection"))


def test_once_it_was_said_it_is_not_offered_again_before_the_office_has_it(kiosk: Hands) -> None:
    open_case(kiosk, CaseStateName.REJECTED, contest=Contest.OBJECTION, contest_until=UNTIL)
    kiosk.tap(kiosk.text("case.contest.objection"), exactly=True)
    kiosk.type("Salah")
    kiosk.forward()
    kiosk.back()
    assert not kiosk.sees(kiosk.text("case.contest.objection"))


def test_what_is_looked_at_again_says_so(kiosk: Hands) -> None:
    open_case(kiosk, CaseStateName.REJECTED)
    known = case(CaseStateName.IN_REVIEW)
    steps = (*known.steps[:-1], replace(known.steps[-1], contest=Contest.OBJECTION))
    office_does(kiosk, replace(known, contested=Contest.OBJECTION, steps=steps))
    kiosk.must_see(kiosk.text("case.explained.objection"), kiosk.text("case.contested.objection"))


def test_a_complaints_page_says_who_has_it_now_and_when_silence_closes_it(kiosk: Hands) -> None:
    known = open_case(kiosk, CaseStateName.IN_REVIEW)
    agency = Text.read({"id": "Dinas Perhubungan"})
    steps = (*known.steps, replace(known.steps[-1], forwarded_to=agency))
    closes = kiosk.app.flow.formatting.day(UNTIL)
    office_does(kiosk, replace(case(CaseStateName.APPROVED), steps=steps, closes=UNTIL))
    kiosk.must_see(
        kiosk.text("complaint.case.forwarded", agency="Dinas Perhubungan"),
        kiosk.text("complaint.case.closes", day=closes),
    )


def test_tracking_is_in_the_list_of_services(kiosk: Hands) -> None:
    kiosk.tap(kiosk.text("home.start"))
    kiosk.tap(kiosk.text("home.track"))
    assert kiosk.place == "TRACK"
