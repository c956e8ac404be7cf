"""What a form may ask for that a kiosk's screens do not show: warnings, with what happens instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forms.authoring.problems import AuthoringProblem, problem
from forms.authoring.sheets import FIRST_ROW, Row, Workbook
from forms.authoring.structure import is_required

#: None of these is ever answered at a kiosk: required, they keep a form from being sent.
_TYPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"(?:audio|q audio|add audio prompt)\Z", "not-shown.sound"),
        (r"(?:video|q video|add video prompt)\Z", "not-shown.video"),
        (r"(?:file|add file prompt)\Z", "not-shown.file"),
        (r"background-audio\Z", "not-shown.background-sound"),
        (r"(?:geopoint|location|gps|q geopoint|q location|add location prompt)\Z", "not-shown.place"),
        (r"(?:geotrace|geoshape|q geotrace|q geoshape|osm)", "not-shown.lines"),
        (r"(?:start-geopoint|background-geopoint)\Z", "not-shown.position"),
        (r"audit\Z", "not-shown.audit"),
        (
            r"(?:phonenumber|(?:get )?sim id|simserial|(?:get )?subscriber ?id|imei|get phone number)\Z",
            "not-shown.telephone",
        ),
        (r"uri:(?:phonenumber|simserial|subscriberid)\Z", "not-shown.telephone"),
        (r"(?:uri:)?(?:email|username)\Z", "not-shown.user"),
    )
)
#: What an author may put beside a label, and what is said where it is not shown.
_PROMPTS = {"audio": "not-shown.choice-sound", "video": "not-shown.video-prompt"}
_SHOWN_FOR_QUESTIONS = frozenset({"audio"})
_SHOWN_FOR_CHOICES: frozenset[str] = frozenset()
#: Of the codes here, the one with which a form is no use at a kiosk.
NEVER_ANSWERED = "not-shown.required"
_APPEARANCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"\bex:", "not-shown.application"),
        (r"\bsearch\(", "not-shown.search"),
        (r"\b(?:placement-map|maps|streets|satellite|map)\b(?<!image-map)", "not-shown.map"),
        (r"\bimage-map\b", "not-shown.image-map"),
        (r"\bannotate\b", "not-shown.annotate"),
        (r"\b(?:ethiopian|coptic|islamic|bikram-sambat|myanmar|persian|buddhist)\b", "not-shown.calendar"),
        (r"\b(?:bearing|counter|printer|masked|thousands-sep)\b", "not-shown.plain"),
    )
)


#: How other clients seal and send; a kiosk has its own ways.
_UNUSED_SETTINGS = frozenset({"public_key", "submission_url", "auto_send", "auto_delete"})


def warnings_of(workbook: Workbook) -> list[AuthoringProblem]:
    """Everything in a workbook that is shown otherwise than its author may expect."""
    warnings = [warning for row in workbook.survey for warning in _row_warnings(row)]
    warnings += [warning for row in workbook.survey for warning in _media_warnings("survey", row, _SHOWN_FOR_QUESTIONS)]
    warnings += [warning for row in workbook.choices for warning in _media_warnings("choices", row, _SHOWN_FOR_CHOICES)]
    return [*warnings, *_unused(workbook)]


def _unused(workbook: Workbook) -> Iterator[AuthoringProblem]:
    for setting in workbook.settings:
        if setting in _UNUSED_SETTINGS:
            yield problem("settings", FIRST_ROW, setting, "setting.unused", setting=setting)
    for sheet, rows in (("entities", workbook.data.entities), ("osm", workbook.data.osm)):
        if rows:
            yield problem(sheet, 0, "", "sheet.unused", sheet=sheet)


def _media_warnings(sheet: str, row: Row, shown: frozenset[str]) -> Iterator[AuthoringProblem]:
    for column in row.cells:
        kind = column.removeprefix("media::").partition("::")[0].strip()
        if kind in _PROMPTS and kind not in shown:
            yield problem(sheet, row.number, row.header(column), _PROMPTS[kind])


def _row_warnings(row: Row) -> Iterator[AuthoringProblem]:
    kind = row.get("type").strip()
    for pattern, code in _TYPES:
        if pattern.match(kind):
            yield problem("survey", row.number, row.header("type"), code)
            if is_required(row):
                yield problem("survey", row.number, row.header("required"), NEVER_ANSWERED)
    appearance = row.get("appearance")
    for pattern, code in _APPEARANCES:
        if appearance and pattern.search(appearance):
            yield problem("survey", row.number, row.header("appearance"), code)
    for column, text in row.cells.items():
        if "last-saved#" in text:
            yield problem("survey", row.number, row.header(column), "not-shown.last-saved")
