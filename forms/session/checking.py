"""Judging an instance that somebody else filled.

Nothing is filled in anew: what was sent is a state that the form's rules must agree with, so each rule is evaluated once
over the instance as it stands. What its sender might change by hand is theirs, whatever a calculation would give.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from forms.definition.model import SELECTIONS, Formula, Kind, NodeDefinition
from forms.environment import Environment
from forms.limits import MAX_REPEAT_INSTANCES
from forms.session.datatypes import describe, normalize
from forms.session.node import Node, RepeatNode, Violation, ViolationKind
from forms.session.sent import SentInstance
from forms.session.tree import everything
from forms.xmltree import XmlNode
from forms.xpath import Context, XPathError, syntax
from forms.xpath.focus import operands
from forms.xpath.values import plain_number

if TYPE_CHECKING:
    from forms.form import Form

_VOLATILE = frozenset({"now", "once", "property", "random", "randomize", "today", "uuid"})


def check_instance(
    form: Form, root: XmlNode, environment: Environment, language: str | None = None
) -> tuple[Violation, ...]:
    """All violations of an instance, in the order of the form."""
    sent = SentInstance(form, root, environment, language)
    found = [*_structure(form.definition.root, root, f"/{form.definition.root.name}"), *_Judge(sent).violations()]
    order = {node.ref: place for place, node in enumerate(everything(sent.root))}
    return tuple(sorted(found, key=lambda violation: order.get(violation.ref, len(order))))


def _structure(definition: NodeDefinition, element: XmlNode, ref: str) -> Iterator[Violation]:
    """Nodes that the form does not have, and too many of those it has."""
    seen: dict[str, int] = {}
    by_local_name = {child.local_name: child for child in definition.children}
    for child in element.elements:
        known = by_local_name.get(child.name)
        seen[child.name] = seen.get(child.name, 0) + 1
        if known is None:
            # Other clients add what the form need not declare: an identity, an audit log.
            if definition.local_name != "meta" and child.name != "meta":
                yield Violation(ViolationKind.structure, "The form has no such node", f"{ref}/{child.name}")
            continue
        path = f"{ref}/{known.name}" + (f"[{seen[child.name]}]" if known.is_repeat else "")
        if seen[child.name] > 1 and not known.is_repeat:
            yield Violation(ViolationKind.structure, "The form has this node only once", path)
        elif seen[child.name] > MAX_REPEAT_INSTANCES:
            yield Violation(ViolationKind.structure, f"A repeat has at most {MAX_REPEAT_INSTANCES:,} instances", path)
            return
        elif child.elements and known.is_leaf:
            yield Violation(ViolationKind.structure, "This node holds no others", path)
        else:
            yield from _structure(known, child, path)


class _Judge:
    """Holds an instance to the rules of its form.

    What decides which questions are asked, how often, and with which calculated values shares the bound that opening the
    form has; conditions of single questions have theirs each, as when somebody looks at them.
    """

    def __init__(self, sent: SentInstance) -> None:
        self._sent = sent
        self._engine = sent.engine
        # Who a setvalue may set holds what was set last, not what a calculation gives.
        self._set_by_actions = {
            action.target for definition in sent.form.definition.nodes.values() for action in definition.actions
        }
        self._lists_known = not sent.form.missing_resources
        self._expected: list[Node] = []
        self._miscalculated: list[Node] = []
        self._found: list[Violation] = []
        self._varying: dict[Formula, bool] = {}

    def violations(self) -> list[Violation]:
        """All of them, in no order."""
        self._engine.host.work.renew()
        self._walk(self._sent.root)
        self._engine.host.work.renew()
        for node in self._miscalculated:
            if not _may_be_edited(node):
                self._add(node, ViolationKind.calculation, "The calculation gives another value")
        for node in self._expected:
            self._judge_answer(node)
        return self._found

    def _walk(self, node: Node) -> None:
        """Below a node that should be there."""
        for member in node.members:
            if isinstance(member, RepeatNode):
                self._walk_repeat(member)
            else:
                self._step(member)

    def _walk_repeat(self, repeat: RepeatNode) -> None:
        relevant = repeat.definition.bind.relevant
        if relevant is None or repeat.members or self._holds(repeat, relevant):
            self._count(repeat)
        for instance in repeat.members:
            self._step(instance)

    def _step(self, node: Node) -> None:
        relevant = node.definition.bind.relevant
        # What was asked yesterday need not be asked today: it stays.
        if relevant is None or self._holds(node, relevant) or (node.relevant and self._varies(relevant)):
            if not node.definition.is_leaf:
                self._walk(node)
            else:
                self._expected.append(node)
                self._calculate(node)
        elif _holds_an_answer(node):
            self._add(node, ViolationKind.relevance, "This is not asked with the other answers as they are")

    def _count(self, repeat: RepeatNode) -> None:
        formula = repeat.definition.count
        if formula is None or self._varies(formula):
            return
        try:
            number = float(formula.expression.number(Context(repeat, self._engine.host)))
        except XPathError as error:
            self._engine.note_fault(repeat, error)
            return
        # A count that is no number (blank, say) leaves the instances that are there.
        if math.isnan(number):
            return
        wanted = int(min(max(number, 0.0), float(MAX_REPEAT_INSTANCES)))
        if wanted != len(repeat.members):
            message = f"There should be {wanted:,} of these, not {len(repeat.members):,}"
            self._add(repeat, ViolationKind.structure, message)

    def _calculate(self, node: Node) -> None:
        bind = node.definition.bind
        formula = bind.calculate
        if formula is None or bind.preload or self._varies(formula) or node.definition in self._set_by_actions:
            return
        try:
            text = formula.expression.text(Context(node, self._engine.host))
        except XPathError as error:
            self._engine.note_fault(node, error)
            text = ""
        if normalize(bind.data_type, text) != normalize(bind.data_type, node.answer):
            self._miscalculated.append(node)

    def _holds(self, node: Node, condition: Formula) -> bool:
        if condition.constant is not None:
            return condition.constant
        try:
            return condition.expression.condition(Context(node, self._engine.host))
        except XPathError as error:
            self._engine.note_fault(node, error)
            return True

    def _varies(self, formula: Formula) -> bool:
        known = self._varying.get(formula)
        if known is None:
            known = self._varying[formula] = self._speaks_otherwise(formula) or _asks(formula.syntax)
        return known

    def _speaks_otherwise(self, formula: Formula) -> bool:
        return formula.speaks and not self._sent.language_known

    def _judge_answer(self, node: Node) -> None:
        bind = node.definition.bind
        if not node.answer:
            if bind.required is not None and node.required:
                self._add(node, ViolationKind.required, self._engine.texts.message(bind.required_message, node))
        elif not normalize(bind.data_type, node.answer):
            self._add(node, ViolationKind.type, f"This takes {describe(bind.data_type)}")
        elif not self._may_be_chosen(node):
            self._add(node, ViolationKind.type, "This is not one of the choices")
        elif bind.constraint is not None and not node.constraint_holds:
            self._add(node, ViolationKind.constraint, self._engine.texts.message(bind.constraint_message, node))

    def _may_be_chosen(self, node: Node) -> bool:
        bounds = node.range
        if bounds is not None:
            least, most = sorted((float(bounds.start), float(bounds.end)))
            return least <= plain_number(node.text) <= most
        control = node.definition.control
        if control is None or node.kind not in SELECTIONS:
            return True
        if control.itemset is not None and (not self._lists_known or self._varies(control.itemset.nodes)):
            return True
        allowed = self._engine.choices.values(node)
        chosen = [node.text] if node.kind is Kind.SELECT1 else node.text.split()
        return all(one in allowed for one in chosen)

    def _add(self, node: Node, kind: ViolationKind, message: str) -> None:
        self._found.append(Violation(kind, message, node.ref))


def _may_be_edited(node: Node) -> bool:
    """Whether a person could correct the value: a question that takes an answer."""
    return node.definition.control is not None and node.kind is not Kind.NOTE and not node.readonly


def _holds_an_answer(node: Node) -> bool:
    return any(one.answer for one in everything(node) if one.definition.is_leaf)


def _asks(node: syntax.Node) -> bool:
    """Whether an expression asks the clock or for chance, so that it may give another value for the same answers."""
    stack: list[syntax.Node] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, syntax.Call) and current.name in _VOLATILE:
            return True
        stack.extend(operands(current))
        if isinstance(current, syntax.Path):
            for step in current.steps:
                stack.extend(step.predicates)
        elif isinstance(current, syntax.Filter):
            stack.extend(current.predicates)
    return False
