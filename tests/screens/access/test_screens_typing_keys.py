"""Digits and letters from keys that are felt: as on a telephone, as on a keyboard, and never behind a finger's back."""

from collections.abc import Iterator

import pytest
from keys_kit import press
from screens_harness import Hands

from screens.access.keys import _CODES
from screens.access.typing import LETTERS, TypingKeys, presses
from screens.look.widgets.entry import Entry, Layout


def typed(layout: Layout, *names: str) -> str:
    entry, keys = Entry(layout), TypingKeys()
    for name in names:
        assert keys.types(_CODES[name])
        keys.press(_CODES[name], entry)
    return entry.text


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (("numpad2",), "A"),
        (("numpad2", "numpad2"), "B"),
        (("numpad2",) * 5, "A"),
        (("numpad2", "numpaddecimal", "numpad2"), "Aa"),
        (("numpad7",) * 4 + ("numpad4",) * 3 + ("numpad8",), "Sit"),
        (("numpad2", "numpad0", "numpad2"), "A a"),
        (("numpad2", "numpadmul", "numpad2"), "A"),
        (("numpad2", "numpad3", "backspace"), "A"),
        (("s", "i", "t", "i", "1"), "Siti1"),
        (("numpadmul",), ""),
    ],
)
def test_letters_come_as_on_a_telephone_or_as_on_a_keyboard(names: tuple[str, ...], text: str) -> None:
    assert typed(Layout.LETTERS, *names) == text


def test_digits_type_themselves_where_digits_are_typed() -> None:
    assert typed(Layout.NIK, "numpad3", "numpad3", "5", "5") == "3355"
    assert typed(Layout.DECIMAL, "numpad4", "numpaddecimal", "numpad4") == "4.4"


def test_a_letter_that_was_typed_otherwise_is_not_turned() -> None:
    entry, keys = Entry(Layout.LETTERS), TypingKeys()
    keys.press(_CODES["numpad2"], entry)
    entry.type("x")
    keys.press(_CODES["numpad2"], entry)
    assert entry.text == "Axa"


def test_a_full_field_takes_no_letter_and_loses_none() -> None:
    entry, keys = Entry(Layout.LETTERS, limit=1), TypingKeys()
    for _ in range(3):
        keys.press(_CODES["numpad2"], entry)
    assert entry.text == "C"
    keys.press(_CODES["numpad3"], entry)
    assert entry.text == "C"


def test_what_is_to_be_pressed_types_the_text() -> None:
    text = "Jalan Kenjeran 12, RT 3 aab"
    assert typed(Layout.LETTERS, *presses(text)).lower() == text.lower()
    assert all(digit in letters for digit, letters in LETTERS.items())


# --- on the window -------------------------------------------------------------------------------------------------


@pytest.fixture
def identifying(citizens: Hands) -> Iterator[Hands]:
    citizens.app.flow.citizen.start()
    citizens.app.flow.citizen.open_service("domisili")
    citizens.settle()
    citizens.forward()
    assert citizens.place == "IDENTIFY"
    yield citizens
    citizens.app.flow.voice.stop()


def test_digits_go_into_the_field_of_the_page(identifying: Hands) -> None:
    press(identifying, "tab", *(f"numpad{each}" for each in "3578"), "1")
    assert identifying.page.entry.text == "35781"


def test_what_a_scanner_sends_as_a_keyboard_types_nothing_behind_a_finger(identifying: Hands) -> None:
    press(identifying, *"3578014107900001")
    assert identifying.page.entry.text == ""


def test_a_field_that_has_the_focus_is_typed_into_without_being_chosen(identifying: Hands) -> None:
    press(identifying, "tab", *(f"numpad{each}" for each in "3578014107900001"), "pagedown")
    assert identifying.place == "FORM"
    press(identifying, "tab", "pagedown")
    name = identifying.page.model.focus
    assert name is not None
    press(identifying, *presses("Siti"))
    assert identifying.page.entry.text == "Siti"


def test_the_way_forward_waits_until_there_is_one(identifying: Hands) -> None:
    press(identifying, "tab", "numpad3", "pagedown")
    assert identifying.place == "IDENTIFY"


@pytest.mark.en301549("5.8")
def test_the_same_key_counts_once_where_hands_tremble(identifying: Hands) -> None:
    keypad = identifying.app.keypad
    assert keypad is not None
    keypad._same_key_s = 0.5
    press(identifying, "tab", "numpad3", "numpad3", "numpad5", "numpad3")
    assert identifying.page.entry.text == "353"
    identifying.rehearsal.clock.advance(0.5)
    press(identifying, "numpad3")
    keypad._same_key_s = 0.0
    press(identifying, "numpad3")
    assert identifying.page.entry.text == "35333"
