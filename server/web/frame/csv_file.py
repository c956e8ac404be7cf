"""Tables to take along: CSV as a spreadsheet in this country opens it, with nothing in it that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from starlette.responses import Response

#: By which Excel knows that it is UTF-8.
_MARK: Final = "\ufeff"
#: What a spreadsheet takes for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The file ``name``.csv; columns are parted by semicolons, because a comma is in every index."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(_MARK + sheet.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _plain(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
