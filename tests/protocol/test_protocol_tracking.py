import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import tracking

codes = st.builds(
    lambda number, seed: tracking.mint(tracking.kiosk_part(number), random.Random(seed).randrange),
    st.integers(0, 32**4 - 1),
    st.integers(),
)


@given(codes)
def test_a_code_reads_back_as_it_is_shown(code: str) -> None:
    assert tracking.parse(tracking.display(code)) == code


@given(codes)
def test_case_spaces_and_confused_letters_do_not_count(code: str) -> None:
    typed = tracking.display(code).lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert tracking.parse(typed) == code


@given(codes, st.integers(0, 11), st.sampled_from(tracking.ALPHABET))
def test_one_wrong_character_is_found(code: str, place: int, character: str) -> None:
    wrong = code[:place] + character + code[place + 1 :]
    assert tracking.parse(wrong) == (code if wrong == code else None)


@given(codes)
def test_the_address_on_the_slip_is_understood(code: str) -> None:
    assert tracking.parse(tracking.address("https://kios.example.id/", code)) == code


def test_exchanged_neighbours_are_nearly_always_found() -> None:
    draw = random.Random(7)
    tried = missed = 0
    for _ in range(400):
        code = tracking.mint("A0Z9", draw.randrange)
        for place in range(11):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            tried += swapped != code
            missed += swapped != code and tracking.parse(swapped) is not None
    assert missed / tried < 0.01


def test_two_kiosks_never_share_a_code() -> None:
    assert tracking.kiosk_part(1) != tracking.kiosk_part(2)
    assert (
        tracking.mint(tracking.kiosk_part(1), lambda n: 5)[:4] != tracking.mint(tracking.kiosk_part(2), lambda n: 5)[:4]
    )


@pytest.mark.parametrize("number", [-1, 32**4])
def test_a_kiosk_number_beyond_the_limit_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 1048575"):
        tracking.kiosk_part(number)


@pytest.mark.parametrize("part", ["", "ABC", "ABCDE", "ABCI", "abcd"])
def test_a_wrong_kiosk_part_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match="4 characters"):
        tracking.mint(part, lambda n: 0)


@pytest.mark.parametrize("text", ["", "0000", "X" * 12 + "Y", "é" * 12, "/t/", "A" * 301, "\x00" * 12])
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert tracking.parse(text) is None
