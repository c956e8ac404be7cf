"""Files that a form reads lists from: whether they are there, can be read, and hold what the form asks of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from forms.authoring.bare_names import bare_names, column_names
from forms.authoring.choices.selections import Selection, Source, list_name, selections
from forms.authoring.problems import AuthoringProblem
from forms.authoring.sheets import Row, Workbook, canonical
from forms.authoring.structure import at
from forms.definition.instances import read_csv_lines, read_geojson
from forms.limits import MAX_RESOURCE_BYTES
from forms.xmltree import XmlError, parse_xml
from forms.xpath import XPathSyntaxError, parse
from forms.xpath import syntax as xpath_syntax
from forms.xpath.focus import operands

LIKENESS = 0.85
"""From which likeness on (0 to 1) another name is offered as the one that is meant."""
ROWS_NAMED = 5
"""Rows of one file that are named for one fault; whoever mends them finds the others."""

_EXTERNAL_TYPES = {"csv-external": ".csv", "xml-external": ".xml"}


@dataclass(frozen=True, slots=True)
class _List:
    """``columns`` in their order, and each row's place (as a person counts) with its cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


def missing_file(row: Row, column: str, file: str, files: ListFiles) -> AuthoringProblem:
    """That a file is not there, in a cell of the survey."""
    near = files.near(file)
    if near:
        return at(row, column, "file.missing-near", file=file, near=near)
    return at(row, column, "file.missing", file=file)


class ListFiles:
    """The files beside a form, each read once."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._read: dict[str, _List | str] = {}

    def given(self, name: str) -> bool:
        return name in self._files

    def near(self, name: str) -> str:
        """A file that may be meant; blank where there is none."""
        return _near(name, self._files)

    def read(self, name: str) -> _List | str:
        """The rows of a file, or why it cannot be read."""
        if name not in self._read:
            try:
                self._read[name] = _rows(name, self._files[name])
            except (XmlError, ValueError) as error:
                self._read[name] = str(error)
        return self._read[name]


def check_list_files(workbook: Workbook, files: ListFiles) -> Iterator[AuthoringProblem]:
    """Lists in files without which their questions cannot be answered: missing, unreadable, empty, other columns."""
    for one in selections(workbook):
        if one.source is Source.FILE and one.list.endswith((".csv", ".xml", ".geojson")) and not one.rest:
            yield from _selection(one, files)
    for row in workbook.survey:
        ending = _EXTERNAL_TYPES.get(row.get("type").strip().lower())
        name = row.get("name").strip()
        if ending and name and not files.given(name + ending):
            yield missing_file(row, "name", name + ending, files)
        yield from _pulled(row, files)


def list_file_warnings(workbook: Workbook, files: ListFiles) -> Iterator[AuthoringProblem]:
    """Rows of list files that are offered as blank cards, or twice, and labels that are not there."""
    for one in selections(workbook):
        found = files.read(one.list) if one.source is Source.FILE and files.given(one.list) else ""
        if isinstance(found, str) or one.value_column not in found.columns:
            continue
        if one.label_column not in found.columns:
            known = ", ".join(found.columns)
            column = "parameters" if one.row.get("parameters") else "type"
            yield at(one.row, column, "list.file-label", file=one.list, column=one.label_column, known=known)
        yield from _rows_of(one, found)


def check_filters(workbook: Workbook, files: ListFiles) -> Iterator[AuthoringProblem]:
    """Filters that ask for a column which their list does not have: nothing is ever offered."""
    names = set(workbook.survey_by_name)
    sheets = {Source.CHOICES: workbook.choices, Source.EXTERNAL: workbook.external_choices}
    for one in selections(workbook):
        columns: set[str] = set()
        if one.source is Source.FILE:
            found = files.read(one.list) if files.given(one.list) else ""
            columns = set() if isinstance(found, str) else set(found.columns)
        else:
            rows = [row for row in sheets[one.source] if list_name(row) == one.list]
            columns = {canonical(header) for row in rows for header in row.headers.values()}
            columns |= {header for row in rows for header in row.headers.values()}
        for name in bare_names(one.row.get("choice_filter")) if columns else ():
            if name in columns:
                continue
            if name in names:
                yield at(one.row, "choice_filter", "bare.question", name=name)
            else:
                known = ", ".join(sorted(columns - {"list_name", "list name"}))
                yield at(one.row, "choice_filter", "list.filter-column", column=name, list=one.list, known=known)


def _selection(one: Selection, files: ListFiles) -> Iterator[AuthoringProblem]:
    if not files.given(one.list):
        yield missing_file(one.row, "type", one.list, files)
        return
    found = files.read(one.list)
    if isinstance(found, str):
        yield at(one.row, "type", "file.list", file=one.list, detail=found)
    elif not found.columns:
        yield at(one.row, "type", "list.file-empty", file=one.list)
    elif one.value_column not in found.columns:
        known, near = ", ".join(found.columns), _near(one.value_column, found.columns)
        code = "list.file-column-near" if near else "list.file-column"
        more = {"near": near} if near else {}
        yield at(one.row, "type", code, file=one.list, column=one.value_column, known=known, **more)
    elif not any(cells.get(one.value_column, "").strip() for _, cells in found.rows):
        yield at(one.row, "type", "list.file-empty", file=one.list)


def _near(name: str, known: Iterable[str]) -> str:
    """Which of the known names may be meant: capitals aside, nearly the same; blank where none is."""
    lower = {one.lower(): one for one in known}
    found = difflib.get_close_matches(name.lower(), lower, 1, LIKENESS)
    return lower[found[0]] if found else ""


def _rows_of(one: Selection, found: _List) -> Iterator[AuthoringProblem]:
    blank: list[str] = []
    spaced: list[str] = []
    seen: dict[str, int] = {}
    twice: list[str] = []
    for place, cells in found.rows:
        value = cells.get(one.value_column, "").strip()
        if not value:
            blank.append(str(place))
        elif seen.setdefault(value, place) != place and not one.has_filter:
            twice.append(f"{place} ({value})")
        elif one.several and len(value.split()) > 1:
            spaced.append(str(place))
    if len(found.columns) > len(set(found.columns)):
        column = next(name for place, name in enumerate(found.columns) if name in found.columns[:place])
        yield at(one.row, "type", "list.file-header", file=one.list, column=column)
    for code, places in (("list.file-blank", blank), ("list.file-twice", twice), ("list.file-space", spaced)):
        if places:
            rows = ", ".join(places[:ROWS_NAMED]) + (" …" if len(places) > ROWS_NAMED else "")
            yield at(one.row, "type", code, file=one.list, column=one.value_column, rows=rows)


def _pulled(row: Row, files: ListFiles) -> Iterator[AuthoringProblem]:
    """Files and columns that ``pulldata()`` names."""
    for column, text in row.cells.items():
        if "pulldata(" not in text or column.partition("::")[0] in ("label", "hint"):
            continue
        for call in _calls(text, "pulldata"):
            words = [one.value for one in call.arguments[:3] if isinstance(one, xpath_syntax.Literal)]
            if not words:
                continue
            file = words[0] if words[0].endswith((".csv", ".xml", ".geojson")) else f"{words[0]}.csv"
            if not files.given(file):
                yield missing_file(row, column, file, files)
                continue
            found = files.read(file)
            if isinstance(found, str):
                yield at(row, column, "file.list", file=file, detail=found)
                continue
            known = ", ".join(found.columns)
            for name in words[1:]:
                if name not in found.columns:
                    yield at(row, column, "list.file-column", file=file, column=name, known=known)


def _calls(text: str, name: str) -> Iterator[xpath_syntax.Call]:
    try:
        stack: list[xpath_syntax.Node] = [parse(column_names(text))]
    except XPathSyntaxError:
        return
    while stack:
        node = stack.pop()
        if isinstance(node, xpath_syntax.Call) and node.name == name:
            yield node
        stack.extend(operands(node))


def _rows(name: str, data: bytes) -> _List:
    if len(data) > MAX_RESOURCE_BYTES:
        raise ValueError(f"it has {len(data):,} bytes; at most {MAX_RESOURCE_BYTES:,} are read")
    if name.lower().endswith(".csv"):
        lines = read_csv_lines(data)
        header = tuple(cell.strip() for cell in lines[0][1]) if lines else ()
        rows = tuple((line, dict(zip(header, cells, strict=False))) for line, cells in lines[1:])
        return _List(header if any(header) else (), rows)
    if name.lower().endswith(".geojson"):
        table = read_geojson(data)
        features = enumerate(table.rows, 1)
        return _List(
            tuple(table.header),
            tuple(
                (place, {key: cell or "" for key, cell in zip(table.header, row, strict=True)})
                for place, row in features
            ),
        )
    root = parse_xml(data, limit=MAX_RESOURCE_BYTES).elements[0]
    items = [[(cell.name, cell.string_value()) for cell in item.elements] for item in root.named("item")]
    columns = tuple(dict.fromkeys(column for item in items for column, _ in item))
    return _List(columns, tuple((place, dict(item)) for place, item in enumerate(items, 1)))
