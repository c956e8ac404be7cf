"""What the scanner reads while a form is filled in: taken by the question that asks for it, by no other."""

import pytest
from questions_kit import question_of
from screens_harness import Hands

from protocol.languages import LANGUAGES
from rehearsal.citizen import NIK, Citizen
from rehearsal.devices import Scan
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way, open_form
from screens.citizen.controls.question import Question
from screens.look.widgets.entry import Entry, Layout

CODE = "8991234567890"
MOTHER = "3578015203920002"


def open_page(hands: Hands, name: str) -> Question:
    """The page of the question ``name`` of the service that asks one of every kind."""
    show(name)(Way(hands))
    hands.settle()
    (question,) = Citizen(hands).questions()
    return question


def open_births(hands: Hands, name: str) -> Question:
    """The page of a birth's form that asks ``name``."""
    open_form(Way(hands), "kelahiran")
    session = hands.kiosk.session
    assert session is not None and session.form is not None
    session.show(next(node.ref for node in session.form.nodes.values() if node.name == name))
    hands.settle()
    return question_of(hands, name)


def scan(hands: Hands, text: str, kind: str = "UNKNOWN", nik: str | None = None) -> None:
    hands.rehearsal.scanner.scan(Scan(kind, text, nik=nik))
    hands.settle()


def scan_text(hands: Hands, key: str, what: str = "") -> str:
    return hands.text(f"form.scan.{key}", what=what)


def test_a_name_that_is_being_typed_stays_and_the_scan_is_reported_as_of_no_use(citizens: Hands) -> None:
    question = open_page(citizens, "nama")
    citizens.type("Siti Aminah")
    Citizen(citizens).hold_rubbish()
    assert question.node.value == "Siti Aminah"
    assert citizens.page.entry.text == "Siti Aminah"
    citizens.must_see(scan_text(citizens, "unused"))


def test_a_number_is_not_erased_by_what_it_cannot_hold(citizens: Hands) -> None:
    question = open_page(citizens, "anak")
    citizens.type("2")
    scan(citizens, "ABCDEF")
    assert question.node.value == "2"


def test_the_search_in_a_long_list_takes_no_scan(citizens: Hands) -> None:
    open_page(citizens, "kota")
    citizens.type("Sura")
    scan(citizens, CODE)
    assert citizens.page.entry.text == "Sura"


def test_a_code_replaces_what_was_typed_where_a_code_is_asked_for(citizens: Hands) -> None:
    question = open_page(citizens, "nomor_dokumen")
    citizens.type("Ab")
    scan(citizens, f"{CODE}\r\n")
    assert question.node.value == CODE
    citizens.must_see(scan_text(citizens, "taken", question.label))


def test_a_code_is_taken_as_it_is_read(citizens: Hands) -> None:
    question = open_page(citizens, "nomor_dokumen")
    scan(citizens, "ab-12/c")
    assert question.node.value == "ab-12/c"


def test_a_code_that_is_too_long_leaves_what_was_typed(citizens: Hands) -> None:
    question = open_page(citizens, "nomor_dokumen")
    citizens.type("Ab12")
    scan(citizens, "9" * (citizens.page.entry.limit + 1))
    assert question.node.value == "Ab12"
    citizens.must_see(scan_text(citizens, "unfit", question.label))


def test_a_code_is_taken_when_the_keyboard_was_put_away(citizens: Hands) -> None:
    question = open_page(citizens, "nomor_dokumen")
    citizens.page.model.unfocus()
    citizens.settle()
    scan(citizens, CODE)
    assert question.node.value == CODE


def test_a_badge_is_nobodys_answer(citizens: Hands) -> None:
    question = open_page(citizens, "nomor_dokumen")
    Citizen(citizens).hold_badge()
    assert question.node.value == ""
    citizens.must_see(citizens.text("scan.badge.session"))


def test_a_card_answers_the_question_of_a_nik(citizens: Hands) -> None:
    question = open_births(citizens, "nik_ibu")
    citizens.tap_widget(next(each for each in question.walk(restrict=True) if getattr(each, "entry", None)))
    citizens.type("357")
    Citizen(citizens).hold_card(MOTHER)
    assert question.node.value == MOTHER
    citizens.must_see(scan_text(citizens, "taken", question.label))


def test_a_card_goes_past_the_name_that_is_being_typed_to_the_nik_of_the_page(citizens: Hands) -> None:
    nik = open_births(citizens, "nik_ibu")
    name = next(each for each in Citizen(citizens).questions() if each.node.name.startswith("nama"))
    citizens.tap_widget(next(each for each in name.walk(restrict=True) if getattr(each, "entry", None)))
    citizens.type("Sumiati")
    Citizen(citizens).hold_card(MOTHER)
    assert (name.node.value, nik.node.value) == ("Sumiati", MOTHER)


def test_a_nik_that_stands_there_is_not_replaced_unless_it_is_being_typed_into(citizens: Hands) -> None:
    question = open_births(citizens, "nik_ibu")
    Citizen(citizens).hold_card(MOTHER)
    citizens.page.model.unfocus()
    Citizen(citizens).hold_card(NIK)
    assert question.node.value == MOTHER
    citizens.must_see(scan_text(citizens, "unused"))


def test_another_number_of_sixteen_digits_takes_no_card(citizens: Hands) -> None:
    open_form(Way(citizens), "kk-perubahan")
    session = citizens.kiosk.session
    assert session is not None and session.form is not None
    session.show(next(node.ref for node in session.form.nodes.values() if node.name == "nomor_kk"))
    citizens.settle()
    question = question_of(citizens, "nomor_kk")
    citizens.tap_widget(next(each for each in question.walk(restrict=True) if getattr(each, "entry", None)))
    citizens.type("35")
    Citizen(citizens).hold_card()
    assert question.node.value == "35"


def test_the_hint_goes_when_something_is_typed(citizens: Hands) -> None:
    open_page(citizens, "nama")
    scan(citizens, CODE)
    citizens.must_see(scan_text(citizens, "unused"))
    citizens.type("S")
    assert not citizens.sees(scan_text(citizens, "unused"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hint_is_in_the_language_of_the_citizen(citizens: Hands, language: str) -> None:
    citizens.app.flow.preferences.set_language(language)
    open_page(citizens, "nama")
    scan(citizens, CODE)
    citizens.must_see(scan_text(citizens, "unused"))


@pytest.mark.parametrize(
    ("layout", "before", "text", "after"),
    [
        (Layout.DIGITS, "12", "3578", "3578"),
        (Layout.DIGITS, "12", "35A8", "12"),
        (Layout.DIGITS, "12", "9" * 41, "12"),
        (Layout.LETTERS, "Siti", "", "Siti"),
        (Layout.LETTERS, "", "ab", "ab"),
    ],
)
def test_all_of_a_text_is_put_or_nothing(layout: Layout, before: str, text: str, after: str) -> None:
    entry = Entry(layout, before)
    assert entry.put(text) is (after == text)
    assert entry.text == after
