"""What a constraint asks of the answer alone, as far as it can be read off: for whoever chooses how it is typed."""

from __future__ import annotations

from collections.abc import Iterator

from forms.xpath import syntax as xpath_syntax


def is_answer(node: xpath_syntax.Node) -> bool:
    """Whether it is ``.``."""
    if not isinstance(node, xpath_syntax.Path) or node.start is not None or len(node.steps) != 1:
        return False
    step = node.steps[0]
    return step.axis == "self" and step.test.kind == "node" and not step.predicates


def demanded_patterns(constraint: xpath_syntax.Node) -> tuple[str, ...]:
    """Regular expressions that every answer has to match: those of the terms that all must hold."""
    return tuple(
        term.arguments[1].value
        for term in _terms(constraint)
        if isinstance(term, xpath_syntax.Call)
        and (term.prefix, term.name, len(term.arguments)) == (None, "regex", 2)
        and is_answer(term.arguments[0])
        and isinstance(term.arguments[1], xpath_syntax.Literal)
    )


def demanded_length(constraint: xpath_syntax.Node) -> int | None:
    """So many characters that every answer has to have (``string-length(.) = 16``); None where no length is asked for."""
    for term in _terms(constraint):
        match term:
            case xpath_syntax.Comparison(
                xpath_syntax.Call(None, "string-length", (asked,)), (("=", xpath_syntax.Number(value)),)
            ) if is_answer(asked):
                return int(value)
    return None


def _terms(constraint: xpath_syntax.Node) -> Iterator[xpath_syntax.Node]:
    if isinstance(constraint, xpath_syntax.And):
        for term in constraint.terms:
            yield from _terms(term)
    else:
        yield constraint
