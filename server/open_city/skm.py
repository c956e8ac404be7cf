"""The satisfaction index (IKM) of a survey (SKM), as PermenPANRB 14/2017 works it out.

Index = Σ (mean of an element × weight) × 25, rounded once, at the end. Offices use three weights for the nine elements
(1/9, 0.111, 0.11), which give other grades for the same answers; it is a setting, and stands beside the index.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from protocol.reports import Element

SCALE: Final = 25
_CENT: Final = Decimal("0.01")
#: (at least, grade), best first.
GRADES: Final = (
    (Decimal("88.31"), "A"),
    (Decimal("76.61"), "B"),
    (Decimal("65.00"), "C"),
)
LOWEST_GRADE: Final = "D"
#: With fewer respondents no index is told: it would say little about an office, and much about single people. Surveys
#: speak of a large sample from thirty on; a city may set another number within the limits.
LEAST_RESPONDENTS: Final = 30
FEWEST_ALLOWED: Final = 5
MOST_ALLOWED: Final = 1000


class Weight(StrEnum):
    NINTH = "1/9"
    THREE_DIGITS = "0.111"
    TWO_DIGITS = "0.11"

    @property
    def value_of(self) -> Fraction:
        return Fraction(self.value)


@dataclass(frozen=True)
class Sums:
    """What the database adds up: ratings and the sum of their scores, by element."""

    count: int
    by_element: Mapping[Element, int]


@dataclass(frozen=True)
class Index:
    #: Two decimals.
    value: Decimal
    grade: str
    count: int
    #: Means by element, two decimals.
    means: Mapping[Element, Decimal]


def index_of(sums: Sums, weight: Weight) -> Index | None:
    """None when nobody has rated."""
    if not sums.count:
        return None
    means = {element: Fraction(sums.by_element[element], sums.count) for element in Element}
    value = rounded(sum(means.values(), Fraction()) * weight.value_of * SCALE)
    return Index(
        value,
        grade_of(value),
        sums.count,
        MappingProxyType({element: rounded(mean) for element, mean in means.items()}),
    )


def quick_index_of(count: int, total: int) -> Decimal | None:
    """Of quick ratings, on the same 25 to 100; no IKM, for that asks nine elements."""
    return rounded(Fraction(total, count) * SCALE) if count else None


def grade_of(value: Decimal) -> str:
    """A to D for an index with two decimals."""
    return next((grade for least, grade in GRADES if value >= least), LOWEST_GRADE)


def rounded(value: Fraction) -> Decimal:
    """Half up, to two decimals, as reports write it."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_CENT, ROUND_HALF_UP)
