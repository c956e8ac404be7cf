"""Walking over the nodes of an open form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forms.session.node import Node


def everything(node: Node, *, aside: bool = False) -> Iterator[Node]:
    """A node and all nodes below it, repeats included, in document order; with ``aside`` also what repeats set aside."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if aside:
            stack.extend(reversed(current.aside))
        stack.extend(reversed(current.members))
        if current.computed_attributes:
            stack.extend(reversed(current.computed_attributes))
