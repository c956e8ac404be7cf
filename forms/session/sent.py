"""The nodes of an instance as it was sent: nothing is computed, nothing is filled in, nothing is dropped.

Whoever judges or reads a filled instance must see what its sender saw. So values, questions that were asked, and the
members of repeats come from the instance alone; formulas may be evaluated over them, and never change them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.definition.model import NodeDefinition
from forms.environment import Environment
from forms.errors import SessionLimitError
from forms.limits import MAX_REPEAT_INSTANCES, MAX_SESSION_NODES
from forms.session.datatypes import normalize
from forms.session.growth import is_template
from forms.session.node import Node, RepeatInstanceNode, RepeatNode
from forms.session.recalculation import Recalculation
from forms.xmltree import XmlNode

if TYPE_CHECKING:
    from forms.form import Form


class SentInstance:
    """An instance as it was sent, under ``root``.

    Of its nodes ``relevant`` says whether they were sent (what was not asked is left out of an instance), ``answer``
    is the text that was sent, and ``text`` the same as its type stores it, where it is a value of the type.

    Raises SessionLimitError where it has more nodes than ``forms/limits.py`` allows.
    """

    def __init__(self, form: Form, source: XmlNode, environment: Environment, language: str | None = None) -> None:
        self.form = form
        self.engine = Recalculation(form.definition, form.graph, environment)
        #: Whether the words that expressions read are those that were read when it was filled in.
        self.language_known = language is not None or len(form.languages) < 2
        if language is not None:
            self.engine.texts.language = language
        self._made = 0
        self.root = Node(form.definition.root, None, self.engine, self._number())
        self._fill(self.root, source)
        self.root.up = self.engine.host.root
        self.engine.host.root.elements = [self.root]

    def _number(self) -> int:
        self._made += 1
        if self._made > MAX_SESSION_NODES:
            raise SessionLimitError(f"The instance has more than {MAX_SESSION_NODES:,} nodes")
        return self._made

    def _fill(self, node: Node, source: XmlNode | None) -> None:
        definition = node.definition
        node.relevant = node.self_relevant = source is not None
        if source is not None and source.attributes:
            node.attributes = source.attributes
        if definition.is_leaf:
            node.answer = "" if source is None else source.string_value()
            node.text = normalize(definition.bind.data_type, node.answer) or node.answer
            return
        elements: list[Node] = []
        for child in definition.children:
            found = () if source is None else source.named(child.local_name)
            if child.is_repeat:
                repeat = self._repeat(child, node, [one for one in found if not is_template(one)])
                node.members.append(repeat)
                elements.extend(repeat.members)
            else:
                member = Node(child, node, self.engine, self._number())
                self._fill(member, found[0] if found else None)
                node.members.append(member)
                elements.append(member)
        node.elements = elements

    def _repeat(self, definition: NodeDefinition, owner: Node, sources: list[XmlNode]) -> RepeatNode:
        repeat = RepeatNode(definition, owner, self.engine, self._number())
        repeat.relevant = owner.relevant
        for source in sources[:MAX_REPEAT_INSTANCES]:
            instance = RepeatInstanceNode(definition, repeat, self.engine, self._number())
            self._fill(instance, source)
            repeat.members.append(instance)
        return repeat
