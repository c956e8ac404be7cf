"""All expressions of a form: each text is parsed once, and faults are collected with their place."""

from __future__ import annotations

from dataclasses import dataclass

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
            parameters = (*sorted(error.parameters.items()), ("what", what))
            code = f"expression.{error.reason}"
            self.problems.append(Problem(ref, f"The {what} cannot be read: {error}.", code, parameters))
        self.known[source] = formula
        if formula is not None:
            for fault in function_faults(formula.syntax):
                message = f"The {what} cannot be used: {fault}."
                self.problems.append(Problem(ref, message, fault.code, (*fault.parameters, ("what", what))))
        return formula


@dataclass(frozen=True, slots=True)
class FunctionFault:
    """A call of a function that does not exist (``count`` is None), or with a wrong number of arguments."""

    name: str
    count: int | None

    @property
    def code(self) -> str:
        """The code of the problem that this is."""
        return "function.unknown" if self.count is None else "function.arguments"

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """What the problem is about."""
        name = (("name", self.name),)
        return name if self.count is None else (("count", str(self.count)), *name)

    def __str__(self) -> str:
        if self.count is None:
            return f"there is no function “{self.name}()”"
        return f"“{self.name}()” does not take {self.count} arguments"


def function_faults(node: xpath_syntax.Node) -> list[FunctionFault]:
    """Calls of functions that do not exist, or with a wrong number of arguments."""
    faults: list[FunctionFault] = []
    stack: list[xpath_syntax.Node] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, xpath_syntax.Call):
            name = f"{current.prefix}:{current.name}" if current.prefix else current.name
            function = FUNCTIONS.get((current.prefix or "", current.name))
            if function is None:
                faults.append(FunctionFault(name, None))
            elif not function.takes(len(current.arguments)):
                faults.append(FunctionFault(name, len(current.arguments)))
        stack.extend(operands(current))
        steps = current.steps if isinstance(current, xpath_syntax.Path) else ()
        for step in steps:
            stack.extend(step.predicates)
        if isinstance(current, xpath_syntax.Filter):
            stack.extend(current.predicates)
    return faults
