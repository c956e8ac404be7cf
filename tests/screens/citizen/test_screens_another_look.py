"""Another language or text size in the middle of something: what was typed, sent or photographed is still there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from screens_harness import Hands

from kiosk.cases.case import Case, CaseStateName
from kiosk.text import Text
from rehearsal.every_control import SERVICE_ID
from rehearsal.gallery.way import Way, open_form
from screens.look.tokens import TextSize
from screens.navigation.appearance import DEFAULT_APPEARANCE
from screens.navigation.places import Name, Place

CODE = "K7M29QXF4TRC"
NIK = "3578014107900001"


def another_language(hands: Hands) -> None:
    hands.app.flow.preferences.set_language("en")
    hands.settle()


def another_size(hands: Hands) -> None:
    hands.app.flow.preferences.set_text_size(TextSize.EXTRA)
    hands.settle()


@pytest.fixture(params=[another_language, another_size])
def change(request: pytest.FixtureRequest) -> Callable[[Hands], None]:
    changed: Callable[[Hands], None] = request.param
    return changed


def open_identify(hands: Hands) -> None:
    hands.app.flow.citizen.start()
    hands.app.flow.citizen.open_service("domisili")
    hands.settle()
    hands.forward()


def open_answer(hands: Hands) -> None:
    now = hands.kiosk.clock.now()
    hands.app.flow.citizen.start()
    hands.app.flow.citizen.open_case(
        Case(
            code=CODE,
            service="domisili",
            service_name=Text({"id": "Surat Keterangan Domisili"}),
            agency_name=Text({"id": "Kelurahan"}),
            state=CaseStateName.QUESTION,
            updated_at=now,
            received_at=now - timedelta(days=1),
            note="Mohon difoto lagi.",
        )
    )
    hands.app.flow.citizen.open_answer()
    hands.settle()


def open_search(hands: Hands) -> None:
    hands.app.flow.citizen.start()
    hands.app.flow.citizen.open_search()
    hands.settle()


def open_track(hands: Hands) -> None:
    hands.app.flow.citizen.start()
    hands.app.flow.citizen.open_track()
    hands.settle()


def open_resume(hands: Hands) -> None:
    hands.app.flow.citizen.start()
    hands.app.flow.drafts.begin_resume()
    hands.settle()


def open_save(hands: Hands) -> None:
    open_form(Way(hands), "domisili")
    hands.app.flow.drafts.begin_save()
    hands.settle()


PAGES: dict[str, tuple[Callable[[Hands], None], str]] = {
    "identify": (open_identify, "35780141"),
    "search": (open_search, "lahir"),
    "answer": (open_answer, "Sudah saya"),
    "track": (open_track, "K7M29Q"),
    "resume a draft": (open_resume, "K7M29Q"),
    "save a draft": (open_save, "1708"),
}


@pytest.mark.parametrize("name", PAGES)
def test_what_is_being_typed_stays(citizens: Hands, name: str, change: Callable[[Hands], None]) -> None:
    opened, text = PAGES[name]
    opened(citizens)
    citizens.type(text)
    change(citizens)
    assert citizens.page.entry.text == text
    citizens.type("1")
    assert citizens.page.entry.text == f"{text}1"


@pytest.mark.parametrize(("name", "text"), [("lahir", "1708"), ("nama", "Si")])
def test_a_half_typed_answer_stays_and_what_is_wrong_is_shown_anew(
    citizens: Hands, name: str, text: str, change: Callable[[Hands], None]
) -> None:
    open_form(Way(citizens), SERVICE_ID)
    session = citizens.kiosk.session
    assert session is not None
    session.show(f"/data/{name}")
    citizens.settle()
    citizens.type(text)
    citizens.forward()
    assert citizens.page.model.first_wrong
    change(citizens)
    assert citizens.page.entry.text == text
    (question,) = citizens.page._questions
    assert question.problem
    if name == "lahir":
        assert question.problem == citizens.text("form.problem.date_incomplete")


def test_an_answer_that_was_sent_stays_sent(citizens: Hands, change: Callable[[Hands], None]) -> None:
    open_answer(citizens)
    citizens.type("Sudah")
    citizens.forward()
    waiting = citizens.kiosk.store.outbox.waiting_seqs(10, newest=False)
    change(citizens)
    assert citizens.page.sent
    citizens.forward()
    assert citizens.kiosk.store.outbox.waiting_seqs(10, newest=False) == waiting
    assert citizens.kiosk.session is None


def test_a_photo_for_the_office_stays(citizens: Hands, change: Callable[[Hands], None]) -> None:
    open_answer(citizens)
    citizens.tap(citizens.text("answer.photo"))
    citizens.tap(citizens.text("photo.shoot"))
    citizens.join()
    change(citizens)
    answering = citizens.app.flow.citizen.answering
    assert answering is not None
    assert answering.photo is not None
    assert citizens.unseen(citizens.text("photo.again")) == []
    citizens.forward()
    assert citizens.page.sent


def test_the_code_of_a_draft_that_was_kept_stays(citizens: Hands, change: Callable[[Hands], None]) -> None:
    open_save(citizens)
    citizens.type("17081990")
    citizens.forward()
    citizens.settle()
    code = citizens.page.code
    assert code
    change(citizens)
    assert citizens.page.kept
    assert citizens.page.code == code
    assert citizens.unseen(code) == []


def test_back_from_the_answer_keeps_it_and_leaving_asks_first(citizens: Hands) -> None:
    open_answer(citizens)
    citizens.type("Sudah")
    citizens.app.flow.back()
    citizens.settle()
    citizens.app.flow.citizen.open_answer()
    citizens.settle()
    assert citizens.page.entry.text == "Sudah"
    citizens.app.flow.ask_leave()
    assert citizens.kiosk.session is not None
    citizens.app.flow.close_over()
    citizens.app.flow.citizen.leave()
    citizens.settle()
    assert citizens.app.flow.citizen.answering is None


def test_back_to_the_identity_finds_the_number_again(citizens: Hands) -> None:
    open_identify(citizens)
    citizens.type(NIK)
    citizens.forward()
    assert citizens.app.flow.place.name is Name.FORM
    citizens.app.flow.back()
    citizens.settle()
    assert citizens.app.flow.place.name is Name.IDENTIFY
    assert citizens.page.entry.text == NIK
    citizens.forward()
    assert citizens.app.flow.place.name is Name.FORM


def test_another_page_inherits_nothing(citizens: Hands) -> None:
    open_search(citizens)
    citizens.type("lahir")
    citizens.app.flow.back()
    citizens.app.flow.preferences.set_text_size(TextSize.LARGE)
    citizens.settle()
    citizens.app.flow.citizen.open_page(Place(Name.SEARCH))
    citizens.settle()
    assert citizens.page.entry.text == ""


@pytest.fixture(autouse=True)
def own_look_again(citizens: Hands) -> None:
    citizens.dress(replace(DEFAULT_APPEARANCE))
