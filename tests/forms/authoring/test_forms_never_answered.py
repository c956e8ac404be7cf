"""Questions that nobody could ever answer: told at their cell, an error where an answer is needed."""

import pytest

from forms.authoring import AuthoringProblem, Converted, convert

_CHOICES = "| choices |\n| | list_name | name | label | p |\n| | l | a | Satu | x |\n| | l | b | Dua | x |\n"


def _form(
    kind: str,
    *,
    constraint: str = "",
    required: str = "yes",
    choice_filter: str = "",
    parameters: str = "",
    files: dict[str, bytes] | None = None,
) -> Converted:
    header = "| | type | name | label | constraint | required | choice_filter | parameters | read_only | calculation |"
    source = (
        f"| survey |\n{header}\n| | text | other | Lain | | | | | | |\n"
        f"| | {kind} | q | Tanya | {constraint} | {required} | {choice_filter} | {parameters} | | |\n{_CHOICES}"
    )
    return convert(source, "md", name="t", resources=files or {})


def _places(problems: tuple[AuthoringProblem, ...]) -> list[tuple[str, int, str, str]]:
    return [(one.sheet, one.row, one.column, one.code) for one in problems]


@pytest.mark.parametrize(
    ("kind", "constraint"),
    [
        ("integer", "regex(., '^[0-9]{16}$')"),
        ("integer", "regex(., '^08[0-9]{8,11}$')"),
        ("integer", "string-length(.) = 16"),
        ("integer", ". >= 10000000000"),
        ("integer", ". > 10 and . < 5"),
        ("integer", "regex(., '^[A-Z]+$')"),
        ("decimal", ". > 1 and . < 1"),
        ("date", ". > today() and . < today()"),
        ("date", "regex(., '^[0-9]{2}/[0-9]{2}/[0-9]{4}$')"),
        ("text", "string-length(.) > 5 and string-length(.) < 3"),
        ("text", "usia > 5"),
        ("select_one l", ". = 'z'"),
        ("select_multiple l", "count-selected(.) >= 3"),
    ],
)
def test_a_constraint_that_no_answer_meets_is_reported(kind: str, constraint: str) -> None:
    refused, warned = _form(kind, constraint=constraint), _form(kind, constraint=constraint, required="")
    digits = kind == "integer" and constraint != ". > 10 and . < 5"
    code = "answer.never-number" if digits else "answer.never"
    assert _places(refused.errors) == [("survey", 3, "constraint", code)]
    assert warned.errors == ()
    assert ("survey", 3, "constraint", code) in _places(warned.warnings)


@pytest.mark.parametrize(
    ("kind", "constraint"),
    [
        ("text", "regex(., '^[0-9]{16}$')"),
        ("text", "regex(., '^[^@ ]+@[^@ ]+\\.[a-z]{2,}$')"),
        ("text", "starts-with(., '35') and string-length(.) = 16 and regex(., '^[0-9]+$')"),
        ("text", "regex(., '^.{8,}$') and regex(., '[A-Z]') and regex(., '[0-9]')"),
        ("text", "number(substr(., 0, 5)) mod 97 = 1"),
        ("text", ". = ${other}"),
        ("text", "regex(., '^\\p{Lu}\\p{Ll}+$')"),
        ("integer", "regex(., '^[0-9]{9,12}$')"),
        ("integer", ". > 10 and . < 12"),
        ("integer", ". mod 7 = 3 and . > 1000"),
        ("integer", ". > ${other}"),
        ("decimal", ". > 10 and . < 11"),
        ("date", ". <= today() - 365 * 17"),
        ("date", ". >= date('2031-05-01') and . <= date('2031-05-31')"),
        ("select_one l", ". != 'a'"),
        ("select_multiple l", "not(selected(., 'a') and count-selected(.) > 1)"),
        ("range", ". mod 2 = 0"),
        ("time", "decimal-time(.) <= decimal-time('16:00')"),
        ("dateTime", ". >= '2026-01-01T00:00:00.000'"),
    ],
)
def test_a_constraint_that_can_be_met_or_is_not_understood_is_not_touched(kind: str, constraint: str) -> None:
    converted = _form(kind, constraint=constraint, parameters="start=1 end=5 step=1" if kind == "range" else "")
    assert _places(converted.errors) == []
    assert not any(one.code.startswith("answer.") for one in converted.warnings)


def test_a_time_that_is_compared_with_a_text_is_reported_with_what_to_write() -> None:
    assert _places(_form("time", constraint=". <= '16:00'").errors) == [
        ("survey", 3, "constraint", "answer.never-time")
    ]


@pytest.mark.parametrize("kind", ["note", "hidden", "end"])
def test_what_is_only_shown_cannot_be_required(kind: str) -> None:
    assert ("survey", 3, "required", "answer.read-only") in _places(_form(kind).errors)
    assert _form(kind, required="no").errors == ()


@pytest.mark.parametrize(
    "kind", ["geopoint", "file", "audio", "video", "geotrace", "start-geopoint", "phonenumber", "email"]
)
def test_what_no_kiosk_can_ask_cannot_be_required(kind: str) -> None:
    assert ("survey", 3, "required", "not-shown.required") in _places(_form(kind).warnings)


def test_a_list_file_needs_the_column_that_is_stored() -> None:
    refused = _form("select_one_from_file desa.csv", files={"desa.csv": b"Kode,Nama\n3578,Gubeng\n"})
    assert _places(refused.errors) == [("survey", 3, "type", "list.file-column")]
    assert refused.errors[0].message == "The file “desa.csv” has no column “name”; it has: Kode, Nama."
    named = {"desa.csv": b"Kode,Nama\n3578,Gubeng\n"}
    assert _form("select_one_from_file desa.csv", parameters="value=Kode label=Nama", files=named).errors == ()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("desa.csv", b"name,label\n", "list.file-empty"),
        ("desa.csv", b"", "list.file-empty"),
        ("desa.csv", b"name,label\n,\n , \n", "list.file-empty"),
        ("desa.csv", b"Name,label\n1,Gubeng\n", "list.file-column-near"),
        ("desa.csv", b"\xff\xfe\x00", "file.list"),
        ("desa.xml", b"<root><item><kode>1</kode></item></root>", "list.file-column"),
        ("desa.xml", b"<root/>", "list.file-empty"),
        ("desa.xml", b"<root>", "file.list"),
        ("desa.geojson", b'{"type": "FeatureCollection", "features": []}', "list.file-empty"),
        ("desa.geojson", b"[]", "file.list"),
    ],
)
def test_a_list_file_without_anything_to_choose_is_reported_at_its_row(name: str, content: bytes, code: str) -> None:
    kind = f"select_one_from_file {name}"
    assert _places(_form(kind, files={name: content}).errors) == [("survey", 3, "type", code)]
    warned = _form(kind, required="", files={name: content})
    assert ("survey", 3, "type", code) in _places((*warned.warnings, *warned.errors))


def test_a_list_file_that_is_missing_is_reported_with_the_one_that_may_be_meant() -> None:
    assert _places(_form("select_one_from_file desa.csv").errors) == [("survey", 3, "type", "file.missing")]
    near = _form("select_one_from_file desa.csv", files={"Desa.csv": b"name,label\n1,Gubeng\n"})
    assert _places(near.errors) == [("survey", 3, "type", "file.missing-near")]


def test_rows_of_a_list_file_that_cannot_be_chosen_are_named() -> None:
    content = b"name,label\n1,Gubeng\n,Kosong\n1,Lagi\n\n2 3,Spasi\n"
    warned = _form("select_multiple_from_file desa.csv", files={"desa.csv": content})
    assert warned.errors == ()
    rows = {one.code: dict(one.parameters).get("rows") for one in warned.warnings}
    assert rows == {"list.file-blank": "3", "list.file-twice": "4 (1)", "list.file-space": "6"}


def test_a_filter_needs_a_column_of_its_list() -> None:
    assert _places(_form("select_one l", choice_filter="prov = ${other}").errors) == [
        ("survey", 3, "choice_filter", "list.filter-column")
    ]
    assert _places(_form("select_one l", choice_filter="p = other").errors) == [
        ("survey", 3, "choice_filter", "bare.question")
    ]
    assert _form("select_one l", choice_filter="p = ${other}").errors == ()


def test_pulldata_needs_its_file_and_columns() -> None:
    def calculated(expression: str) -> Converted:
        source = f"| survey |\n| | type | name | label | calculation |\n| | text | a | A | |\n| | calculate | b | | {expression} |\n"
        return convert(source, "md", name="t", resources={"tarif.csv": b"kode,biaya\n1,500\n"})

    assert calculated("pulldata('tarif', 'biaya', 'kode', ${a})").warnings == ()
    assert _places(calculated("pulldata('tarif', 'harga', 'kode', ${a})").warnings) == [
        ("survey", 3, "calculation", "list.file-column")
    ]
    assert _places(calculated("pulldata('ongkos', 'biaya', 'kode', ${a})").warnings) == [
        ("survey", 3, "calculation", "file.missing")
    ]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("select_one_from_file desa", "list.ending"),
        ("select_one_from_file desa.xlsx", "list.ending"),
        ("select_multiple_from_file data desa.csv", "file.name-space"),
        ("select_one", "list.unsaid"),
        ("select_one_external l", "list.missing"),
    ],
)
def test_what_is_wrong_with_the_name_of_a_list_is_said_as_it_is(kind: str, code: str) -> None:
    assert _places(_form(kind).errors)[0] == ("survey", 3, "type", code)
