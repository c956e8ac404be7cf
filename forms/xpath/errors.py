"""What can be wrong with an expression."""

from __future__ import annotations


class XPathError(ValueError):
    """Base of all errors of expressions; the message is a sentence for the form's author."""


class XPathSyntaxError(XPathError):
    """The expression cannot be read. ``position`` counts characters from 0."""

    def __init__(self, message: str, expression: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1} of “{_short(expression)}”)")
        self.expression = expression
        self.position = position


class XPathEvaluationError(XPathError):
    """The expression can be read but has no value: an unknown function, a wrong argument, a bound exceeded."""


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"
