"""Making the nodes of an open form, and changing how many instances its repeats have."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from forms.definition.model import NodeDefinition
from forms.errors import SessionLimitError
from forms.limits import MAX_REPEAT_INSTANCES, MAX_SESSION_NODES
from forms.session.datatypes import normalize
from forms.session.node import Node, RepeatInstanceNode, RepeatNode
from forms.session.tree import everything
from forms.xmltree import NodeKind, XmlNode

if TYPE_CHECKING:
    from forms.session.recalculation import Recalculation


class Growth:
    """Makes and removes the nodes of one session, and queues what follows from it.

    ``counted`` are nodes that only ``jr:count`` has made while the form was being opened. A repeat that shrinks by its
    count sets instances aside, and they come back, first those that went last, when it grows again.
    """

    def __init__(self, engine: Recalculation) -> None:
        self._engine = engine
        self._made = 0
        #: Whether a repeat may have instances set aside that somebody has seen.
        self.has_set_aside = False
        self.counted: set[Node] = set()

    def create(
        self, definition: NodeDefinition, owner: Node | None, source: XmlNode | None, *, stored: bool = False
    ) -> Node:
        """A node and everything below it, with the values of ``source`` (the form's own where it is None).

        ``stored`` is True where the source was filled before.
        """
        node = Node(definition, owner, self._engine, self._next_number())
        self._fill(node, source, stored)
        return node

    def _next_number(self) -> int:
        self._made += 1
        if self._made > MAX_SESSION_NODES:
            raise SessionLimitError(f"The form has more than {MAX_SESSION_NODES:,} nodes")
        return self._made

    def _fill(self, node: Node, source: XmlNode | None, stored: bool) -> None:
        definition = node.definition
        if source is not None and source.attributes:
            node.attributes = source.attributes
        if node.owner is not None:
            node.relevant = node.owner.relevant
        if definition.attributes:
            self._compute_attributes(node)
        if definition.is_leaf:
            text = source.string_value() if source is not None else definition.default
            node.answer = normalize(definition.bind.data_type, text)
            node.text = node.answer if node.relevant else ""
            return
        flat = True
        for child in definition.children:
            if child.is_repeat:
                flat = False
                node.members.append(self._create_repeat(child, node, source, stored))
            else:
                found = source.named(child.local_name) if source is not None else ()
                node.members.append(self.create(child, node, found[0] if found else None, stored=stored))
        if flat:
            node.elements = node.members
        else:
            self._relink(node)

    def _compute_attributes(self, node: Node) -> None:
        """Nodes for those attributes that have a value of their own; the others are shared with the form."""
        computed: dict[str, Node] = {}
        for definition in node.definition.attributes:
            attribute = Node(definition, node, self._engine, self._next_number())
            attribute.node_kind = NodeKind.ATTRIBUTE
            present = next(
                (known.text for known in node.attributes if known.name == attribute.name), definition.default
            )
            attribute.relevant = node.relevant
            attribute.answer = attribute.text = present
            computed[definition.name] = attribute
        node.computed_attributes = tuple(computed.values())
        node.attributes = [computed.get(known.qualified_name, known) for known in node.attributes]

    def _create_repeat(
        self, definition: NodeDefinition, owner: Node, source: XmlNode | None, stored: bool
    ) -> RepeatNode:
        repeat = RepeatNode(definition, owner, self._engine, self._next_number())
        repeat.relevant = owner.relevant
        found = [] if source is None else source.named(definition.local_name)
        sources = [element for element in found if element is not definition.template and not is_template(element)]
        instances = [self._make(repeat, element, stored) for element in sources[:MAX_REPEAT_INSTANCES]]
        if definition.count is not None:
            # How many of them there are, the count says once it is computed.
            repeat.aside = instances
            self.has_set_aside |= stored and bool(instances)
        else:
            repeat.members.extend(instances)
        return repeat

    def _make(self, repeat: RepeatNode, source: XmlNode | None, stored: bool = False) -> RepeatInstanceNode:
        instance = RepeatInstanceNode(repeat.definition, repeat, self._engine, self._next_number())
        instance.begun = stored
        if source is not None:
            self._fill(instance, source, stored)
        else:
            self._fill(instance, repeat.definition.template, stored=False)
        return instance

    def _relink(self, node: Node) -> None:
        """Lay the instances of repeats among the child elements, as paths see them."""
        node.elements = [
            element
            for member in node.members
            for element in (member.members if isinstance(member, RepeatNode) else (member,))
        ]
        node.by_name = None

    def may_grow(self, repeat: Node) -> bool:
        """Whether a repeat has fewer instances than the bound."""
        return len(repeat.members) < MAX_REPEAT_INSTANCES

    def add_instance(self, repeat: RepeatNode, source: XmlNode | None = None) -> RepeatInstanceNode:
        """Add an instance at the end, computed and with its defaults set."""
        if not self.may_grow(repeat):
            raise SessionLimitError(f"A repeat has at most {MAX_REPEAT_INSTANCES:,} instances")
        instance = self._make(repeat, source)
        repeat.members.append(instance)
        self._restructured(repeat)
        fresh = list(everything(instance))
        self._engine.touched.update(dict.fromkeys(fresh))
        self._engine.prepare(fresh)
        self._engine.actions.begin_instance(fresh)
        return instance

    def remove_instance(self, instance: RepeatInstanceNode) -> None:
        """Remove an instance and everything below it."""
        repeat = cast(RepeatNode, instance.owner)
        repeat.members.remove(instance)
        for node in everything(instance):
            self._engine.touched.pop(node, None)
        for later in repeat.members:
            self._engine.touched.update(dict.fromkeys(everything(later)))
        self._restructured(repeat)

    def _restructured(self, repeat: RepeatNode) -> None:
        self._engine.structure_version += 1
        self._engine.host.simple_paths = {}
        self._relink(cast(Node, repeat.owner))
        self._engine.touched[repeat] = None
        self._engine.note_structure(repeat)

    def resize(self, repeat: RepeatNode, wanted: int) -> None:
        """Give a repeat so many instances: those it has, then those that were set aside, then new ones."""
        present = len(repeat.members)
        if wanted < present:
            self._set_aside(repeat, wanted)
        elif wanted > present:
            self._extend(repeat, wanted - present)

    def _set_aside(self, repeat: RepeatNode, kept: int) -> None:
        dropped = cast("list[RepeatInstanceNode]", repeat.members[kept:])
        del repeat.members[kept:]
        repeat.aside[:0] = dropped
        self.has_set_aside = True
        for instance in dropped:
            for node in everything(instance):
                self._engine.touched.pop(node, None)
        self._restructured(repeat)

    def _extend(self, repeat: RepeatNode, number: int) -> None:
        returning, repeat.aside = repeat.aside[:number], repeat.aside[number:]
        fresh: list[Node] = []
        begins: list[Node] = []
        for instance in returning:
            repeat.members.append(instance)
            nodes = list(everything(instance))
            for node in nodes:
                node.forget()
            self._engine.inherit_relevance(instance)
            fresh.extend(nodes)
            if not instance.begun:
                begins.extend(nodes)
        for _ in range(number - len(returning)):
            made = self._make(repeat, None)
            repeat.members.append(made)
            nodes = list(everything(made))
            fresh.extend(nodes)
            begins.extend(nodes)
            self.counted.update(nodes)
        for member in repeat.members[-number:]:
            cast(RepeatInstanceNode, member).begun = True
        self._engine.touched.update(dict.fromkeys(fresh))
        self._restructured(repeat)
        self._engine.prepare(fresh)
        self._engine.actions.begin_instance(begins)


def is_template(element: XmlNode) -> bool:
    return any(attribute.name == "template" for attribute in element.attributes)
