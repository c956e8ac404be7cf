"""XLSForm to XForm, through pyxform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.utils import external_choices_to_csv, has_external_choices
from pyxform.xls2json import workbook_to_json

from forms.authoring.expressions import check_expressions
from forms.authoring.lists import check_lists, choice_warnings
from forms.authoring.problems import AuthoringProblem, problem
from forms.authoring.pyxform_words import read_words
from forms.authoring.sheets import Row, Workbook, read_workbook
from forms.authoring.structure import check_structure, header_warnings
from forms.authoring.unsupported import warnings_of
from forms.authoring.wording import check_labels, wording_warnings
from forms.errors import FormError, Problem
from forms.form import load_form

_SAID_BEFORE = re.compile(r"max-pixels|machine-readable codes|Choices should have a label|is missing the")
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
    errors = list(_faults(workbook))
    warnings = [*warnings_of(workbook), *wording_warnings(workbook), *header_warnings(workbook)]
    warnings.extend(found for found in choice_warnings(workbook) if found not in errors)
    xml, files = _run(workbook, name, errors, warnings)
    if xml is not None:
        try:
            form = load_form(xml, {**(resources or {}), **files})
        except FormError as error:
            rows = workbook.survey_by_name
            errors.extend(_unsaid((_locate(problem, rows) for problem in error.problems), errors))
        else:
            missing = form.missing_resources if resources is not None else ()
            warnings.extend(problem("", 0, "", "file.missing", file=file) for file in missing)
    ordered = tuple(sorted(dict.fromkeys(errors)))
    return Converted(
        xml if not ordered else None, files if not ordered else {}, ordered, tuple(dict.fromkeys(warnings))
    )


def _faults(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """All faults that can be seen without converting."""
    yield from check_structure(workbook)
    yield from check_lists(workbook)
    yield from check_labels(workbook)
    yield from check_expressions(workbook)


def _unsaid(found: Iterable[AuthoringProblem], said: Iterable[AuthoringProblem]) -> Iterator[AuthoringProblem]:
    """Those whose cell has no problem yet: the same fault is often seen twice, in the sheet and in the form."""
    places = {(known.sheet, known.row, known.column) for known in said if known.row}
    return (one for one in found if (one.sheet, one.row, one.column) not in places)


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
        found = read_words(str(error), workbook)
        # Without a place it is what was seen before: pyxform stops at the first of many.
        if not errors or (found.row and all((known.sheet, known.row) != (found.sheet, found.row) for known in errors)):
            errors.append(found)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        # pyxform meets some broken sheets with plain Python errors; whoever wrote the sheet needs to hear it kindly.
        if not errors:
            errors.append(problem("", 0, "", "conversion", detail=f"{type(error).__name__}: {error}."))
    warnings.extend(read_words(text, workbook, warning=True) for text in said if not _SAID_BEFORE.search(text))
    return xml, files


def _locate(fault: Problem, rows: Mapping[str, Row]) -> AuthoringProblem:
    """A fault of the XForm at the row that its node comes from."""
    node = re.sub(r":(?:label|hint|jr:\w+|[\w-]+)\Z", "", fault.ref).rpartition("/")[2]
    row = rows.get(node)
    detail = f"{fault.ref}: {fault.message}" if fault.ref and row is None else fault.message
    parameters = dict(fault.parameters)
    what = parameters.pop("what", "")
    column = _WHAT_COLUMN.get(what, "calculation" if fault.code == "circle" else "")
    sheet, number, header = ("survey", 0, "") if row is None else ("survey", row.number, "")
    if row is not None and column:
        header = row.header(column)
    if fault.code == "file.list":
        sheet = ""
    if fault.code == "circle.own":
        parameters["what"] = what
    if not fault.code:
        return problem(sheet, number, header, "form", detail=detail)
    return problem(sheet, number, header, fault.code, **parameters)
