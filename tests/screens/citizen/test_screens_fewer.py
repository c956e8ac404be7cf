"""A lower number of people: typed key by key nobody is lost, and whoever was filled in goes only when it is agreed."""

from typing import Any

import pytest
from keys_kit import focused, press, walk_to
from screens_harness import Hands

from protocol.languages import LANGUAGES
from rehearsal.gallery.control_states import guests
from rehearsal.gallery.way import Way
from screens.look.colours import Contrast
from screens.navigation.places import Over
from screens.shell.overlays import FewerPanel

COUNT = "/data/kunjungan/jumlah_tamu"
NAMES = ("Siti", "Budi", "Ani")


def arrive(hands: Hands, *names: str) -> None:
    """The page with the number, and so many guests with their names; the keyboard types into the number."""
    guests(*(names or NAMES))(Way(hands))
    hands.settle()
    hands.tap(hands.page.model.questions[0].label)
    hands.settle()


def form(hands: Hands) -> Any:
    session = hands.kiosk.session
    assert session is not None and session.form is not None
    return session.form


def present(hands: Hands) -> list[str]:
    return [guest.children[0].value for guest in form(hands).nodes["/data/kunjungan/tamu"].children]


def retype(hands: Hands, number: str) -> None:
    """Backspace until nothing is left, then digit by digit: by the keys on the glass."""
    for _ in hands.page.entry.text:
        hands.strike("<backspace>")
    for digit in number:
        hands.strike(digit)


def asked(hands: Hands) -> bool:
    hands.settle()
    return isinstance(hands.stage.over, FewerPanel)


def question(hands: Hands, number: int) -> str:
    texts = hands.app.flow.texts
    return str(texts.count("fewer.text", number, what=form(hands).nodes["/data/kunjungan/tamu"].label))


def test_a_number_corrected_digit_by_digit_asks_nothing_and_loses_nobody(citizens: Hands) -> None:
    arrive(citizens)
    retype(citizens, "14")
    assert not asked(citizens)
    retype(citizens, "3")
    citizens.forward()
    citizens.forward()
    assert not asked(citizens)
    assert present(citizens) == list(NAMES)


def test_the_next_field_is_where_the_number_stands(citizens: Hands) -> None:
    arrive(citizens)
    retype(citizens, "1")
    assert not asked(citizens)
    citizens.tap(citizens.page.model.questions[1].label)
    assert asked(citizens)
    citizens.must_see(
        citizens.text("fewer.title"), question(citizens, 2), citizens.text("fewer.keep"), citizens.text("fewer.go")
    )


def test_kept_the_number_is_back_and_so_is_everybody(citizens: Hands) -> None:
    arrive(citizens)
    retype(citizens, "1")
    citizens.tap(citizens.page.model.questions[1].label)
    citizens.tap(citizens.text("fewer.keep"))
    assert not asked(citizens)
    assert present(citizens) == list(NAMES)
    assert citizens.page.entry.text == "3"
    assert citizens.page.model.focus.ref == COUNT


def test_agreed_they_are_set_aside_and_a_higher_number_brings_them_back(citizens: Hands) -> None:
    arrive(citizens)
    retype(citizens, "1")
    citizens.tap(citizens.page.model.questions[1].label)
    citizens.tap(citizens.text("fewer.go"))
    assert not asked(citizens)
    assert present(citizens) == ["Siti"]
    citizens.tap(citizens.page.model.questions[0].label)
    retype(citizens, "4")
    citizens.tap(citizens.page.model.questions[1].label)
    assert not asked(citizens)
    assert present(citizens) == [*NAMES, ""]


def test_forward_asks_before_the_page_is_left_and_goes_on_when_it_is_agreed(citizens: Hands) -> None:
    arrive(citizens)
    citizens.page.model.entry(citizens.page.model.questions[1]).set("Malang")
    retype(citizens, "2")
    citizens.forward()
    assert asked(citizens)
    citizens.must_see(question(citizens, 1))
    assert citizens.page.model.page.ref == "/data/kunjungan"
    citizens.tap(citizens.text("fewer.go"))
    assert citizens.page.model.page.ref == "/data/kunjungan/tamu[1]"
    assert present(citizens) == ["Siti", "Budi"]


def test_forward_stays_when_they_are_to_be_kept(citizens: Hands) -> None:
    arrive(citizens)
    citizens.page.model.entry(citizens.page.model.questions[1]).set("Malang")
    retype(citizens, "2")
    citizens.forward()
    citizens.tap(citizens.text("fewer.keep"))
    assert citizens.page.model.page.ref == "/data/kunjungan"
    assert present(citizens) == list(NAMES)


@pytest.mark.parametrize(("answer", "left"), [("fewer.keep", 3), ("fewer.go", 1)])
def test_back_asks_too(citizens: Hands, answer: str, left: int) -> None:
    arrive(citizens)
    retype(citizens, "1")
    citizens.back()
    assert asked(citizens)
    citizens.tap(citizens.text(answer))
    assert (citizens.page.model.page.ref == "/data/kunjungan") == (answer == "fewer.keep")
    assert len(present(citizens)) == left


def test_putting_the_keyboard_away_is_leaving_the_field(citizens: Hands) -> None:
    arrive(citizens)
    retype(citizens, "1")
    citizens.page.model.unfocus()
    assert asked(citizens)


def test_a_number_that_is_chosen_stands_at_once(citizens: Hands) -> None:
    arrive(citizens)
    citizens.page.model.answer(COUNT, "2")
    assert asked(citizens)
    citizens.tap(citizens.text("fewer.keep"))
    assert form(citizens).nodes[COUNT].value == "3"


def test_help_in_between_leaves_the_question_open(citizens: Hands) -> None:
    arrive(citizens)
    retype(citizens, "1")
    citizens.page.model.unfocus()
    assert asked(citizens)
    press(citizens, "f1")
    citizens.settle()
    citizens.tap(citizens.text("help.close"))
    assert not asked(citizens)
    citizens.back()
    assert asked(citizens)
    citizens.tap(citizens.text("fewer.keep"))
    assert present(citizens) == list(NAMES)


def test_blank_guests_go_without_a_word(citizens: Hands) -> None:
    arrive(citizens, "Siti", "", "")
    retype(citizens, "1")
    citizens.tap(citizens.page.model.questions[1].label)
    assert not asked(citizens)
    assert present(citizens) == ["Siti"]


def test_a_blank_number_says_nothing_yet(citizens: Hands) -> None:
    arrive(citizens)
    retype(citizens, "")
    citizens.tap(citizens.page.model.questions[1].label)
    assert not asked(citizens)
    assert present(citizens) == list(NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_asked_in_the_language_of_the_citizen(citizens: Hands, language: str) -> None:
    citizens.app.flow.preferences.set_language(language)
    arrive(citizens)
    retype(citizens, "1")
    citizens.page.model.unfocus()
    citizens.settle()
    citizens.must_see(question(citizens, 2), citizens.text("fewer.title"), citizens.text("fewer.go"))


def test_another_look_keeps_the_question_and_its_answer(citizens: Hands) -> None:
    arrive(citizens)
    retype(citizens, "1")
    citizens.page.model.unfocus()
    citizens.app.flow.preferences.set_contrast(Contrast.DARK)
    assert asked(citizens)
    citizens.tap(citizens.text("fewer.keep"))
    assert present(citizens) == list(NAMES)
    assert citizens.page.entry.text == "3"


@pytest.mark.parametrize(("keys", "left"), [(["enter"], 3), (["escape"], 3), (["shift+tab", "enter"], 1)])
def test_keys_alone_answer_and_pressed_twice_keep_everybody(citizens: Hands, keys: list[str], left: int) -> None:
    arrive(citizens)
    retype(citizens, "1")
    press(citizens, "tab")
    citizens.page.model.unfocus()
    citizens.settle()
    walk_to(citizens, citizens.text("fewer.keep"))
    if keys[0] == "shift+tab":
        walk_to(citizens, citizens.text("fewer.go"), key="shift+tab")
        assert focused(citizens).text == citizens.text("fewer.go")
        keys = keys[1:]
    press(citizens, *keys)
    assert not asked(citizens)
    assert len(present(citizens)) == left


def test_nothing_of_it_outlives_the_session(citizens: Hands) -> None:
    arrive(citizens)
    retype(citizens, "1")
    citizens.page.model.unfocus()
    assert asked(citizens)
    citizens.app.flow.citizen.leave()
    citizens.settle()
    assert citizens.app.flow.over is Over.NOTHING
    assert citizens.app.flow.fewer.asked is None
