"""Which expressions give something else in another language."""

from __future__ import annotations

from forms.xpath import syntax
from forms.xpath.focus import operands

_LABELS = frozenset({("jr", "choice-name"), ("jr", "itext")})
_DATES = frozenset({"format-date", "format-date-time"})
_NAMES = ("%a", "%b")


def depends_on_language(node: syntax.Node) -> bool:
    """Whether the value may be words of the session's language: of labels and translations, names of months and days."""
    stack: list[syntax.Node] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, syntax.Call) and _speaks(current):
            return True
        stack.extend(operands(current))
        if isinstance(current, syntax.Path):
            for step in current.steps:
                stack.extend(step.predicates)
        elif isinstance(current, syntax.Filter):
            stack.extend(current.predicates)
    return False


def _speaks(call: syntax.Call) -> bool:
    if (call.prefix or "", call.name) in _LABELS:
        return True
    if call.name not in _DATES or len(call.arguments) < 2:
        return False
    pattern = call.arguments[1]
    return not isinstance(pattern, syntax.Literal) or any(name in pattern.value for name in _NAMES)
