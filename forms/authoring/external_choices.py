"""The sheet ``external_choices`` as the file that comes with the form."""

from __future__ import annotations

import csv
import io

from forms.authoring.selections import list_name
from forms.authoring.sheets import Workbook


def external_choices_csv(workbook: Workbook) -> bytes:
    """``itemsets.csv`` of a workbook. pyxform's own writes rows without their empty cells, so that columns shift."""
    rows = workbook.external_choices
    columns = dict.fromkeys(column for row in rows for column in row.cells if column not in ("list_name", "list name"))
    stored = io.StringIO(newline="")
    writer = csv.writer(stored, quoting=csv.QUOTE_ALL)
    writer.writerow(["list_name", *columns])
    writer.writerows([list_name(row), *(row.get(column) for column in columns)] for row in rows)
    return stored.getvalue().encode("utf-8")
