"""What authors write into cells: quotation marks, dates of spreadsheet programs, bare names, defaults, translations."""

import io
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

from forms import load_form
from forms.authoring import AuthoringProblem, convert
from tests.forms.form_kit import world


def _survey(*rows: str, more: str = "") -> str:
    return "| survey |\n" + "".join(f"| | {row} |\n" for row in rows) + more


def _places(problems: tuple[AuthoringProblem, ...]) -> list[tuple[str, int, str, str]]:
    return [(one.sheet, one.row, one.column, one.code) for one in problems]


@pytest.mark.parametrize("quoted", ["‘y’", "“y”", "'y’", '“y"', "’y‘"])
def test_typographic_quotation_marks_are_plain_ones(quoted: str) -> None:
    source = _survey(
        "type | name | label | relevant | constraint | choice_filter",
        "text | a | Punya usaha? | | | ",
        f"text | b | Nama usaha | ${{a}} = {quoted} | . != {quoted} | ",
    )
    converted = convert(source, "md", name="t")
    assert (converted.errors, converted.warnings) == ((), ())
    session = load_form(converted.xml or "").open(world())
    session.set("/data/a", "y")
    assert session.nodes["/data/b"].relevant


def test_date_cells_of_a_spreadsheet_are_dates() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    for row in (
        ["type", "name", "label", "default"],
        ["date", "day", "Hari", datetime(2026, 1, 15)],
        ["date", "plain", "Hari", date(2026, 1, 15)],
        ["dateTime", "midnight", "Saat", datetime(2026, 1, 15)],
        ["dateTime", "moment", "Saat", datetime(2026, 1, 15, 8, 30)],
        ["time", "hour", "Jam", time(8, 30)],
        ["integer", "number", "Angka", 5.0],
        ["text", "truth", "Teks", True],
    ):
        sheet.append(row)
    stored = io.BytesIO()
    book.save(stored)
    converted = convert(stored.getvalue(), "xlsx", name="t")
    assert (converted.errors, converted.warnings) == ((), ())
    nodes = load_form(converted.xml or "").open(world()).nodes
    values = {node.name: node.value for node in nodes.values()}
    assert (values["day"], values["plain"], values["hour"]) == ("2026-01-15", "2026-01-15", "08:30:00")
    assert values["midnight"].startswith("2026-01-15T00:00:00")
    assert values["moment"].startswith("2026-01-15T08:30:00")
    assert (values["number"], values["truth"]) == ("5", "TRUE")


@pytest.mark.parametrize(
    ("kind", "default", "code"),
    [
        ("date", "15/01/2026", "default.type"),
        ("integer", "lima", "default.type"),
        ("integer", "3578084507890003", "default.type"),
        ("select_one yn", "Ya", "default.choice"),
        ("select_multiple yn", "y z", "default.choice"),
    ],
)
def test_a_default_that_the_question_cannot_hold_is_reported(kind: str, default: str, code: str) -> None:
    choices = "| choices |\n| | list_name | name | label |\n| | yn | y | Ya |\n| | yn | n | Tidak |\n"
    source = _survey("type | name | label | default", f"{kind} | a | A | {default}", more=choices)
    converted = convert(source, "md", name="t")
    assert _places(converted.warnings) == [("survey", 2, "default", code)]


@pytest.mark.parametrize(
    ("kind", "default"), [("date", "today()"), ("date", "2026-01-15"), ("integer", "5"), ("text", "Ya")]
)
def test_a_default_that_fits_is_not_touched(kind: str, default: str) -> None:
    converted = convert(_survey("type | name | label | default", f"{kind} | a | A | {default}"), "md", name="t")
    assert (converted.errors, converted.warnings) == ((), ())


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("relevant", "umur > 5", "bare.question"),
        ("relevant", "umurr > 5", "bare.near"),
        ("relevant", "${umur} = ya", "bare.unknown"),
        ("relevant", "selected(${umur}, laki)", "bare.unknown"),
        ("required", "Ya", "bare.condition"),
        ("required", "y", "bare.condition"),
        ("read_only", "Tidak", "bare.condition"),
        ("calculation", "umur * 2", "bare.question"),
        ("constraint", "umur > 3", "bare.question"),
    ],
)
def test_a_name_without_braces_is_reported_with_what_to_write(column: str, text: str, code: str) -> None:
    source = _survey(f"type | name | label | {column}", "integer | umur | Umur | ", f"text | b | Sekolah | {text}")
    converted = convert(source, "md", name="t")
    assert ("survey", 3, column, code) in _places((*converted.errors, *converted.warnings))


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("relevant", "${umur} > 5 and count(instance('x')/root/item[name = ${umur}]) > 0"),
        ("relevant", "../umur > 5"),
        ("required", "yes"),
        ("required", "TRUE"),
        ("constraint", ". > 5 and current()/../umur > 3"),
        ("default", "Surabaya"),
    ],
)
def test_a_path_that_leads_somewhere_is_not_touched(column: str, text: str) -> None:
    source = _survey(
        f"type | name | label | {column}",
        "integer | umur | Umur | ",
        f"text | b | Sekolah | {text}",
        "xml-external | x | | ",
    )
    converted = convert(source, "md", name="t")
    assert not any(one.code.startswith("bare.") for one in converted.warnings)


def test_a_hint_in_one_language_only_is_reported_for_each_row() -> None:
    source = _survey(
        "type | name | label::Bahasa Indonesia (id) | label::English (en) | hint::English (en) | required_message",
        "text | a | Nama | Name | As on the card | ",
        "text | b | Umur | Age | | Isi dulu",
        "text | c | Desa | Village | | ",
        more="| settings |\n| | default_language |\n| | Bahasa Indonesia (id) |\n",
    )
    assert _places(convert(source, "md", name="t").warnings) == [
        ("survey", 2, "hint::Bahasa Indonesia (id)", "translation.only"),
        ("survey", 3, "required_message::English (en)", "translation.only"),
    ]


def test_pictures_and_sounds_that_are_not_there_are_reported_in_their_cells() -> None:
    source = _survey(
        "type | name | label | media::image | media::audio",
        "text | a | A | kk.png | ",
        "text | b | B | KTP.png | b.mp3",
    )
    found = convert(source, "md", name="t", resources={"ktp.png": b"", "b.mp3": b""}).warnings
    assert _places(found) == [
        ("survey", 2, "media::image", "file.missing"),
        ("survey", 3, "media::image", "file.missing-near"),
    ]


def test_settings_and_sheets_that_do_nothing_here_are_reported() -> None:
    source = _survey(
        "type | name | label",
        "text | a | A",
        more="| settings |\n| | form_id | submission_url |\n| | t | https://example.org |\n",
    )
    assert _places(convert(source, "md", name="t").warnings) == [("settings", 2, "submission_url", "setting.unused")]
