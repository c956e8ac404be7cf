"""Dates and times as XPath values: numbers of days that still know how to be written."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from babel import Locale

from forms.languages import day_name, month_name

DAY_SECONDS = 86_400
MILLISECONDS = DAY_SECONDS * 1000
ROUNDING = 0.01
"""Milliseconds within which a difference of two days is taken for what it is but for rounding."""
_EPOCH = datetime(1970, 1, 1)
_RULED = datetime(2100, 1, 1)
_OFFSET = r"(?:Z|[-+]\d{2}:\d{2})"
_TIME = r"(?:\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?)"
_DATE_LIKE = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}(?:T{_TIME}(?:{_OFFSET})?)?\Z", re.ASCII)
_VALID_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d\Z|Z\Z", re.ASCII)
_PARTS = re.compile(
    rf"(\d{{4}})-(\d{{2}})-(\d{{2}})(?:T(\d{{2}})(?::(\d{{2}})(?::(\d{{2}})(?:\.(\d+))?)?)?({_OFFSET})?)?\Z", re.ASCII
)
_UNPADDED = re.compile(r"(\d{4})-([1-9]|\d{2})-([1-9]|\d{2})(T.*)?\Z", re.ASCII)
_PREFIX = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2})?", re.ASCII)
INVALID = "Invalid Date"


class Days(float):
    """Days since 1970-01-01T00:00Z, known to be those of a date or a moment."""

    __slots__ = ()


class Moment(Days):
    """Such days (NaN where the moment is invalid) with the text that the value is written as."""

    __slots__ = ("text", "truth", "when")

    text: str
    truth: bool
    when: datetime | None

    @classmethod
    def of(cls, when: datetime | None, *, text: str | None = None, truth: bool | None = None) -> Moment:
        """A moment from an aware datetime, or the invalid one from None."""
        if when is None:
            moment = cls(math.nan)
            moment.text = INVALID if text is None else text
            moment.truth = False
        else:
            moment = cls(days_of(when))
            moment.text = text_of_datetime(when) if text is None else text
            moment.truth = float(moment) != 0.0 if truth is None else truth
        moment.when = when
        return moment


@lru_cache(maxsize=64)
def standard_offset(zone: tzinfo) -> timedelta:
    """How far a zone is ahead of UTC by what is ruled now, without summer time."""
    at = _RULED.replace(tzinfo=zone)
    return (at.utcoffset() or timedelta()) - (at.dst() or timedelta())


def days_between(first: float, second: float) -> float:
    """How many days the second moment is after the first.

    Moments are whole milliseconds apart, and most days are no whole number of floating point: what rounding has added
    would make “int()” of a whole number of days one day less.
    """
    passed = second - first
    milliseconds = passed * MILLISECONDS
    if math.isfinite(milliseconds) and abs(milliseconds - round(milliseconds)) < ROUNDING:
        return round(milliseconds) / MILLISECONDS
    return passed


def days_of(when: datetime) -> float:
    """Days since 1970-01-01T00:00Z of an aware datetime, with its milliseconds.

    Its clock counts, at the zone's standard offset of today: Jakarta was at +07:30, +08:00, and +09:00 before 1964, and
    from one midnight to another there are whole days all the same.
    """
    passed = when.replace(tzinfo=None) - _EPOCH
    if when.tzinfo is not None:
        passed -= standard_offset(when.tzinfo)
    milliseconds = (passed.days * DAY_SECONDS + passed.seconds) * 1000 + passed.microseconds // 1000
    return milliseconds / MILLISECONDS


def datetime_of_days(days: float, zone: tzinfo) -> datetime | None:
    """The aware datetime whose :func:`days_of` this is; None outside the calendar."""
    if not math.isfinite(days):
        return None
    try:
        passed = timedelta(milliseconds=math.floor(days * MILLISECONDS + 0.5))
        return (_EPOCH + passed + standard_offset(zone)).replace(tzinfo=zone)
    except OverflowError:
        return None


def text_of_offset(when: datetime) -> str:
    """``+07:00`` of an aware datetime."""
    offset = when.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def text_of_datetime(when: datetime) -> str:
    """As ODK writes it: a date alone at midnight, else ``2026-01-15T08:30:00.000+07:00``."""
    day = f"{when.year:04}-{when.month:02}-{when.day:02}"
    if when.hour == when.minute == when.second == when.microsecond == 0:
        return day
    clock = f"{when.hour:02}:{when.minute:02}:{when.second:02}.{when.microsecond // 1000:03}"
    return f"{day}T{clock}{text_of_offset(when)}"


def looks_like_date(text: str) -> bool:
    """Whether text has the form of an ISO date or date-time; the numbers in it may still be impossible."""
    return len(text) >= 10 and _DATE_LIKE.match(text) is not None


def moment_of_text(text: str, zone: tzinfo) -> Moment | None:
    """The moment that an ISO date or date-time is, in ``zone``; None where it is none."""
    when = datetime_of_text(text, zone)
    return None if when is None else Moment.of(when)


def datetime_of_text(text: str, zone: tzinfo) -> datetime | None:
    """As :func:`moment_of_text`, but an aware datetime."""
    match = _PARTS.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if offset is not None and not _VALID_OFFSET.match(offset):
        return None
    try:
        naive = datetime.combine(
            date(int(year), int(month), int(day)),
            time(int(hour or 0), int(minute or 0), int(second or 0), int(((fraction or "") + "000000")[:6])),
        )
        if offset is None:
            return naive.replace(tzinfo=zone)
        shift = timedelta()
        if offset != "Z":
            shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])) * (-1 if offset[0] == "-" else 1)
        return (naive - shift).replace(tzinfo=UTC).astimezone(zone)
    except (ValueError, OverflowError):
        return None


def pad_date(text: str) -> str | None:
    """``2024-1-5`` as ``2024-01-05``; text that begins as a date unchanged; None for anything else."""
    if _PREFIX.match(text):
        return text
    match = _UNPADDED.match(text)
    if match is None:
        return None
    year, month, day, rest = match.groups()
    return f"{year}-{month:0>2}-{day:0>2}{rest or ''}"


_PLACES = re.compile("%[YymnbdeaWHhMS3%]")


def format_datetime(when: datetime, pattern: str, locale: Locale) -> str:
    """Fill the places of ``format-date-time()``: %Y %y %m %n %b %d %e %a %W %H %h %M %S %3, and %% for a “%”.

    What is no place stays as it is written. The names of %b and %a are those of the locale.
    """

    def fill(match: re.Match[str]) -> str:
        place = match.group()[1]
        if place == "%":
            return "%"
        if place == "Y":
            return f"{when.year:04}"
        if place == "y":
            return f"{when.year % 100:02}"
        if place == "b":
            return month_name(locale, when.month)
        if place == "a":
            return day_name(locale, when.weekday())
        if place == "W":
            return str(when.isocalendar().week)
        if place == "3":
            return f"{when.microsecond // 1000:03}"
        number = {
            "m": when.month,
            "n": when.month,
            "d": when.day,
            "e": when.day,
            "H": when.hour,
            "h": when.hour,
            "M": when.minute,
            "S": when.second,
        }[place]
        return str(number) if place in "neh" else f"{number:02}"

    return _PLACES.sub(fill, pattern)
