"""The pages of a form: what is shown together, in the order of the body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forms.definition.model import Control, Kind, NodeDefinition
from forms.definition.reader import FormDefinition
from forms.session.node import Node, RepeatNode
from forms.xpath import Context

FIELD_LIST = "field-list"


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    ``nodes`` are its questions. ``group_label`` is the label of the innermost group with one. ``repeat`` is set on the
    page that follows the instances of a repeat without fixed count: it offers to add one, or to remove one.
    """

    ref: str
    nodes: tuple[Node, ...]
    group_label: str | None = None
    repeat: Node | None = None


def pages_of(form: FormDefinition, root: Node) -> tuple[Page, ...]:
    """All pages with something relevant on them."""
    return tuple(_pages(form.body, root, None))


def _pages(controls: list[Control], holder: Node, group_label: str | None) -> Iterator[Page]:
    for control in controls:
        node = _find(control.definition, holder)
        if control.tag == "repeat":
            if isinstance(node, RepeatNode) and node.relevant:
                yield from _repeat_pages(control, node, group_label)
        elif control.tag == "group":
            yield from _group_pages(control, node, holder, group_label)
        elif node is not None and node.relevant and node.kind is not Kind.MODEL_VALUE:
            yield Page(node.ref, (node,), group_label)


def _group_pages(control: Control, node: Node | None, holder: Node, group_label: str | None) -> Iterator[Page]:
    if node is not None and not node.relevant:
        return
    inside = node or holder
    label = _label(control, inside) or group_label
    if FIELD_LIST in control.appearances:
        questions = tuple(_questions(control.children, inside))
        if questions:
            yield Page((node or questions[0]).ref, questions, label)
        return
    yield from _pages(control.children, inside, label)


def _repeat_pages(control: Control, repeat: RepeatNode, group_label: str | None) -> Iterator[Page]:
    for instance in repeat.members:
        if not instance.relevant:
            continue
        label = instance.label or group_label
        if FIELD_LIST in control.appearances:
            questions = tuple(_questions(control.children, instance))
            if questions:
                yield Page(instance.ref, questions, label)
        else:
            yield from _pages(control.children, instance, label)
    if repeat.definition.count is None:
        yield Page(repeat.ref, (), repeat.label or group_label, repeat)


def _questions(controls: list[Control], holder: Node) -> Iterator[Node]:
    """All relevant questions below, in the order of the body."""
    for control in controls:
        node = _find(control.definition, holder)
        if control.definition is not None and (node is None or not node.relevant):
            continue
        if control.tag == "repeat" and isinstance(node, RepeatNode):
            for instance in node.members:
                if instance.relevant:
                    yield from _questions(control.children, instance)
        elif control.tag == "group":
            yield from _questions(control.children, node or holder)
        elif node is not None:
            yield node


def _label(control: Control, node: Node) -> str | None:
    if control.label is None:
        return None
    if control is node.definition.control:
        return node.label
    return node.engine.texts.words(control.label, Context(node, node.engine.host))


def _find(definition: NodeDefinition | None, holder: Node) -> Node | None:
    """The node of a definition nearest to a holder: below it, or below one of the nodes that it is in."""
    if definition is None:
        return None
    chain: list[NodeDefinition] = []
    step: NodeDefinition | None = definition
    while step is not None:
        chain.append(step)
        step = step.parent
    start: Node | None = holder
    while start is not None and (start.definition not in chain or isinstance(start, RepeatNode)):
        start = start.owner
    if start is None:
        return None
    node = start
    for step in reversed(chain[: chain.index(start.definition)]):
        if isinstance(node, RepeatNode):
            return None
        node = node.members[step.place]
    return node
