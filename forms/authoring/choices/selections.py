"""Questions that are answered from a list: which list, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from forms.authoring.sheets import Row, Workbook
from forms.authoring.structure import SELECT

ENDINGS = (".csv", ".xml", ".geojson")
"""What the name of a list file ends with."""

_SEVERAL = ("select_multiple", "select multiple", "select all", "add select multiple", "rank")
_PARAMETER = re.compile(r"([\w-]+)\s*=\s*([^\s,;]+)")


class Source(StrEnum):
    """Where a list stands; the values of the first two are the names of the sheets."""

    CHOICES = "choices"
    EXTERNAL = "external_choices"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Selection:
    """A question with a list. ``list`` is the list's name, or the file's; ``rest`` what stands after it in the type."""

    row: Row
    source: Source
    list: str
    rest: str
    several: bool

    @property
    def has_filter(self) -> bool:
        """Whether only some of the list is offered."""
        return bool(self.row.get("choice_filter").strip())

    @property
    def value_column(self) -> str:
        """Where a list file has what is stored."""
        return self._parameter("value", "id" if self.list.lower().endswith(".geojson") else "name")

    @property
    def label_column(self) -> str:
        """Where a list file has what people read."""
        return self._parameter("label", "title" if self.list.lower().endswith(".geojson") else "label")

    def _parameter(self, name: str, otherwise: str) -> str:
        written = dict(_PARAMETER.findall(self.row.get("parameters")))
        return str(written.get(name, otherwise))


def selections(workbook: Workbook) -> Iterator[Selection]:
    """All questions that name a list which can be known now: not those from repeats, and not ``search()``."""
    for row in workbook.survey:
        match = SELECT.match(row.get("type").strip())
        if match is None or "${" in match["list"] or "search(" in row.get("appearance"):
            continue
        command, name = match["command"].lower(), match["list"]
        if command == "select_one_external":
            source = Source.EXTERNAL
        elif "file" in command or name.lower().endswith(ENDINGS):
            source = Source.FILE
        else:
            source = Source.CHOICES
        yield Selection(row, source, name, match["rest"].strip(), command.startswith(_SEVERAL))


def list_name(row: Row) -> str:
    """The list that a row of a sheet of choices belongs to."""
    return (row.get("list_name") or row.get("list name")).strip()
