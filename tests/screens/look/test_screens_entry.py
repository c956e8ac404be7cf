"""What can be typed, and how it is shown."""

import pytest

from protocol.limits import NIK_DIGITS
from screens.citizen.follow_up.answers import Incomplete, from_entry
from screens.look.widgets.entry import Entry, Layout


def test_a_nik_takes_sixteen_digits_and_no_more() -> None:
    entry = Entry(Layout.NIK)
    entry.type("3578014107900001")
    assert len(entry.text) == NIK_DIGITS
    assert entry.full
    assert not entry.type("9")


def test_a_nik_is_shown_in_fours() -> None:
    assert Entry(Layout.NIK, "357801410790").shown() == "3578 0141 0790"


def test_a_nik_takes_no_letters() -> None:
    entry = Entry(Layout.NIK)
    assert not entry.type("a")
    assert entry.text == ""


def test_a_sentence_begins_with_a_capital() -> None:
    entry = Entry(Layout.LETTERS)
    entry.type("s")
    entry.type("iti")
    assert entry.text == "Siti"


def test_a_pin_is_never_shown() -> None:
    assert "2" not in Entry(Layout.PIN, "2718").shown()


def test_control_characters_are_not_typed() -> None:
    entry = Entry(Layout.LETTERS)
    assert not entry.type("\x1b\x00")


def test_a_code_is_upper_case_with_hyphens() -> None:
    entry = Entry(Layout.CODE)
    entry.type("k7m29qxf")
    assert entry.shown() == "K7M2-9QXF"


@pytest.mark.parametrize(("typed", "value"), [("17081990", "1990-08-17"), ("29022024", "2024-02-29"), ("", "")])
def test_a_date_becomes_a_value(typed: str, value: str) -> None:
    assert from_entry(Layout.DATE, typed) == value


@pytest.mark.parametrize(
    ("layout", "typed", "key"),
    [
        (Layout.DATE, "1708199", "form.problem.date_incomplete"),
        (Layout.DATE, "29022023", "form.problem.date"),
        (Layout.TIME, "083", "form.problem.time_incomplete"),
        (Layout.TIME, "2400", "form.problem.time"),
        (Layout.NUMBER, "-", "form.problem.number"),
    ],
)
def test_what_is_no_value_says_why(layout: Layout, typed: str, key: str) -> None:
    with pytest.raises(Incomplete) as caught:
        from_entry(layout, typed)
    assert caught.value.key == key


def test_the_last_minute_of_a_day_is_a_time() -> None:
    assert from_entry(Layout.TIME, "2359") == "23:59:00.000"
