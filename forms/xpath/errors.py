"""What can be wrong with an expression."""

from __future__ import annotations

from forms.limits import MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_LENGTH

REASONS: dict[str, str] = {
    "axis": "“{text}” is not an axis of XPath",
    "character": "“{text}” is not understood",
    "depth": f"The expression is nested deeper than {MAX_EXPRESSION_DEPTH} levels",
    "empty": "The expression is empty",
    "expected": "“{wanted}” is expected, found “{text}”",
    "length": f"An expression has at most {MAX_EXPRESSION_LENGTH:,} characters",
    "name": "A name is expected, found “{text}”",
    "operator": "“{text}” is not an operator",
    "operator-missing": "An operator is missing before “{text}”",
    "quotation": "A text is not closed by a quotation mark",
    "quotation-mark": "“{text}” is a typographic quotation mark; use ' or \"",
    "reference": "A reference like ${{name}} has not been replaced",
    "unexpected": "“{text}” is not expected here",
    "variable": "Variables are not part of XForms",
}
"""Why an expression cannot be read: a stable code, and the sentence with its parameters."""

END = "the end"
"""What is “found” where the expression stops too early."""


class XPathError(ValueError):
    """Base of all errors of expressions; the message is a sentence for the form's author."""


class XPathSyntaxError(XPathError):
    """The expression cannot be read. ``position`` counts characters from 0.

    ``reason`` is one of :data:`REASONS`, ``parameters`` what its sentence is about.
    """

    def __init__(self, reason: str, expression: str, position: int, **parameters: str) -> None:
        self.sentence = REASONS[reason].format(**parameters)
        super().__init__(f"{self.sentence} (at character {position + 1} of “{_short(expression)}”)")
        self.reason = reason
        self.parameters = parameters
        self.expression = expression
        self.position = position


class XPathEvaluationError(XPathError):
    """The expression can be read but has no value: an unknown function, a wrong argument, a bound exceeded."""


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"
