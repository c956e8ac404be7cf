"""Which parts of a constraint ask about the answer alone, so that trying answers tells whether any can meet them."""

from __future__ import annotations

from forms.definition.demands import is_answer
from forms.xpath import syntax as xpath_syntax
from forms.xpath.focus import operands

_OF_THE_ANSWER = frozenset(
    {
        "abs", "boolean", "boolean-from-string", "ceiling", "contains", "count-selected", "date", "date-time",
        "decimal-date-time", "decimal-time", "ends-with", "false", "floor", "int", "normalize-space", "not", "now", "number", "regex", "round", "selected", "starts-with",
        "string", "string-length", "today", "true",
    }
)  # fmt: skip
"""Functions whose result for the tried answers stands for all others."""


def understood_parts(constraint: xpath_syntax.Node) -> tuple[xpath_syntax.Node, ...]:
    """The parts that must all hold and are understood; empty where there are none."""
    terms = constraint.terms if isinstance(constraint, xpath_syntax.And) else (constraint,)
    parts: list[xpath_syntax.Node] = []
    for term in terms:
        if isinstance(term, xpath_syntax.And):
            parts.extend(understood_parts(term))
        elif _understood(term):
            parts.append(term)
    # Two patterns of one text may need an answer that no sample of either one is.
    patterns = [part for part in parts if _has(part, "regex")]
    return tuple(parts) if len(patterns) < 2 else (*(part for part in parts if part not in patterns), patterns[0])


def _understood(node: xpath_syntax.Node) -> bool:
    match node:
        case xpath_syntax.Literal() | xpath_syntax.Number():
            return True
        case xpath_syntax.Path():
            return is_answer(node) or _leads_nowhere(node)
        case xpath_syntax.Call(prefix, name, arguments):
            if prefix or name not in _OF_THE_ANSWER:
                return False
            if name == "regex":
                return (
                    len(arguments) == 2 and is_answer(arguments[0]) and isinstance(arguments[1], xpath_syntax.Literal)
                )
            return all(map(_understood, arguments))
        case xpath_syntax.Comparison() | xpath_syntax.Negation() | xpath_syntax.Arithmetic() | xpath_syntax.Or():
            return all(map(_understood, operands(node)))
        case xpath_syntax.And():
            return all(map(_understood, node.terms))
    return False


def _leads_nowhere(path: xpath_syntax.Path) -> bool:
    """A bare name: a question holds no other nodes."""
    return path.start is None and all(
        step.axis == "child" and step.test.kind == "name" and not step.predicates for step in path.steps
    )


def _has(node: xpath_syntax.Node, function: str) -> bool:
    if isinstance(node, xpath_syntax.Call) and node.name == function:
        return True
    return any(_has(part, function) for part in operands(node))
