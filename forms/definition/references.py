"""What the expressions and texts of a form read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from forms.definition.model import Control, Formula, Itemset, NodeDefinition, TextSource
from forms.definition.walk import Place, Reference, Walker
from forms.xpath import Work, syntax

if TYPE_CHECKING:
    from forms.definition.reader import FormDefinition


class References:
    """What the expressions of one form read.

    Every method raises XPathEvaluationError where the form's paths reach more than ``work`` allows.
    """

    def __init__(self, form: FormDefinition, work: Work) -> None:
        self.form = form
        self.work = work
        self._choices: dict[NodeDefinition, tuple[list[Reference], list[Reference]]] = {}
        self._spoken = _spoken(form)

    def of(self, expression: syntax.Node, context: NodeDefinition) -> list[Reference]:
        """All definitions that the expression reads when it is evaluated at ``context``."""
        found: dict[Reference, None] = {}
        for walker in self._walkers(context):
            walker.value(expression, walker.start)
            found.update(walker.found)
        return list(found)

    def _walkers(self, context: NodeDefinition) -> list[Walker]:
        """One for an instance; of a repeat one more for the row of all its instances, which is in none of them."""
        row = [Walker(self, context, context.repeats[:-1])] if context.is_repeat else []
        return [Walker(self, context), *row]

    def of_text(self, source: TextSource | None, context: NodeDefinition) -> list[Reference]:
        """What a label, hint, or message reads, in all languages."""
        found: dict[Reference, None] = {}
        for walker in self._walkers(context):
            self._text(walker, source, walker.start, None)
            found.update(walker.found)
        return list(found)

    def of_choices(self, question: NodeDefinition) -> tuple[list[Reference], list[Reference]]:
        """What the choices of a selection read: first which there are and their values, then their words."""
        known = self._choices.get(question)
        if known is None:
            self._choices[question] = ([], [])  # A label may name the choice whose label it is.
            known = self._choices[question] = self._of_choices(question)
        return known

    def _of_choices(self, question: NodeDefinition) -> tuple[list[Reference], list[Reference]]:
        control = question.control or Control("", None)
        listed, worded = Walker(self, question), Walker(self, question)
        for item in control.items:
            self._text(worded, item.label, worded.start, None)
        itemset = control.itemset
        if itemset is not None:
            items = listed.visit(itemset.nodes.syntax, listed.start)
            listed.value(itemset.value.syntax, items)
            self._text(worded, itemset.label, items, itemset)
        return list(listed.found), list(worded.found)

    def _text(self, walker: Walker, source: TextSource | None, focus: list[Place], itemset: Itemset | None) -> None:
        """Note what a text reads: the parts of its own and its identifier at ``focus``, translations at the node."""
        if source is None:
            return
        for part in source.words.parts if source.words is not None else ():
            if isinstance(part, Formula):
                walker.value(part.syntax, focus)
        if source.identifier is not None:
            walker.value(source.identifier.syntax, focus)
        for formula in self._translated(source, itemset):
            walker.value(formula.syntax, walker.start)

    def _translated(self, source: TextSource, itemset: Itemset | None) -> Iterator[Formula]:
        """The values inside the translations that a source may lead to."""
        if source.static_identifier is not None:
            yield from self._spoken.get(source.static_identifier, ())
        elif source.identifier is not None:
            listed = None if itemset is None or not self._spoken else self._identifiers(itemset, source.identifier)
            for identifier, formulas in self._spoken.items():
                if listed is None or identifier in listed:
                    yield from formulas

    def _identifiers(self, itemset: Itemset, identifier: Formula) -> set[str] | None:
        """The identifiers of texts that the items of a list name; None where only evaluating shows it."""
        nodes, column = itemset.nodes.syntax, identifier.syntax
        if isinstance(nodes, syntax.Call) and nodes.name == "randomize":
            nodes = nodes.arguments[0]
        if not isinstance(nodes, syntax.Path) or not isinstance(nodes.start, syntax.Call):
            return None
        named = nodes.start.arguments[0] if nodes.start.name == "instance" else None
        source = self.form.instances.get(named.value) if isinstance(named, syntax.Literal) else None
        if source is None or not isinstance(column, syntax.Path) or column.start is not None or len(column.steps) != 1:
            return None
        step = column.steps[0]
        if step.axis != "child" or step.test.kind != "name" or step.predicates:
            return None
        return {node.text for node in source.node.walk() if node.name == step.test.name}

    def of_translation(self, identifier: syntax.Node) -> list[Reference]:
        """What ``jr:itext()`` reads, whose values are computed outside of all repeats."""
        walker = Walker(self, self.form.root)
        for known, formulas in self._spoken.items():
            if not isinstance(identifier, syntax.Literal) or identifier.value == known:
                for formula in formulas:
                    walker.value(formula.syntax, walker.start)
        return list(walker.found)


def _spoken(form: FormDefinition) -> dict[str, list[Formula]]:
    """The values inside translations, by the text's identifier, in all languages."""
    found: dict[str, list[Formula]] = {}
    for texts in form.translations.values():
        for identifier, translation in texts.items():
            words = (translation.text, translation.guidance, *translation.forms.values())
            formulas = [part for text in words if text for part in text.parts if isinstance(part, Formula)]
            if formulas:
                found.setdefault(identifier, []).extend(dict.fromkeys(formulas))
    return found
