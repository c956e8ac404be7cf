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


@dataclass(frozen=True, slots=True)
class _Row:
    """A repeat among the questions of a page, and the label of the group it is in."""

    control: Control
    repeat: RepeatNode
    label: str | None


def _pages(controls: list[Control], holder: Node, group_label: str | None) -> Iterator[Page]:
    for control in controls:
        node = _find(control.definition, holder)
        if control.tag == "repeat":
            if isinstance(node, RepeatNode) and node.relevant:
                yield from _repeat_pages(_Row(control, node, group_label), together=False)
        elif control.tag == "group":
            yield from _group_pages(control, node, holder, group_label)
        elif node is not None and node.relevant and node.kind is not Kind.MODEL_VALUE:
            yield Page(node.ref, (node,), group_label)


def _group_pages(control: Control, node: Node | None, holder: Node, group_label: str | None) -> Iterator[Page]:
    if node is not None and not node.relevant:
        return
    inside = _inside(node, holder)
    label = _label(control, inside) or group_label
    if FIELD_LIST in control.appearances:
        yield from _together(control.children, inside, label, None if node is None else node.ref)
    else:
        yield from _pages(control.children, inside, label)


def _repeat_pages(row: _Row, *, together: bool) -> Iterator[Page]:
    control, repeat = row.control, row.repeat
    for instance in repeat.members:
        if not instance.relevant:
            continue
        label = instance.label or row.label
        if together or FIELD_LIST in control.appearances:
            yield from _together(control.children, instance, label, instance.ref)
        else:
            yield from _pages(control.children, instance, label)
    if repeat.definition.count is None:
        yield Page(repeat.ref, (), repeat.label or row.label, repeat)


def _together(controls: list[Control], holder: Node, label: str | None, ref: str | None) -> Iterator[Page]:
    """One page; a repeat in the middle has pages of its own, an instance each, and what comes after it another one.

    ``ref`` is the first page's; None for that of its first question.
    """
    gathered: list[Node] = []
    for part in _parts(controls, holder, label):
        if isinstance(part, Node):
            gathered.append(part)
            continue
        if gathered:
            yield Page(ref or gathered[0].ref, tuple(gathered), label)
        ref, gathered = None, []
        yield from _repeat_pages(part, together=True)
    if gathered:
        yield Page(ref or gathered[0].ref, tuple(gathered), label)


def _parts(controls: list[Control], holder: Node, label: str | None) -> Iterator[Node | _Row]:
    """All relevant questions and repeats below, in the order of the body."""
    for control in controls:
        node = _find(control.definition, holder)
        if control.definition is not None and (node is None or not node.relevant):
            continue
        if control.tag == "group":
            inside = _inside(node, holder)
            yield from _parts(control.children, inside, _label(control, inside) or label)
        elif isinstance(node, RepeatNode):
            yield _Row(control, node, label)
        elif node is not None:
            yield node


def _inside(node: Node | None, holder: Node) -> Node:
    """Where the questions of a group are looked for; one that is around a repeat is in none of its instances."""
    return holder if node is None or isinstance(node, RepeatNode) else node


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
