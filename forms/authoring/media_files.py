"""Pictures and sounds beside labels: whether the files that a sheet names are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forms.authoring.choices.list_files import ListFiles
from forms.authoring.problems import AuthoringProblem, problem
from forms.authoring.sheets import Row, Workbook

_PLAYED = frozenset({"audio", "image", "big-image"})
"""Of a video it is said that it is not played; whether it is there makes no difference."""


def media_warnings(workbook: Workbook, files: ListFiles) -> Iterator[AuthoringProblem]:
    """Every cell that names a picture or a sound which is not there."""
    yield from _of_sheet("survey", workbook.survey, files)
    yield from _of_sheet("choices", workbook.choices, files)


def _of_sheet(sheet: str, rows: Sequence[Row], files: ListFiles) -> Iterator[AuthoringProblem]:
    for row in rows:
        for column, text in row.cells.items():
            kind = column.removeprefix("media::").partition("::")[0].strip()
            file = text.strip().rpartition("/")[2]
            if kind not in _PLAYED or not file or "${" in text or files.given(file):
                continue
            near = files.near(file)
            header = row.header(column)
            if near:
                yield problem(sheet, row.number, header, "file.missing-near", file=file, near=near)
            else:
                yield problem(sheet, row.number, header, "file.missing", file=file)
