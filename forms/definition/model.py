"""The parts of a form's definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from forms.xmltree import NodeKind, XmlNode
from forms.xpath import Expression
from forms.xpath import syntax as xpath_syntax
from forms.xpath.compiler import compile_expression
from forms.xpath.language import depends_on_language


class Kind(StrEnum):
    """What a node is to whoever shows it."""

    INPUT = "INPUT"
    SELECT1 = "SELECT1"
    SELECT = "SELECT"
    RANK = "RANK"
    RANGE = "RANGE"
    TRIGGER = "TRIGGER"
    UPLOAD = "UPLOAD"
    NOTE = "NOTE"
    GROUP = "GROUP"
    REPEAT = "REPEAT"
    REPEAT_INSTANCE = "REPEAT_INSTANCE"
    MODEL_VALUE = "MODEL_VALUE"


#: Answered by values of a list, with a space between them where there may be several.
SELECTIONS: Final = frozenset({Kind.SELECT1, Kind.SELECT, Kind.RANK})
#: Types of an answer that a map or a satellite gives.
PLACE_TYPES: Final = frozenset({"geopoint", "geotrace", "geoshape"})


@dataclass(frozen=True, slots=True)
class Range:
    """The bounds of a range question, both included, and the step from ``start``."""

    start: Decimal
    end: Decimal
    step: Decimal

    def values(self) -> Iterator[str]:
        """Every value that can be chosen, as it is stored, from start to end."""
        if self.step == 0:
            yield str(self.start)
            return
        step = abs(self.step) if self.end >= self.start else -abs(self.step)
        value = self.start
        while (value <= self.end) if step > 0 else (value >= self.end):
            yield str(value)
            value += step


class Formula:
    """An XPath expression of a form: its text, its syntax, and its closures, compiled when first needed."""

    __slots__ = ("_expression", "_speaks", "source", "syntax")

    def __init__(self, source: str, syntax: xpath_syntax.Node) -> None:
        self.source = source
        self.syntax = syntax
        self._expression: Expression | None = None
        self._speaks: bool | None = None

    @property
    def speaks(self) -> bool:
        """Whether the value may be another one in another language."""
        if self._speaks is None:
            self._speaks = depends_on_language(self.syntax)
        return self._speaks

    @property
    def expression(self) -> Expression:
        """The compiled expression."""
        if self._expression is None:
            self._expression = compile_expression(self.syntax)
        return self._expression

    @property
    def constant(self) -> bool | None:
        """True or False for ``true()`` and ``false()``, None for everything else."""
        node = self.syntax
        if isinstance(node, xpath_syntax.Call) and not node.arguments and node.name in ("true", "false"):
            return node.name == "true"
        return None

    def __repr__(self) -> str:
        return f"Formula({self.source!r})"


@dataclass(frozen=True, slots=True)
class Text:
    """Words with values in them: literal parts as ``str``, outputs as :class:`Formula`."""

    parts: tuple[str | Formula, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """One ``<text>`` of one language: the words, the guidance, file names by kind of media, and all forms of the words."""

    text: Text | None
    guidance: Text | None
    media: dict[str, str]
    forms: dict[str, Text]


@dataclass(frozen=True, slots=True)
class TextSource:
    """Where a label, hint, or message comes from: translations by an identifier that may be computed, or words."""

    words: Text | None
    identifier: Formula | None
    static_identifier: str | None
    media: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One choice that is written in the form's body."""

    value: str
    label: TextSource | None


@dataclass(frozen=True, slots=True)
class Itemset:
    """Choices that are nodes: which ones, and where each has its value and label (relative to the node)."""

    nodes: Formula
    value: Formula
    label: TextSource | None


@dataclass(slots=True)
class Control:
    """An element of the form's body. ``definition`` is None only for groups without reference."""

    tag: str
    definition: NodeDefinition | None
    label: TextSource | None = None
    hint: TextSource | None = None
    appearances: frozenset[str] = frozenset()
    items: tuple[Item, ...] = ()
    itemset: Itemset | None = None
    range: Range | None = None
    media_type: str = ""
    rows: int | None = None
    children: list[Control] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Bind:
    """What a bind says of a node."""

    data_type: str = "string"
    calculate: Formula | None = None
    relevant: Formula | None = None
    readonly: Formula | None = None
    required: Formula | None = None
    constraint: Formula | None = None
    constraint_message: TextSource | None = None
    required_message: TextSource | None = None
    preload: str = ""
    preload_parameter: str = ""
    declared_type: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """A ``setvalue``: when ``events`` happen (to ``source``), ``target`` gets ``value``.

    ``chosen`` is the target's path where predicates choose among its repeats.
    """

    target: NodeDefinition
    events: frozenset[str]
    value: Formula | None
    literal: str
    source: NodeDefinition | None
    chosen: Formula | None = None


_NO_CHILDREN: Mapping[str, list[NodeDefinition]] = MappingProxyType({})


class NodeDefinition:
    """A node of the primary instance, once for all its repetitions.

    ``path`` is the reference without positions, ``depth`` the number of its steps, ``place`` where it stands among its
    siblings, and ``repeats`` the repeats that it is in, the outermost first (a repeat is in itself). ``attributes`` are those attributes that a bind or an
    action gives a value to.
    """

    __slots__ = (
        "actions",
        "attributes",
        "bind",
        "children",
        "children_by_name",
        "control",
        "count",
        "default",
        "depth",
        "element",
        "instances",
        "is_leaf",
        "is_repeat",
        "kind",
        "name",
        "namespace",
        "number",
        "parent",
        "path",
        "place",
        "prefix",
        "repeats",
        "template",
    )

    def __init__(self, element: XmlNode, parent: NodeDefinition | None, number: int) -> None:
        self.element = element
        self.name = element.qualified_name
        self.prefix = element.prefix
        self.namespace = element.namespace
        self.parent = parent
        self.number = number
        mark = "@" if element.node_kind is NodeKind.ATTRIBUTE else ""
        self.path: str = f"{parent.path if parent else ''}/{mark}{self.name}"
        self.depth: int = parent.depth + 1 if parent else 1
        self.place = 0
        self.children: Sequence[NodeDefinition] = ()
        self.children_by_name: Mapping[str, list[NodeDefinition]] = _NO_CHILDREN
        self.attributes: tuple[NodeDefinition, ...] = ()
        self.bind = Bind()
        self.control: Control | None = None
        self.kind = Kind.MODEL_VALUE
        self.is_leaf = not element.elements
        self.is_repeat = False
        self.default = element.text if self.is_leaf else ""
        self.count: Formula | None = None
        self.template: XmlNode | None = None
        self.instances: Sequence[XmlNode] = ()
        self.repeats: tuple[NodeDefinition, ...] = parent.repeats if parent else ()
        self.actions: tuple[Action, ...] = ()

    @property
    def local_name(self) -> str:
        """The name without prefix."""
        return self.element.name

    def walk(self) -> Iterator[NodeDefinition]:
        """This definition and all below it, in document order, computed attributes included."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))
            stack.extend(reversed(node.attributes))

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}>"
