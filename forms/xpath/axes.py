"""The axes of XPath and document order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from forms.limits import MAX_NODESET
from forms.xmltree import NodeKind, XmlNode
from forms.xpath.errors import XPathEvaluationError

Axis = Callable[[XmlNode], Iterable[XmlNode]]

REVERSE_AXES = frozenset({"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"})
"""Axes that run against document order: their first position is the nearest node."""


def bounded(nodes: list[XmlNode]) -> list[XmlNode]:
    """The same nodes, refused when there are more than ``MAX_NODESET``."""
    if len(nodes) > MAX_NODESET:
        raise XPathEvaluationError(f"A path selects more than {MAX_NODESET:,} nodes")
    return nodes


def _self(node: XmlNode) -> list[XmlNode]:
    return [node]


def _child(node: XmlNode) -> Sequence[XmlNode]:
    return node.child_nodes()


def _parent(node: XmlNode) -> list[XmlNode]:
    return [] if node.up is None else [node.up]


def _attribute(node: XmlNode) -> Sequence[XmlNode]:
    return node.attributes


def _namespace(_node: XmlNode) -> list[XmlNode]:
    return []


def _ancestor(node: XmlNode) -> list[XmlNode]:
    found = []
    up = node.up
    while up is not None:
        found.append(up)
        up = up.up
    return found


def _ancestor_or_self(node: XmlNode) -> list[XmlNode]:
    return [node, *_ancestor(node)]


def _descendant(node: XmlNode) -> list[XmlNode]:
    found: list[XmlNode] = []
    stack = [node]
    while stack:
        current = stack.pop()
        if current is not node:
            found.append(current)
            if len(found) > MAX_NODESET:
                bounded(found)
        stack.extend(reversed(current.child_nodes()))
    return found


def _descendant_or_self(node: XmlNode) -> list[XmlNode]:
    return [node, *_descendant(node)]


def _siblings(node: XmlNode) -> tuple[Sequence[XmlNode], int]:
    if node.up is None or node.node_kind in (NodeKind.ATTRIBUTE, NodeKind.NAMESPACE):
        return [], 0
    children = node.up.child_nodes()
    for position, child in enumerate(children):
        if child is node:
            return children, position
    return [], 0


def _following_sibling(node: XmlNode) -> Sequence[XmlNode]:
    children, position = _siblings(node)
    return children[position + 1 :]


def _preceding_sibling(node: XmlNode) -> Sequence[XmlNode]:
    children, position = _siblings(node)
    return children[:position][::-1]


def _following(node: XmlNode) -> list[XmlNode]:
    found: list[XmlNode] = []
    current: XmlNode | None = node
    if node.node_kind is NodeKind.ATTRIBUTE and node.up is not None:
        found.extend(_descendant(node.up))
        current = node.up
    while current is not None:
        for sibling in _following_sibling(current):
            found.extend(_descendant_or_self(sibling))
        current = current.up
    return found


def _preceding(node: XmlNode) -> list[XmlNode]:
    found: list[XmlNode] = []
    current: XmlNode | None = node.up if node.node_kind is NodeKind.ATTRIBUTE else node
    while current is not None:
        for sibling in _preceding_sibling(current):
            found.extend(reversed(_descendant_or_self(sibling)))
        current = current.up
    return found


AXES: dict[str, Axis] = {
    "self": _self,
    "child": _child,
    "parent": _parent,
    "attribute": _attribute,
    "namespace": _namespace,
    "ancestor": _ancestor,
    "ancestor-or-self": _ancestor_or_self,
    "descendant": _descendant,
    "descendant-or-self": _descendant_or_self,
    "following-sibling": _following_sibling,
    "preceding-sibling": _preceding_sibling,
    "following": _following,
    "preceding": _preceding,
}


def in_document_order(nodes: list[XmlNode]) -> list[XmlNode]:
    """The same nodes, sorted as they stand in their documents."""
    if len(nodes) < 2:
        return nodes
    places: dict[int, dict[int, int]] = {}

    def key(node: XmlNode) -> tuple[int, ...]:
        path: list[int] = []
        current = node
        while current.up is not None:
            up = current.up
            table = places.get(id(up))
            if table is None:
                table = {id(child): index + 1 for index, child in enumerate(up.child_nodes())}
                table.update({id(child): -len(up.attributes) + index for index, child in enumerate(up.attributes)})
                places[id(up)] = table
            path.append(table.get(id(current), 0))
            current = up
        return tuple(reversed(path))

    return sorted(nodes, key=key)
