"""The choices of selections, filtered and labelled only as far as somebody looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from forms.xmltree import XmlNode
from forms.xpath import XPathError
from forms.xpath.values import held

if TYPE_CHECKING:
    from forms.definition.model import Control, Itemset
    from forms.session.node import Node
    from forms.session.recalculation import Recalculation


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: the value that is stored, the label in the session's language, and file names by kind of media."""

    value: str
    label: str
    media: Mapping[str, str]


class ItemsetChoices(Sequence[Choice]):
    """Choices from nodes. A choice's label is made when the choice is looked at, not before."""

    def __init__(self, nodes: list[XmlNode], itemset: Itemset, engine: Recalculation, current: Node) -> None:
        self._nodes = nodes
        self._itemset = itemset
        self._engine = engine
        self._current = current
        self._made: dict[int, Choice] = {}
        self._places: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self._nodes)

    @overload
    def __getitem__(self, place: int) -> Choice: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Choice]: ...

    def __getitem__(self, place: int | slice) -> Choice | Sequence[Choice]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self._nodes)))]
        number = place + len(self._nodes) if place < 0 else place
        if not 0 <= number < len(self._nodes):
            raise IndexError(place)
        made = self._made.get(number)
        if made is None:
            made = self._made[number] = self._make(self._nodes[number])
        return made

    def _make(self, node: XmlNode) -> Choice:
        at_question = self._engine.context(self._current)
        at_item = at_question.inner()
        at_item.node = node
        value = self._engine.texts.evaluate(self._itemset.value, at_item)
        label = self._itemset.label
        if label is None:
            return Choice(value, value, {})
        words, media = self._engine.texts.choice(label, at_item, at_question)
        return Choice(value, words, media)

    def values(self) -> Mapping[str, int]:
        """Where each value stands; of equal values the first."""
        if self._places is None:
            read, value = self._engine.texts.evaluate, self._itemset.value
            context = self._engine.context(self._current).inner()
            places: dict[str, int] = {}
            for place, node in enumerate(self._nodes):
                context.node = node
                places.setdefault(read(value, context), place)
            self._places = places
        return self._places


class StaticChoices(Sequence[Choice]):
    """Choices that are written in the form's body."""

    def __init__(self, control: Control, engine: Recalculation, node: Node) -> None:
        self._choices = tuple(engine.texts.item(item, node) for item in control.items)
        self._places: dict[str, int] = {}
        for place, choice in enumerate(self._choices):
            self._places.setdefault(choice.value, place)

    def __len__(self) -> int:
        return len(self._choices)

    @overload
    def __getitem__(self, place: int) -> Choice: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Choice]: ...

    def __getitem__(self, place: int | slice) -> Choice | Sequence[Choice]:
        return self._choices[place]

    def values(self) -> Mapping[str, int]:
        """Where each value stands; of equal values the first."""
        return self._places


class ChoiceLists:
    """Finds the choices of nodes."""

    def __init__(self, engine: Recalculation) -> None:
        self._engine = engine
        self._value_tables: dict[int, tuple[list[XmlNode], Mapping[str, int]]] = {}

    def of(self, node: Node) -> Sequence[Choice]:
        """The choices of a node now."""
        control = node.definition.control
        if control is None or control.tag not in ("select", "select1", "rank"):
            return ()
        if control.itemset is None:
            return StaticChoices(control, self._engine, node)
        try:
            nodes = held(control.itemset.nodes.expression.nodes(self._engine.context(node)))
        except XPathError as error:
            self._engine.note_fault(node, error)
            nodes = []
        return ItemsetChoices(nodes, control.itemset, self._engine, node)

    def values(self, node: Node) -> Mapping[str, int]:
        """The values that may be chosen now, with their places."""
        choices = node.choices
        if isinstance(choices, ItemsetChoices | StaticChoices):
            return choices.values()
        return {}

    def label(self, node: Node, value: str) -> str | None:
        """The label of a value among a node's choices, for expressions; None where it is not one of them.

        Without the space that XLSForm's converter sets around values in texts: JavaRosa sends it without, too.
        """
        place = self.values(node).get(value)
        return None if place is None else node.choices[place].label.strip()

    def effective(self, node: Node, answer: str) -> str:
        """An answer without the values that cannot be chosen now; a ranking is completed."""
        control = node.definition.control
        if not answer or control is None:
            return answer
        allowed = self.values(node)
        if control.tag == "select1":
            return answer if answer in allowed else ""
        chosen = [value for value in answer.split() if value in allowed]
        if control.tag == "rank" and answer.split():
            chosen = list(dict.fromkeys([*chosen, *allowed]))
        return " ".join(chosen)
