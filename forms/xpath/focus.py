"""What an expression needs from its focus: the context node, its position, its size."""

from __future__ import annotations

from collections.abc import Iterator

from forms.xpath import syntax

_DEFAULT_TO_CONTEXT = frozenset(
    {"local-name", "name", "namespace-uri", "normalize-space", "number", "string", "string-length"}
)
_ALWAYS_CONTEXT = frozenset({"choice-name", "lang", "last", "once", "position"})


def operands(node: syntax.Node) -> Iterator[syntax.Node]:
    """The parts of an expression that are evaluated in the same focus as itself."""
    match node:
        case syntax.Call():
            yield from node.arguments
        case syntax.Path():
            if node.start is not None and not isinstance(node.start, str):
                yield node.start
        case syntax.Filter():
            yield node.base
        case syntax.Union():
            yield from node.parts
        case syntax.Negation():
            yield node.operand
        case syntax.Arithmetic() | syntax.Comparison():
            yield node.first
            for _, term in node.rest:
                yield term
        case syntax.And() | syntax.Or():
            yield from node.terms
        case _:
            return


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
