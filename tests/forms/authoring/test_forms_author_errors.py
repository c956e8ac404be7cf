"""What authors get wrong, each in xlsx, csv, and markdown: with its sheet, row, column, code, and two languages."""

import csv
import io
import string

import pytest
from openpyxl import Workbook

from forms.authoring import AuthoringProblem, convert
from forms.authoring.messages import LANGUAGES, REASONS, SENTENCES

Sheet = list[list[str]]

_HEADER = [
    "type",
    "name",
    "label::Indonesia (id)",
    "label::English (en)",
    "relevant",
    "calculation",
    "choice_filter",
    "appearance",
    "parameters",
    "repeat_count",
]
_SURVEY: Sheet = [
    ["text", "name", "Nama", "Name", "", "", "", "", "", ""],
    ["integer", "age", "Umur", "Age", "", "", "", "", "", ""],
    ["begin_group", "home", "Rumah", "Home", "${age} > 17", "", "", "", "", ""],
    ["select_one yn", "owns", "Milik?", "Own?", "", "", "", "minimal", "", ""],
    ["end_group", "", "", "", "", "", "", "", "", ""],
    ["calculate", "twice", "", "", "", "${age} * 2", "", "", "", ""],
    ["range", "rate", "Nilai", "Rate", "", "", "", "", "start=1 end=5 step=1", ""],
]
_CHOICE_HEADER = ["list_name", "name", "label::Indonesia (id)", "label::English (en)"]
_CHOICES: Sheet = [["yn", "y", "Ya", "Yes"], ["yn", "n", "Tidak", "No"]]


def _xlsx(survey: Sheet, choices: Sheet) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for title, rows in (("survey", survey), ("choices", choices)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([cell or None for cell in row])
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def _csv(survey: Sheet, choices: Sheet) -> bytes:
    stored = io.StringIO(newline="")
    writer = csv.writer(stored)
    for title, rows in (("survey", survey), ("choices", choices)):
        writer.writerow([title])
        writer.writerows([["", *row] for row in rows])
    return stored.getvalue().encode()


def _md(survey: Sheet, choices: Sheet) -> bytes:
    lines = []
    for title, rows in (("survey", survey), ("choices", choices)):
        lines.append(f"| {title} |")
        lines.extend("| | " + " | ".join(row) + " |" for row in rows)
    return "\n".join(lines).encode()


_WRITERS = {"xlsx": _xlsx, "csv": _csv, "md": _md}


def _problems(kind: str, changes: dict[tuple[str, int, int], str]) -> list[AuthoringProblem]:
    """Errors and warnings of the form after changes: ``(sheet, row, column from 0)`` to text."""
    sheets = {
        "survey": [list(row) for row in [_HEADER, *_SURVEY]],
        "choices": [list(row) for row in [_CHOICE_HEADER, *_CHOICES]],
    }
    for (sheet, row, column), text in changes.items():
        sheets[sheet][row - 1][column] = text
    converted = convert(_WRITERS[kind](sheets["survey"], sheets["choices"]), kind, name="t")
    return [*converted.errors, *converted.warnings]


def _row(kind: str, sheet: str, row: int) -> int:
    """In csv all sheets are one file, each after a row with its name."""
    before = {"survey": 1, "choices": len(_SURVEY) + 3}[sheet]
    return row + before if kind == "csv" else row


_S, _C = "survey", "choices"
_MISTAKES: list[tuple[dict[tuple[str, int, int], str], str, int, str, str]] = [
    # what is written where: sheet, row, column, code of the problem
    ({(_S, 3, 1): "name"}, _S, 3, "name", "name.twice"),
    ({(_S, 3, 1): "2 umur"}, _S, 3, "name", "name.form"),
    ({(_S, 3, 1): ""}, _S, 3, "name", "name.missing"),
    ({(_S, 3, 0): "integr"}, _S, 3, "type", "type.near"),
    ({(_S, 3, 0): "xyzzy"}, _S, 3, "type", "type.unknown"),
    ({(_S, 3, 0): ""}, _S, 3, "type", "type.missing"),
    ({(_S, 3, 2): "", (_S, 3, 3): ""}, _S, 3, "label", "label.missing"),
    ({(_S, 5, 0): "select_one nope"}, _S, 5, "type", "list.missing"),
    ({(_S, 4, 4): "${agee} > 17"}, _S, 4, "relevant", "reference.near"),
    ({(_S, 4, 4): "${qqqq} > 17"}, _S, 4, "relevant", "reference.unknown"),
    ({(_S, 4, 4): "${age > 17"}, _S, 4, "relevant", "reference.open"),
    ({(_S, 2, 3): "Name of ${nobody}"}, _S, 2, "label::English (en)", "reference.unknown"),
    ({(_S, 4, 4): "${age} >> 17"}, _S, 4, "relevant", "expression.name"),
    ({(_S, 4, 4): "${age} > '17"}, _S, 4, "relevant", "expression.quotation"),
    ({(_S, 4, 4): "(${age} > 17"}, _S, 4, "relevant", "expression.expected"),
    ({(_S, 4, 4): "${age} > 17)"}, _S, 4, "relevant", "expression.unexpected"),
    ({(_S, 4, 4): "${age} greater 17"}, _S, 4, "relevant", "expression.operator-missing"),
    ({(_S, 7, 5): "twice(${age})"}, _S, 7, "calculation", "function.unknown"),
    ({(_S, 7, 5): "round(1, 2, 3)"}, _S, 7, "calculation", "function.arguments"),
    ({(_S, 7, 5): ""}, _S, 7, "calculation", "calculation.missing"),
    ({(_S, 7, 5): "${twice} + 1"}, _S, 7, "calculation", "circle.own"),
    ({(_S, 3, 5): "${twice}"}, _S, 7, "calculation", "circle"),
    ({(_S, 6, 0): "end_repeat"}, _S, 6, "type", "group.other"),
    ({(_S, 6, 0): "note", (_S, 6, 1): "x", (_S, 6, 2): "X", (_S, 6, 3): "X"}, _S, 4, "type", "group.not-ended"),
    ({(_S, 4, 0): "note"}, _S, 6, "type", "group.not-begun"),
    ({(_S, 8, 8): "start=one"}, _S, 8, "parameters", "parameters"),
    ({(_S, 8, 8): "begin=1"}, _S, 8, "parameters", "parameters"),
    ({(_S, 5, 7): "minimall"}, _S, 5, "appearance", "appearance.unknown"),
    ({(_S, 5, 7): "signature"}, _S, 5, "appearance", "appearance.type"),
    ({(_S, 3, 3): ""}, _S, 3, "label::English (en)", "translation.missing"),
    ({(_C, 3, 3): ""}, _C, 3, "label::English (en)", "translation.missing"),
    ({(_C, 3, 0): ""}, _C, 3, "list_name", "list.unnamed"),
    ({(_C, 3, 1): ""}, _C, 3, "name", "choice.name"),
    ({(_C, 3, 1): "y"}, _C, 3, "name", "choice.twice"),
    ({(_S, 5, 0): "select_multiple yn", (_C, 3, 1): "n o"}, _C, 3, "name", "choice.space"),
]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "md"])
@pytest.mark.parametrize(("changes", "sheet", "row", "column", "code"), _MISTAKES, ids=[m[4] for m in _MISTAKES])
def test_a_mistake_is_found_in_its_cell(
    kind: str, changes: dict[tuple[str, int, int], str], sheet: str, row: int, column: str, code: str
) -> None:
    found = [(one.sheet, one.row, one.column, one.code) for one in _problems(kind, changes)]
    assert (sheet, _row(kind, sheet, row), column, code) in found


@pytest.mark.parametrize("kind", ["xlsx", "csv", "md"])
def test_the_form_without_a_mistake_has_no_problem(kind: str) -> None:
    assert _problems(kind, {}) == []


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_blank_rows_are_counted_as_the_author_sees_them(kind: str) -> None:
    survey = [_HEADER, *_SURVEY[:2], [""] * len(_HEADER), *_SURVEY[2:]]
    survey[4] = [*survey[4][:4], "${agee} > 1", *survey[4][5:]]
    converted = convert(_WRITERS[kind](survey, [_CHOICE_HEADER, *_CHOICES]), kind, name="t")
    assert [(one.row, one.code) for one in converted.errors] == [(_row(kind, "survey", 5), "reference.near")]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "md"])
def test_a_sheet_without_its_column_is_named(kind: str) -> None:
    found = _problems(kind, {(_S, 1, 0): "kind"})
    assert (_S, 1, "column.missing") in [(one.sheet, one.row, one.code) for one in found]


def test_a_column_that_is_nearly_right_is_warned_about() -> None:
    found = [one for one in _problems("md", {(_S, 1, 4): "relevent"}) if one.code == "column.unknown"]
    assert [(one.row, one.column, dict(one.parameters)["near"]) for one in found] == [(1, "relevent", "relevant")]


def test_a_fault_is_said_once() -> None:
    assert len(_problems("md", {(_S, 7, 5): "1 +"})) == 1


def test_a_problem_speaks_two_languages() -> None:
    (problem,) = _problems("md", {(_S, 4, 4): "${agee} > 17"})
    assert problem.text("en") == problem.message == "There is no question “agee”; “age” may be meant."
    assert problem.text("id") == "Tidak ada pertanyaan “agee”; mungkin maksudnya “age”."
    assert problem.text("jv") == problem.message


def test_the_reason_of_an_expression_is_translated_too() -> None:
    (problem,) = _problems("md", {(_S, 4, 4): "(${age} > 17"})
    assert problem.text("en") == "The expression cannot be read: “)” is expected, found “the end”."
    assert problem.text("id") == "Rumus tidak dapat dibaca: seharusnya ada “)”, tetapi yang ada “akhir rumus”."


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", [*SENTENCES, *(f"reason {reason}" for reason in REASONS["en"])])
def test_every_sentence_is_there_in_each_language_with_the_same_parameters(code: str) -> None:
    family, _, reason = code.partition(" ")
    texts = [REASONS[language][reason] if reason else SENTENCES[family][language] for language in LANGUAGES]
    assert all(texts)
    assert len({frozenset(_places(text)) for text in texts}) == 1
