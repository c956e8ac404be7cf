"""The NIK: only what cannot be is rejected."""

from datetime import date

import pytest

from kiosk.session.nik import Nik, NikProblem, NikWarning, Sex, check, warnings

MAN = "3578011708450001"
WOMAN = "3578015708450001"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", NikProblem.TOO_SHORT),
        (MAN[:-1], NikProblem.TOO_SHORT),
        (MAN + "1", NikProblem.TOO_LONG),
        ("35780117084500O1", NikProblem.NOT_DIGITS),
        ("٣٥٧٨٠١١٧٠٨٤٥٠٠٠١", NikProblem.NOT_DIGITS),
        ("3578013202450001", NikProblem.NO_SUCH_DATE),
        ("3578010008450001", NikProblem.NO_SUCH_DATE),
        ("3578014008450001", NikProblem.NO_SUCH_DATE),
        ("3578017208450001", NikProblem.NO_SUCH_DATE),
        ("3578011713450001", NikProblem.NO_SUCH_DATE),
        ("3578011700450001", NikProblem.NO_SUCH_DATE),
        ("3578012902010001", NikProblem.NO_SUCH_DATE),
        ("3578011708450000", NikProblem.SERIAL_ZERO),
    ],
)
def test_what_cannot_be_is_rejected(text: str, problem: NikProblem) -> None:
    assert check(text) is problem


@pytest.mark.parametrize(
    "text",
    [
        MAN,
        WOMAN,
        "3578 0117 0845 0001",
        "3578.0117.0845.0001",
        "3578012902000001",  # 29 February 2000
        "3578016902040001",  # a woman's 29 February 2004
        "3578013112999999",
        "9999990101009999",  # a region that nobody knows
    ],
)
def test_what_may_be_is_accepted(text: str) -> None:
    assert isinstance(check(text), Nik)


def test_a_woman_is_recognised_by_her_day() -> None:
    assert [Nik(MAN).sex, Nik(WOMAN).sex] == [Sex.MALE, Sex.FEMALE]


def test_both_centuries_are_possible_and_none_in_the_future() -> None:
    assert Nik("3578011708100001").birth_dates(date(2026, 3, 2)) == (date(2010, 8, 17), date(1910, 8, 17))
    assert Nik(MAN).birth_dates(date(2026, 3, 2)) == (date(1945, 8, 17),)


def test_only_what_is_odd_is_warned_of() -> None:
    nik = Nik(MAN)
    assert warnings(nik, known_regions=("3578", "3515"), sex=Sex.MALE, birth_date=date(1945, 8, 17)) == ()
    assert warnings(nik, known_regions=("3515",)) == (NikWarning.UNKNOWN_REGION,)
    assert warnings(nik, sex=Sex.FEMALE) == (NikWarning.OTHER_SEX,)
    assert warnings(nik, birth_date=date(1945, 8, 18)) == (NikWarning.OTHER_BIRTH_DATE,)


def test_without_known_regions_no_region_is_odd() -> None:
    assert warnings(Nik("9999990101009999")) == ()


def test_the_masked_number_hides_birth_and_serial() -> None:
    assert Nik(MAN).masked == "3578**********01"
