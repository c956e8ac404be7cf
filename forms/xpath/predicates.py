"""Predicates: which of the candidates of a step are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from forms.xmltree import XmlNode
from forms.xpath import syntax
from forms.xpath.context import Context
from forms.xpath.values import to_boolean

if TYPE_CHECKING:
    from forms.xpath.compiler import Expression

Compile = Callable[[syntax.Node], "Expression"]
Nodes = list[XmlNode]
Predicate = Callable[[Nodes, Context], Nodes]


def compile_predicate(node: syntax.Node, compile_: Compile) -> Predicate:
    """A closure that keeps some of the candidates; a number means a position."""
    if isinstance(node, syntax.Number):
        wanted = node.value

        def at(nodes: Nodes, _context: Context) -> Nodes:
            return [nodes[int(wanted) - 1]] if 1 <= wanted <= len(nodes) and wanted.is_integer() else []

        return at
    expression = compile_(node)
    value, boolean = expression.value, expression.boolean
    surely_boolean = expression.kind == "boolean"

    def keep(nodes: Nodes, context: Context) -> Nodes:
        context.host.work.spend(len(nodes))
        inner = context.inner()
        inner.size = len(nodes)
        kept: Nodes = []
        for position, candidate in enumerate(nodes, 1):
            inner.node = candidate
            inner.position = position
            if surely_boolean:
                if boolean(inner):
                    kept.append(candidate)
                continue
            result = value(inner)
            if isinstance(result, float):
                if result == position:
                    kept.append(candidate)
            elif to_boolean(result):
                kept.append(candidate)
        return kept

    return keep
