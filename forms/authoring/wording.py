"""Labels, translations, and appearances: what a row says and how it wants to look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from forms.authoring.problems import AuthoringProblem, problem
from forms.authoring.sheets import Row, Workbook
from forms.authoring.structure import GROUP_BEGIN, GROUP_END, SELECT, at

_TRANSLATED = frozenset({"label", "hint", "guidance_hint", "constraint_message", "required_message"})
_UNNAMED = "default"
"""How pyxform calls the language of columns that name none, where the settings do not say it."""
_SILENT = re.compile(
    r"(?:calculate|hidden|start|end|today|deviceid|username|email|phone ?number|simserial|subscriberid|audit|imei|"
    r"start-geopoint|background-\w+|xml-external|csv-external|entity|q \w+|get .*|\w+ time|\w+ id|uri:.*|date today)\Z",
    re.IGNORECASE,
)
_TEXT, _NUMBER, _DATE, _SELECT, _IMAGE, _RANGE, _PLACE, _GROUP, _MEDIA = (
    "text", "number", "date", "select", "image", "range", "place", "group", "media",
)  # fmt: skip
_KIND_OF_TYPE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"(?:text|string|barcode)\Z", _TEXT),
        (r"(?:integer|int|decimal)\Z", _NUMBER),
        (r"(?:date|datetime|time)\Z", _DATE),
        (r"(?:select|rank)", _SELECT),
        (r"(?:image|photo)\Z", _IMAGE),
        (r"range\Z", _RANGE),
        (r"(?:geo\w+)\Z", _PLACE),
        (r"begin", _GROUP),
        (r"(?:audio|video|file)\Z", _MEDIA),
    )
)
_EVERY: frozenset[str] = frozenset()
_APPEARANCES: dict[str, frozenset[str]] = {
    name: frozenset(kinds)
    for names, kinds in (
        ("multiline numbers url masked", (_TEXT,)),
        ("thousands-sep numbers bearing counter", (_NUMBER, _TEXT)),
        ("no-calendar month-year year ethiopian coptic islamic bikram-sambat myanmar persian buddhist", (_DATE,)),
        (
            "minimal quick compact quickcompact horizontal horizontal-compact label list-nolabel list likert columns "
            "columns-pack no-buttons image-map autocomplete map search-only",
            (_SELECT, _GROUP, _RANGE),
        ),
        ("signature draw annotate new new-front", (_IMAGE, _MEDIA)),
        ("vertical no-ticks picker rating distress analog-scale show-scale", (_RANGE, _NUMBER)),
        ("placement-map maps streets satellite hide-input", (_PLACE,)),
        ("field-list table-list table summary", (_GROUP,)),
    )
    for name in names.split()
}
_PATTERNS = re.compile(r"(?:columns-\d+|compact-\d+|quickcompact-\d+|w\d+|h\d+|ex:.*|printer:.*|search\(.*|\w+\(.*)\Z")
_ANYWHERE = frozenset({"front", "pages", "theme-grid", "no-label", "randomized", "dr", "hidden-answer"})
_WORDS = re.compile(r"[\w:.\-]+\([^)]*\)|\S+")


def check_labels(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """Questions that nothing is written on."""
    for row in workbook.survey:
        kind = " ".join(row.get("type").split())
        if not kind or not row.get("name") or GROUP_BEGIN.match(kind) or GROUP_END.match(kind):
            continue
        asked = not _SILENT.match(kind) and not row.get("calculation") and not row.get("trigger")
        if asked and not row.has_label and "ex:" not in row.get("appearance"):
            yield at(row, "label", "label.missing")


def wording_warnings(workbook: Workbook) -> Iterator[AuthoringProblem]:
    """Texts that a language lacks, and appearances that say nothing."""
    sheets = (
        ("survey", workbook.survey),
        ("choices", workbook.choices),
        ("external_choices", workbook.external_choices),
    )
    unnamed = workbook.settings.get("default_language", "").strip() or _UNNAMED
    languages = _languages([row for _, rows in sheets for row in rows], unnamed)
    for sheet, rows in sheets:
        yield from _translations(sheet, rows, languages, unnamed)
    for row in workbook.survey:
        yield from _appearances(row)


def _languages(rows: Sequence[Row], unnamed: str) -> tuple[str, ...]:
    """The form's languages in the order of its columns; none where no column names one."""
    columns = [column.partition("::") for row in rows for column in row.headers]
    if not any(base in _TRANSLATED and mark for base, mark, _ in columns):
        return ()
    return tuple(dict.fromkeys(language or unnamed for base, _, language in columns if base in _TRANSLATED))


def _translations(
    sheet: str, rows: Sequence[Row], languages: Sequence[str], unnamed: str
) -> Iterator[AuthoringProblem]:
    known: dict[str, dict[str, str]] = {}
    for row in rows:
        for column, header in row.headers.items():
            base, _, language = column.partition("::")
            if base in _TRANSLATED:
                known.setdefault(base, {}).setdefault(language or unnamed, header)
    for row in rows:
        for base, headers in known.items():
            written = {name.partition("::")[2] or unnamed for name in row.cells if _is(row, name, base)}
            for language in languages if written else ():
                if language in written:
                    continue
                if language in headers:
                    yield problem(sheet, row.number, headers[language], "translation.missing", column=headers[language])
                else:
                    plain = next(iter(headers.values())).partition("::")[0].strip()
                    wanted = plain if language == _UNNAMED else f"{plain}::{language}"
                    yield problem(sheet, row.number, wanted, "translation.only", language=language, column=wanted)


def _is(row: Row, column: str, base: str) -> bool:
    return column.partition("::")[0] == base and bool(row.get(column).strip())


def _appearances(row: Row) -> Iterator[AuthoringProblem]:
    kind = row.get("type").strip()
    is_select = SELECT.match(kind) is not None
    family = _SELECT if is_select else next((name for known, name in _KIND_OF_TYPE if known.match(kind)), "")
    for word in _WORDS.findall(row.get("appearance")):
        if _PATTERNS.match(word) or word in _ANYWHERE or "${" in word:
            continue
        kinds = _APPEARANCES.get(word, _EVERY)
        if not kinds:
            yield at(row, "appearance", "appearance.unknown", appearance=word)
        elif family and family not in kinds:
            yield at(row, "appearance", "appearance.type", appearance=word, type=kind)
