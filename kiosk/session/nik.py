"""The NIK, the 16-digit number of a person: what cannot be is rejected, what is odd is warned of.

2 digits province, 2 regency or city, 2 district, DDMMYY of birth (a woman's day + 40), 4 serial; no check digit. The
region is where it was first issued and stays after a move; the century of the birth is not in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from protocol.limits import NIK_DIGITS

_WOMANS_DAY: Final = 40


class NikProblem(StrEnum):
    """It cannot be a NIK."""

    NOT_DIGITS = "NOT_DIGITS"
    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    NO_SUCH_DATE = "NO_SUCH_DATE"
    SERIAL_ZERO = "SERIAL_ZERO"

    @property
    def text_key(self) -> str:
        return f"nik.problem.{self.lower()}"


class NikWarning(StrEnum):
    """It may be right all the same: people move, and records have errors."""

    UNKNOWN_REGION = "UNKNOWN_REGION"
    OTHER_SEX = "OTHER_SEX"
    OTHER_BIRTH_DATE = "OTHER_BIRTH_DATE"

    @property
    def text_key(self) -> str:
        return f"nik.warning.{self.lower()}"


class Sex(StrEnum):
    MALE = "MALE"
    FEMALE = "FEMALE"


@dataclass(frozen=True, slots=True)
class Nik:
    """A number that can be a NIK."""

    digits: str

    @property
    def region(self) -> str:
        """Six digits: province, regency or city, district."""
        return self.digits[:6]

    @property
    def sex(self) -> Sex:
        return Sex.FEMALE if int(self.digits[6:8]) > _WOMANS_DAY else Sex.MALE

    def birth_dates(self, today: date) -> tuple[date, ...]:
        """The dates it can mean, newest first: this century's and the last's, none in the future."""
        day, month, year = _day_month_year(self.digits)
        found = []
        for century in (today.year // 100 * 100, today.year // 100 * 100 - 100):
            try:
                birth = date(century + year, month, day)
            except ValueError:
                continue
            if birth <= today:
                found.append(birth)
        return tuple(found)

    @property
    def masked(self) -> str:
        """For the screen and the slip: the first four and the last two digits."""
        return self.digits[:4] + "*" * (NIK_DIGITS - 6) + self.digits[-2:]


def check(text: str) -> Nik | NikProblem:
    """The hard rules. Spaces, dots and hyphens between the digits do not count."""
    digits = "".join(character for character in text if character not in " .-")
    if not digits.isascii() or (digits and not digits.isdigit()):
        return NikProblem.NOT_DIGITS
    if len(digits) < NIK_DIGITS:
        return NikProblem.TOO_SHORT
    if len(digits) > NIK_DIGITS:
        return NikProblem.TOO_LONG
    day, month, year = _day_month_year(digits)
    # Two digits of a year: 29 February exists when it does in either century.
    if not any(_exists(century + year, month, day) for century in (1900, 2000)):
        return NikProblem.NO_SUCH_DATE
    if digits.endswith("0000"):
        return NikProblem.SERIAL_ZERO
    return Nik(digits)


def warnings(
    nik: Nik,
    *,
    known_regions: Iterable[str] = (),
    sex: Sex | None = None,
    birth_date: date | None = None,
) -> tuple[NikWarning, ...]:
    """The soft rules. ``known_regions``: prefixes of two to six digits that are known; none means all are."""
    found = []
    prefixes = tuple(known_regions)
    if prefixes and not nik.digits.startswith(prefixes):
        found.append(NikWarning.UNKNOWN_REGION)
    if sex is not None and sex is not nik.sex:
        found.append(NikWarning.OTHER_SEX)
    if birth_date is not None:
        day, month, year = _day_month_year(nik.digits)
        if (birth_date.day, birth_date.month, birth_date.year % 100) != (day, month, year):
            found.append(NikWarning.OTHER_BIRTH_DATE)
    return tuple(found)


def _day_month_year(digits: str) -> tuple[int, int, int]:
    day = int(digits[6:8])
    return (day - _WOMANS_DAY if day > _WOMANS_DAY else day), int(digits[8:10]), int(digits[10:12])


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
