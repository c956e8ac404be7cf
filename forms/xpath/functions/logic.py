"""Functions about truth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from forms.xmltree import XML, NodeKind, XmlNode
from forms.xpath.context import Context
from forms.xpath.errors import XPathEvaluationError
from forms.xpath.functions.registry import ANY, BOOLEAN, MANY, Library
from forms.xpath.values import SPACE, number_of_node, to_boolean, to_number

if TYPE_CHECKING:
    from forms.xpath.compiler import Expression

    Arguments = tuple[Expression, ...]

LIBRARY = Library()


@LIBRARY.add("true", BOOLEAN, 0)
def true(_context: Context, _arguments: Arguments) -> bool:
    return True


@LIBRARY.add("false", BOOLEAN, 0)
def false(_context: Context, _arguments: Arguments) -> bool:
    return False


@LIBRARY.add("boolean", BOOLEAN, 1)
def boolean(context: Context, arguments: Arguments) -> bool:
    return arguments[0].boolean(context)


@LIBRARY.add("not", BOOLEAN, 1)
def negate(context: Context, arguments: Arguments) -> bool:
    return not arguments[0].boolean(context)


@LIBRARY.add("if", ANY, 3)
def choose(context: Context, arguments: Arguments) -> object:
    return arguments[1].value(context) if arguments[0].boolean(context) else arguments[2].value(context)


@LIBRARY.add("boolean-from-string", BOOLEAN, 1)
def boolean_from_string(context: Context, arguments: Arguments) -> bool:
    return arguments[0].text(context) in ("1", "true")


@LIBRARY.add("lang", BOOLEAN, 1)
def lang(context: Context, arguments: Arguments) -> bool:
    wanted = arguments[0].text(context).lower()
    node: XmlNode | None = context.node
    while wanted and node is not None:
        found = node.attribute("lang", XML) if node.node_kind is NodeKind.ELEMENT else None
        if found is not None:
            found = found.lower()
            return found == wanted or found.startswith(f"{wanted}-")
        node = node.up
    return False


def _truths(context: Context, argument: Expression) -> list[bool]:
    value = argument.value(context)
    if type(value) is list:
        return [node.string_value().strip(SPACE) != "" for node in value]
    return [to_boolean(value)]


def _weights(context: Context, argument: Expression) -> list[float]:
    value = argument.value(context)
    if type(value) is list:
        return [number_of_node(node, context.zone) for node in value]
    return [to_number(value, context.zone)]


def _within(total: float, least: float, most: float) -> bool:
    # A bound that is no number does not bind, as in ODK's own engine.
    return not total < least and (most == -1 or not total > most)


@LIBRARY.add("checklist", BOOLEAN, 2, MANY)
def checklist(context: Context, arguments: Arguments) -> bool:
    least, most = arguments[0].number(context), arguments[1].number(context)
    total = sum(truth for argument in arguments[2:] for truth in _truths(context, argument))
    return _within(total, least, most)


@LIBRARY.add("weighted-checklist", BOOLEAN, 2, MANY)
def weighted_checklist(context: Context, arguments: Arguments) -> bool:
    least, most = arguments[0].number(context), arguments[1].number(context)
    pairs = arguments[2:]
    if len(pairs) % 2:
        raise XPathEvaluationError("“weighted-checklist()” takes a weight after each condition")
    total = 0.0
    for condition, weight in zip(pairs[::2], pairs[1::2], strict=True):
        truths, weights = _truths(context, condition), _weights(context, weight)
        if len(weights) > len(truths):
            return False
        total += sum(number for truth, number in zip(truths, weights, strict=False) if truth)
    return not math.isnan(total) and _within(total, least, most)
