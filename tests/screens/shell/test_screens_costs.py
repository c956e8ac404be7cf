"""What a page and a letter cost, counted: widgets, frames, texts that are drawn. Times are measured in ``benchmarks``."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from screens_harness import Hands

from screens.look.widgets.frame import SHELF, Frame
from screens.look.widgets.text import Words
from screens.navigation.places import Name

#: Widgets of a page with its frame, at most: each is a tenth of a millisecond of drawing, and half of one of making.
WIDGETS_MOST = {Name.HOME: 70, Name.SERVICES: 140, Name.SERVICE: 115, Name.SEARCH: 150}
#: Texts that are measured for a letter: what is typed, and the keys when they change to small letters.
TEXTS_A_LETTER = 4


@pytest.fixture
def visitor(citizens: Hands) -> Iterator[Hands]:
    citizens.app.flow.citizen.start()
    citizens.settle()
    yield citizens


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """How often each text was laid out since the beginning of the test."""
    count: Counter[int] = Counter()
    update = Words.texture_update

    def texture_update(words: Words, *args: Any) -> None:
        count[id(words)] += 1
        update(words, *args)

    # Kivy's clock finds a method by its name.
    monkeypatch.setattr(Words, "texture_update", texture_update)
    return count


def widgets(hands: Hands) -> int:
    return sum(1 for _ in hands.page.walk(restrict=True))


def go(hands: Hands, name: Name) -> None:
    citizen = hands.app.flow.citizen
    match name:
        case Name.HOME:
            hands.go_home()
        case Name.SERVICE:
            citizen.open_service("domisili")
        case Name.SEARCH:
            citizen.open_search()
        case _:
            pass
    hands.settle()


@pytest.mark.parametrize("name", WIDGETS_MOST)
def test_a_page_is_made_of_so_many_widgets_at_most(visitor: Hands, name: Name) -> None:
    go(visitor, name)
    assert widgets(visitor) <= WIDGETS_MOST[name]


def test_the_frame_stays_when_the_page_changes(visitor: Hands) -> None:
    frame = visitor.page.frame
    go(visitor, Name.SERVICE)
    assert visitor.page.frame is frame


def test_nothing_of_the_page_before_is_in_the_frame(visitor: Hands) -> None:
    go(visitor, Name.SEARCH)
    visitor.type("do")
    page = visitor.page
    go(visitor, Name.SERVICE)
    frame = visitor.page.frame
    assert (frame.entry, list(frame.suggestions), frame.problem) == (None, [], "")
    assert not any(widget in page.walk() for widget in frame.ids.body.walk(restrict=True))


def test_what_a_page_writes_after_it_was_left_is_written_nowhere(visitor: Hands) -> None:
    page = visitor.page
    go(visitor, Name.SERVICE)
    page.problem = "late"
    assert visitor.page.problem == ""


def test_a_frame_under_a_finger_is_not_kept(visitor: Hands) -> None:
    frame = visitor.page.frame
    frame.ids.back.pressed = True
    go(visitor, Name.SERVICE)
    assert visitor.page.frame is not frame


def test_a_frame_of_another_look_is_not_taken(visitor: Hands) -> None:
    before = visitor.page.frame
    visitor.app.flow.preferences.set_language("en")
    visitor.settle()
    assert visitor.page.frame is not before
    assert all(isinstance(frame, Frame) and frame.look is not before.look for frame in SHELF._frames)


def test_a_letter_measures_few_texts(visitor: Hands, measured: Counter[int]) -> None:
    go(visitor, Name.SEARCH)
    visitor.settle()
    measured.clear()
    visitor.tap_key("d")
    assert 0 < sum(measured.values()) <= TEXTS_A_LETTER


def test_a_text_is_never_written_into_a_picture_in_sight(visitor: Hands) -> None:
    go(visitor, Name.SEARCH)
    words = next(widget for widget in visitor.page.walk() if isinstance(widget, Words) and widget.text)
    before = words.texture
    # As wide and as high as before: Kivy would write it into the same picture.
    words.texture_update()
    assert words.texture is not before
