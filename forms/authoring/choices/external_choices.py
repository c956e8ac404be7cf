"""The sheet ``external_choices`` as the file that comes with the form."""

from __future__ import annotations

import csv
import io

from forms.authoring.choices.selections import list_name
from forms.authoring.sheets import Workbook, canonical

_FILTER = "choice_filter"


def offer_all(workbook: Workbook) -> None:
    """Without a filter pyxform does not look at the sheet at all, and trips: such a question is given one that lets all pass."""
    for raw, row in zip(workbook.data.survey or (), workbook.survey, strict=True):
        if row.get("type").strip().lower().startswith("select_one_external ") and not row.get(_FILTER).strip():
            headers = workbook.data.survey_header[0]
            written = next((header for header in headers if canonical(str(header)) == _FILTER), _FILTER)
            headers.setdefault(written, None)
            raw[written] = "true()"


def external_choices_csv(workbook: Workbook) -> bytes:
    """``itemsets.csv`` of a workbook. pyxform's own writes rows without their empty cells, so that columns shift."""
    rows = workbook.external_choices
    columns = dict.fromkeys(column for row in rows for column in row.cells if column not in ("list_name", "list name"))
    stored = io.StringIO(newline="")
    writer = csv.writer(stored, quoting=csv.QUOTE_ALL)
    writer.writerow(["list_name", *columns])
    writer.writerows([list_name(row), *(row.get(column) for column in columns)] for row in rows)
    return stored.getvalue().encode("utf-8")
