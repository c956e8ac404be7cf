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

    ``counted`` are nodes that only ``jr:count`` has made while the form was being opened.
    """

    def __init__(self, engine: Recalculation) -> None:
        self._engine = engine
        self._spare: dict[RepeatNode, list[XmlNode]] = {}
        self._made = 0
        self.counted: set[Node] = set()

    def create(self, definition: NodeDefinition, owner: Node | None, source: XmlNode | None) -> Node:
        """A node and everything below it, with the values of ``source`` (the form's own where it is None)."""
        node = Node(definition, owner, self._engine, self._next_number())
        self._fill(node, source)
        return node

    def _next_number(self) -> int:
        self._made += 1
        if self._made > MAX_SESSION_NODES:
            raise SessionLimitError(f"The form has more than {MAX_SESSION_NODES:,} nodes")
        return self._made

    def _fill(self, node: Node, source: XmlNode | None) -> None:
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
                node.members.append(self._create_repeat(child, node, source))
            else:
                found = source.named(child.local_name) if source is not None else ()
                node.members.append(self.create(child, node, found[0] if found else None))
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

    def _create_repeat(self, definition: NodeDefinition, owner: Node, source: XmlNode | None) -> RepeatNode:
        repeat = RepeatNode(definition, owner, self._engine, self._next_number())
        repeat.relevant = owner.relevant
        found = [] if source is None else source.named(definition.local_name)
        sources = [element for element in found if element is not definition.template and not _is_template(element)]
        if definition.count is not None:
            self._spare[repeat] = sources
        else:
            for element in sources[:MAX_REPEAT_INSTANCES]:
                self._add_instance(repeat, element)
        return repeat

    def _add_instance(self, repeat: RepeatNode, source: XmlNode | None) -> RepeatInstanceNode:
        instance = RepeatInstanceNode(repeat.definition, repeat, self._engine, self._next_number())
        repeat.members.append(instance)
        self._fill(instance, source if source is not None else repeat.definition.template)
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
        instance = self._add_instance(repeat, source)
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
            self._spare.pop(cast(RepeatNode, node), None)
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
        """Give a repeat so many instances, those that were stored first."""
        present = len(repeat.members)
        if wanted == present:
            return
        fresh: list[Node] = []
        spare = self._spare.get(repeat, [])
        for place in range(present, wanted):
            instance = self._add_instance(repeat, spare[place] if place < len(spare) else None)
            nodes = list(everything(instance))
            fresh.extend(nodes)
            if place >= len(spare):
                self.counted.update(nodes)
        for dropped in repeat.members[wanted:]:
            for node in everything(dropped):
                self._engine.touched.pop(node, None)
        del repeat.members[wanted:]
        self._engine.touched.update(dict.fromkeys(fresh))
        self._restructured(repeat)
        self._engine.prepare(fresh)
        self._engine.actions.begin_instance(fresh)


def _is_template(element: XmlNode) -> bool:
    return any(attribute.name == "template" for attribute in element.attributes)
