"""What an expression needs from its focus: the context node, its position, its size."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from forms.xpath import syntax

_DEFAULT_TO_CONTEXT = frozenset(
    {"local-name", "name", "namespace-uri", "normalize-space", "number", "string", "string-length"}
)
_ALWAYS_CONTEXT = frozenset({"choice-name", "lang", "last", "once", "position"})


def operands(node: syntax.Node) -> Iterable[syntax.Node]:
    """The parts of an expression that are evaluated in the same focus as itself."""
    return _OPERANDS[type(node)](node)


def _terms(node: syntax.Arithmetic | syntax.Comparison) -> list[syntax.Node]:
    return [node.first, *(term for _, term in node.rest)]


# A table rather than a match: every expression of a large form is walked several times when it is loaded.
_OPERANDS: dict[type, Callable[[Any], Iterable[syntax.Node]]] = {
    syntax.Literal: lambda _node: (),
    syntax.Number: lambda _node: (),
    syntax.Call: lambda node: node.arguments,
    syntax.Path: lambda node: () if node.start is None or isinstance(node.start, str) else (node.start,),
    syntax.Filter: lambda node: (node.base,),
    syntax.Union: lambda node: node.parts,
    syntax.Negation: lambda node: (node.operand,),
    syntax.Arithmetic: _terms,
    syntax.Comparison: _terms,
    syntax.And: lambda node: node.terms,
    syntax.Or: lambda node: node.terms,
}


def depends_on_focus(node: syntax.Node) -> bool:
    """Whether the value can differ from one context node to the next."""
    if isinstance(node, syntax.Path) and node.start is None:
        return True
    if isinstance(node, syntax.Call):
        if node.name in _ALWAYS_CONTEXT:
            return True
        if node.name in _DEFAULT_TO_CONTEXT and not node.arguments:
            return True
        if node.name in ("random", "uuid"):
            return True
    return any(depends_on_focus(part) for part in operands(node))


def uses_position(node: syntax.Node) -> bool:
    """Whether the value depends on the position among the candidates."""
    if isinstance(node, syntax.Call) and node.name in ("position", "last") and not node.arguments:
        return True
    return any(uses_position(part) for part in operands(node))
