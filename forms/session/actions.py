"""What happens at events: metadata is filled in, and ``setvalue`` sets values."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from forms.definition.graph import Edge, Facet
from forms.definition.model import Action, NodeDefinition
from forms.definition.reader import FIRST_LOAD, LOAD, NEW_REPEAT, VALUE_CHANGED
from forms.limits import MAX_EVENT_DEPTH, MAX_EVENTS
from forms.session.datatypes import normalize
from forms.session.node import Node
from forms.session.tree import everything
from forms.xpath import XPathError
from forms.xpath.dates import text_of_datetime

if TYPE_CHECKING:
    from forms.session.recalculation import Recalculation


class Actions:
    """Runs the actions of one session."""

    def __init__(self, engine: Recalculation) -> None:
        self._engine = engine
        self._changes: deque[tuple[Node, int]] = deque()
        self._depth = self._performed = 0

    def begin(self, root: Node, *, new: bool) -> None:
        """A form has been opened; ``new`` where it was not filled before.

        Instances that only ``jr:count`` has made are new repeats as well (chapter “events and actions”).
        """
        nodes = list(everything(root))
        for node in nodes:
            self._preset(node, new=new)
        self._engine.run()
        events = {FIRST_LOAD, LOAD} if new else {LOAD}
        for node in _with_actions(root):
            self._perform(node, {*events, NEW_REPEAT} if node in self._engine.growth.counted else events)
        self._engine.growth.counted.clear()

    def begin_instance(self, nodes: Iterable[Node]) -> None:
        """An instance of a repeat has been made (before the form is live, that belongs to its opening)."""
        if not self._engine.live:
            return
        for node in nodes:
            self._preset(node, new=True)
            self._perform(node, {NEW_REPEAT})

    def _preset(self, node: Node, *, new: bool) -> None:
        bind = node.definition.bind
        if not bind.preload or not node.definition.is_leaf:
            return
        identity = bind.preload == "uid"
        if (new or identity) and not (identity and node.answer):
            self.set_answer(node, self._preload(bind.preload, bind.preload_parameter) or node.answer)

    def _preload(self, kind: str, parameter: str) -> str:
        host = self._engine.host
        if kind == "uid":
            return f"uuid:{host.uuid()}"
        if kind == "date":
            return host.moment().date().isoformat()
        if kind == "timestamp" and parameter != "end":
            return text_of_datetime(host.moment())
        if kind == "property":
            return host.device_property(parameter)
        return ""

    def finish(self, nodes: Iterable[Node]) -> None:
        """The form is about to be sent: the time of the end, and an identity where it has none yet."""
        for node in nodes:
            bind = node.definition.bind
            if bind.preload == "timestamp" and bind.preload_parameter == "end":
                self.set_answer(node, text_of_datetime(self._engine.host.moment()))
            elif node.definition.name.endswith("instanceID") and not node.answer and _in_meta(node.definition):
                self.set_answer(node, f"uuid:{self._engine.host.uuid()}")
        self._engine.run()

    def _perform(self, node: Node, events: set[str]) -> None:
        for action in node.definition.actions:
            if action.target is node.definition and action.events & events and node.relevant:
                self._set(action, node)
                self._engine.run()

    def note_change(self, node: Node) -> None:
        """A value has changed: what the question's own actions say happens once everything is computed again."""
        if any(
            action.source is node.definition and VALUE_CHANGED in action.events for action in node.definition.actions
        ):
            self._changes.append((node, self._depth + 1))

    def forget_changes(self) -> None:
        """Drop what has not happened, as after an answer that was stopped."""
        self._changes.clear()
        self._depth = self._performed = 0

    def perform_change(self) -> bool:
        """Perform the actions of the earliest change that was noted; False where there is none."""
        if not self._changes:
            return False
        node, self._depth = self._changes.popleft()
        if self._depth > MAX_EVENT_DEPTH:
            self._engine.note_fault(node, XPathError(f"More than {MAX_EVENT_DEPTH} setvalues set each other off"))
            return True
        self._performed += 1
        if self._performed > MAX_EVENTS:
            self._engine.note_fault(node, XPathError(f"One answer sets off more than {MAX_EVENTS:,} setvalues"))
            self._changes.clear()
            return True
        for action in node.definition.actions:
            if action.source is node.definition and VALUE_CHANGED in action.events:
                targets = self._targets(action, node)
                if len(targets) > 1:
                    # XForms takes the first, JavaRosa refuses; which one is meant only a predicate says.
                    self._engine.note_fault(node, XPathError("A setvalue has more than one node to set"))
                    continue
                for target in targets:
                    self._set(action, target)
        return True

    def _targets(self, action: Action, node: Node) -> list[Node]:
        """The nodes that an action sets when it happens to a node: in the same instance of each repeat."""
        if action.chosen is None:
            edge = Edge(action.target, Facet.VALUE, _shared(node.definition, action.target))
            return list(self._engine.targets(node, edge))
        try:
            found = action.chosen.expression.all_nodes(self._engine.context(node))
        except XPathError as error:
            self._engine.note_fault(node, error)
            return []
        return [target for target in found if isinstance(target, Node) and target.definition is action.target]

    def _set(self, action: Action, target: Node) -> None:
        if not target.definition.is_leaf:
            return
        text = action.literal
        if action.value is not None:
            try:
                text = action.value.expression.text(self._engine.context(target))
            except XPathError as error:
                self._engine.note_fault(target, error)
                return
        self.set_answer(target, text)

    def set_answer(self, node: Node, text: str) -> None:
        """Give a node an answer, as its type stores it, and queue what follows."""
        node.answer = normalize(node.definition.bind.data_type, text)
        self._engine.refresh(node)


def _with_actions(root: Node) -> list[Node]:
    """The nodes that have actions of their own, in document order."""
    return [node for node in everything(root) if node.definition.actions]


def _in_meta(definition: NodeDefinition) -> bool:
    return definition.parent is not None and definition.parent.local_name == "meta"


def _shared(one: NodeDefinition, other: NodeDefinition) -> NodeDefinition:
    """The deepest definition that both are under."""
    while one is not other:
        if one.depth >= other.depth and one.parent is not None:
            one = one.parent
        elif other.parent is not None:
            other = other.parent
        else:
            break
    return one
