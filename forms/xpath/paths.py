"""Location paths: steps, predicates, and the short cuts that make them fast.

An absolute path without predicates gives the same nodes until the tree changes, so the host keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from forms.xmltree import NodeKind, XmlNode
from forms.xpath import syntax
from forms.xpath.axes import AXES, REVERSE_AXES, bounded, in_document_order
from forms.xpath.context import Context
from forms.xpath.indexes import compile_lookup
from forms.xpath.plain_paths import children_named, in_namespace, unprefixed
from forms.xpath.predicates import compile_predicate
from forms.xpath.values import readable

if TYPE_CHECKING:
    from forms.xpath.compiler import Expression

Compile = Callable[[syntax.Node], "Expression"]
Nodes = list[XmlNode]
StepClosure = Callable[[Nodes, Context], Nodes]
Matcher = Callable[[XmlNode, Context], bool]

_COSTS = {"descendant": 4, "descendant-or-self": 4, "following": 8, "preceding": 8}
"""How much more work a node is on these axes than a child is."""

_ORDERED_AXES = frozenset({"self", "child", "attribute"})


def compile_path(path: syntax.Path, start: Expression | None, compile_: Compile) -> Callable[[Context], Nodes]:
    """A closure from context to nodes in document order."""
    steps = tuple(_merged(path.steps))
    closures = [_step(step, compile_) for step in steps]
    if start is not None:
        from_nodes = start.nodes

        return lambda context: _follow(closures, from_nodes(context), context)
    if path.start is None:
        return _relative(steps, closures)
    return _absolute(path, closures)


def _absolute(path: syntax.Path, closures: list[StepClosure]) -> Callable[[Context], Nodes]:
    def absolute(context: Context) -> Nodes:
        return _follow(closures, [context.host.root], context)

    if any(step.predicates for step in path.steps) or _meets_texts(path.steps):
        return absolute
    key = str(path)

    def kept(context: Context) -> Nodes:
        table = context.host.simple_paths
        if table is None:
            return absolute(context)
        nodes = table.get(key)
        if nodes is None:
            nodes = table[key] = absolute(context)
        context.host.work.spend(len(nodes))
        return nodes

    return kept


def _meets_texts(steps: tuple[syntax.Step, ...]) -> bool:
    """Whether a path may select text, which comes and goes with the answers while the tree stays."""
    return any(
        step.test.kind == "text" or (step.test.kind == "node" and step.axis not in ("self", "parent"))
        for step in _merged(steps)
    )


def _follow(closures: list[StepClosure], nodes: Nodes, context: Context) -> Nodes:
    for closure in closures:
        if not nodes:
            break
        nodes = closure(nodes, context)
    return nodes


def _relative(steps: tuple[syntax.Step, ...], closures: list[StepClosure]) -> Callable[[Context], Nodes]:
    if all(step.axis in ("self", "parent") and step.test.kind == "node" and not step.predicates for step in steps[:-1]):
        last = steps[-1]
        if last.axis == "child" and last.test.kind == "name" and not last.test.prefix and not last.predicates:
            return _sibling(sum(step.axis == "parent" for step in steps[:-1]), last.test.name or "")

    return lambda context: _follow(closures, [context.node], context)


def _sibling(ups: int, name: str) -> Callable[[Context], Nodes]:
    """``../../name``: the most frequent path in forms."""

    def sibling(context: Context) -> Nodes:
        node: XmlNode | None = context.node
        for _ in range(ups):
            if node is None:
                return []
            node = node.up
        if node is None:
            return []
        return [child for child in node.named(name) if unprefixed(child)]

    return sibling


def _merged(steps: Iterable[syntax.Step]) -> Iterable[syntax.Step]:
    """``descendant-or-self::node()/child::x`` as ``descendant::x`` where no predicate counts positions."""
    pending: syntax.Step | None = None
    for step in steps:
        if pending is not None:
            if step.axis == "child" and not step.predicates:
                yield syntax.Step("descendant", step.test)
                pending = None
                continue
            yield pending
            pending = None
        if step.axis == "descendant-or-self" and step.test.kind == "node" and not step.predicates:
            pending = step
        else:
            yield step
    if pending is not None:
        yield pending


def _step(step: syntax.Step, compile_: Compile) -> StepClosure:
    select = _selector(step)
    predicates = [compile_predicate(predicate, compile_) for predicate in step.predicates]
    reverse = step.axis in REVERSE_AXES
    cost = _COSTS.get(step.axis, 1)
    ordered = step.axis in _ORDERED_AXES
    indexed = compile_lookup(step, compile_)

    def run(nodes: Nodes, context: Context) -> Nodes:
        if len(nodes) == 1:
            found = one(nodes[0], context)
            return found[::-1] if reverse else found
        merged: dict[XmlNode, None] = {}
        for node in nodes:
            merged.update(dict.fromkeys(one(node, context)))
        result = bounded(list(merged))
        context.host.work.spend(len(nodes) + len(result))
        return result if ordered and _disjoint(nodes) else in_document_order(result)

    def one(node: XmlNode, context: Context) -> Nodes:
        if indexed is not None:
            quick = indexed(node, context)
            if quick is not None:
                return quick
        found = select(node, context)
        if len(found) > 1:
            context.host.work.spend(len(found) * cost)
        for predicate in predicates:
            if not found:
                break
            found = predicate(found, context)
        return found

    return run


def _disjoint(nodes: Nodes) -> bool:
    """Whether no node can hold another: then children follow in document order."""
    up = nodes[0].up
    return all(node.up is up for node in nodes)


def _selector(step: syntax.Step) -> Callable[[XmlNode, Context], Nodes]:
    axis = AXES[step.axis]
    test = step.test
    if step.axis == "child" and test.kind == "name":
        prefix, name = test.prefix, test.name or ""
        return lambda node, context: children_named(node, prefix, name, context)
    if step.axis == "child" and test.kind == "*" and not test.prefix:
        return lambda node, _context: list(node.elements)
    if test.kind == "node":
        return lambda node, _context: list(axis(node))
    matches = _matcher(test, NodeKind.ATTRIBUTE if step.axis == "attribute" else NodeKind.ELEMENT)
    return lambda node, context: [found for found in axis(node) if matches(found, context)]


def _matcher(test: syntax.Test, principal: NodeKind) -> Matcher:
    name, prefix = test.name, test.prefix
    if test.kind == "*":
        if prefix:
            return lambda node, context: (
                node.node_kind is principal and in_namespace(node, prefix, context.host.namespaces.get(prefix))
            )
        return lambda node, _context: node.node_kind is principal
    if test.kind == "name":
        if prefix:
            return lambda node, context: (
                node.node_kind is principal
                and node.name == name
                and in_namespace(node, prefix, context.host.namespaces.get(prefix))
            )
        return lambda node, _context: node.node_kind is principal and node.name == name and unprefixed(node)
    if test.kind == "processing-instruction":
        return lambda node, _context: node.node_kind is NodeKind.INSTRUCTION and (name is None or node.name == name)
    kind = NodeKind.TEXT if test.kind == "text" else NodeKind.COMMENT
    return lambda node, _context: node.node_kind is kind


def compile_filter(node: syntax.Filter, base: Expression, compile_: Compile) -> Callable[[Context], Nodes]:
    """``(nodes)[predicate]``: positions count over the whole set."""
    predicates = [compile_predicate(predicate, compile_) for predicate in node.predicates]
    from_nodes = base.nodes

    def filtered(context: Context) -> Nodes:
        nodes = readable(from_nodes(context))
        for predicate in predicates:
            nodes = predicate(nodes, context)
        return nodes

    return filtered
