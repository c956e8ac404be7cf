"""Functions about dates and times."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from forms.xpath.context import Context
from forms.xpath.dates import (
    Days,
    Moment,
    datetime_of_days,
    datetime_of_text,
    days_of,
    format_datetime,
    moment_of_text,
    pad_date,
)
from forms.xpath.errors import XPathEvaluationError
from forms.xpath.functions.registry import ANY, NUMBER, TEXT, Library
from forms.xpath.values import to_text

if TYPE_CHECKING:
    from forms.xpath.compiler import Expression

    Arguments = tuple[Expression, ...]

LIBRARY = Library()
_CLOCK = re.compile(r"\d{2}:\d{2}(?::[0-5]\d)?(?:\.\d+)?(?:Z|[-+]\d{2}:\d{2})?\Z", re.ASCII)


@LIBRARY.add("today", NUMBER, 0)
def today(context: Context, _arguments: Arguments) -> Moment:
    now = context.host.now().astimezone(context.zone)
    return Moment.of(now.replace(hour=0, minute=0, second=0, microsecond=0))


@LIBRARY.add("now", NUMBER, 0)
def now(context: Context, _arguments: Arguments) -> Moment:
    return Moment.of(context.host.now().astimezone(context.zone))


def date(context: Context, arguments: Arguments) -> object:
    value = arguments[0].value(context)
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return Moment.of(datetime_of_days(float(value), context.zone))
    text = to_text(value)
    if text == "":
        return ""
    padded = pad_date(text)
    moment = None if padded is None else moment_of_text(padded, context.zone)
    return Moment.of(None) if moment is None else moment


LIBRARY.add("date", ANY, 1)(date)
LIBRARY.add("date-time", ANY, 1)(date)


@LIBRARY.add("decimal-date-time", NUMBER, 1)
def decimal_date_time(context: Context, arguments: Arguments) -> Days:
    value = arguments[0].value(context)
    if isinstance(value, bool):
        raise XPathEvaluationError("“decimal-date-time()” takes a date")
    if isinstance(value, float):
        return Days(value)
    when = _moment(value, context)
    return Days(math.nan if when is None else days_of(when))


@LIBRARY.add("decimal-time", NUMBER, 1)
def decimal_time(context: Context, arguments: Arguments) -> float:
    text = arguments[0].text(context)
    if not _CLOCK.match(text):
        return math.nan
    when = datetime_of_text(f"1970-01-01T{text}", context.zone)
    return math.nan if when is None else days_of(when.replace(year=1970, month=1, day=1, tzinfo=UTC))


def _formatted(context: Context, arguments: Arguments) -> str:
    """``format-date()``: of a date or date-time, or of the moment that a number of days since 1970 is, as Collect does."""
    when = _moment(arguments[0].value(context), context)
    return "" if when is None else format_datetime(when, arguments[1].text(context), context.host.locale)


def _moment(value: object, context: Context) -> datetime | None:
    if isinstance(value, Moment):
        return value.when
    if isinstance(value, float):
        return datetime_of_days(value, context.zone)
    padded = pad_date(to_text(value))
    return None if padded is None else datetime_of_text(padded, context.zone)


LIBRARY.add("format-date", TEXT, 2)(_formatted)
LIBRARY.add("format-date-time", TEXT, 2)(_formatted)
