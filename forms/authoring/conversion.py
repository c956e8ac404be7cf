"""XLSForm to XForm, through pyxform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.utils import has_external_choices
from pyxform.xls2json import workbook_to_json

from forms.authoring.answers import check_constraints, check_filled, default_warnings
from forms.authoring.bare_names import bare_name_warnings
from forms.authoring.choices.external_choices import external_choices_csv, offer_all
from forms.authoring.choices.list_files import ListFiles, check_filters, check_list_files, list_file_warnings
from forms.authoring.choices.lists import check_lists, choice_warnings
from forms.authoring.expressions import check_expressions
from forms.authoring.media_files import media_warnings
from forms.authoring.problems import AuthoringProblem, problem
from forms.authoring.pyxform_words import read_words
from forms.authoring.sheets import Row, Workbook, read_workbook
from forms.authoring.structure import check_structure, header_warnings, is_required
from forms.authoring.unsupported import warnings_of
from forms.authoring.wording import check_labels, wording_warnings
from forms.definition.external_choices import FILE as EXTERNAL_FILE
from forms.errors import FormError, Problem
from forms.form import Form, load_form

_SAID_BEFORE = re.compile(r"max-pixels|machine-readable codes|Choices should have a label|is missing the")
UNREADABLE = "file.list"
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
    warnings.extend([*bare_name_warnings(workbook), *default_warnings(workbook)])
    files_beside = ListFiles(resources or {})
    warnings.extend(list_file_warnings(workbook, files_beside))
    warnings.extend(media_warnings(workbook, files_beside) if resources is not None else ())
    needed = {row.number for row in workbook.survey if is_required(row)}
    for doubt in _doubts(workbook, files_beside, given=resources is not None):
        # What nobody can answer is an error where an answer is needed, and a gap in the form elsewhere. A file that
        # cannot be read keeps the form from being opened at all.
        (errors if doubt.row in needed or doubt.code == UNREADABLE else warnings).append(doubt)
    xml, files = _run(workbook, name, errors, warnings)
    if xml is not None:
        try:
            form = load_form(xml, {**(resources or {}), **files})
        except FormError as error:
            rows = workbook.survey_by_name
            said = [*errors, *warnings]
            errors.extend(_unsaid((_locate(problem, rows) for problem in error.problems), said))
        else:
            warnings.extend(_missing(form, resources, [*errors, *warnings]))
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


def _doubts(workbook: Workbook, files: ListFiles, *, given: bool) -> Iterator[AuthoringProblem]:
    """Questions that nobody can answer as they stand. ``given`` is False where the files are not known yet."""
    if given:
        yield from check_list_files(workbook, files)
    yield from check_filters(workbook, files)
    yield from check_constraints(workbook)
    yield from check_filled(workbook)


def _missing(
    form: Form, resources: Mapping[str, bytes] | None, said: Iterable[AuthoringProblem]
) -> Iterator[AuthoringProblem]:
    """Files of lists that no row was found for."""
    reported = {value for known in said if known.code.startswith("file.missing") for _, value in known.parameters}
    for file in form.missing_resources if resources is not None else ():
        if file not in reported:
            yield problem("", 0, "", "file.missing", file=file)


def _unsaid(found: Iterable[AuthoringProblem], said: Iterable[AuthoringProblem]) -> Iterator[AuthoringProblem]:
    """Those whose cell has no problem yet: the same fault is often seen twice, in the sheet and in the form."""
    known = list(said)
    places = {(one.sheet, one.row, one.column) for one in known if one.row}
    unreadable = {dict(one.parameters).get("file") for one in known if one.code == UNREADABLE}
    for one in found:
        reported = one.code == UNREADABLE and dict(one.parameters).get("file") in unreadable
        if not reported and (one.sheet, one.row, one.column) not in places:
            yield one


def _run(
    workbook: Workbook, name: str, errors: list[AuthoringProblem], warnings: list[AuthoringProblem]
) -> tuple[str | None, dict[str, bytes]]:
    said: list[str] = []
    offer_all(workbook)
    files: dict[str, bytes] = {}
    xml: str | None = None
    try:
        data = workbook_to_json(workbook_dict=workbook.data, form_name=None, fallback_form_name=name, warnings=said)
        if has_external_choices(json_struct=data):
            files[EXTERNAL_FILE] = external_choices_csv(workbook)
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
    if fault.code == UNREADABLE:
        sheet = ""
    if fault.code == "circle.own":
        parameters["what"] = what
    if not fault.code:
        return problem(sheet, number, header, "form", detail=detail)
    return problem(sheet, number, header, fault.code, **parameters)
