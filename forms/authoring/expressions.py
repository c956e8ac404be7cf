"""Checking what stands in cells before anything is converted, so that every fault is found with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forms.authoring.problems import AuthoringProblem
from forms.authoring.sheets import Row, Workbook
from forms.definition.formulas import function_faults
from forms.xpath import XPathSyntaxError, parse

EXPRESSION_COLUMNS = ("relevant", "constraint", "calculation", "read_only", "required", "repeat_count", "choice_filter")
_TEXT_COLUMNS = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
_REFERENCE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_LAST_SAVED = "last-saved#"
_YES_NO = frozenset({"yes", "no", "true", "false", "y", "n", "true()", "false()"})
_GROUP_BEGIN = re.compile(r"begin[ _](group|repeat|loop|lgroup)", re.IGNORECASE)
_GROUP_END = re.compile(r"end[ _](group|repeat|loop|lgroup)", re.IGNORECASE)
_SELECT = re.compile(r"(?:select_one|select_multiple|select one from|select all that apply from|rank)\s+(\S+)(.*)\Z")
_NAME = re.compile(r"[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?\Z")


def check_workbook(workbook: Workbook) -> list[AuthoringProblem]:
    """All faults that can be seen without converting."""
    return [
        *_structure(workbook),
        *_names(workbook),
        *_lists(workbook),
        *_expressions(workbook),
    ]


def _structure(workbook: Workbook) -> Iterator[AuthoringProblem]:
    if not any(row.cells for row in workbook.survey):
        yield AuthoringProblem("survey", 0, "", "The sheet “survey” is missing or empty; it holds the questions.")
        return
    open_rows: list[tuple[str, Row]] = []
    for row in workbook.survey:
        kind = row.get("type").strip()
        begin, end = _GROUP_BEGIN.match(kind), _GROUP_END.match(kind)
        if begin is not None:
            open_rows.append((begin.group(1).lower(), row))
        elif end is not None:
            wanted = end.group(1).lower()
            if not open_rows:
                yield _at(row, "type", f"This ends a {wanted} that was never begun.")
            elif open_rows[-1][0] != wanted:
                begun, place = open_rows.pop()
                yield _at(row, "type", f"This ends a {wanted}, but row {place.number} begins a {begun}.")
            else:
                open_rows.pop()
        elif not kind and row.cells and (row.get("name") or row.get("label")):
            yield _at(row, "type", "The question has no type.")
    for begun, place in open_rows:
        yield _at(place, "type", f"The {begun} is never ended; add a row “end {begun}”.")


def _names(workbook: Workbook) -> Iterator[AuthoringProblem]:
    scopes: list[dict[str, int]] = [{}]
    for row in workbook.survey:
        kind, name = row.get("type").strip(), row.get("name").strip()
        if _GROUP_END.match(kind):
            if len(scopes) > 1:
                scopes.pop()
            continue
        if name:
            if not _NAME.match(name):
                yield _at(
                    row, "name", f"“{name}” is no name: it begins with a letter and has letters, digits, - _ and ."
                )
            elif name in scopes[-1]:
                yield _at(row, "name", f"The name “{name}” is used in row {scopes[-1][name]} already.")
            else:
                scopes[-1][name] = row.number
        if _GROUP_BEGIN.match(kind):
            scopes.append({})


def _lists(workbook: Workbook) -> Iterator[AuthoringProblem]:
    lists: dict[str, dict[str, int]] = {}
    for row in workbook.choices:
        name = (row.get("list_name") or row.get("list name")).strip()
        value = row.get("name").strip()
        if row.cells and not name and value:
            yield _in_choices(row, "list_name", "The choice does not say which list it is in.")
        if not name:
            continue
        values = lists.setdefault(name, {})
        if not value:
            yield _in_choices(row, "name", "The choice has no name; the name is what is stored.")
        elif any(character.isspace() for character in value):
            yield _in_choices(row, "name", f"The choice's name “{value}” has a space in it; a space separates choices.")
        else:
            values.setdefault(value, row.number)
    for row in workbook.survey:
        match = _SELECT.match(row.get("type").strip())
        if match is None:
            continue
        wanted = match.group(1)
        if wanted not in lists and "." not in wanted and "${" not in wanted and "search(" not in row.get("appearance"):
            known = ", ".join(sorted(lists)) or "none"
            yield _at(row, "type", f"There is no list “{wanted}” on the sheet “choices” (there is: {known}).")


def _expressions(workbook: Workbook) -> Iterator[AuthoringProblem]:
    names = {row.get("name").strip() for row in workbook.survey if row.get("name")}
    for row in workbook.survey:
        kind = row.get("type").strip().lower()
        for column in EXPRESSION_COLUMNS:
            text = row.get(column).strip()
            if text and text.lower() not in _YES_NO:
                yield from _expression(row, column, text, names)
        trigger = row.get("trigger").strip()
        if trigger and not _REFERENCE.search(trigger):
            yield _at(row, "trigger", "The trigger is written as ${name}.")
        for column, text in row.cells.items():
            if column.split("::")[0] in (*_TEXT_COLUMNS, "trigger", "default"):
                yield from _references(row, column, text, names)
        if kind == "calculate" and not row.get("calculation").strip() and not row.get("default").strip():
            yield _at(row, "calculation", "A calculate needs a calculation.")


def _references(row: Row, column: str, text: str, names: set[str]) -> Iterator[AuthoringProblem]:
    for match in _REFERENCE.finditer(text):
        name = match.group(1).removeprefix(_LAST_SAVED)
        if name not in names:
            yield _at(row, column, f"There is no question “{name}”.")


def _expression(row: Row, column: str, text: str, names: set[str]) -> Iterator[AuthoringProblem]:
    yield from _references(row, column, text, names)
    try:
        syntax = parse(_REFERENCE.sub(" /r ", text))
    except XPathSyntaxError as error:
        yield _at(row, column, f"The expression cannot be read: {_plain(error)}.")
        return
    for fault in function_faults(syntax):
        # pyxform reads a function of its own.
        if "“pulldata()”" not in fault:
            yield _at(row, column, f"The expression cannot be used: {fault}.")


def _plain(error: XPathSyntaxError) -> str:
    return str(error).partition(" (at character")[0]


def _at(row: Row, column: str, message: str) -> AuthoringProblem:
    return AuthoringProblem("survey", row.number, row.header(column), message)


def _in_choices(row: Row, column: str, message: str) -> AuthoringProblem:
    return AuthoringProblem("choices", row.number, row.header(column), message)
