"""Predicates ``[column = value]`` over large lists whose nodes never change: answered from an index."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from forms.xmltree import XmlNode
from forms.xpath import syntax
from forms.xpath.axes import in_document_order
from forms.xpath.context import Context
from forms.xpath.focus import depends_on_focus, uses_position
from forms.xpath.predicates import Predicate, compile_predicate
from forms.xpath.values import number_of_node, readable

if TYPE_CHECKING:
    from forms.xpath.compiler import Expression

Compile = Callable[[syntax.Node], "Expression"]
Nodes = list[XmlNode]

INDEX_FROM = 32
"""Lists at least this long are filtered by an index."""


def compile_lookup(step: syntax.Step, compile_: Compile) -> Callable[[XmlNode, Context], Nodes | None] | None:
    """Answer ``name[column = value and …]…`` from indexes; None where the step has no such predicate.

    Of several columns the one with the fewest matches is used, and the others are tested on what it gives.
    """
    if step.axis != "child" or step.test.kind != "name" or not step.predicates:
        return None
    first, rest = step.predicates[0], step.predicates[1:]
    terms = first.terms if isinstance(first, syntax.And) else (first,)
    tests = [(term, *found) for term in terms if (found := _column_test(term)) is not None]
    if not tests or any(uses_position(term) for term in terms):
        return None
    columns = [(column, compile_(other).value) for _, column, other in tests]
    filters = [compile_predicate(term, compile_) for term, _, _ in tests]
    always = [compile_predicate(term, compile_) for term in terms if all(term is not tested for tested, _, _ in tests)]
    always.extend(compile_predicate(predicate, compile_) for predicate in rest)
    return _lookup(step.test, columns, filters, always)


def _lookup(
    test: syntax.Test,
    columns: list[tuple[str, Callable[[Context], Any]]],
    filters: list[Predicate],
    always: list[Predicate],
) -> Callable[[XmlNode, Context], Nodes | None]:
    name, prefix = test.name or "", test.prefix

    def lookup(node: XmlNode, context: Context) -> Nodes | None:
        if prefix or not node.is_static or node.count_named(name) < INDEX_FROM:
            return None
        values = [value(context) for _, value in columns]
        chosen = 0
        if len(columns) > 1:
            counts = [_count(node, name, column, value) for (column, _), value in zip(columns, values, strict=True)]
            chosen = counts.index(min(counts))
        nodes = _matching(node, name, columns[chosen][0], values[chosen], context)
        if nodes is None:
            return None
        for number, predicate in enumerate(filters):
            if number != chosen:
                nodes = predicate(nodes, context)
        for predicate in always:
            nodes = predicate(nodes, context)
        return nodes

    return lookup


def indexed_columns(path: syntax.Node) -> list[tuple[str, str, str]]:
    """What ``instance('list')/root/item[column = …]`` asks indexes for: (list, item name, column) each."""
    if not isinstance(path, syntax.Path) or not isinstance(path.start, syntax.Call) or path.start.name != "instance":
        return []
    source = path.start.arguments[0] if path.start.arguments else None
    if not isinstance(source, syntax.Literal) or len(path.steps) < 2 or not path.steps[1].predicates:
        return []
    first = path.steps[1].predicates[0]
    terms = first.terms if isinstance(first, syntax.And) else (first,)
    tests = [found for term in terms if (found := _column_test(term)) is not None]
    return [(source.value, path.steps[1].test.name or "", column) for column, _ in tests]


def _count(node: XmlNode, name: str, column: str, wanted: Any) -> float:
    """How many matches an index would give; infinite where only looking shows it."""
    if type(wanted) is list and len(wanted) == 1:
        wanted = wanted[0].string_value()
    return node.lookup_count(name, column, wanted) if type(wanted) is str else float("inf")


def _matching(node: XmlNode, name: str, column: str, wanted: Any, context: Context) -> Nodes | None:
    kind = type(wanted)
    if kind is str:
        return node.lookup(name, column, wanted)
    if kind is list:
        texts = list(dict.fromkeys(other.string_value() for other in readable(wanted)))
        if len(texts) == 1:
            return node.lookup(name, column, texts[0])
        if not texts:
            return [] if context.current.is_static else node.lookup(name, column, "")
        merged: dict[XmlNode, None] = {}
        for text in texts:
            merged.update(dict.fromkeys(node.lookup(name, column, text)))
        return in_document_order(list(merged))
    if kind is bool:
        return None
    key = float(wanted)
    return node.lookup_number(name, column, key, lambda found: number_of_node(found, context.zone))


def _column_test(term: syntax.Node) -> tuple[str, syntax.Node] | None:
    """``column = value`` where the value is the same for every candidate."""
    if not isinstance(term, syntax.Comparison) or len(term.rest) != 1 or term.rest[0][0] != "=":
        return None
    left, right = term.first, term.rest[0][1]
    for column, other in ((left, right), (right, left)):
        name = _column_name(column)
        if name is not None and not depends_on_focus(other):
            return name, other
    return None


def _column_name(node: syntax.Node) -> str | None:
    if not isinstance(node, syntax.Path) or node.start is not None:
        return None
    steps = [
        step for step in node.steps if not (step.axis == "self" and step.test.kind == "node" and not step.predicates)
    ]
    if len(steps) != 1:
        return None
    step = steps[0]
    if step.axis != "child" or step.test.kind != "name" or step.test.prefix or step.predicates:
        return None
    return step.test.name
