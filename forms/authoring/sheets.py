"""A spreadsheet's sheets as rows by header, with the names that XLSForm allows for one column brought together.

Rows are numbered as whoever wrote the file sees them: in xlsx by the sheet's rows, in csv by the file's rows (one file
holds all sheets), in markdown by the table's rows, the header being 1.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyxform import aliases
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import get_xlsform

from forms.authoring.cells import cell_text, write_dates_as_xforms_does
from forms.authoring.problems import AuthoringProblem, problem
from forms.limits import MAX_SHEET_CELLS, MAX_SHEET_ROWS, MAX_SOURCE_BYTES

FILE_TYPES = ("xlsx", "csv", "md")
HEADER_ROW = 1
FIRST_ROW = 2
MAX_UNPACKED_BYTES = 10 * MAX_SOURCE_BYTES
"""What an xlsx may unpack to."""

_VALUES = re.compile(rb"<(?:\w+:)?(?:v|is)[\s>]")
_ROWS = re.compile(rb"<(?:\w+:)?row[\s>](?:(?!</(?:\w+:)?row>).)*?<(?:\w+:)?(?:v|is)[\s>]", re.DOTALL)
"""Rows that have a value in them."""
_DUPLICATE_HEADER = re.compile(r"Duplicate column header: (.+)\Z")
_SHOWN = frozenset({"audio", "big-image", "guidance_hint", "hint", "image", "label", "media", "video"})
_CANONICAL = {
    "relevant": "relevant",
    "constraint": "constraint",
    "calculate": "calculation",
    "readonly": "read_only",
    "required": "required",
    "jr:count": "repeat_count",
    "jr:constraintMsg": "constraint_message",
    "jr:requiredMsg": "required_message",
    "appearance": "appearance",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the sheet, and its cells by canonical column and by the header as written."""

    number: int
    cells: Mapping[str, str]
    headers: Mapping[str, str]

    def get(self, column: str) -> str:
        """The text of a cell; blank where it is empty."""
        return self.cells.get(column, "")

    def header(self, column: str) -> str:
        """The header as written."""
        return self.headers.get(column, column)

    @property
    def has_label(self) -> bool:
        """Whether anything stands on the question, in any language."""
        return any(column.partition("::")[0] in _SHOWN for column in self.cells)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets that XLSForm knows."""

    data: Any
    survey: Sequence[Row]
    choices: Sequence[Row]
    external_choices: Sequence[Row]
    settings: Mapping[str, str]
    row_numbers: Mapping[str, Sequence[int]]

    @property
    def survey_by_name(self) -> Mapping[str, Row]:
        """The survey's rows by the name of their question; of equal names the first."""
        rows: dict[str, Row] = {}
        for row in self.survey:
            rows.setdefault(row.get("name").strip(), row)
        return rows

    def row_number(self, sheet: str, counted: int) -> int:
        """The row as its author sees it, from one counted over the rows that are not blank, the header being 1."""
        return _seen(self.row_numbers, sheet, counted)


def read_workbook(source: bytes | str, file_type: str) -> Workbook | AuthoringProblem:
    """Read a spreadsheet, or say why it cannot be read."""
    data = source.encode("utf-8") if isinstance(source, str) else source
    if file_type not in FILE_TYPES:
        return problem("", 0, "", "file.type", known=", ".join(FILE_TYPES), type=file_type)
    if len(data) > MAX_SOURCE_BYTES:
        return problem("", 0, "", "file.size", size=f"{len(data):,}", most=f"{MAX_SOURCE_BYTES:,}")
    try:
        if file_type == "xlsx" and _unpacked(data) > MAX_UNPACKED_BYTES:
            return problem("", 0, "", "file.unpacked", most=f"{MAX_UNPACKED_BYTES:,}")
        rows, cells = _size(data, file_type)
        if rows > MAX_SHEET_ROWS:
            return problem("", 0, "", "file.rows", rows=f"{rows:,}", most=f"{MAX_SHEET_ROWS:,}")
        if cells > MAX_SHEET_CELLS:
            return problem("", 0, "", "file.cells", cells=f"{cells:,}", most=f"{MAX_SHEET_CELLS:,}")
        workbook = get_xlsform(io.BytesIO(data), file_type=f".{file_type}")
    except PyXFormError as error:
        return _reading_fault(error, file_type)
    except (AttributeError, IndexError, KeyError, TypeError):
        # A table of something else: pyxform trips over what it does not find.
        return problem("", 0, "", "file.no-form", type=file_type)
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        return problem("", 0, "", "file.unreadable", type=file_type, detail=str(error))
    for sheet in (workbook.survey, workbook.choices, workbook.external_choices):
        write_dates_as_xforms_does(sheet)
    settings: Mapping[str, Any] = next(iter(workbook.settings or ()), {})
    numbers = _csv_row_numbers(data) if file_type == "csv" else {}
    return Workbook(
        workbook,
        list(_rows(workbook.survey, "survey", numbers)),
        list(_rows(workbook.choices, "choices", numbers)),
        list(_rows(workbook.external_choices, "external_choices", numbers)),
        {str(key).strip().lower(): str(value) for key, value in settings.items()},
        numbers,
    )


def _reading_fault(error: PyXFormError, file_type: str) -> AuthoringProblem:
    text = str(error)
    if "not recognized" in text or "does not appear to be a valid XLSForm" in text:
        return problem("", 0, "", "file.no-form", type=file_type)
    duplicate = _DUPLICATE_HEADER.search(text)
    if duplicate is not None:
        # The reader does not say on which sheet; nearly always it is this one.
        return problem("survey", HEADER_ROW, duplicate.group(1), "column.twice", column=duplicate.group(1))
    return problem("", 0, "", "file.unreadable", type=file_type, detail=text.rstrip("."))


def _csv_row_numbers(data: bytes) -> dict[str, list[int]]:
    """The file's row of each row that is not blank, by sheet: the header's first."""
    numbers: dict[str, list[int]] = {}
    sheet = ""
    text = data.decode("utf-8-sig", "replace")
    for number, row in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
        if row and row[0].strip():
            sheet = row[0].strip().lower()
        if any(cell.strip() for cell in row[1:]):
            numbers.setdefault(sheet, []).append(number)
    return numbers


def _seen(numbers: Mapping[str, Sequence[int]], sheet: str, counted: int) -> int:
    known = numbers.get(sheet)
    return known[counted - 1] if known and 0 < counted <= len(known) else counted


def _unpacked(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _size(data: bytes, file_type: str) -> tuple[int, int]:
    """Rows and cells with something in them, counted before anything is made of them; a little high for text.

    Formatted cells without a value, of which spreadsheet programs write very many, do not count.
    """
    if file_type != "xlsx":
        return data.count(b"\n") + 1, data.count(b"|" if file_type == "md" else b",")
    rows = cells = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                sheet = archive.read(entry)
                cells += len(_VALUES.findall(sheet))
                rows += len(_ROWS.findall(sheet))
    return rows, cells


def _rows(rows: Sequence[Mapping[str, Any]] | None, sheet: str, numbers: Mapping[str, Sequence[int]]) -> Iterator[Row]:
    for number, row in enumerate(rows or (), FIRST_ROW):
        cells: dict[str, str] = {}
        headers: dict[str, str] = {}
        for header, value in row.items():
            if header is None or value is None:
                continue
            column = canonical(str(header))
            cells.setdefault(column, cell_text(value))
            headers.setdefault(column, str(header))
        yield Row(_seen(numbers, sheet, number), cells, headers)


def canonical(header: str) -> str:
    """One name for a column, whichever alias the author wrote: ``relevance`` and ``bind::relevant`` are ``relevant``."""
    header = header.strip()
    # Older forms write one colon; “jr:count” is a name of its own.
    mark = "::" if "::" in header or header.startswith("jr:") else ":"
    base, mark, rest = header.partition(mark)
    key = base.strip().lower().replace(" ", "_")
    if key in ("bind", "control", "body") and mark:
        key, mark, rest = rest.partition("::")[0].strip(), "", ""
    alias = aliases.survey_header.get(key, key)
    name = str(alias[-1] if isinstance(alias, tuple) else alias)
    name = _CANONICAL.get(name, name)
    return f"{name}::{rest.strip()}" if mark else name
