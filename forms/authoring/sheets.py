"""A spreadsheet's sheets as rows by header, with the names that XLSForm allows for one column brought together."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyxform import aliases
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import get_xlsform

from forms.authoring.problems import AuthoringProblem
from forms.limits import MAX_SOURCE_BYTES

FILE_TYPES = ("xlsx", "csv", "md")
FIRST_ROW = 2
MAX_UNPACKED_BYTES = 10 * MAX_SOURCE_BYTES
"""What an xlsx may unpack to."""

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


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets that XLSForm knows."""

    data: Any
    survey: Sequence[Row]
    choices: Sequence[Row]
    settings: Mapping[str, str]


def read_workbook(source: bytes | str, file_type: str) -> Workbook | AuthoringProblem:
    """Read a spreadsheet, or say why it cannot be read."""
    data = source.encode("utf-8") if isinstance(source, str) else source
    if file_type not in FILE_TYPES:
        return AuthoringProblem("", 0, "", f"A form is written as {', '.join(FILE_TYPES)}, not as “{file_type}”.")
    if len(data) > MAX_SOURCE_BYTES:
        return AuthoringProblem("", 0, "", f"The file has {len(data):,} bytes; at most {MAX_SOURCE_BYTES:,} are read.")
    try:
        if file_type == "xlsx" and _unpacked(data) > MAX_UNPACKED_BYTES:
            return AuthoringProblem("", 0, "", f"The file unpacks to more than {MAX_UNPACKED_BYTES:,} bytes.")
        workbook = get_xlsform(io.BytesIO(data), file_type=f".{file_type}")
    except PyXFormError as error:
        return AuthoringProblem("", 0, "", _reading_fault(error, file_type))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError, TypeError, AttributeError) as error:
        return AuthoringProblem("", 0, "", f"The file cannot be read as {file_type}: {error}.")
    settings: Mapping[str, Any] = next(iter(workbook.settings or ()), {})
    return Workbook(
        workbook,
        list(_rows(workbook.survey)),
        list(_rows(workbook.choices)),
        {str(key).strip().lower(): str(value) for key, value in settings.items()},
    )


def _reading_fault(error: PyXFormError, file_type: str) -> str:
    text = str(error)
    if "not recognized" in text:
        return f"The file is not a form written as {file_type}."
    return text


def _unpacked(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _rows(rows: Sequence[Mapping[str, Any]] | None) -> Iterator[Row]:
    for number, row in enumerate(rows or (), FIRST_ROW):
        cells: dict[str, str] = {}
        headers: dict[str, str] = {}
        for header, value in row.items():
            if header is None or value is None:
                continue
            column = canonical(str(header))
            cells.setdefault(column, str(value))
            headers.setdefault(column, str(header))
        yield Row(number, cells, headers)


def canonical(header: str) -> str:
    """One name for a column, whichever alias the author wrote: ``relevance`` and ``bind::relevant`` are ``relevant``."""
    base, mark, rest = header.strip().partition("::")
    key = base.strip().lower().replace(" ", "_")
    if key in ("bind", "control", "body") and mark:
        key, mark, rest = rest.partition("::")[0].strip(), "", ""
    alias = aliases.survey_header.get(key, key)
    name = str(alias[-1] if isinstance(alias, tuple) else alias)
    name = _CANONICAL.get(name, name)
    return f"{name}::{rest.strip()}" if mark else name
