"""Functions about numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from forms.xpath.context import Context
from forms.xpath.dates import Moment, moment_of_text
from forms.xpath.functions.registry import ANY, MANY, NUMBER, Library
from forms.xpath.values import NAN, held, number_of_node, text_of_number, to_number, to_text

if TYPE_CHECKING:
    from forms.xpath.compiler import Expression

    Arguments = tuple[Expression, ...]

LIBRARY = Library()


@LIBRARY.add("number", ANY, 0, 1)
def number(context: Context, arguments: Arguments) -> float:
    value = arguments[0].value(context) if arguments else [context.node]
    if isinstance(value, float):
        return value
    if type(value) is str or type(value) is list:
        text = to_text(value)
        moment = moment_of_text(text, context.zone)
        if moment is not None:
            days = math.floor(float(moment))
            return Moment.of(moment.when, text=text_of_number(float(days)), truth=True)
    return to_number(value, context.zone)


@LIBRARY.add("int", NUMBER, 1)
def integer(context: Context, arguments: Arguments) -> float:
    value = float(arguments[0].number(context))
    return float(math.trunc(value)) + 0.0 if math.isfinite(value) else value


@LIBRARY.add("round", NUMBER, 1, 2)
def round_half_away(context: Context, arguments: Arguments) -> float:
    value = float(arguments[0].number(context))
    places = float(arguments[1].number(context)) if len(arguments) > 1 else 0.0
    if math.isnan(value) or math.isnan(places):
        return NAN
    if not math.isfinite(value):
        return value
    try:
        factor = math.pow(10.0, places)
        shifted = abs(value) * factor
        if not math.isfinite(shifted) or factor == 0.0:
            return value if factor else 0.0
        return math.copysign(math.floor(shifted + 0.5) / factor, value) + 0.0
    except OverflowError:
        return value


def _rounded(name: str, operation: Callable[[float], int]) -> None:
    @LIBRARY.add(name, NUMBER, 1)
    def rounded(context: Context, arguments: Arguments) -> float:
        value = float(arguments[0].number(context))
        return float(operation(value)) if math.isfinite(value) else value


_rounded("floor", math.floor)
_rounded("ceiling", math.ceil)


def _numbers(context: Context, arguments: Arguments) -> list[float]:
    found: list[float] = []
    for argument in arguments:
        value = argument.value(context)
        if type(value) is list:
            found.extend(float(number_of_node(node, context.zone)) for node in held(value))
        else:
            found.append(float(to_number(value, context.zone)))
    return found


@LIBRARY.add("sum", NUMBER, 1)
def total(context: Context, arguments: Arguments) -> float:
    return float(sum(_numbers(context, arguments)))


@LIBRARY.add("min", NUMBER, 0, MANY)
def least(context: Context, arguments: Arguments) -> float:
    numbers = _numbers(context, arguments)
    return NAN if not numbers or any(map(math.isnan, numbers)) else min(numbers)


@LIBRARY.add("max", NUMBER, 0, MANY)
def greatest(context: Context, arguments: Arguments) -> float:
    numbers = _numbers(context, arguments)
    return NAN if not numbers or any(map(math.isnan, numbers)) else max(numbers)


@LIBRARY.add("pow", NUMBER, 2)
def power(context: Context, arguments: Arguments) -> float:
    base, exponent = float(arguments[0].number(context)), float(arguments[1].number(context))
    if math.isnan(base) or math.isnan(exponent):
        return NAN
    return _guarded(lambda: math.pow(base, exponent))


def _guarded(operation: Callable[[], float]) -> float:
    """The result of a mathematical function; infinite where it overflows, NaN outside its domain."""
    try:
        return operation()
    except OverflowError:
        return math.inf
    except (ValueError, ZeroDivisionError):
        return NAN


def _mathematical(name: str, operation: Callable[[float], float]) -> None:
    @LIBRARY.add(name, NUMBER, 1)
    def call(context: Context, arguments: Arguments) -> float:
        value = float(arguments[0].number(context))
        return NAN if math.isnan(value) else _guarded(lambda: operation(value))


def _logarithm(operation: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: -math.inf if value == 0 else operation(value)


_mathematical("abs", abs)
_mathematical("sqrt", math.sqrt)
_mathematical("exp", math.exp)
_mathematical("exp10", lambda value: math.pow(10.0, value))
_mathematical("log", _logarithm(math.log))
_mathematical("log10", _logarithm(math.log10))
_mathematical("sin", math.sin)
_mathematical("cos", math.cos)
_mathematical("tan", math.tan)
_mathematical("asin", math.asin)
_mathematical("acos", math.acos)
_mathematical("atan", math.atan)


@LIBRARY.add("atan2", NUMBER, 2)
def atan2(context: Context, arguments: Arguments) -> float:
    return math.atan2(float(arguments[0].number(context)), float(arguments[1].number(context)))


@LIBRARY.add("pi", NUMBER, 0)
def pi(_context: Context, _arguments: Arguments) -> float:
    return math.pi


@LIBRARY.add("random", NUMBER, 0)
def random(context: Context, _arguments: Arguments) -> float:
    return context.host.random()
