"""What an expression sees while it is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Protocol

from babel import Locale

from forms.limits import MAX_WORK
from forms.xmltree import XmlNode
from forms.xpath.errors import XPathEvaluationError


class Host(Protocol):
    """The surroundings of an expression: everything that is not in the expression itself."""

    @property
    def zone(self) -> tzinfo: ...

    @property
    def locale(self) -> Locale:
        """Whose names months and days have."""
        ...

    @property
    def namespaces(self) -> Mapping[str, str]: ...

    @property
    def work(self) -> Work: ...

    @property
    def root(self) -> XmlNode:
        """What ``/`` selects."""
        ...

    @property
    def simple_paths(self) -> dict[str, list[XmlNode]] | None:
        """Results of absolute paths without predicates, kept until the tree changes; None to keep nothing."""
        ...

    def now(self) -> datetime: ...

    def random(self) -> float: ...

    def uuid(self) -> str: ...

    def instance(self, name: str, /) -> XmlNode | None: ...

    def translation(self, name: str, /) -> str | None: ...

    def choice_label(self, node: XmlNode, value: str, /) -> str | None: ...

    def device_property(self, name: str, /) -> str: ...


class Work:
    """How much expressions may still do: counted down in nodes, so that the bound is the same on every machine."""

    __slots__ = ("exceeded", "left", "limit")

    def __init__(self, limit: int = MAX_WORK) -> None:
        self.limit = self.left = limit
        self.exceeded = False

    def renew(self) -> None:
        """Begin anew, as for the next answer."""
        self.left = self.limit
        self.exceeded = False

    def spend(self, amount: int) -> None:
        """Note what is about to be touched. Raises XPathEvaluationError where it is too much."""
        self.left -= amount
        if self.left < 0:
            self.exceeded = True
            raise XPathEvaluationError(f"The expressions touch more than {self.limit:,} nodes")


class Context:
    """A context node with its position and size, the node that ``current()`` gives, and the host."""

    __slots__ = ("current", "host", "node", "position", "size", "zone")

    def __init__(
        self, node: XmlNode, host: Host, *, current: XmlNode | None = None, position: int = 1, size: int = 1
    ) -> None:
        self.node = node
        self.host = host
        self.zone = host.zone
        self.current = node if current is None else current
        self.position = position
        self.size = size

    def inner(self) -> Context:
        """A context for predicates and steps, to be moved over nodes."""
        return Context(self.node, self.host, current=self.current)
