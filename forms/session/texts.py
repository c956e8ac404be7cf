"""Labels, hints, and messages in the session's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from babel.numbers import get_decimal_symbol

from forms.definition.model import Formula, Item, Text, TextSource, Translation
from forms.definition.reader import FormDefinition
from forms.session.choices import Choice
from forms.xpath import Context, XPathError
from forms.xpath.compiler import Kind as ValueKind

if TYPE_CHECKING:
    from forms.session.node import Node
    from forms.session.recalculation import Recalculation

_NO_MEDIA: Mapping[str, str] = {}
_FRACTION: Final = re.compile(r"-?[0-9]+\.[0-9]+")


class Texts:
    """Fills in the words of a form."""

    def __init__(self, form: FormDefinition, engine: Recalculation) -> None:
        self._form = form
        self._engine = engine
        self.language = form.default_language

    def translation(self, identifier: str) -> Translation | None:
        """The text of an identifier in the session's language, completed by the form's default language."""
        return self._form.translations.get(self.language or "", {}).get(identifier)

    def label(self, node: Node) -> str | None:
        control = node.definition.control
        if control is None or control.label is None or (node.definition.is_repeat and node.owner is None):
            return None
        return self.words(control.label, self._engine.context(node))

    def hint(self, node: Node) -> str | None:
        control = node.definition.control
        if control is None or control.hint is None:
            return None
        return self.words(control.hint, self._engine.context(node))

    def guidance(self, node: Node) -> str | None:
        control = node.definition.control
        if control is None or control.hint is None:
            return None
        context = self._engine.context(node)
        translation = self._find(control.hint, context)
        return None if translation is None else self.fill(translation.guidance, context) or None

    def media(self, node: Node) -> Mapping[str, str]:
        control = node.definition.control
        if control is None or control.label is None:
            return _NO_MEDIA
        translation = self._find(control.label, self._engine.context(node))
        return _NO_MEDIA if translation is None else translation.media

    def message(self, source: TextSource | None, node: Node) -> str:
        """The words of a message; blank where there is none."""
        return "" if source is None else self.words(source, self._engine.context(node)) or ""

    def item(self, item: Item, node: Node) -> Choice:
        """A choice that is written in the form's body."""
        if item.label is None:
            return Choice(item.value, item.value, _NO_MEDIA)
        context = self._engine.context(node)
        words, media = self.choice(item.label, context, context)
        return Choice(item.value, words, media)

    def choice(self, source: TextSource, at_item: Context, at_question: Context) -> tuple[str, Mapping[str, str]]:
        """The words and media of a choice. Values inside a translation are those that the question sees."""
        translation = self._find(source, at_item)
        if translation is None:
            return self.words(source, at_item) or "", _NO_MEDIA
        return self.fill(translation.text, at_question), translation.media

    def _find(self, source: TextSource, context: Context) -> Translation | None:
        if source.static_identifier is not None:
            return self.translation(source.static_identifier)
        if source.identifier is not None:
            return self.translation(self.evaluate(source.identifier, context))
        return None

    def words(self, source: TextSource, context: Context) -> str | None:
        """The words of a label, hint, or message at a context."""
        if source.words is not None:
            return self.fill(source.words, context)
        translation = self._find(source, context)
        if translation is None:
            return ""
        return self.fill(translation.text, context)

    def fill(self, text: Text | None, context: Context) -> str:
        """A text with its outputs filled in at a context."""
        if text is None:
            return ""
        return "".join(part if isinstance(part, str) else self._written(part, context) for part in text.parts)

    def _written(self, formula: Formula, context: Context) -> str:
        """A value within a sentence: a number has the decimal sign of the sentence's language."""
        text = self.evaluate(formula, context)
        return self._with_sign(text) if _FRACTION.fullmatch(text) and self._is_number(formula, context) else text

    def _with_sign(self, number: str) -> str:
        return number.replace(".", get_decimal_symbol(self._engine.host.locale))

    def _is_number(self, formula: Formula, context: Context) -> bool:
        """Whether it gives a number, and not a text that looks like one: "1.250" may be what a form wrote for thousands."""
        expression = formula.expression
        if expression.kind != ValueKind.NODES:
            return bool(expression.kind == ValueKind.NUMBER)
        found = next(iter(expression.nodes(context)), None)
        return bool(getattr(found, "is_number", False))

    def evaluate(self, formula: Formula, context: Context) -> str:
        """The text of an expression; blank, with a fault noted, where it has none."""
        try:
            return formula.expression.text(context)
        except XPathError as error:
            self._engine.note_fault(None, error)
            return ""
