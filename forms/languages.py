"""The languages of forms: which one a name means, and how it names months and days."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError

_CODE: Final = re.compile(r"\(([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*)\)\s*\Z|\A([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*)\Z")
STAND_INS: Final = {"mad": "id"}
"""Languages that CLDR does not have, and the one whose dates their speakers read."""


def language_code(name: str) -> str:
    """The code in a language's name, as ``jv`` in “Basa Jawa (jv)” or in “jv”; blank where it has none."""
    match = _CODE.search(name.strip())
    return (match.group(1) or match.group(2)).lower().replace("_", "-") if match is not None else ""


@lru_cache(maxsize=64)
def locale_of(name: str) -> Locale | None:
    """What is known of dates in a language by its name in a form; None where that tells no known language."""
    code = language_code(name)
    try:
        return Locale.parse(STAND_INS.get(code, code), sep="-") if code else None
    except (UnknownLocaleError, ValueError):
        main = code.partition("-")[0]
        return None if main == code else locale_of(main)


def month_name(locale: Locale, month: int) -> str:
    """The short name of a month, from 1, as it stands in a date."""
    return str(locale.months["format"]["abbreviated"][month])


def day_name(locale: Locale, weekday: int) -> str:
    """The short name of a day, 0 for Monday, as it stands in a date."""
    return str(locale.days["format"]["abbreviated"][weekday])
