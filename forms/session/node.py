"""One node of an open form, as others see it and as XPath sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from forms.definition.demands import demanded_length, demanded_patterns
from forms.definition.model import SELECTIONS, Kind, NodeDefinition, Range
from forms.session.choices import Choice
from forms.xmltree import NodeKind, XmlNode
from forms.xpath.compiler import Kind as ValueKind
from forms.xpath.values import plain_number

if TYPE_CHECKING:
    from forms.session.recalculation import Recalculation


class ViolationKind(StrEnum):
    """Why an answer cannot be sent; of one that was sent also that its question should not have been asked."""

    required = "required"
    constraint = "constraint"
    type = "type"
    calculation = "calculation"
    relevance = "relevance"
    structure = "structure"


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong with a node's answer, and the author's message (blank where the form has none)."""

    kind: ViolationKind
    message: str
    ref: str


class Node(XmlNode):
    """A node of the instance.

    What others may use: ``ref``, ``name``, ``kind``, ``data_type``, ``appearance``, ``media_type``, ``label``,
    ``hint``, ``guidance``, ``media``, ``relevant``, ``required``, ``readonly``, ``value``, ``choices``, ``range``,
    ``violation``, ``is_number``, ``patterns``, ``exact_length``, ``parent``, ``children``, ``can_add``, ``can_remove``. All are computed when they are read and
    kept until something they depend on changes.
    """

    __slots__ = (
        "_choices",
        "_constraint",
        "_members",
        "_readonly",
        "_ref",
        "_required",
        "answer",
        "calculated",
        "computed_attributes",
        "definition",
        "engine",
        "number",
        "owner",
        "relevant",
        "self_relevant",
    )

    aside: Sequence[Node] = ()

    def __init__(self, definition: NodeDefinition, owner: Node | None, engine: Recalculation, number: int) -> None:
        # By slots rather than by the base's constructor: ten thousand of these are made when a large form opens.
        self.node_kind = NodeKind.ELEMENT
        element = definition.element
        self.name = element.name
        self.prefix = definition.prefix
        self.namespace = definition.namespace if definition.prefix else None
        self.text = ""
        self.elements = ()
        self.content = None
        self.attributes = element.attributes
        self.by_name = None
        self.index = None
        self.definition = definition
        self.owner = owner
        self.engine = engine
        self.number = number
        self.up = owner
        self.answer = ""
        self.calculated: str | None = None
        self.relevant = True
        self.self_relevant = True
        self.computed_attributes: Sequence[Node] = ()
        self._members: list[Node] = []
        self._ref: tuple[int, str] | None = None
        self._readonly: bool | None = None
        self._required: bool | None = None
        self._constraint: bool | None = None
        self._choices: Sequence[Choice] | None = None

    @property
    def is_static(self) -> bool:
        return False

    @property
    def is_truth(self) -> bool:
        # A question that is not answered, or by the number 0, is false, as in JavaRosa; what holds others is there or not.
        if not self.definition.is_leaf:
            return True
        return self.text != "" and not (self.data_type in ("int", "decimal") and plain_number(self.text) == 0)

    def instance_on(self, path: str, /) -> tuple[XmlNode, int] | None:
        if not self.definition.repeats:
            return None
        node: Node | None = self
        while node is not None:
            if isinstance(node, RepeatInstanceNode):
                own = node.definition.path
                if path.startswith(own) and path[len(own) : len(own) + 1] == "/":
                    return node, node.definition.depth
            node = node.owner
        return None

    @property
    def kind(self) -> Kind:
        """What the node is to whoever shows it."""
        return self.definition.kind

    @property
    def ref(self) -> str:
        """The reference with positions: ``/data/household[2]/name``. It changes when an earlier instance is removed."""
        version = self.engine.structure_version
        known = self._ref
        if known is None or known[0] != version:
            known = self._ref = (version, self._compute_ref())
        return known[1]

    def _compute_ref(self) -> str:
        mark = "@" if self.node_kind is NodeKind.ATTRIBUTE else ""
        return f"{self.owner.ref if self.owner is not None else ''}/{mark}{self.definition.name}"

    @property
    def data_type(self) -> str:
        """``string``, ``int``, ``decimal``, ``date``, ``time``, ``dateTime``, ``binary``, ``geopoint``, ``barcode``, …"""
        return self.definition.bind.data_type

    @property
    def appearance(self) -> frozenset[str]:
        """The words of the appearance attribute."""
        control = self.definition.control
        return frozenset() if control is None else control.appearances

    @property
    def media_type(self) -> str:
        """What an upload takes, as ``image/*``; blank for other nodes."""
        control = self.definition.control
        return "" if control is None else control.media_type

    @property
    def parameters(self) -> Mapping[str, str]:
        """Other attributes of the control and the bind, such as ``rows`` or ``orx:max-pixels``."""
        control = self.definition.control
        return {**self.definition.bind.attributes, **(control.attributes if control is not None else {})}

    @property
    def label(self) -> str | None:
        """The label in the session's language, with its outputs filled in; None where there is none."""
        return self.engine.texts.label(self)

    def labels(self, answer: str) -> tuple[str, ...]:
        """The words of the values of ``answer``, in its order; a value that is no choice stands as it is. Of a node without
        choices there are none."""
        if self.kind not in SELECTIONS:
            return ()
        values = [answer] if self.kind is Kind.SELECT1 else answer.split()
        return tuple(self.engine.choices.label(self, value) or value for value in values if value)

    @property
    def hint(self) -> str | None:
        """The hint, as the label."""
        return self.engine.texts.hint(self)

    @property
    def guidance(self) -> str | None:
        """The longer help that is shown on demand, as the label."""
        return self.engine.texts.guidance(self)

    @property
    def media(self) -> Mapping[str, str]:
        """File names of the label's media by kind: ``image``, ``big-image``, ``audio``, ``video``."""
        return self.engine.texts.media(self)

    @property
    def required(self) -> bool:
        """Whether an answer is needed."""
        if self._required is None:
            self._required = self.engine.condition(self, self.definition.bind.required, False)
        return self._required

    @property
    def readonly(self) -> bool:
        """Whether the node, or a group that it is in, takes no answer."""
        if self._readonly is None:
            self._readonly = self.engine.condition(self, self.definition.bind.readonly, False)
        return self._readonly or (self.owner is not None and self.owner.readonly)

    @property
    def value(self) -> str:
        """The answer in its lexical form; blank where there is none or where the node is not relevant."""
        return self.text

    @property
    def choices(self) -> Sequence[Choice]:
        """The choices as they are now filtered; empty for nodes that are no selection."""
        if self._choices is None:
            self._choices = self.engine.choices.of(self)
        return self._choices

    @property
    def range(self) -> Range | None:
        """The bounds of a range question; None for other nodes."""
        control = self.definition.control
        return None if control is None else control.range

    @property
    def violation(self) -> Violation | None:
        """What is wrong with the answer; None where nothing is."""
        return self.engine.violation(self)

    @property
    def is_number(self) -> bool:
        """Whether the value is a number: by its type, or because the form works one out."""
        calculate = self.definition.bind.calculate
        return self.data_type in ("int", "decimal") or (
            calculate is not None and calculate.expression.kind == ValueKind.NUMBER
        )

    @property
    def patterns(self) -> tuple[str, ...]:
        """Regular expressions that the constraint asks every answer to match."""
        constraint = self.definition.bind.constraint
        return () if constraint is None else demanded_patterns(constraint.syntax)

    @property
    def exact_length(self) -> int | None:
        """So many characters that the constraint asks every answer to have; None where it does not."""
        constraint = self.definition.bind.constraint
        return None if constraint is None else demanded_length(constraint.syntax)

    @property
    def constraint_holds(self) -> bool:
        """Whether the constraint is met by the present answer."""
        if self._constraint is None:
            self._constraint = self.engine.condition(self, self.definition.bind.constraint, True)
        return self._constraint

    @property
    def parent(self) -> Node | None:
        """The group, repeat, or repeat instance that holds this node; None for the root."""
        return self.owner

    @property
    def children(self) -> Sequence[Node]:
        """What this node holds, in the order of the form's model: for a repeat, its instances."""
        return self._members

    @property
    def members(self) -> list[Node]:
        """As ``children``; the engine's own list."""
        return self._members

    @property
    def can_add(self) -> bool:
        """Whether an instance may be added to this repeat by hand."""
        return False

    @property
    def can_remove(self) -> bool:
        """Whether this repeat instance may be removed by hand."""
        return False

    def leaves(self, visit: Callable[[Node], None]) -> None:
        """Call ``visit`` with every node below that has a value, in document order."""
        for member in self._members:
            if member.definition.is_leaf:
                visit(member)
            else:
                member.leaves(visit)

    def forget(self) -> None:
        """Drop the state that is kept, so that it is computed again."""
        self._readonly = self._required = self._constraint = None
        self._choices = None

    def __repr__(self) -> str:
        return f"<{self.kind} {self.definition.path}>"


class RepeatNode(Node):
    """A repeat: not an element of its own, but the row of its instances.

    ``aside`` are instances beyond what the repeat's count says, in order: they are not sent and nothing sees them, but
    what was answered in them comes back when the count grows again. Those of the form itself wait there as well.
    """

    __slots__ = ("_positions", "aside")

    def __init__(self, definition: NodeDefinition, owner: Node | None, engine: Recalculation, number: int) -> None:
        super().__init__(definition, owner, engine, number)
        self._positions: tuple[int, dict[Node, int]] | None = None
        self.aside: list[RepeatInstanceNode] = []

    def string_value(self) -> str:
        return ""

    def position_of(self, instance: Node) -> int:
        """The place of an instance, from 1, also of one that is set aside; 0 where it has been removed."""
        version = self.engine.structure_version
        known = self._positions
        if known is None or known[0] != version or len(known[1]) != len(self._members) + len(self.aside):
            instances = [*self._members, *self.aside]
            known = self._positions = (version, {instance: place for place, instance in enumerate(instances, 1)})
        return known[1].get(instance, 0)

    @property
    def left(self) -> list[RepeatInstanceNode]:
        """Those set aside that somebody has seen."""
        return [instance for instance in self.aside if instance.begun]

    @property
    def can_add(self) -> bool:
        """Whether an instance may be added: not where the form says how many there are."""
        return self.definition.count is None and self.engine.growth.may_grow(self) and not self.readonly


class RepeatInstanceNode(Node):
    """One instance of a repeat. ``begun`` once it was among them, in this session or when its answers were stored."""

    __slots__ = ("begun",)

    def __init__(self, definition: NodeDefinition, owner: RepeatNode, engine: Recalculation, number: int) -> None:
        super().__init__(definition, owner, engine, number)
        self.up = owner.owner
        self.begun = False

    @property
    def kind(self) -> Kind:
        return Kind.REPEAT_INSTANCE

    @property
    def position(self) -> int:
        """The place among the instances, from 1; 0 where the instance has been removed."""
        return cast(RepeatNode, self.owner).position_of(self)

    def _compute_ref(self) -> str:
        return f"{cast(Node, self.owner).ref}[{self.position}]"

    @property
    def can_remove(self) -> bool:
        """Whether this instance may be removed: not where the form says how many there are."""
        return self.definition.count is None and not self.readonly
