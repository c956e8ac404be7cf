"""What pyxform says, as problems: with the place that it names or that can be found, and a code where one fits."""

from __future__ import annotations

import re
from collections.abc import Mapping

from forms.authoring.problems import AuthoringProblem, problem
from forms.authoring.sheets import HEADER_ROW, Row, Workbook

_ROW = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"(?:[Oo]n the|[Ii]n the|for sheet:) '?(survey|choices|settings|entities|external_choices|osm)\b'?")
_COLUMN = re.compile(r"the '([\w:]+)' (?:value|column|parameter)")
_ELEMENT = re.compile(r"(?:survey element|question) (?:named )?'?([^\s']+?)'?(?: has|\.|$)")
_REFERENCE = re.compile(r"\$\{([^}]+)\}")
_NO_LABEL = re.compile(r"survey element named '([^']+)' has no label")
_UNKNOWN_TYPE = re.compile(r"Unknown question type '(.+)'")
_NO_COLUMN = re.compile(r"required column headers were not found: '([^']+)'")
_PARAMETER = re.compile(
    r"\b(max-pixels|randomize|seed|quality|location-priority|location-min-interval|location-max-age|track-changes|"
    r"track-changes-reasons|identify-user|allow-mock-accuracy|capture-accuracy|warning-accuracy|incremental)\b"
)
_INSTANCE = re.compile(r"Instance names must be unique.*?The name '([^']+)'", re.DOTALL)
_NOTE = "conversion.note"


def read_words(text: str, workbook: Workbook, *, warning: bool = False) -> AuthoringProblem:
    """One of pyxform's sentences as a problem."""
    row, message = _ROW.search(text), " ".join(_ROW.sub("", text).split())
    missing = _NO_COLUMN.search(text)
    sheet = _sheet(text, has_row=row is not None)
    if missing is not None:
        return problem(sheet, HEADER_ROW, "", "column.missing", sheet=sheet, column=missing.group(1))
    place = _place(text, workbook.survey_by_name, workbook)
    if row is not None:
        number = workbook.row_number(sheet, int(row.group(1)))
        place = (
            next((known for known in workbook.survey if known.number == number), None) if sheet == "survey" else None
        )
    elif place is not None:
        sheet, number = "survey", place.number
    else:
        number = 0
    return _coded(text, message, sheet, number, _column(text, place), place, warning=warning)


def _coded(
    text: str, message: str, sheet: str, number: int, column: str, place: Row | None, *, warning: bool
) -> AuthoringProblem:
    if place is not None and _NO_LABEL.search(text):
        return problem(sheet, number, place.header("label"), "label.missing")
    unknown = _UNKNOWN_TYPE.search(text)
    if place is not None and unknown is not None:
        return problem(sheet, number, place.header("type"), "type.unknown", type=unknown.group(1))
    if not warning and column and place is not None and column == place.header("parameters"):
        return problem(sheet, number, column, "parameters", detail=message)
    return problem(sheet, number, column, _NOTE if warning else "conversion", detail=message)


def _sheet(text: str, *, has_row: bool) -> str:
    found = _SHEET.search(text)
    if found is not None:
        return found.group(1)
    return "survey" if has_row else ""


def _place(text: str, by_name: Mapping[str, Row], workbook: Workbook) -> Row | None:
    """The row of the survey that a sentence without a row is about."""
    unknown = _UNKNOWN_TYPE.search(text)
    if unknown is not None:
        return next((row for row in workbook.survey if row.get("type").strip() == unknown.group(1)), None)
    parameters = {match.group(1) for match in _PARAMETER.finditer(text)}
    if parameters:
        found = (row for row in workbook.survey if any(name in row.get("parameters") for name in parameters))
        return next(found, None)
    names = [match.group(1) for pattern in (_INSTANCE, _ELEMENT) for match in pattern.finditer(text)]
    # “… ${one} can't be used as a trigger for ${two}”: the last is the question that has the fault.
    names += [match.group(1) for match in reversed(list(_REFERENCE.finditer(text)))]
    return next((by_name[name] for name in names if name in by_name), None)


def _column(text: str, place: Row | None) -> str:
    named = _COLUMN.search(text)
    column = named.group(1) if named is not None else ""
    if place is None:
        return column
    if not column:
        if _PARAMETER.search(text) or "arameter" in text:
            column = "parameters"
        elif "trigger" in text:
            column = "trigger"
        elif "calculation" in text:
            column = "calculation"
    return place.header(column) if column else ""
