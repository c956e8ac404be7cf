"""What a form may ask for that this engine's screens do not show: warnings, with what happens instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forms.authoring.problems import AuthoringProblem
from forms.authoring.sheets import Row, Workbook

_TYPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), message)
    for pattern, message in (
        (r"(?:audio|q audio|add audio prompt)\Z", "Sound cannot be recorded; the question is shown as not available."),
        (r"(?:video|q video|add video prompt)\Z", "Video cannot be recorded; the question is shown as not available."),
        (r"(?:file|add file prompt)\Z", "Files cannot be uploaded; ask for a photograph instead."),
        (r"background-audio\Z", "Sound is not recorded in the background."),
        (
            r"(?:geotrace|geoshape|q geotrace|q geoshape|osm)",
            "Lines and areas cannot be drawn; ask for a place instead.",
        ),
        (r"(?:start-geopoint|background-geopoint)\Z", "The position of the device is not recorded."),
        (r"audit\Z", "No log of the filling is kept."),
        (
            r"(?:phone ?number|sim ?id|simserial|subscriber ?id|imei)\Z",
            "The device has no telephone; this stays blank.",
        ),
        (r"(?:email|username)\Z", "Nobody is signed in; this stays blank."),
    )
)
_APPEARANCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), message)
    for pattern, message in (
        (r"\bex:", "Other applications are not started; the question is answered by typing."),
        (r"\bsearch\(", "“search()” is not supported; use select_one_from_file with a choice filter."),
        (
            r"\b(?:placement-map|maps|streets|satellite|map)\b",
            "Maps are not shown; the place is chosen from a list or typed.",
        ),
        (r"\bimage-map\b", "Choices on a drawing are shown as a list."),
        (r"\bannotate\b", "Photographs cannot be drawn on; the photograph is taken as it is."),
        (
            r"\b(?:ethiopian|coptic|islamic|bikram-sambat|myanmar|persian|buddhist)\b",
            "The calendar is the Gregorian one.",
        ),
        (r"\b(?:bearing|counter|printer|masked|thousands-sep)\b", "This appearance is shown as the plain question."),
    )
)


def warnings_of(workbook: Workbook) -> list[AuthoringProblem]:
    """Everything in a workbook that is shown otherwise than its author may expect."""
    return [warning for row in workbook.survey for warning in _row_warnings(row)]


def _row_warnings(row: Row) -> Iterator[AuthoringProblem]:
    kind = row.get("type").strip()
    for pattern, message in _TYPES:
        if pattern.match(kind):
            yield AuthoringProblem("survey", row.number, row.header("type"), message)
    appearance = row.get("appearance")
    for pattern, message in _APPEARANCES:
        if appearance and pattern.search(appearance):
            yield AuthoringProblem("survey", row.number, row.header("appearance"), message)
    for column, text in row.cells.items():
        if "last-saved#" in text:
            message = "Answers of the last filling are not kept; what asks for them stays blank."
            yield AuthoringProblem("survey", row.number, row.header(column), message)
