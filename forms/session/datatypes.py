"""The lexical forms of XForms' data types: what is stored, and what is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

from forms.xpath.dates import datetime_of_text
from forms.xpath.values import plain_number

INT_LEAST, INT_MOST = -(2**31), 2**31 - 1
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T[\d:.]*)?\Z", re.ASCII)
_TIME = re.compile(r"(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?(Z|[-+]\d{2}:\d{2})?\Z", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[-+]\d{2}:\d{2})?\Z", re.ASCII)
_OFFSET = re.compile(r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)\Z", re.ASCII)


def _integer(text: str) -> str:
    number = plain_number(text)
    if not math.isfinite(number):
        return ""
    whole = math.trunc(number)
    return str(whole) if INT_LEAST <= whole <= INT_MOST else ""


def text_of_decimal(number: float) -> str:
    """A decimal as ODK stores it: at least one digit after the point, no exponent."""
    text = format(Decimal(repr(number)), "f")
    if "." not in text:
        return f"{text}.0"
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction[:20].rstrip('0') or '0'}"


def _decimal(text: str) -> str:
    number = plain_number(text)
    return text_of_decimal(number) if math.isfinite(number) else ""


def _date(text: str) -> str:
    match = _DATE.match(text)
    if match is None:
        return ""
    try:
        return date(*(int(part) for part in match.groups())).isoformat()
    except ValueError:
        return ""


def _time(text: str) -> str:
    match = _TIME.match(text)
    if match is None:
        return ""
    hour, minute, second, _, offset = match.groups()
    try:
        time(int(hour), int(minute or 0), int(second or 0))
    except ValueError:
        return ""
    return "" if offset is not None and not _OFFSET.match(offset) else text


def _date_time(text: str) -> str:
    from datetime import UTC

    if not _DATE_TIME.match(text):
        return ""
    return text if datetime_of_text(text, UTC) is not None else ""


def _place(text: str) -> str:
    parts = text.split()
    if not len(parts) >= 2:
        return ""
    numbers = [plain_number(part) for part in parts[:4]]
    if not all(map(math.isfinite, numbers)) or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        return ""
    if numbers[0] == 0 and numbers[1] == 0:
        return ""
    return " ".join(text_of_decimal(number) for number in numbers)


def _places(text: str, least: int, closed: bool) -> str:
    parts = [part for part in text.strip().removesuffix(";").split(";")]
    places = [_place(part) for part in parts]
    if len(places) < least or not all(places):
        return ""
    first, last = places[0].split()[:2], places[-1].split()[:2]
    return ";".join(places) if (first == last) is closed else ""


_READERS: dict[str, Callable[[str], str]] = {
    "int": _integer,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "dateTime": _date_time,
    "geopoint": _place,
    "geotrace": lambda text: _places(text, 2, False),
    "geoshape": lambda text: _places(text, 3, True),
}


def normalize(data_type: str, text: str) -> str:
    """The text as this type stores it; blank where it is no value of the type."""
    reader = _READERS.get(data_type)
    return text if reader is None or not text else reader(text)


_NAMES = {
    "int": f"a whole number from {INT_LEAST:,} to {INT_MOST:,}",
    "decimal": "a number",
    "date": "a date like 2026-01-31",
    "time": "a time like 08:30:00.000+07:00",
    "dateTime": "a date and time like 2026-01-31T08:30:00.000+07:00",
    "geopoint": "a place like “-7.2575 112.7521”",
    "geotrace": "two or more places, with “;” between them",
    "geoshape": "a closed line of places, with “;” between them",
}


def describe(data_type: str) -> str:
    """What a value of the type is, for a message."""
    return _NAMES.get(data_type, "a text")
