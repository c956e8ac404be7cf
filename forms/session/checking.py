"""Judging an instance that somebody else filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from forms.definition.model import NodeDefinition
from forms.environment import Environment
from forms.session.datatypes import describe, normalize
from forms.session.node import Node, RepeatNode, Violation, ViolationKind
from forms.session.session import FormSession
from forms.session.tree import everything
from forms.xmltree import XmlNode
from forms.xpath import syntax
from forms.xpath.focus import operands

if TYPE_CHECKING:
    from forms.form import Form

_VOLATILE = frozenset({"now", "once", "property", "random", "randomize", "today", "uuid"})


def check_instance(form: Form, root: XmlNode, environment: Environment) -> tuple[Violation, ...]:
    """All violations of an instance, in the order of the form."""
    session = FormSession(form, environment, root)
    found = list(session.validate())
    found.extend(_structure(form.definition.root, root, f"/{form.definition.root.name}"))
    steady = _Steady(form)
    for node, source in _pairs(session.root, root):
        text = "" if source is None else source.string_value()
        bind = node.definition.bind
        if text and not normalize(bind.data_type, text):
            found.append(Violation(ViolationKind.type, f"This takes {describe(bind.data_type)}", node.ref))
        elif (
            bind.calculate is not None
            and node.relevant
            and steady(node.definition)
            and normalize(bind.data_type, text) != node.text
        ):
            found.append(Violation(ViolationKind.calculation, "The calculation gives another value", node.ref))
    order = {node.ref: place for place, node in enumerate(everything(session.root))}
    return tuple(sorted(found, key=lambda violation: order.get(violation.ref, len(order))))


def _structure(definition: NodeDefinition, element: XmlNode, ref: str) -> Iterator[Violation]:
    """Nodes that the form does not have, and too many of those it has."""
    seen: dict[str, int] = {}
    by_local_name = {child.local_name: child for child in definition.children}
    for child in element.elements:
        known = by_local_name.get(child.name)
        seen[child.name] = seen.get(child.name, 0) + 1
        if known is None:
            # Other clients add what the form need not declare: an identity, an audit log.
            if definition.local_name != "meta" and child.name != "meta":
                yield Violation(ViolationKind.structure, "The form has no such node", f"{ref}/{child.name}")
            continue
        path = f"{ref}/{known.name}" + (f"[{seen[child.name]}]" if known.is_repeat else "")
        if seen[child.name] > 1 and not known.is_repeat:
            yield Violation(ViolationKind.structure, "The form has this node only once", path)
        elif child.elements and known.is_leaf:
            yield Violation(ViolationKind.structure, "This node holds no others", path)
        else:
            yield from _structure(known, child, path)


def _pairs(node: Node, source: XmlNode | None) -> Iterator[tuple[Node, XmlNode | None]]:
    """Every question with the element that answered it."""
    for member in node.members:
        found = [] if source is None else source.named(member.definition.local_name)
        if isinstance(member, RepeatNode):
            for instance, element in zip(member.members, [*found, *[None] * len(member.members)], strict=False):
                yield from _pairs(instance, element)
        elif member.definition.is_leaf:
            yield member, found[0] if found else None
        else:
            yield from _pairs(member, found[0] if found else None)


class _Steady:
    """Whether a calculation gives the same for the same answers: nothing in it asks the clock, for chance, or
    for words of the language that the form was filled in."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._known: dict[NodeDefinition, bool] = {}
        self._read: dict[NodeDefinition, set[NodeDefinition]] = {}
        for definition, edges in form.graph.by_value.items():
            for edge in edges:
                self._read.setdefault(edge.target, set()).add(definition)

    def __call__(self, definition: NodeDefinition) -> bool:
        known = self._known.get(definition)
        if known is None:
            self._known[definition] = True
            known = self._known[definition] = self._judge(definition)
        return known

    def _judge(self, definition: NodeDefinition) -> bool:
        bind = definition.bind
        if bind.preload:
            return False
        if bind.calculate is not None and (bind.calculate.speaks or _asks(bind.calculate.syntax)):
            return False
        if bind.relevant is not None and (bind.relevant.speaks or _asks(bind.relevant.syntax)):
            return False
        return all(self(read) for read in self._read.get(definition, ()) if read.bind.calculate is not None)


def _asks(node: syntax.Node) -> bool:
    stack: list[syntax.Node] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, syntax.Call) and current.name in _VOLATILE:
            return True
        stack.extend(operands(current))
        if isinstance(current, syntax.Path):
            for step in current.steps:
                stack.extend(step.predicates)
        elif isinstance(current, syntax.Filter):
            stack.extend(current.predicates)
    return False
