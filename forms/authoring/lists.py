"""The choices, and whether every selection has its list."""

from __future__ import annotations

from collections.abc import Iterator

from forms.authoring.problems import AuthoringProblem, problem
from forms.authoring.sheets import Row, Workbook
from forms.authoring.structure import SELECT, at

_SEVERAL = ("select_multiple", "select all", "add select multiple", "rank")


def check_lists(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """Faults of the choices, and selections whose list is not there."""
    several = {
        match["list"]
        for row in workbook.survey
        if (match := SELECT.match(row.get("type").strip())) and match.string.lower().startswith(_SEVERAL)
    }
    lists = set(workbook.external_lists)
    for row in workbook.choices:
        name, value = _list_name(row), row.get("name").strip()
        if not name:
            if value:
                yield _in_choices(row, "list_name", "list.unnamed")
            continue
        lists.add(name)
        if not value:
            yield _in_choices(row, "name", "choice.name")
        elif name in several and len(value.split()) > 1:
            yield _in_choices(row, "name", "choice.space", name=value)
    yield from _twice(workbook)
    yield from _missing(workbook, lists)


def choice_warnings(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """Names of choices that work, but that other tools may trip over."""
    for row in workbook.choices:
        value = row.get("name").strip()
        if len(value.split()) > 1:
            yield _in_choices(row, "name", "choice.space", name=value)


def _twice(workbook: Workbook) -> Iterator[AuthoringProblem]:
    if workbook.settings.get("allow_choice_duplicates", "").strip().lower() in ("yes", "true"):
        return
    seen: dict[tuple[str, str], int] = {}
    for row in workbook.choices:
        key = (_list_name(row), row.get("name").strip())
        if all(key) and seen.setdefault(key, row.number) != row.number:
            yield _in_choices(row, "name", "choice.twice", name=key[1], row=seen[key])


def _missing(workbook: Workbook, lists: set[str]) -> Iterator[AuthoringProblem]:
    for row in workbook.survey:
        match = SELECT.match(row.get("type").strip())
        if match is None:
            continue
        wanted = match["list"]
        if wanted not in lists and "." not in wanted and "${" not in wanted and "search(" not in row.get("appearance"):
            yield at(row, "type", "list.missing", list=wanted, known=", ".join(sorted(lists)) or "–")


def _list_name(row: Row) -> str:
    return (row.get("list_name") or row.get("list name")).strip()


def _in_choices(row: Row, column: str, code: str, /, **parameters: str | int) -> AuthoringProblem:
    return problem("choices", row.number, row.header(column), code, **parameters)
