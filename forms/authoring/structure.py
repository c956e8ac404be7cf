"""Rows of the survey: their types and names, and how groups open and close."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from forms.authoring.problems import AuthoringProblem, problem
from forms.authoring.sheets import HEADER_ROW, Row, Workbook

GROUP_BEGIN = re.compile(r"begin[ _](group|repeat|loop|lgroup|looped group)", re.IGNORECASE)
GROUP_END = re.compile(r"end[ _](group|repeat|loop|lgroup|looped group)", re.IGNORECASE)
SELECT = re.compile(
    r"(?P<command>select_one_external|select_one_from_file|select_multiple_from_file|select one from file|"
    r"select multiple from file|select_one|select_multiple|select one from|select one|select1|"
    r"select all that apply from|select all that apply|add select one prompt using|"
    r"add select multiple prompt using|rank)\s+(?P<list>\S+)(?P<rest>.*)\Z",
    re.IGNORECASE,
)
_LIST_UNSAID = re.compile(
    r"(?:rank|select1|select[ _](?:one|multiple)(?:[ _]from[ _]file|_external|[ _]from)?|select all that apply(?: from)?)\Z",
    re.IGNORECASE,
)
_OTHER_TYPES = re.compile(r"(?:osm|include|cascading[ _]select|begin[ _]loop over)\b", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?\Z")
_NOT_REQUIRED = frozenset({"", "no", "false", "false()"})
_NAMELESS = frozenset({"audit", "entity"})
_KNOWN_TYPES = frozenset(map(str.lower, QUESTION_TYPE_DICT)) | {"add photo prompt"}
_COLUMNS = (
    "type", "name", "label", "hint", "guidance_hint", "appearance", "required", "required_message", "relevant",
    "constraint", "constraint_message", "calculation", "choice_filter", "read_only", "default", "trigger",
    "repeat_count", "parameters", "media", "image", "big-image", "audio", "video", "autoplay", "save_to", "note", "rows",
)  # fmt: skip
_COMMON_TYPES = (
    "acknowledge", "audio", "audit", "background-audio", "barcode", "begin_group", "begin_repeat", "calculate", "date",
    "datetime", "decimal", "deviceid", "end", "end_group", "end_repeat", "file", "geopoint", "geoshape", "geotrace",
    "hidden", "image", "integer", "note", "range", "rank", "select_multiple", "select_multiple_from_file", "select_one",
    "select_one_from_file", "start", "text", "time", "today", "video",
)  # fmt: skip


def check_structure(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """Faults of the survey's rows that no expression and no list is needed for."""
    if not any(row.cells for row in workbook.survey):
        yield problem("survey", 0, "", "sheet.empty")
        return
    if not any("type" in row.cells for row in workbook.survey):
        yield problem("survey", 1, "", "column.missing", sheet="survey", column="type")
        return
    yield from _groups(workbook)
    yield from _types(workbook)
    yield from _names(workbook)


def _groups(workbook: Workbook) -> Iterator[AuthoringProblem]:
    opened: list[tuple[str, Row]] = []
    for row in workbook.survey:
        kind = row.get("type").strip()
        begin, end = GROUP_BEGIN.match(kind), GROUP_END.match(kind)
        if begin is not None:
            opened.append((begin.group(1).lower(), row))
        elif end is not None:
            wanted = end.group(1).lower()
            if not opened:
                yield at(row, "type", "group.not-begun", kind=wanted)
                continue
            begun, place = opened.pop()
            if begun != wanted:
                yield at(row, "type", "group.other", kind=wanted, row=place.number, begun=begun)
    for begun, place in opened:
        yield at(place, "type", "group.not-ended", kind=begun)


def _types(workbook: Workbook) -> Iterator[AuthoringProblem]:
    for row in workbook.survey:
        kind = " ".join(row.get("type").split())
        if not kind:
            if row.get("name") or row.has_label:
                yield at(row, "type", "type.missing")
        elif _LIST_UNSAID.match(kind):
            yield at(row, "type", "list.unsaid", type=kind)
        elif kind.lower() not in _KNOWN_TYPES and not any(
            pattern.match(kind) for pattern in (GROUP_BEGIN, GROUP_END, SELECT, _OTHER_TYPES)
        ):
            near = difflib.get_close_matches(kind.partition(" ")[0].lower(), _COMMON_TYPES, 1)
            yield (
                at(row, "type", "type.near", type=kind, near=near[0])
                if near
                else at(row, "type", "type.unknown", type=kind)
            )


def _names(workbook: Workbook) -> Iterator[AuthoringProblem]:
    scopes: list[dict[str, int]] = [{}]
    for row in workbook.survey:
        kind, name = row.get("type").strip(), row.get("name").strip()
        if GROUP_END.match(kind):
            if len(scopes) > 1:
                scopes.pop()
            continue
        if not name:
            if kind and kind.lower() in _KNOWN_TYPES | {"group"} and kind.lower() not in _NAMELESS:
                yield from _nameless(row, kind)
        elif not _NAME.match(name):
            yield at(row, "name", "name.form", name=name)
        elif name in scopes[-1]:
            yield at(row, "name", "name.twice", name=name, row=scopes[-1][name])
        else:
            scopes[-1][name] = row.number
        if GROUP_BEGIN.match(kind):
            scopes.append({})


def _nameless(row: Row, kind: str) -> Iterator[AuthoringProblem]:
    # pyxform names notes itself; everything else that is asked or computed needs a name.
    if kind.lower() != "note" and not row.get("trigger"):
        yield at(row, "name", "name.missing")


def header_warnings(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """Columns of the survey that are written nearly, but not quite, as one that counts."""
    headers = {column: header for row in workbook.survey for column, header in row.headers.items()}
    for column, header in headers.items():
        base = column.partition("::")[0]
        if base in _COLUMNS:
            continue
        near = difflib.get_close_matches(base, _COLUMNS, 1, cutoff=0.8)
        if near:
            yield problem("survey", HEADER_ROW, header, "column.unknown", column=header, near=near[0])


def bind_type(row: Row) -> str:
    """The XForms type of a question's answer; ``string`` for selections, blank for what has none."""
    return "string" if SELECT.match(row.get("type").strip()) else _bind(row).get("type", "")


def is_shown_only(row: Row) -> bool:
    """Whether its type takes no answer: a note."""
    return _bind(row).get("readonly", "") == "true()"


def _bind(row: Row) -> Mapping[str, str]:
    kind = " ".join(row.get("type").split())
    found: Mapping[str, str] = QUESTION_TYPE_DICT.get(kind, QUESTION_TYPE_DICT.get(kind.lower(), {})).get("bind", {})
    return found


def is_required(row: Row) -> bool:
    """Whether an answer is needed, always or sometimes."""
    return row.get("required").strip().lower() not in _NOT_REQUIRED


def at(row: Row, column: str, code: str, /, **parameters: str | int) -> AuthoringProblem:
    """A problem in a cell of the survey."""
    return problem("survey", row.number, row.header(column), code, **parameters)
