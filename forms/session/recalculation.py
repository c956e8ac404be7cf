"""Keeping an open form consistent: one change recomputes what depends on it, in order, and nothing else."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from typing import cast

from forms.definition.graph import Edge, Facet, Graph
from forms.definition.model import Formula, NodeDefinition
from forms.definition.reader import FormDefinition
from forms.environment import Environment
from forms.errors import Problem, SessionLimitError
from forms.limits import MAX_COUNT_ROUNDS, MAX_FAULTS, MAX_RECALCULATIONS, MAX_REPEAT_INSTANCES, MAX_ROUNDS
from forms.session.actions import Actions
from forms.session.choices import ChoiceLists
from forms.session.datatypes import normalize
from forms.session.growth import Growth
from forms.session.host import SessionHost
from forms.session.node import Node, RepeatNode, Violation, ViolationKind
from forms.session.texts import Texts
from forms.session.tree import everything
from forms.xmltree import NodeKind, XmlNode
from forms.xpath import Context, XPathError

_FACETS = tuple(Facet)
_NUMBER = {facet: number for number, facet in enumerate(_FACETS)}
_UNRANKED = 1 << 30


class Recalculation:
    """The engine of one session: its nodes, and the queue of what has to be computed again."""

    def __init__(self, form: FormDefinition, graph: Graph, environment: Environment) -> None:
        self.form = form
        self.graph = graph
        self.environment = environment
        self.host = SessionHost(form, environment, self)
        self.texts = Texts(form, self)
        self.choices = ChoiceLists(self)
        self.actions = Actions(self)
        self.growth = Growth(self)
        self.structure_version = 0
        self.touched: dict[Node, None] = {}
        self.faults: dict[str, Problem] = {}
        self.live = False
        self._running = False
        self._queue: list[tuple[int, int, int, Node]] = []
        self._queued: set[tuple[Node, Facet]] = set()
        self._chains: dict[tuple[NodeDefinition, NodeDefinition], list[NodeDefinition]] = {}

    # --- the queue ----------------------------------------------------------------------------------------------

    def prepare(self, nodes: Iterable[Node]) -> None:
        """Queue everything that nodes compute by themselves, as after making them."""
        for node in nodes:
            definition = node.definition
            bind = definition.bind
            if bind.relevant is not None:
                self.push(node, Facet.RELEVANT)
            if isinstance(node, RepeatNode):
                if definition.count is not None:
                    self.push(node, Facet.COUNT)
            elif definition.is_leaf and (
                bind.calculate is not None or (node.answer and definition.control is not None)
            ):
                self.push(node, Facet.VALUE)

    def push(self, node: Node, facet: Facet) -> None:
        """Queue one computation, once."""
        key = (node, facet)
        if key not in self._queued:
            self._queued.add(key)
            rank = self.graph.rank.get((node.definition, facet), _UNRANKED)
            heapq.heappush(self._queue, (rank, node.number, _NUMBER[facet], node))

    def run(self) -> None:
        """Compute until nothing is queued."""
        if self._running:
            self._drain()
            return
        self.host.work.renew()
        self._running = True
        try:
            self._drain()
        finally:
            self._running = False
            self._queue.clear()
            self._queued.clear()
            self.actions.forget_changes()

    def _drain(self) -> None:
        done = 0
        rounds: dict[tuple[Node, Facet], int] = {}
        while self._queue or self.actions.perform_change():
            if not self._queue:
                continue
            _, _, number, node = heapq.heappop(self._queue)
            facet = _FACETS[number]
            key = (node, facet)
            self._queued.discard(key)
            done += 1
            rounds[key] = rounds.get(key, 0) + 1
            if rounds[key] > (MAX_COUNT_ROUNDS if facet is Facet.COUNT else MAX_ROUNDS):
                self.note_fault(node, XPathError(f"The {facet.value} never settles"))
                continue
            if done > MAX_RECALCULATIONS:
                raise SessionLimitError(f"One answer causes more than {MAX_RECALCULATIONS:,} calculations")
            if facet is Facet.RELEVANT:
                self._compute_relevance(node)
            elif facet is Facet.VALUE:
                self._compute_value(node)
            elif facet is Facet.COUNT:
                self._compute_count(cast(RepeatNode, node))

    def _compute_relevance(self, node: Node) -> None:
        holds = self.condition(node, node.definition.bind.relevant, True)
        if holds != node.self_relevant:
            node.self_relevant = holds
            self._spread_relevance(node)

    def inherit_relevance(self, instance: Node) -> None:
        """Give an instance that comes back the relevance that its repeat has by now."""
        self._spread_relevance(instance)

    def _spread_relevance(self, node: Node) -> None:
        relevant = node.self_relevant and (node.owner is None or node.owner.relevant)
        if relevant == node.relevant:
            return
        node.relevant = relevant
        self.touched[node] = None
        if not node.definition.is_leaf:
            self.note_structure(node)
        else:
            if relevant and node.definition.bind.calculate is not None:
                node.calculated = None
                self.push(node, Facet.VALUE)
            self.refresh(node, turned=True)
        for attribute in node.computed_attributes:
            self._spread_relevance(attribute)
        for member in node.members:
            self._spread_relevance(member)

    def _compute_value(self, node: Node) -> None:
        formula = node.definition.bind.calculate
        if formula is not None and node.relevant:
            try:
                text = formula.expression.text(Context(node, self.host))
            except XPathError as error:
                self.note_fault(node, error)
                text = ""
            stored = normalize(node.definition.bind.data_type, text)
            # The same result again does not undo what was answered since.
            if stored != node.calculated:
                node.answer = node.calculated = stored
        self.refresh(node)

    def _compute_count(self, repeat: RepeatNode) -> None:
        formula = repeat.definition.count
        if formula is None:
            return
        try:
            number = float(formula.expression.number(Context(repeat, self.host)))
        except XPathError as error:
            self.note_fault(repeat, error)
            return
        if math.isnan(number):
            # A blank count says nothing: what was stored stays, and so does what is there while a number is typed.
            number = 0.0 if self.live else float(sum(instance.begun for instance in repeat.aside))
            number += len(repeat.members)
        wanted = int(min(max(number, 0.0), MAX_REPEAT_INSTANCES + 1.0))
        if wanted > MAX_REPEAT_INSTANCES:
            self.note_fault(repeat, XPathError(f"A repeat has at most {MAX_REPEAT_INSTANCES:,} instances"))
            wanted = MAX_REPEAT_INSTANCES
        self.growth.resize(repeat, wanted)

    # --- changes ------------------------------------------------------------------------------------------------

    def refresh(self, node: Node, *, turned: bool = False) -> None:
        """Bring the value that others see up to date with the answer, the relevance, and the choices.

        ``turned`` is True where the relevance has changed: node-sets hold the node now, or no longer.
        """
        text = ""
        if node.relevant:
            text = node.answer
            control = node.definition.control
            if text and control is not None and control.tag in ("select", "select1", "rank"):
                text = self.choices.effective(node, text)
        changed = text != node.text
        if not changed and not turned:
            return
        node.text = text
        node._constraint = None
        self.touched[node] = None
        for edge in self.graph.by_value.get(node.definition, ()):
            for target in self.targets(node, edge):
                # A calculation that keeps its own value is not computed again because of it.
                if target is not node or edge.facet is not Facet.VALUE:
                    self.mark(target, edge.facet)
        if changed and self.live and node.definition.actions:
            self.actions.note_change(node)

    def note_structure(self, node: Node) -> None:
        """Instances of a repeat have come or gone, or what holds others has become relevant or no longer is."""
        for edge in self.graph.by_structure.get(node.definition, ()):
            for target in self.targets(node, edge):
                self.mark(target, edge.facet)

    def mark(self, node: Node, facet: Facet) -> None:
        """Something that this facet of a node reads has changed."""
        if facet in (Facet.RELEVANT, Facet.VALUE, Facet.COUNT):
            if facet is not Facet.COUNT or isinstance(node, RepeatNode):
                self.push(node, facet)
        elif facet is Facet.CHOICES:
            node._choices = None
            self.touched[node] = None
            if node.answer:
                self.push(node, Facet.VALUE)
        elif facet is Facet.CONSTRAINT:
            node._constraint = None
            self.touched[node] = None
        elif facet is Facet.REQUIRED:
            node._required = None
            self.touched[node] = None
        elif facet is Facet.READONLY:
            node._readonly = None
            self.touched.update(dict.fromkeys(everything(node)))
        else:
            if facet is Facet.CHOICE_TEXT:
                node._choices = None
            self.touched[node] = None

    def targets(self, node: Node, edge: Edge) -> Iterable[Node]:
        """The nodes that an edge leads to from this node: those under the same instance of its anchor."""
        anchor, target = edge.anchor, edge.target
        start: Node | None = node
        while start is not None and start.definition is not anchor:
            start = start.owner
        if start is None:
            return ()
        chain = self._chain(anchor, target)
        reached: list[Node] = list(start.members) if chain and isinstance(start, RepeatNode) else [start]
        for number, step in enumerate(chain):
            if step.element.node_kind is NodeKind.ATTRIBUTE:
                reached = [
                    known for holder in reached for known in holder.computed_attributes if known.definition is step
                ]
                break
            members = [holder.members[step.place] for holder in reached]
            if step.is_repeat:
                last = number == len(chain) - 1
                reached = [*members] if last else []
                reached += [instance for member in members for instance in member.members]
            else:
                reached = members
        return reached

    def _chain(self, anchor: NodeDefinition, target: NodeDefinition) -> list[NodeDefinition]:
        key = (anchor, target)
        chain = self._chains.get(key)
        if chain is None:
            chain = []
            step: NodeDefinition | None = target
            while step is not None and step is not anchor:
                chain.append(step)
                step = step.parent
            chain.reverse()
            self._chains[key] = chain
        return chain

    # --- reading ------------------------------------------------------------------------------------------------

    def context(self, node: XmlNode) -> Context:
        """A context for one expression; what is computed when somebody looks may do as much as an answer does."""
        if not self._running and not self.host.work.exceeded:
            self.host.work.renew()
        return Context(node, self.host)

    def condition(self, node: Node, formula: Formula | None, default: bool) -> bool:
        """A condition of the form at a node; the default where there is none or where it cannot be computed."""
        if formula is None:
            return default
        constant = formula.constant
        if constant is not None:
            return constant
        try:
            return formula.expression.condition(self.context(node))
        except XPathError as error:
            self.note_fault(node, error)
            return default

    def violation(self, node: Node) -> Violation | None:
        """What is wrong with a node's answer."""
        bind = node.definition.bind
        if not node.relevant or not node.definition.is_leaf:
            return None
        if node.text:
            if bind.constraint is None or node.constraint_holds:
                return None
            message = self.texts.message(bind.constraint_message, node)
            return Violation(ViolationKind.constraint, message, node.ref)
        if bind.required is None or not node.required:
            return None
        return Violation(ViolationKind.required, self.texts.message(bind.required_message, node), node.ref)

    def note_fault(self, node: Node | None, error: XPathError) -> None:
        """Keep that an expression could not be computed; the form goes on with a blank."""
        path = "" if node is None else node.definition.path
        if len(self.faults) < MAX_FAULTS:
            self.faults.setdefault(f"{path} {error}", Problem(path, str(error)))
