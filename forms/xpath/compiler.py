"""A syntax tree to closures.

An :class:`Expression` offers one closure for each type that a caller may want, so that a condition never builds
a node-set only to test it, and a comparison of numbers never makes text.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from forms.xmltree import XmlNode
from forms.xpath import syntax
from forms.xpath.axes import in_document_order
from forms.xpath.context import Context
from forms.xpath.dates import Days, days_between
from forms.xpath.errors import XPathEvaluationError
from forms.xpath.focus import depends_on_focus
from forms.xpath.functions import FUNCTIONS, Function
from forms.xpath.paths import compile_filter, compile_path
from forms.xpath.plain_paths import compile_everywhere, compile_own, is_plain
from forms.xpath.values import NAN, compare, is_true, readable, to_boolean, to_number, to_text

Closure = Callable[[Context], Any]


class Kind:
    """What an expression is known to give before it is evaluated."""

    ANY = "any"
    BOOLEAN = "boolean"
    NODES = "nodes"
    NUMBER = "number"
    TEXT = "text"


class Expression:
    """A compiled expression.

    ``value`` gives its own type; ``text``, ``number``, and ``boolean`` convert as XPath's functions of those names
    do; ``nodes`` gives a node-set or raises :class:`XPathEvaluationError`. ``all_nodes`` is the node-set without the
    rule that an absolute path inside a repeat means the same instance.
    """

    __slots__ = ("_all_nodes", "_boolean", "_nodes", "_number", "_text", "kind", "syntax", "value")

    def __init__(self, node: syntax.Node, kind: str, value: Closure) -> None:
        self.syntax = node
        self.kind = kind
        self.value = value
        # Conversions are made when they are first asked for: most expressions need one of them, and a large form
        # has tens of thousands of expressions.
        self._all_nodes: Callable[[Context], list[XmlNode]] | None = None
        self._boolean: Callable[[Context], bool] | None = value if kind == Kind.BOOLEAN else None
        self._nodes: Callable[[Context], list[XmlNode]] | None = value if kind == Kind.NODES else None
        self._number: Callable[[Context], float] | None = value if kind == Kind.NUMBER else None
        self._text: Callable[[Context], str] | None = value if kind == Kind.TEXT else None

    @property
    def text(self) -> Callable[[Context], str]:
        """The closure to text."""
        if self._text is None:
            self._text = partial(_as_text, self.value)
        return self._text

    @property
    def number(self) -> Callable[[Context], float]:
        """The closure to a number."""
        if self._number is None:
            self._number = partial(_as_number, self.value)
        return self._number

    @property
    def boolean(self) -> Callable[[Context], bool]:
        """The closure to true or false."""
        if self._boolean is None:
            self._boolean = partial(_as_boolean, self.value)
        return self._boolean

    @property
    def nodes(self) -> Callable[[Context], list[XmlNode]]:
        """The closure to a node-set."""
        if self._nodes is None:
            self._nodes = _checked_nodes(self.syntax, self.value)
        return self._nodes

    @property
    def all_nodes(self) -> Callable[[Context], list[XmlNode]]:
        """The closure to the node-set over all instances of repeats."""
        if self._all_nodes is None:
            path = self.syntax
            if isinstance(path, syntax.Path) and is_plain(path):
                self._all_nodes = compile_everywhere(path)
            else:
                self._all_nodes = self.nodes
        return self._all_nodes

    def condition(self, context: Context) -> bool:
        """The expression as a form's condition: a node-set is true when its first node is not blank."""
        return is_true(self.value(context))


def _as_text(value: Closure, context: Context) -> str:
    return to_text(_weighed(value(context), context))


def _as_number(value: Closure, context: Context) -> float:
    return to_number(value(context), context.zone)


def _as_boolean(value: Closure, context: Context) -> bool:
    return to_boolean(value(context))


def _weighed(value: Any, context: Context) -> Any:
    """The same value; the text of a node that holds others is work."""
    if type(value) is list and value and value[0].elements:
        context.host.work.spend(sum(1 for _ in value[0].walk()))
    return value


def _checked_nodes(node: syntax.Node, value: Closure) -> Callable[[Context], list[XmlNode]]:
    def nodes(context: Context) -> list[XmlNode]:
        found = value(context)
        if type(found) is not list:
            raise XPathEvaluationError(f"“{node}” is not a set of nodes")
        return found

    return nodes


def compile_expression(node: syntax.Node) -> Expression:
    """Turn a syntax tree into closures. Unknown functions raise only when they are evaluated."""
    kind, value = _COMPILERS[type(node)](node)
    return Expression(node, kind, value)


def _literal(node: syntax.Literal) -> tuple[str, Closure]:
    value = node.value
    return Kind.TEXT, lambda _context: value


def _number(node: syntax.Number) -> tuple[str, Closure]:
    value = node.value
    return Kind.NUMBER, lambda _context: value


def _call(node: syntax.Call) -> tuple[str, Closure]:
    function = FUNCTIONS.get((node.prefix or "", node.name))
    if function is None:
        name = f"{node.prefix}:{node.name}" if node.prefix else node.name

        def unknown(_context: Context) -> Any:
            raise XPathEvaluationError(f"There is no function “{name}()”")

        return Kind.ANY, unknown
    if not function.takes(len(node.arguments)):
        message = f"“{node.name}()” does not take {len(node.arguments)} arguments"

        def wrong(_context: Context) -> Any:
            raise XPathEvaluationError(message)

        return Kind.ANY, wrong
    return _known_call(function, tuple(compile_expression(argument) for argument in node.arguments))


def _known_call(function: Function, arguments: tuple[Expression, ...]) -> tuple[str, Closure]:
    call = function.call
    if function.name == "if":
        condition, then, otherwise = (argument for argument in arguments)
        test, when_true, when_false = condition.boolean, then.value, otherwise.value
        kind = then.kind if then.kind == otherwise.kind else Kind.ANY
        return kind, lambda context: when_true(context) if test(context) else when_false(context)
    if function.name == "not":
        operand = arguments[0].boolean
        return Kind.BOOLEAN, lambda context: not operand(context)
    return function.kind, lambda context: call(context, arguments)


def _path(node: syntax.Path) -> tuple[str, Closure]:
    if is_plain(node):
        return Kind.NODES, compile_own(node)
    start = None if node.start is None or isinstance(node.start, str) else compile_expression(node.start)
    return Kind.NODES, compile_path(node, start, compile_expression)


def _filter(node: syntax.Filter) -> tuple[str, Closure]:
    return Kind.NODES, compile_filter(node, compile_expression(node.base), compile_expression)


def _union(node: syntax.Union) -> tuple[str, Closure]:
    parts = [compile_expression(part).nodes for part in node.parts]

    def union(context: Context) -> list[XmlNode]:
        found: dict[XmlNode, None] = {}
        for part in parts:
            found.update(dict.fromkeys(part(context)))
        return in_document_order(list(found))

    return Kind.NODES, union


def _negation(node: syntax.Negation) -> tuple[str, Closure]:
    operand = compile_expression(node.operand).number
    return Kind.NUMBER, lambda context: -float(operand(context))


def _arithmetic(node: syntax.Arithmetic) -> tuple[str, Closure]:
    first = compile_expression(node.first).number
    rest = [(_OPERATIONS[operator], compile_expression(term).number) for operator, term in node.rest]
    if len(rest) == 1:
        operation, second = rest[0]

        def one(context: Context) -> float:
            return operation(first(context), second(context))

        return Kind.NUMBER, one

    def many(context: Context) -> float:
        total = first(context)
        for operation, term in rest:
            total = operation(total, term(context))
        return float(total)

    return Kind.NUMBER, many


def _add(left: float, right: float) -> float:
    return left + right


def _subtract(left: float, right: float) -> float:
    if isinstance(left, Days) or isinstance(right, Days):
        return days_between(right, left)
    return left - right


def _multiply(left: float, right: float) -> float:
    return left * right


def _divide(left: float, right: float) -> float:
    if right == 0:
        if left == 0 or left != left:
            return NAN
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def _modulo(left: float, right: float) -> float:
    if right == 0 or math.isinf(left) or left != left or right != right:
        return NAN
    return math.fmod(left, right)


_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "div": _divide,
    "mod": _modulo,
}


def _comparison(node: syntax.Comparison) -> tuple[str, Closure]:
    first = compile_expression(node.first)
    rest = [(operator, compile_expression(term)) for operator, term in node.rest]
    if len(rest) == 1:
        operator, second = rest[0]
        return Kind.BOOLEAN, _compare_pair(operator, first, second)
    begin, others = _compared(first), [(operator, _compared(term)) for operator, term in rest]

    def many(context: Context) -> bool:
        result: Any = begin(context)
        for operator, term in others:
            result = compare(operator, result, term(context), context.zone)
        return bool(result)

    return Kind.BOOLEAN, many


def _compared(operand: Expression) -> Closure:
    """An operand of a comparison."""
    if operand.kind not in (Kind.NODES, Kind.ANY):
        return operand.value
    return partial(_compared_value, operand.value, depends_on_focus(operand.syntax))


def _compared_value(value: Closure, moves: bool, context: Context) -> Any:
    """What an operand gives; where an open form has no node there it is blank, as for one that is not relevant."""
    found = _weighed(value(context), context)
    if type(found) is list and not found and not (context.node if moves else context.current).is_static:
        return ""
    return found


def _compare_pair(operator: str, first: Expression, second: Expression) -> Closure:
    left, right = _compared(first), _compared(second)
    if operator in ("=", "!=") and first.kind == Kind.NODES and isinstance(second.syntax, syntax.Literal):
        literal, wanted = second.syntax.value, operator == "="

        def with_literal(context: Context) -> bool:
            nodes = left(context)
            if type(nodes) is str:
                return (nodes == literal) is wanted
            return any((found.string_value() == literal) is wanted for found in readable(nodes))

        return with_literal
    return lambda context: compare(operator, left(context), right(context), context.zone)


def _and(node: syntax.And) -> tuple[str, Closure]:
    terms = [compile_expression(term).boolean for term in node.terms]

    def every(context: Context) -> bool:
        return all(term(context) for term in terms)

    return Kind.BOOLEAN, every


def _or(node: syntax.Or) -> tuple[str, Closure]:
    terms = [compile_expression(term).boolean for term in node.terms]

    def some(context: Context) -> bool:
        return any(term(context) for term in terms)

    return Kind.BOOLEAN, some


_COMPILERS: dict[type, Callable[[Any], tuple[str, Closure]]] = {
    syntax.Literal: _literal,
    syntax.Number: _number,
    syntax.Call: _call,
    syntax.Path: _path,
    syntax.Filter: _filter,
    syntax.Union: _union,
    syntax.Negation: _negation,
    syntax.Arithmetic: _arithmetic,
    syntax.Comparison: _comparison,
    syntax.And: _and,
    syntax.Or: _or,
}
