"""A filled instance as somebody reads it who did not fill it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from forms.definition.model import Kind, NodeDefinition, TextSource
from forms.session.node import Node, RepeatNode, ViolationKind
from forms.session.sent import SentInstance
from forms.session.tree import everything

if TYPE_CHECKING:
    from forms.session.recalculation import Recalculation

_GROUPS = frozenset({Kind.GROUP, Kind.REPEAT, Kind.REPEAT_INSTANCE})


class Origin(StrEnum):
    """Where a value comes from."""

    person = "person"
    """Whoever filled the form gave it, or could have."""
    form = "form"
    """The form calculated or fixed it: a fee, a note that holds a value, a value without question."""
    record = "record"
    """The client wrote it down beside the answers: identity, times, device."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One node of an instance that was sent.

    ``label`` is in the reading's language; None where the form has none (then ``name`` is all there is). ``value`` is
    the text as it was sent. ``chosen`` are the words of a selection's values, in the order of ``value``. ``entries``
    is what a group, or an instance of a repeat, holds; a repeat itself holds its instances.
    """

    ref: str
    name: str
    kind: Kind
    data_type: str
    origin: Origin
    label: str | None
    value: str = ""
    chosen: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    #: Whether ``value`` is a number: by its type, or because the form worked one out.
    is_number: bool = False

    def walk(self) -> Iterator[Entry]:
        """This entry and all below it, in the order of the form."""
        yield self
        for entry in self.entries:
            yield from entry.walk()


class Reading:
    """What an instance holds, in the order of the form, in one language. Get one from :meth:`forms.Form.read`.

    Nothing in it is computed anew but words: labels and the names of choices.
    """

    def __init__(self, sent: SentInstance) -> None:
        self._sent = sent
        self._texts = sent.engine.texts
        self._nodes = {node.ref: node for node in everything(sent.root)}
        self.entries = tuple(_entries(sent.root, sent.engine))

    def walk(self) -> Iterator[Entry]:
        """All entries, in the order of the form."""
        for entry in self.entries:
            yield from entry.walk()

    def label(self, ref: str) -> str | None:
        """The words of a question, group or value, asked or not; None where the form has none or no such node."""
        node = self._nodes.get(ref)
        return None if node is None else _label(node, self._sent.engine)

    def message(self, ref: str, kind: str) -> str:
        """What the form's author says to a missing answer or a broken constraint; blank where nothing is said."""
        node = self._nodes.get(ref)
        if node is None:
            return ""
        bind = node.definition.bind
        messages = {
            ViolationKind.required.value: bind.required_message,
            ViolationKind.constraint.value: bind.constraint_message,
        }
        return self._texts.message(messages.get(kind), node)


def _entries(holder: Node, engine: Recalculation) -> Iterator[Entry]:
    for node in holder.members:
        if node.relevant and (not isinstance(node, RepeatNode) or node.members):
            entry = _entry(node, engine)
            if entry is not None:
                yield entry


def _entry(node: Node, engine: Recalculation) -> Entry | None:
    origin, words = _origin(node.definition), _label(node, engine)
    facts = (node.ref, node.name, node.kind, node.data_type, origin, words)
    if node.kind in _GROUPS and not node.definition.is_leaf:
        return Entry(*facts, entries=tuple(_entries(node, engine)))
    if not node.answer and (origin is not Origin.person):
        # A note without a value asks nothing and says nothing of who filled the form.
        return None
    return Entry(*facts, value=node.answer, chosen=node.labels(node.answer), is_number=node.is_number)


def _origin(definition: NodeDefinition) -> Origin:
    bind, parent = definition.bind, definition.parent
    if bind.preload or (parent is not None and parent.local_name == "meta" and parent.control is None):
        return Origin.record
    if definition.local_name == "meta" and definition.control is None and not definition.is_leaf:
        return Origin.record
    if definition.kind is Kind.MODEL_VALUE:
        return Origin.record if _only_counts(definition) else Origin.form
    if definition.kind is Kind.NOTE:
        return Origin.form
    fixed = bind.readonly is not None and bind.readonly.constant is True
    return Origin.form if fixed and definition.control is not None and definition.is_leaf else Origin.person


def _only_counts(definition: NodeDefinition) -> bool:
    """Whether it is what pyxform writes a repeat's number of instances into."""
    siblings = definition.parent.children if definition.parent is not None else ()
    return any(one.count is not None and definition.name == f"{one.name}_count" for one in siblings)


def _label(node: Node, engine: Recalculation) -> str | None:
    if node.definition.control is not None:
        return (node.label or "").strip() or None
    # pyxform keeps the words of a calculation that is not shown, under the name that a label would have.
    identifier = f"{node.definition.path}:label"
    if engine.texts.translation(identifier) is None:
        return None
    words = engine.texts.words(TextSource(None, None, identifier), engine.context(node))
    return (words or "").strip() or None
