"""XLSForms: converted, with every fault at its place."""

import pytest

from forms import load_form
from forms.authoring import convert
from forms.comparison import compare

_FORM = """
| survey |
| | type | name | label | relevant | required | calculation | choice_filter |
| | text | name | Nama | | yes | | |
| | integer | age | Umur | | | | |
| | select_one yn | ok | Setuju? | ${age} > 17 | | | |
| | calculate | twice | | | | ${age} * 2 | |
| choices |
| | list_name | name | label |
| | yn | y | Ya |
| | yn | n | Tidak |
"""


def _errors(source: str) -> list[tuple[str, int, str]]:
    return [(error.sheet, error.row, error.column) for error in convert(source, "md", name="t").errors]


def test_a_form_is_converted_and_opens() -> None:
    converted = convert(_FORM, "md", name="t")
    assert converted.errors == ()
    session = load_form(converted.xml or "").open()
    session.set("/data/age", "20")
    assert session.nodes["/data/twice"].value == "40"
    assert session.nodes["/data/ok"].relevant


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("${age} > 17", "${agee} > 17", ("survey", 4, "relevant")),
        ("${age} > 17", "${age} >> 17", ("survey", 4, "relevant")),
        ("${age} * 2", "foo(${age})", ("survey", 5, "calculation")),
        ("${age} * 2", "${twice} + 1", ("survey", 5, "calculation")),
        ("select_one yn", "select_one nope", ("survey", 4, "type")),
        ("| integer | age |", "| integer | name |", ("survey", 3, "name")),
        ("| integer | age |", "| begin group | age |", ("survey", 3, "type")),
        ("| yn | y |", "| | y |", ("choices", 2, "list_name")),
    ],
)
def test_a_fault_is_found_with_sheet_row_and_column(old: str, new: str, place: tuple[str, int, str]) -> None:
    assert place in _errors(_FORM.replace(old, new))


def test_all_faults_are_found_at_once() -> None:
    broken = (
        _FORM.replace("${age} > 17", "${a} >").replace("${age} * 2", "foo()").replace("select_one yn", "select_one z")
    )
    assert {(row, column) for _, row, column in _errors(broken)} >= {(4, "relevant"), (4, "type"), (5, "calculation")}


@pytest.mark.parametrize(("data", "kind"), [(b"PK\x03\x04broken", "xlsx"), (b"x", "csv"), (b"x", "md"), (b"", "doc")])
def test_a_file_that_cannot_be_read_is_an_error_not_an_exception(data: bytes, kind: str) -> None:
    converted = convert(data, kind, name="t")
    assert converted.xml is None
    assert len(converted.errors) == 1


def test_what_cannot_be_shown_is_warned_about() -> None:
    warnings = convert(_FORM.replace("| text | name |", "| audio | name |"), "md", name="t").warnings
    assert {(found.row, found.column, found.code): found.message for found in warnings} == {
        (2, "type", "not-shown.sound"): "Sound cannot be recorded; the question is shown as not available.",
        (2, "required", "not-shown.required"): "Nobody can answer this at a kiosk, so it cannot be required; take "
        "“required” away, or the question.",
    }


def test_two_versions_are_compared_question_by_question() -> None:
    old = load_form(convert(_FORM, "md", name="t").xml or "")
    changed = _FORM.replace("| Nama |", "| Nama lengkap |").replace("| integer | age |", "| integer | umur |")
    new = load_form(convert(changed.replace("${age}", "${umur}"), "md", name="t").xml or "")
    found = {(difference.kind.value, difference.name, difference.what) for difference in compare(old, new)}
    assert {("changed", "/data/name", "label"), ("added", "/data/umur", ""), ("removed", "/data/age", "")} <= found


def test_the_same_form_has_no_differences() -> None:
    form = load_form(convert(_FORM, "md", name="t").xml or "")
    assert compare(form, form) == ()
