"""What stands in a cell, as pyxform will take it: its quotation marks, and dates that a spreadsheet program made."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from pyxform.parsing.sheet_headers import clean_text_values

_DATE_CELL = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?")
_MIDNIGHT = "00:00:00"


def cell_text(value: object) -> str:
    """The text that pyxform will read in a cell: typographic quotation marks are plain, as in all of ODK's tools."""
    return str(clean_text_values(str(value)))


def write_dates_as_xforms_does(rows: Sequence[MutableMapping[Any, Any]] | None) -> None:
    """A date cell of a spreadsheet is read as ``2026-01-15 00:00:00``, which is neither a date nor a dateTime here.

    Its rows are changed in place: midnight becomes the day alone, other times become ``2026-01-15T08:30:00.000``, and
    a ``dateTime`` keeps its midnight.
    """
    for row in rows or ():
        kinds = {str(value).strip().lower() for header, value in row.items() if str(header).strip().lower() == "type"}
        for header, value in row.items():
            match = _DATE_CELL.fullmatch(value) if isinstance(value, str) else None
            if match is not None:
                day, hour, fraction = match.groups()
                whole = hour == _MIDNIGHT and not fraction and "datetime" not in kinds
                row[header] = day if whole else f"{day}T{hour}.{(fraction or '0')[:3]:0<3}"
