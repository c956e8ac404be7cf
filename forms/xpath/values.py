"""XPath's types and how ODK converts between them.

A value is a ``str``, a ``float``, a ``bool``, a node-set (a ``list`` of nodes in document order), or a
:class:`Moment`. Blank converts to NaN, NaN to blank, and text that is a date counts as days since 1970 (the
chapter “data type conversion” of the ODK XForms specification).
"""

from __future__ import annotations

import math
import operator as operators
import re
from collections.abc import Callable
from datetime import tzinfo
from typing import Any, TypeAlias

from forms.xmltree import XmlNode
from forms.xpath.dates import Days, Moment, looks_like_date, moment_of_text

Value: TypeAlias = "str | float | bool | list[XmlNode]"

NAN = math.nan
SPACE = " \t\r\n"
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)
_RADIX = re.compile(r"0[xX][0-9a-fA-F]+\Z|0[oO][0-7]+\Z|0[bB][01]+\Z")


def plain_number(text: str) -> float:
    """A number from text without reading dates; NaN where it is none."""
    text = text.strip()
    if _NUMBER.match(text):
        return float(text)
    if text in ("Infinity", "+Infinity"):
        return math.inf
    if text == "-Infinity":
        return -math.inf
    if _RADIX.match(text):
        return float(int(text, 0))
    return NAN


def number_of_text(text: str, zone: tzinfo) -> float:
    """A number from text; a date or date-time counts as days since 1970-01-01T00:00Z."""
    try:
        # Most text is a short plain number; Python's own reading also takes “1_000”, “nan”, and “inf”.
        value = float(text)
        if text[-1].isdigit() and "_" not in text and text.isascii():
            return value
    except (ValueError, IndexError):
        if looks_like_date(text):
            moment = moment_of_text(text, zone)
            return NAN if moment is None else Days(moment)
    return plain_number(text)


def text_of_number(value: float) -> str:
    """A number as text: blank for NaN, no point for whole numbers."""
    if isinstance(value, Moment):
        return value.text
    if value != value:
        return ""
    if value in (math.inf, -math.inf):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    digits, _, exponent = text.partition("e")
    power = int(exponent)
    if -6 <= power < 0:
        sign = "-" if digits[0] == "-" else ""
        return f"{sign}0.{'0' * (-power - 1)}{digits.lstrip('-').replace('.', '')}"
    return f"{digits}e{'+' if power > 0 else '-'}{abs(power)}"


def held(nodes: list[XmlNode]) -> list[XmlNode]:
    """What a node-set holds: the relevant nodes, as in JavaRosa. Predicates before have seen the others, too."""
    return nodes if all(node.relevant for node in nodes) else [node for node in nodes if node.relevant]


def readable(nodes: list[XmlNode]) -> list[XmlNode]:
    """What is compared of a node-set: the relevant nodes; where none is, the others, which are blank."""
    return held(nodes) or nodes


def first_text(nodes: list[XmlNode]) -> str:
    """The text of the first relevant node; blank where there is none."""
    if not nodes:
        return ""
    first = nodes[0]
    return (first if first.relevant else readable(nodes)[0]).string_value()


def to_text(value: Any) -> str:
    """``string()`` of any value."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is float or kind is Moment or kind is Days:
        return text_of_number(value)
    if kind is bool:
        return "true" if value else "false"
    return first_text(value)


def to_number(value: Any, zone: tzinfo) -> float:
    """``number()`` of any value."""
    kind = type(value)
    if kind is float or kind is Moment or kind is Days:
        return value  # type: ignore[no-any-return]
    if kind is str:
        return number_of_text(value, zone) if value else NAN
    if kind is bool:
        return 1.0 if value else 0.0
    text = first_text(value)
    return number_of_text(text, zone) if text else NAN


def number_of_node(node: XmlNode, zone: tzinfo) -> float:
    """The number that a node's text is."""
    text = node.string_value()
    return number_of_text(text, zone) if text else NAN


def to_boolean(value: Any) -> bool:
    """``boolean()`` of any value; a node-set is what its first relevant node is by itself."""
    kind = type(value)
    if kind is bool:
        return value  # type: ignore[no-any-return]
    if kind is float or kind is Days:
        return value == value and value != 0.0  # type: ignore[no-any-return]
    if kind is Moment:
        return value.truth  # type: ignore[no-any-return]
    if kind is str:
        return value != ""  # type: ignore[no-any-return]
    first = next((node for node in value if node.relevant), None)
    return first is not None and first.is_truth


def is_true(value: Any) -> bool:
    """What a form's condition means: as ``boolean()``, but a node-set is true when its first node is not blank."""
    if type(value) is list:
        return first_text(value) != "" and to_boolean(value)
    return to_boolean(value)


_RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}


def compare(operator: str, left: Any, right: Any, zone: tzinfo) -> bool:
    """``left operator right`` by XPath 1.0 section 3.4, with ODK's reading of dates."""
    relation = _RELATIONS.get(operator)
    if relation is None:
        return _equal(left, right, operator == "=", zone)
    lefts, rights = _numbers(left, zone), _numbers(right, zone)
    return any(relation(one, other) for one in lefts for other in rights)


def _numbers(value: Any, zone: tzinfo) -> list[float]:
    if type(value) is list:
        return [number_of_node(node, zone) for node in readable(value)]
    return [to_number(value, zone)]


def _equal(left: Any, right: Any, wanted: bool, zone: tzinfo) -> bool:
    left_kind, right_kind = type(left), type(right)
    if left_kind is bool or right_kind is bool:
        return (to_boolean(left) == to_boolean(right)) is wanted
    if left_kind is list and right_kind is list:
        left, right = readable(left), readable(right)
        if len(left) == 1 and len(right) == 1:
            return (left[0].string_value() == right[0].string_value()) is wanted
        texts = {node.string_value() for node in right}
        if wanted:
            return any(node.string_value() in texts for node in left)
        return bool(texts) and any(len(texts) > 1 or node.string_value() not in texts for node in left)
    if left_kind is list:
        return _equal_nodes(left, right, wanted, zone)
    if right_kind is list:
        return _equal_nodes(right, left, wanted, zone)
    if left_kind is str and right_kind is str:
        return (left == right) is wanted
    return (to_number(left, zone) == to_number(right, zone)) is wanted


def _equal_nodes(nodes: list[XmlNode], other: Any, wanted: bool, zone: tzinfo) -> bool:
    nodes = readable(nodes)
    if type(other) is str:
        return any((node.string_value() == other) is wanted for node in nodes)
    return any((number_of_node(node, zone) == other) is wanted for node in nodes)
