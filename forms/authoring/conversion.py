"""XLSForm to XForm, through pyxform."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.utils import external_choices_to_csv, has_external_choices
from pyxform.xls2json import workbook_to_json

from forms.authoring.expressions import check_workbook
from forms.authoring.problems import AuthoringProblem
from forms.authoring.sheets import FIRST_ROW, Row, Workbook, read_workbook
from forms.authoring.unsupported import warnings_of
from forms.errors import FormError, Problem
from forms.form import load_form

_ROW = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(
    r"(?:[Oo]n the|[Ii]n the) '?(survey|choices|settings|entities|external_choices|osm)'? (?:sheet|worksheet)"
)
_COLUMN = re.compile(r"the '([\w:]+)' (?:value|column|parameter)")
_SAID_BEFORE = re.compile(r"max-pixels|machine-readable codes")
_WHAT_COLUMN = {
    "relevant": "relevant",
    "constraint": "constraint",
    "calculate": "calculation",
    "calculation": "calculation",
    "readonly": "read_only",
    "required": "required",
    "number of repetitions": "repeat_count",
    "list of choices": "choice_filter",
    "label": "label",
    "hint": "hint",
    "value to set": "default",
}


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of a spreadsheet. ``xml`` is None where there are errors; ``resources`` are files that belong to it."""

    xml: str | None
    resources: dict[str, bytes]
    errors: tuple[AuthoringProblem, ...]
    warnings: tuple[AuthoringProblem, ...]


def convert(
    source: bytes | str, file_type: str, *, name: str, resources: Mapping[str, bytes] | None = None
) -> Converted:
    """Convert an XLSForm written as ``xlsx``, ``csv``, or ``md``.

    ``name`` is the form's identifier where its settings give none. ``resources`` are the external lists that are
    already there; without them the form is checked with empty lists. Faults are values: nothing is raised for
    anything that stands in the file.
    """
    workbook = read_workbook(source, file_type)
    if isinstance(workbook, AuthoringProblem):
        return Converted(None, {}, (workbook,), ())
    errors = check_workbook(workbook)
    warnings = warnings_of(workbook)
    xml, files = _run(workbook, name, errors, warnings)
    if xml is not None:
        try:
            form = load_form(xml, {**(resources or {}), **files})
        except FormError as error:
            rows = _rows_by_name(workbook)
            errors.extend(_locate(problem, rows) for problem in error.problems)
        else:
            warnings.extend(
                AuthoringProblem("", 0, "", f"The file “{file}” belongs to the form and is missing.")
                for file in form.missing_resources
                if resources is not None
            )
    ordered = tuple(sorted(dict.fromkeys(errors)))
    return Converted(
        xml if not ordered else None, files if not ordered else {}, ordered, tuple(dict.fromkeys(warnings))
    )


def _run(
    workbook: Workbook, name: str, errors: list[AuthoringProblem], warnings: list[AuthoringProblem]
) -> tuple[str | None, dict[str, bytes]]:
    said: list[str] = []
    files: dict[str, bytes] = {}
    xml: str | None = None
    try:
        data = workbook_to_json(workbook_dict=workbook.data, form_name=None, fallback_form_name=name, warnings=said)
        if has_external_choices(json_struct=data):
            itemsets = external_choices_to_csv(workbook_dict=workbook.data)
            if itemsets is not None:
                files["itemsets.csv"] = itemsets.encode("utf-8")
        xml = create_survey_element_from_dict(data).to_xml(validate=False, pretty_print=False, warnings=said)
    except PyXFormError as error:
        found = _read_message(str(error))
        if not any(known.sheet == found.sheet and known.row == found.row and found.row for known in errors):
            errors.append(found)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        # pyxform meets some broken sheets with plain Python errors; whoever wrote the sheet needs to hear it kindly.
        if not errors:
            errors.append(
                AuthoringProblem("", 0, "", f"The form cannot be converted: {type(error).__name__}: {error}.")
            )
    warnings.extend(_read_message(text) for text in said if not _SAID_BEFORE.search(text))
    return xml, files


def _read_message(text: str) -> AuthoringProblem:
    row = _ROW.search(text)
    sheet = _SHEET.search(text)
    column = _COLUMN.search(text)
    message = " ".join(_ROW.sub("", text).split())
    sheet_name = sheet.group(1) if sheet else ("survey" if row else "")
    return AuthoringProblem(sheet_name, int(row.group(1)) if row else 0, column.group(1) if column else "", message)


def _rows_by_name(workbook: Workbook) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in workbook.survey:
        rows.setdefault(row.get("name").strip(), row)
    return rows


def _locate(problem: Problem, rows: Mapping[str, Row]) -> AuthoringProblem:
    """A fault of the XForm at the row that its node comes from."""
    node = re.sub(r":(?:label|hint|jr:\w+|[\w-]+)\Z", "", problem.ref).rpartition("/")[2]
    row = rows.get(node)
    if row is None:
        return AuthoringProblem(
            "survey", 0, "", f"{problem.ref}: {problem.message}" if problem.ref else problem.message
        )
    column = next((column for what, column in _WHAT_COLUMN.items() if f"The {what} " in problem.message), "")
    if not column and "circle" in problem.message:
        column = "calculation"
    assert row.number >= FIRST_ROW
    return AuthoringProblem("survey", row.number, row.header(column) if column else "", problem.message)
