"""All expressions of a form: each text is parsed once, and faults are collected with their place."""

from __future__ import annotations

from forms.definition.model import Formula
from forms.errors import Problem
from forms.xpath import XPathSyntaxError, parse
from forms.xpath import syntax as xpath_syntax
from forms.xpath.focus import operands
from forms.xpath.functions import FUNCTIONS


class Formulas:
    """Reads expressions and keeps what is wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.known: dict[str, Formula | None] = {}

    def read(self, source: str, ref: str, what: str) -> Formula | None:
        """The formula of a text; None, with a problem noted, when it cannot be read."""
        if source in self.known:
            return self.known[source]
        formula: Formula | None = None
        try:
            formula = Formula(source, parse(source))
        except XPathSyntaxError as error:
            self.problems.append(Problem(ref, f"The {what} cannot be read: {error}."))
        self.known[source] = formula
        if formula is not None:
            for message in function_faults(formula.syntax):
                self.problems.append(Problem(ref, f"The {what} cannot be used: {message}."))
        return formula


def function_faults(node: xpath_syntax.Node) -> list[str]:
    """Calls of functions that do not exist, or with a wrong number of arguments."""
    faults: list[str] = []
    stack: list[xpath_syntax.Node] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, xpath_syntax.Call):
            name = f"{current.prefix}:{current.name}" if current.prefix else current.name
            function = FUNCTIONS.get((current.prefix or "", current.name))
            if function is None:
                faults.append(f"there is no function “{name}()”")
            elif not function.takes(len(current.arguments)):
                faults.append(f"“{name}()” does not take {len(current.arguments)} arguments")
        stack.extend(operands(current))
        steps = current.steps if isinstance(current, xpath_syntax.Path) else ()
        for step in steps:
            stack.extend(step.predicates)
        if isinstance(current, xpath_syntax.Filter):
            stack.extend(current.predicates)
    return faults
