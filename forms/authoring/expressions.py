"""Expressions and references in cells, checked before anything is converted, so that every fault has its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from forms.authoring.problems import AuthoringProblem
from forms.authoring.sheets import Row, Workbook
from forms.authoring.structure import at
from forms.definition.formulas import function_faults
from forms.xpath import XPathSyntaxError, parse

EXPRESSION_COLUMNS = ("relevant", "constraint", "calculation", "read_only", "required", "repeat_count", "choice_filter")
_TEXT_COLUMNS = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
_REFERENCE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_OPEN_REFERENCE = re.compile(r"\$\{[^}]*\Z|\$\{[^}]*\$\{")
_LAST_SAVED = "last-saved#"
_YES_NO = frozenset({"yes", "no", "true", "false", "y", "n", "true()", "false()"})
_PYXFORM_FUNCTIONS = frozenset({"pulldata"})
"""Functions that pyxform reads itself; their arguments are its own."""


def check_expressions(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """Everything that is wrong with expressions and references."""
    names = {row.get("name").strip() for row in workbook.survey if row.get("name")}
    for row in workbook.survey:
        kind = row.get("type").strip().lower()
        for column in EXPRESSION_COLUMNS:
            text = row.get(column).strip()
            if text and text.lower() not in _YES_NO:
                yield from _expression(row, column, text, names)
        trigger = row.get("trigger").strip()
        if trigger and "${" not in trigger:
            yield at(row, "trigger", "trigger.form")
        for column, text in row.cells.items():
            if column.split("::")[0] in (*_TEXT_COLUMNS, "trigger", "default"):
                yield from _references(row, column, text, names)
        if kind == "calculate" and not row.get("calculation").strip() and not row.get("default").strip():
            yield at(row, "calculation", "calculation.missing")


def _references(row: Row, column: str, text: str, names: set[str]) -> Iterator[AuthoringProblem]:
    if _OPEN_REFERENCE.search(text):
        yield at(row, column, "reference.open")
        return
    for match in _REFERENCE.finditer(text):
        name = match.group(1).removeprefix(_LAST_SAVED)
        if name in names:
            continue
        near = difflib.get_close_matches(name, names, 1)
        if near:
            yield at(row, column, "reference.near", name=name, near=near[0])
        else:
            yield at(row, column, "reference.unknown", name=name)


def _expression(row: Row, column: str, text: str, names: set[str]) -> Iterator[AuthoringProblem]:
    faults = list(_references(row, column, text, names))
    yield from faults
    if any(fault.code == "reference.open" for fault in faults):
        return
    try:
        syntax = parse(_REFERENCE.sub(" /r ", text))
    except XPathSyntaxError as error:
        yield at(row, column, f"expression.{error.reason}", **error.parameters)
        return
    for fault in function_faults(syntax):
        if fault.name not in _PYXFORM_FUNCTIONS:
            yield at(row, column, fault.code, **dict(fault.parameters))
