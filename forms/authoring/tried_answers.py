"""Answers that are worth trying on a constraint: what it names, what lies beside that, and what is spread over the type."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import chain, combinations, pairwise, product

from forms.authoring.patterns import PatternUnread, samples
from forms.definition.model import Range
from forms.session.datatypes import INT_LEAST, INT_MOST
from forms.xpath import syntax as xpath_syntax
from forms.xpath.focus import operands

LONGEST_TEXT = 400
PER_LENGTH = 60
"""Numbers of each length."""
YEARS = 130
"""Back from today, for dates."""
ALL_SETS = 10
"""Choices of which every set is tried."""
MAX_VALUES = 5_000
"""Values of a range that are tried."""

_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,6})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_START_END = re.compile(r"(start|end|step)\s*=\s*(-?[\d.]+)")


def candidates(
    data_type: str,
    parts: Sequence[xpath_syntax.Node],
    *,
    range_parameters: str | None,
    choices: Sequence[str],
    several: bool,
) -> Iterator[str]:
    """Answers to try, the likely ones first. Raises PatternUnread."""
    words = list(chain.from_iterable(map(_words, parts)))
    patterns = list(chain.from_iterable(map(_patterns, parts)))
    numbers = sorted({Decimal(found) for word in (*words, *patterns) for found in _NUMBER.findall(word)})
    if range_parameters is not None:
        return _range_values(range_parameters)
    if choices and several and len(choices) > ALL_SETS:
        if any(_calls(part, "selected") for part in parts):
            raise PatternUnread("more sets of choices than can be tried")
        return (" ".join(choices[:size]) for size in range(1, len(choices) + 1))
    if choices:
        return (
            " ".join(chosen)
            for size in range(1, len(choices) + 1 if several else 2)
            for chosen in combinations(choices, size)
        )
    counts = [int(number) for number in numbers if 0 < number <= LONGEST_TEXT]
    match data_type:
        case "int":
            fitting = chain.from_iterable(samples(one, string.digits, counts) for one in patterns)
            return chain(list(fitting), map(str, _whole_numbers(numbers)))
        case "decimal":
            fitting = chain.from_iterable(samples(one, string.digits + ".", counts) for one in patterns)
            return chain(list(fitting), map(str, _fractions(numbers)), map(str, _whole_numbers(numbers)))
        case "date":
            return (day.isoformat() for day in _days(words))
        case "dateTime":
            return (f"{day.isoformat()}T{hour}:00:00.000" for day in _days(words) for hour in ("00", "12", "23"))
        case "time":
            return (f"{minute // 60:02}:{minute % 60:02}:00.000" for minute in range(24 * 60))
    fitting = chain.from_iterable(samples(one, string.digits + string.ascii_letters, counts) for one in patterns)
    return chain(
        list(fitting),
        _texts(words, counts),
        map(str, _whole_numbers(numbers)),
        _fraction_texts(numbers),
        (day.isoformat() for day in _days(words)),
    )


def _words(node: xpath_syntax.Node) -> Iterator[str]:
    """Texts and numbers that stand in an expression, patterns left out."""
    if isinstance(node, xpath_syntax.Literal):
        yield node.value
    elif isinstance(node, xpath_syntax.Number):
        yield node.text
    elif not (isinstance(node, xpath_syntax.Call) and node.name == "regex"):
        for part in operands(node):
            yield from _words(part)


def _calls(node: xpath_syntax.Node, function: str) -> bool:
    if isinstance(node, xpath_syntax.Call) and node.name == function:
        return True
    return any(_calls(part, function) for part in operands(node))


def _patterns(node: xpath_syntax.Node) -> Iterator[str]:
    if isinstance(node, xpath_syntax.Call) and node.name == "regex":
        yield from (one.value for one in node.arguments if isinstance(one, xpath_syntax.Literal))
    else:
        for part in operands(node):
            yield from _patterns(part)


def _whole_numbers(numbers: Sequence[Decimal]) -> Iterator[int]:
    chance = random.Random(0)
    named = {int(number) + beside for number in numbers for beside in (-1, 0, 1)}
    between = {int((low + high) / 2) for low, high in pairwise(numbers)}
    for number in (*sorted(named), *sorted(between)):
        yield from (number, -number)
    yield from range(-50, 1001)
    for length in range(2, 11):
        low, high = 10 ** (length - 1), min(10**length - 1, INT_MOST)
        yield from (low, low + 1, high, -low)
        yield from (chance.randint(low, high) for _ in range(PER_LENGTH))
    yield from (INT_LEAST, INT_MOST)


def _fractions(numbers: Sequence[Decimal]) -> Iterator[Decimal]:
    for low, high in pairwise(numbers):
        yield from ((low + high) / 2, -(low + high) / 2)
    for number in numbers:
        for beside in ("0.5", "0.1", "0.01", "0.001", "0.000001"):
            yield from (number + Decimal(beside), number - Decimal(beside), -number - Decimal(beside))
    yield from (Decimal(part) / 100 for part in range(-100, 1001))
    yield from (Decimal(10) ** power for power in range(2, 16))


def _fraction_texts(numbers: Sequence[Decimal]) -> Iterator[str]:
    return map(str, _fractions(numbers))


def _days(words: Sequence[str]) -> Iterator[date]:
    today = datetime.now(UTC).date()
    for word in words:
        for text in _DAY.findall(word):
            try:
                named = date.fromisoformat(text)
            except ValueError:
                continue
            yield from (named + timedelta(days=beside) for beside in (-1, 0, 1) if date.min < named < date.max)
    numbers = {int(Decimal(text)) for word in words for text in _NUMBER.findall(word)}
    yield from (today + timedelta(days=sign * days) for days in sorted(numbers) for sign in (-1, 1) if days < 50_000)
    yield from (today + timedelta(days=days) for days in range(-400, 400))
    # Over a year the steps of 29 days meet every day of the month and of the week.
    yield from (today + timedelta(days=days) for days in range(-365 * YEARS, 365 * YEARS, 29))


def _texts(words: Sequence[str], counts: Sequence[int]) -> Iterator[str]:
    lengths = sorted({length + beside for length in counts for beside in (-1, 0, 1)} | {1, 2, 3, 5, 8, 10, 16, 20, 50})
    yield from words
    ends = ["", *dict.fromkeys(word for word in words if len(word) <= LONGEST_TEXT)][:6]
    for first, last, filler in product(ends, ends, "1aA "):
        yield first + last
        for length in lengths:
            missing = length - len(first) - len(last)
            if missing > 0:
                middle = "a" + filler * (missing - 2) + "a" if filler == " " and missing > 1 else filler * missing
                yield first + middle + last


def _range_values(parameters: str) -> Iterator[str]:
    written = {"start": "1", "end": "10", "step": "1", **dict(_START_END.findall(parameters))}
    try:
        values = Range(*(Decimal(written[name]) for name in ("start", "end", "step"))).values()
    except InvalidOperation:
        return
    for place, value in enumerate(values):
        if place == MAX_VALUES:
            return
        yield value
