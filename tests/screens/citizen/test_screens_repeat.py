"""One of several is taken away only after a question, when something was answered in it: by touch and by keys."""

from typing import Any

import pytest
from keys_kit import focused, press, walk_to
from screens_harness import Hands
from speech_kit import Ears, Listener

from protocol.languages import LANGUAGES
from rehearsal import Rehearsal
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way, answer_page
from screens.citizen.controls.repeat import InstanceLine, RemovalAsked
from screens.look.widgets.buttons import IconButton

REPEAT = "/data/anggota"


@pytest.fixture
def ears(rehearsal: Rehearsal) -> Ears:
    return Ears(rehearsal)


def open_list(hands: Hands, answered: int) -> None:
    """The page of the repeat: so many instances with answers, the last one besides them blank."""
    way = Way(hands)
    show("anggota")(way)
    hands.settle()
    for number in range(1, answered + 1):
        if f"{REPEAT}[{number}]" not in nodes(hands):
            way.session.add_repeat(REPEAT)
        way.session.show(f"{REPEAT}[{number}]")
        answer_page(way)
    way.session.add_repeat(REPEAT)
    way.session.show(REPEAT)
    hands.settle()


def nodes(hands: Hands) -> Any:
    session = hands.kiosk.session
    assert session is not None and session.form is not None
    return session.form.nodes


def names(hands: Hands) -> list[str]:
    return [child.children[0].value for child in nodes(hands)[REPEAT].children]


def trash(hands: Hands, number: int) -> IconButton:
    line = next(
        each for each in hands.widgets() if isinstance(each, InstanceLine) and each.title.startswith(f"{number}.")
    )
    return next(each for each in line.walk(restrict=True) if isinstance(each, IconButton))


def title(hands: Hands, number: int) -> str:
    return next(
        each.title
        for each in hands.widgets()
        if isinstance(each, InstanceLine | RemovalAsked) and each.title.startswith(f"{number}.")
    )


def questions(hands: Hands) -> list[RemovalAsked]:
    return [each for each in hands.widgets() if isinstance(each, RemovalAsked)]


def test_what_was_answered_is_not_taken_away_by_one_touch(citizens: Hands) -> None:
    open_list(citizens, answered=2)
    citizens.tap_widget(trash(citizens, 1))
    assert len(names(citizens)) == 3
    citizens.must_see(citizens.text("repeat.remove_really", what=title(citizens, 1)))


def test_it_stays_when_the_answer_is_to_keep_it(citizens: Hands) -> None:
    open_list(citizens, answered=2)
    before = names(citizens)
    citizens.tap_widget(trash(citizens, 1))
    citizens.tap(citizens.text("repeat.keep"))
    assert names(citizens) == before
    assert questions(citizens) == []
    assert trash(citizens, 1).enabled


def test_it_goes_when_it_is_confirmed_and_the_others_stay(citizens: Hands) -> None:
    open_list(citizens, answered=2)
    form = nodes(citizens)
    citizens.kiosk.session.answer(form[f"{REPEAT}[2]"].children[0].ref, "Budi")
    citizens.page.refresh()
    citizens.settle()
    citizens.tap_widget(trash(citizens, 1))
    citizens.tap(citizens.text("repeat.remove_now"), exactly=True)
    assert names(citizens) == ["Budi", ""]
    assert questions(citizens) == []


def test_a_blank_one_goes_at_once(citizens: Hands) -> None:
    open_list(citizens, answered=1)
    citizens.tap_widget(trash(citizens, 2))
    assert len(names(citizens)) == 1


def test_one_is_asked_about_at_a_time(citizens: Hands) -> None:
    open_list(citizens, answered=2)
    citizens.tap_widget(trash(citizens, 1))
    citizens.tap_widget(trash(citizens, 2))
    (asked,) = questions(citizens)
    assert asked.title.startswith("2.")


def test_the_question_is_gone_when_the_page_was_left(citizens: Hands) -> None:
    open_list(citizens, answered=2)
    citizens.tap_widget(trash(citizens, 1))
    citizens.forward()
    citizens.back()
    assert questions(citizens) == []
    assert len(names(citizens)) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_is_in_the_language_of_the_citizen(citizens: Hands, language: str) -> None:
    citizens.app.flow.preferences.set_language(language)
    open_list(citizens, answered=2)
    citizens.tap_widget(trash(citizens, 1))
    citizens.must_see(
        citizens.text("repeat.remove_really", what=title(citizens, 1)),
        citizens.text("repeat.remove_now"),
        citizens.text("repeat.keep"),
    )


@pytest.mark.parametrize(("answer", "left"), [("repeat.keep", 3), ("repeat.remove_now", 2)])
def test_keys_alone_ask_and_answer(citizens: Hands, answer: str, left: int) -> None:
    open_list(citizens, answered=2)
    walk_to(citizens, citizens.text("repeat.remove", what=title(citizens, 1)))
    press(citizens, "enter")
    assert len(names(citizens)) == 3
    # OK pressed twice keeps what is there.
    assert focused(citizens).text == citizens.text("repeat.keep")
    walk_to(citizens, citizens.text(answer), key="shift+tab")
    press(citizens, "enter")
    assert len(names(citizens)) == left


def test_the_question_is_heard(ears: Ears, hands: Hands) -> None:
    hands.app.flow.voice.start()
    open_list(hands, answered=2)
    listener = Listener(hands, ears)
    walk_to(hands, hands.text("repeat.remove", what=title(hands, 1)))
    listener.listen()
    assert hands.text("repeat.remove_really", what=title(hands, 1)).rstrip("?.") in listener.press("enter")
