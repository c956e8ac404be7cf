"""Location paths: steps, predicates, and the short cuts that make them fast.

Two short cuts matter. An absolute path without predicates gives the same nodes until the tree changes, so the host
keeps them. A predicate ``[column = value]`` over a large list whose nodes never change is answered from an index.

One rule is ODK's own (“A Big Deviation with XForms” in the chapter on repeats): an absolute path into a repeat, used
inside that repeat, means the same instance, as a relative path would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from forms.xmltree import XFORMS, NodeKind, XmlNode
from forms.xpath import syntax
from forms.xpath.axes import AXES, REVERSE_AXES, bounded, in_document_order
from forms.xpath.context import Context
from forms.xpath.focus import depends_on_focus, uses_position
from forms.xpath.values import number_of_node, to_boolean

if TYPE_CHECKING:
    from forms.xpath.compiler import Expression

Compile = Callable[[syntax.Node], "Expression"]
Nodes = list[XmlNode]
StepClosure = Callable[[Nodes, Context], Nodes]
Matcher = Callable[[XmlNode, Context], bool]

INDEX_FROM = 32
"""Lists at least this long are filtered by an index."""

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
    return _absolute(steps, closures)


def _absolute(steps: tuple[syntax.Step, ...], closures: list[StepClosure]) -> Callable[[Context], Nodes]:
    def absolute(context: Context) -> Nodes:
        return _follow(closures, [context.host.root], context)

    if any(step.predicates for step in steps):
        return absolute

    def kept(context: Context) -> Nodes:
        table = context.host.simple_paths
        if table is None:
            return absolute(context)
        nodes = table.get(steps)
        if nodes is None:
            nodes = table[steps] = absolute(context)
        return nodes

    return kept


def compile_own_path(path: syntax.Path, compile_: Compile) -> Callable[[Context], Nodes] | None:
    """An absolute path with the rule for repeats; None where the rule cannot apply to it."""
    if path.start != "/" or not all(
        step.axis == "child" and step.test.kind == "name" and not step.predicates for step in path.steps
    ):
        return None
    closures = [_step(step, compile_) for step in path.steps]
    everywhere = _absolute(path.steps, closures)
    # prefixes[n] is the path's first n steps: the instance of a repeat at that path is where to go on from.
    prefixes = tuple("".join(f"/{step.test}" for step in path.steps[:length]) for length in range(len(closures)))

    def own(context: Context) -> Nodes:
        inside = context.current.instance_on(prefixes)
        if inside is None:
            return everywhere(context)
        instance, length = inside
        return _follow(closures[length:], [instance], context)

    return own


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
        return [child for child in node.named(name) if _unprefixed(child)]

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
    predicates = [_predicate(predicate, compile_) for predicate in step.predicates]
    reverse = step.axis in REVERSE_AXES
    ordered = step.axis in _ORDERED_AXES
    indexed = _indexed(step, compile_) if step.axis == "child" and step.test.kind == "name" else None

    def run(nodes: Nodes, context: Context) -> Nodes:
        if len(nodes) == 1:
            found = one(nodes[0], context)
            return found[::-1] if reverse else found
        merged: dict[XmlNode, None] = {}
        for node in nodes:
            merged.update(dict.fromkeys(one(node, context)))
        result = bounded(list(merged))
        return result if ordered and _disjoint(nodes) else in_document_order(result)

    def one(node: XmlNode, context: Context) -> Nodes:
        if indexed is not None:
            quick = indexed(node, context)
            if quick is not None:
                return quick
        found = select(node, context)
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
        name = test.name or ""
        if not test.prefix:
            return lambda node, context: [child for child in node.named(name) if _unprefixed(child)]
        prefix = test.prefix

        def prefixed(node: XmlNode, context: Context) -> Nodes:
            namespace = context.host.namespaces.get(prefix)
            return [child for child in node.named(name) if _in_namespace(child, prefix, namespace)]

        return prefixed
    if step.axis == "child" and test.kind == "*" and not test.prefix:
        return lambda node, context: node.elements
    if test.kind == "node":
        return lambda node, context: list(axis(node))
    matches = _matcher(test, NodeKind.ATTRIBUTE if step.axis == "attribute" else NodeKind.ELEMENT)
    return lambda node, context: [found for found in axis(node) if matches(found, context)]


def _matcher(test: syntax.Test, principal: NodeKind) -> Matcher:
    name, prefix = test.name, test.prefix
    if test.kind == "*":
        if prefix:
            return lambda node, context: (
                node.node_kind is principal and _in_namespace(node, prefix, context.host.namespaces.get(prefix))
            )
        return lambda node, context: node.node_kind is principal
    if test.kind == "name":
        if prefix:
            return lambda node, context: (
                node.node_kind is principal
                and node.name == name
                and _in_namespace(node, prefix, context.host.namespaces.get(prefix))
            )
        return lambda node, context: node.node_kind is principal and node.name == name and _unprefixed(node)
    if test.kind == "processing-instruction":
        return lambda node, context: node.node_kind is NodeKind.INSTRUCTION and (name is None or node.name == name)
    kind = NodeKind.TEXT if test.kind == "text" else NodeKind.COMMENT
    return lambda node, context: node.node_kind is kind


def _unprefixed(node: XmlNode) -> bool:
    """A name without prefix selects names in no namespace and, as it is the default one, in that of XForms."""
    return node.namespace is None or node.namespace == XFORMS


def _in_namespace(node: XmlNode, prefix: str, namespace: str | None) -> bool:
    return node.namespace == namespace if namespace is not None else node.prefix == prefix


Predicate = Callable[[Nodes, Context], Nodes]


def _predicate(node: syntax.Node, compile_: Compile) -> Predicate:
    if isinstance(node, syntax.Number):
        wanted = node.value

        def at(nodes: Nodes, context: Context) -> Nodes:
            position = int(wanted) if wanted == int(wanted) else 0
            return [nodes[position - 1]] if 1 <= position <= len(nodes) else []

        return at
    expression = compile_(node)
    value, boolean = expression.value, expression.boolean
    surely_boolean = expression.kind == "boolean"

    def keep(nodes: Nodes, context: Context) -> Nodes:
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


def compile_filter(node: syntax.Filter, base: Expression, compile_: Compile) -> Callable[[Context], Nodes]:
    """``(nodes)[predicate]``: positions count over the whole set."""
    predicates = [_predicate(predicate, compile_) for predicate in node.predicates]
    from_nodes = base.nodes

    def filtered(context: Context) -> Nodes:
        nodes = from_nodes(context)
        for predicate in predicates:
            nodes = predicate(nodes, context)
        return nodes

    return filtered


def _indexed(step: syntax.Step, compile_: Compile) -> Callable[[XmlNode, Context], Nodes | None] | None:
    """Answer ``name[column = value and …]…`` from indexes; None where the step has no such predicate.

    Of several columns the one with the fewest matches is used, and the others are tested on what it gives.
    """
    if not step.predicates:
        return None
    first, rest = step.predicates[0], step.predicates[1:]
    terms = first.terms if isinstance(first, syntax.And) else (first,)
    tests = [(term, *found) for term in terms if (found := _column_test(term)) is not None]
    if not tests or any(uses_position(term) for term in terms):
        return None
    columns = [(column, compile_(other).value) for _, column, other in tests]
    filters = [_predicate(term, compile_) for term, _, _ in tests]
    always = [_predicate(term, compile_) for term in terms if all(term is not tested for tested, _, _ in tests)]
    always.extend(_predicate(predicate, compile_) for predicate in rest)
    name, prefix = step.test.name or "", step.test.prefix

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
        texts = list(dict.fromkeys(other.string_value() for other in wanted))
        if len(texts) == 1:
            return node.lookup(name, column, texts[0])
        if not texts:
            return []
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
