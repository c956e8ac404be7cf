"""Expressions that are no part of a form and are asked of a filled one, such as what a service costs.

They name questions as whoever writes a spreadsheet does, ``${area} * 2500``, and are evaluated at the form's root.
"""

from __future__ import annotations

import re

from forms.definition.formulas import Formulas
from forms.definition.model import Formula
from forms.definition.reader import FormDefinition
from forms.errors import FormError, Problem

_REFERENCE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_WHAT = "expression"


def read_asked(form: FormDefinition, source: str) -> Formula:
    """The formula of a text with ``${name}`` for questions. Raises FormError with what is wrong with it."""
    paths: dict[str, list[str]] = {}
    for node in form.nodes.values():
        paths.setdefault(node.local_name, []).append(node.path)
    problems: list[Problem] = []

    def path(match: re.Match[str]) -> str:
        found = paths.get(match[1], [])
        if len(found) != 1:
            count = "no question" if not found else "more than one question"
            problems.append(Problem("", f"The form has {count} called “{match[1]}”."))
            return "."
        return found[0]

    written = _REFERENCE.sub(path, source)
    formula = Formulas(problems).read(written, "", _WHAT)
    if formula is None or problems:
        raise FormError(tuple(problems))
    return formula
