"""The choices, and whether every selection has its list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forms.authoring.choices.selections import ENDINGS, Selection, Source, list_name, selections
from forms.authoring.problems import AuthoringProblem, problem
from forms.authoring.sheets import Row, Workbook
from forms.authoring.structure import at


def check_lists(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """Faults of the choices, and selections whose list is not there."""
    chosen = list(selections(workbook))
    for sheet, rows in _sheets(workbook):
        several = {one.list for one in chosen if one.several and one.source is sheet}
        for row in rows:
            name, value = list_name(row), row.get("name").strip()
            if not name:
                if value:
                    yield _in(sheet, row, "list_name", "list.unnamed")
            elif not value:
                yield _in(sheet, row, "name", "choice.name")
            elif name in several and len(value.split()) > 1:
                yield _in(sheet, row, "name", "choice.space", name=value)
    yield from _twice(workbook)
    known = {sheet: {list_name(row) for row in rows} - {""} for sheet, rows in _sheets(workbook)}
    for one in chosen:
        if one.source is Source.FILE:
            yield from _file_name(one)
        elif one.list not in known[one.source]:
            there = ", ".join(sorted(known[one.source])) or "–"
            yield at(one.row, "type", "list.missing", list=one.list, known=there, sheet=one.source)


def choice_warnings(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """What works, but that other tools may trip over or that says nothing."""
    for sheet, rows in _sheets(workbook):
        for row in rows:
            value = row.get("name").strip()
            if len(value.split()) > 1:
                yield _in(sheet, row, "name", "choice.space", name=value)


def _sheets(workbook: Workbook) -> tuple[tuple[Source, Sequence[Row]], ...]:
    return (Source.CHOICES, workbook.choices), (Source.EXTERNAL, workbook.external_choices)


def _file_name(one: Selection) -> Iterator[AuthoringProblem]:
    whole = f"{one.list} {one.rest}".strip()
    if whole.lower().endswith(ENDINGS) and one.rest:
        yield at(one.row, "type", "file.name-space", file=whole)
    elif not one.list.endswith(ENDINGS):
        kind = one.row.get("type").strip().removesuffix(whole).strip()
        yield at(one.row, "type", "list.ending", type=kind, list=whole, endings=", ".join(ENDINGS))


def _twice(workbook: Workbook) -> Iterator[AuthoringProblem]:
    if workbook.settings.get("allow_choice_duplicates", "").strip().lower() in ("yes", "true"):
        return
    seen: dict[tuple[str, str], int] = {}
    for row in workbook.choices:
        key = (list_name(row), row.get("name").strip())
        if all(key) and seen.setdefault(key, row.number) != row.number:
            yield _in(Source.CHOICES, row, "name", "choice.twice", name=key[1], row=seen[key])


def _in(sheet: Source, row: Row, column: str, code: str, /, **parameters: str | int) -> AuthoringProblem:
    return problem(sheet.value, row.number, row.header(column), code, **parameters)
