"""Identity numbers in what officers type: masked however they are written, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.foundation.identity_numbers import mask, mask_values, masked
from tests.server.kiosk_client import NIK


@pytest.mark.parametrize(
    "typed",
    [
        NIK,
        "3578 0141 0790 0003",
        "3578.0141.0790.0003",
        "3578-0141-0790-0003",
        "35.78.01.410790.0003",
        "357801 410790 0003",
        "357801-41-07-90-0003",
        "3578 - 0141 0790 0003".replace(" - ", "- "),
        "3578\u20130141\u20130790\u20130003",
        "3578\u00a00141\u00a00790\u00a00003",
        "3578\n0141\n0790\n0003",
        "35780141 07900003",
        "3578014 107900003",
    ],
)
@pytest.mark.parametrize("around", ["{}", "NIK {}.", "a.n. Siti (NIK:{}), RT 03", "NIK{}", "RT 3 {} 12"])
def test_a_number_is_masked_however_it_is_typed(typed: str, around: str) -> None:
    shown = mask(around.format(typed))
    digits = "".join(filter(str.isdigit, typed))
    left = "".join(sign for sign in shown if sign.isdigit() or sign == "•")
    assert digits[:4] + "•" * 10 + digits[-2:] in left
    assert digits not in "".join(filter(str.isdigit, shown))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Silakan datang 24 November 2026 pukul 09.30",
        "24-11-2026 - 25-11-2026",
        "12.10.2026-05.11.2026",
        "2026-11-24 08:30:00",
        "0812-3456-7890",
        "0812 3456 7890, 0813 4567 8901",
        "Rp 10.500.000 dan Rp 12.500.000",
        "10.500.000-12.500.000",
        "Nomor 12345678901234567",
        "123456789012345",
        "surat-0001/470/2026",
        "12345678-1234-4123-8123-123456789012",
        "a1234567890123456b" + "0" * 46,
    ],
)
def test_dates_prices_and_telephones_stay(text: str) -> None:
    assert mask(text) == text


def test_a_number_of_single_digits_is_masked_beside_others() -> None:
    assert "•" * 10 in mask(" ".join(NIK)).replace(" ", "")
    assert mask(f"RT 3 {' '.join(NIK)}").count("•") >= 10


def test_a_number_of_no_real_region_is_masked_where_it_stands_alone() -> None:
    assert mask("NIK: 9934 5678 9012 3456.") == "NIK: 9934 •••• •••• ••56."


def test_both_of_two_numbers_are_masked() -> None:
    assert mask(f"{NIK}, {NIK}") == f"{masked(NIK)}, {masked(NIK)}"


def test_separators_stay_where_they_were() -> None:
    assert mask("3578 0141 0790 0003") == "3578 •••• •••• ••03"


def test_texts_are_masked_at_any_depth() -> None:
    details = {"reason": NIK, "n": 3, "list": [NIK, {"deep": NIK}]}
    assert mask_values(details) == {"reason": masked(NIK), "n": 3, "list": [masked(NIK), {"deep": masked(NIK)}]}


@given(st.text(alphabet="0123456789 .-x\n", max_size=80))
def test_any_text_keeps_its_length_and_what_is_no_digit(text: str) -> None:
    shown = mask(text)
    assert len(shown) == len(text)
    assert all(new == old or (new == "•" and old.isdigit()) for new, old in zip(shown, text, strict=True))
    assert mask(shown) == shown
