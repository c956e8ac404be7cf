"""Names in expressions that are written without ``${…}``: paths that lead to nothing, so that nobody is ever told."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from pyxform.utils import default_is_dynamic

from forms.authoring.problems import AuthoringProblem
from forms.authoring.sheets import Row, Workbook
from forms.authoring.structure import GROUP_BEGIN, GROUP_END, at, bind_type
from forms.xpath import XPathSyntaxError, parse
from forms.xpath import syntax as xpath_syntax
from forms.xpath.focus import operands

CONDITIONS = ("relevant", "required", "read_only")
_COLUMNS = (*CONDITIONS, "constraint", "calculation", "repeat_count", "default")
_REFERENCE = re.compile(r"\$\{\s*[^}]*?\s*\}")
_YES_NO = frozenset({"yes", "no", "true", "false", "y", "n", "ya", "tidak"})
_WRITTEN_AS_TRUTH = frozenset({"yes", "Yes", "YES", "true", "True", "TRUE", "true()"}) | frozenset(
    {"no", "No", "NO", "false", "False", "FALSE", "false()"}
)
"""What pyxform reads as true or false."""


def column_names(text: str) -> str:
    """An expression with each ``${…}`` as a path that is no bare name."""
    return _REFERENCE.sub(" /r ", text)


def bare_names(text: str) -> list[str]:
    """The names at the beginning of relative paths, outside of predicates, in their order; none where it is no XPath."""
    if not text.strip():
        return []
    try:
        stack: list[xpath_syntax.Node] = [parse(column_names(text))]
    except XPathSyntaxError:
        return []
    found: list[str] = []
    while stack:
        node = stack.pop()
        if isinstance(node, xpath_syntax.Path) and node.start is None and node.steps:
            first = node.steps[0]
            if first.axis == "child" and first.test.kind == "name" and first.test.name and not first.test.prefix:
                found.append(first.test.name)
        stack.extend(reversed(list(operands(node))))
    return list(dict.fromkeys(found))


def bare_name_warnings(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """Every bare name, with what to write instead."""
    names = {row.get("name").strip() for row in workbook.survey} - {""}
    inside = _members(workbook)
    for row in workbook.survey:
        for column in _COLUMNS:
            text = row.get(column).strip()
            if not text or (column in CONDITIONS and text in _WRITTEN_AS_TRUTH):
                continue
            if column == "default" and not default_is_dynamic(text, bind_type(row)):
                continue  # Words, not an expression.
            for name in bare_names(text):
                if name not in inside.get(row.number, ()):
                    yield _problem(row, column, text, name, names)


def _problem(row: Row, column: str, text: str, name: str, names: set[str]) -> AuthoringProblem:
    if column in CONDITIONS and text == name and (name.lower() in _YES_NO or name not in names):
        return at(row, column, "bare.condition", text=text)
    if name in names:
        return at(row, column, "bare.question", name=name)
    near = difflib.get_close_matches(name, names, 1)
    if near:
        return at(row, column, "bare.near", name=name, near=near[0])
    return at(row, column, "bare.unknown", name=name)


def _members(workbook: Workbook) -> dict[int, set[str]]:
    """What stands directly in each group, by the group's row: there a bare name does lead somewhere."""
    found: dict[int, set[str]] = {}
    opened: list[int] = []
    for row in workbook.survey:
        kind = row.get("type").strip()
        if GROUP_END.match(kind):
            del opened[-1:]
            continue
        if opened and row.get("name").strip():
            found[opened[-1]].add(row.get("name").strip())
        if GROUP_BEGIN.match(kind):
            opened.append(row.number)
            found[row.number] = set()
    return found
