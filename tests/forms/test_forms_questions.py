"""Every type of question that an XLSForm can ask, from the spreadsheet to the stored answer."""

from decimal import Decimal

import pytest

from forms import FormSession, Kind, Range, load_form
from forms.authoring import NEVER_ANSWERED, convert
from tests.forms.form_kit import load, opened, world

_CHOICES = "| choices |\n| | list_name | name | label |\n| | l | a | Satu |\n| | l | b | Dua |\n| | l | c | Tiga |\n"


def _asked(
    kind: str, *, appearance: str = "", parameters: str = "", media: dict[str, bytes] | None = None
) -> FormSession:
    """A form with one question ``q`` of a type."""
    source = (
        "| survey |\n| | type | name | label | appearance | parameters |\n"
        f"| | {kind} | q | Tanya | {appearance} | {parameters} |\n| | text | other | Lain | | |\n{_CHOICES}"
    )
    converted = convert(source, "md", name="t", resources=media or {})
    assert converted.errors == ()
    return load_form(converted.xml or "", media or {}).open(world())


@pytest.mark.parametrize(
    ("kind", "shown", "data_type", "answer", "stored"),
    [
        ("text", Kind.INPUT, "string", "Siti", "Siti"),
        ("integer", Kind.INPUT, "int", "007", "7"),
        ("decimal", Kind.INPUT, "decimal", "2.50", "2.5"),
        ("date", Kind.INPUT, "date", "2026-01-31", "2026-01-31"),
        ("time", Kind.INPUT, "time", "08:30:00.000+07:00", "08:30:00.000+07:00"),
        ("dateTime", Kind.INPUT, "dateTime", "2026-01-31T08:30:00.000+07:00", "2026-01-31T08:30:00.000+07:00"),
        ("barcode", Kind.INPUT, "barcode", "3578", "3578"),
        ("geopoint", Kind.INPUT, "geopoint", "-7.25 112.75 0 0", "-7.25 112.75 0.0 0.0"),
        ("select_one l", Kind.SELECT1, "string", "b", "b"),
        ("select_multiple l", Kind.SELECT, "string", "c a", "a c"),
        ("rank l", Kind.RANK, "string", "c a b", "c a b"),
        ("acknowledge", Kind.TRIGGER, "string", "OK", "OK"),
    ],
)
def test_a_question_takes_its_answer(kind: str, shown: Kind, data_type: str, answer: str, stored: str) -> None:
    session = _asked(kind)
    node = session.nodes["/data/q"]
    session.set("/data/q", answer)
    assert (node.kind, node.label, node.value) == (shown, "Tanya", stored)
    assert node.data_type == data_type
    assert f"<q>{stored}</q>".encode() in session.to_xml()


@pytest.mark.parametrize(
    ("kind", "appearance", "media_type"),
    [
        ("image", "", "image/*"),
        ("image", "signature", "image/*"),
        ("image", "draw", "image/*"),
        ("image", "annotate", "image/*"),
        ("audio", "", "audio/*"),
        ("video", "", "video/*"),
        ("file", "", "application/*"),
    ],
)
def test_an_upload_says_what_it_takes_and_how(kind: str, appearance: str, media_type: str) -> None:
    session = _asked(kind, appearance=appearance)
    node = session.nodes["/data/q"]
    assert (node.kind, node.data_type, node.media_type) == (Kind.UPLOAD, "binary", media_type)
    assert node.appearance == frozenset(appearance.split())


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("file", "not-shown.file"),
        ("audio", "not-shown.sound"),
        ("video", "not-shown.video"),
        ("geopoint", "not-shown.place"),
        ("geoshape", "not-shown.lines"),
    ],
)
def test_what_a_kiosk_cannot_take_is_said_to_the_author(kind: str, code: str) -> None:
    source = f"| survey |\n| | type | name | label |\n| | {kind} | q | Tanya |\n"
    (warning,) = convert(source, "md", name="t").warnings
    assert (warning.row, warning.column, warning.code) == (2, "type", code)
    assert warning.text("id") != warning.text("en")


@pytest.mark.parametrize("column", ["{}", "media::{}", "{}::Jawa (jv)", "media::{}::Jawa (jv)"])
def test_what_is_not_played_beside_a_label_is_said_to_the_author(column: str) -> None:
    video, sound = column.format("video"), column.format("audio")
    source = (
        f"| survey |\n| | type | name | label | {video} | {sound} |\n| | select_one a | q | Tanya | a.mp4 | a.mp3 |\n"
        f"| choices |\n| | list_name | name | label | {sound} |\n| | a | x | X | x.mp3 |\n"
    )
    warnings = convert(source, "md", name="t").warnings
    found = {(each.sheet, each.row, each.column, each.code) for each in warnings if each.code.startswith("not-shown")}
    assert found == {
        ("survey", 2, video, "not-shown.video-prompt"),
        ("choices", 2, sound, "not-shown.choice-sound"),
    }


@pytest.mark.parametrize("kind", ["file", "audio", "video", "geopoint", "geotrace"])
@pytest.mark.parametrize(("required", "reported"), [("yes", True), ("1 = 1", True), ("no", False), ("", False)])
def test_what_a_kiosk_cannot_take_must_not_be_required(kind: str, required: str, reported: bool) -> None:
    source = f"| survey |\n| | type | name | label | required |\n| | {kind} | q | Tanya | {required} |\n"
    warnings = convert(source, "md", name="t").warnings
    found = [(warning.row, warning.column) for warning in warnings if warning.code == NEVER_ANSWERED]
    assert found == ([(2, "required")] if reported else [])


def test_a_note_takes_no_answer() -> None:
    session = _asked("note")
    assert session.nodes["/data/q"].kind is Kind.NOTE
    with pytest.raises(ValueError, match="cannot be changed"):
        session.set("/data/q", "x")


def test_an_acknowledgement_takes_ok_or_nothing() -> None:
    session = _asked("acknowledge")
    with pytest.raises(ValueError, match="OK"):
        session.set("/data/q", "yes")


def test_a_ranking_holds_every_choice_once() -> None:
    session = _asked("rank l")
    with pytest.raises(ValueError, match="ranked"):
        session.set("/data/q", "c a")
    session.set("/data/q", "c a b c")
    assert session.nodes["/data/q"].value == "c a b"


def test_a_ranking_is_completed_when_choices_come_back() -> None:
    model = (
        '<instance id="l"><root><item><name>a</name><g>1</g></item><item><name>b</name><g>1</g></item>'
        "<item><name>c</name><g>2</g></item></root></instance>"
    )
    body = """<rank ref="/data/q"><itemset nodeset="instance('l')/root/item[g &lt;= /data/most]"><value ref="name"/></itemset></rank>"""
    session = opened("<most>1</most><q/>", "", body, model)
    session.set("/data/q", "b a")
    session.set("/data/most", "2")
    assert session.nodes["/data/q"].value == "b a c"


@pytest.mark.parametrize("appearance", ["", "vertical", "no-ticks", "picker", "rating"])
def test_a_range_has_its_bounds_and_its_style(appearance: str) -> None:
    session = _asked("range", appearance=appearance, parameters="start=1 end=5 step=2")
    node = session.nodes["/data/q"]
    assert node.range == Range(Decimal(1), Decimal(5), Decimal(2))
    assert list(node.range.values()) == ["1", "3", "5"]
    assert node.appearance == frozenset(appearance.split())
    session.set("/data/q", "3")
    with pytest.raises(ValueError, match="from 1 to 5"):
        session.set("/data/q", "6")
    assert node.value == "3"


@pytest.mark.parametrize(("step", "values"), [("1", ["10", "9", "8"]), ("-1", ["10", "9", "8"]), ("0", ["10"])])
def test_a_range_may_count_down(step: str, values: list[str]) -> None:
    body = f'<range ref="/data/a" start="10" end="8" step="{step}"/>'
    node = opened("<a/>", '<bind nodeset="/data/a" type="int"/>', body).nodes["/data/a"]
    assert node.range is not None
    assert list(node.range.values()) == values


@pytest.mark.parametrize(
    "appearance", ["minimal", "quick", "likert", "columns-2", "horizontal", "label", "list-nolabel", "autocomplete"]
)
def test_a_selection_keeps_its_style(appearance: str) -> None:
    assert _asked("select_one l", appearance=appearance).nodes["/data/q"].appearance == {appearance}


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("kota.csv", b"name,label\nsby,Surabaya\nmlg,Malang\n"),
        ("kota.xml", b"<root><item><name>sby</name><label>Surabaya</label></item><item><name>mlg</name></item></root>"),
        (
            "kota.geojson",
            b'{"type":"FeatureCollection","features":[{"type":"Feature","id":"sby","geometry":null,"properties":'
            b'{"title":"Surabaya"}},{"type":"Feature","id":"mlg","geometry":null,"properties":{}}]}',
        ),
    ],
)
def test_choices_come_from_a_file(file: str, data: bytes) -> None:
    session = _asked(f"select_one_from_file {file}", media={file: data})
    choices = session.nodes["/data/q"].choices
    assert (choices[0].value, choices[0].label) == ("sby", "Surabaya")
    session.set("/data/q", "mlg")
    assert session.nodes["/data/q"].value == "mlg"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("start", "2026-01-15T08:30:00.000+07:00"),
        ("today", "2026-01-15"),
        ("deviceid", "device-7"),
        ("username", ""),
    ],
)
def test_metadata_is_filled_in_when_the_form_opens(kind: str, value: str) -> None:
    source = f"| survey |\n| | type | name | label |\n| | {kind} | m | |\n| | text | q | Tanya |\n"
    session = load_form(convert(source, "md", name="t").xml or "").open(world())
    assert session.nodes["/data/m"].value == value


def test_a_hidden_value_has_its_default_and_is_not_shown() -> None:
    source = (
        "| survey |\n| | type | name | label | default |\n| | hidden | h | | jatim |\n| | text | q | Tanya | Budi |\n"
    )
    session = load_form(convert(source, "md", name="t").xml or "").open(world())
    assert (session.nodes["/data/h"].value, session.nodes["/data/q"].value) == ("jatim", "Budi")
    assert [page.ref for page in session.pages()] == ["/data/q"]


def test_repeats_nest() -> None:
    body = (
        '<repeat nodeset="/data/f"><input ref="/data/f/n"/><repeat nodeset="/data/f/m"><input ref="/data/f/m/x"/>'
        "</repeat></repeat>"
    )
    binds = (
        '<bind nodeset="/data/f/s" calculate="sum(../m/x)"/><bind nodeset="/data/f/m/p" calculate="position(..)"/>'
        '<bind nodeset="/data/t" calculate="sum(/data/f/m/x)"/>'
    )
    session = opened("<f><n/><s/><m><x/><p/></m></f><t/>", binds, body)
    second = session.add_repeat("/data/f")
    session.add_repeat(f"{second}/m")
    for ref, value in (("/data/f[1]/m[1]/x", "1"), (f"{second}/m[1]/x", "10"), (f"{second}/m[2]/x", "100")):
        session.set(ref, value)
    found = [session.nodes[ref].value for ref in ("/data/f[1]/s", "/data/f[2]/s", "/data/t", "/data/f[2]/m[2]/p")]
    assert found == ["1", "110", "111", "2"]
    session.remove_repeat("/data/f[1]")
    assert (session.nodes["/data/t"].value, session.nodes["/data/f[1]/s"].value) == ("110", "110")


_MESSAGES = (
    '<itext><translation lang="id"><text id="c"><value>Terlalu muda: <output value="/data/a"/></value></text>'
    '<text id="r"><value>Wajib</value></text><text id="h"><value>Bantuan</value>'
    '<value form="guidance">Lihat KTP</value></text><text id="l"><value>Umur</value>'
    '<value form="audio">jr://audio/umur.mp3</value><value form="video">jr://video/umur.mp4</value>'
    '<value form="big-image">jr://images/besar.png</value></text></translation>'
    '<translation lang="en"><text id="c"><value>Too young: <output value="/data/a"/></value></text></translation></itext>'
)
_MESSAGE_BINDS = (
    """<bind nodeset="/data/a" type="int" constraint=". &gt; 16" jr:constraintMsg="jr:itext('c')"/>"""
    """<bind nodeset="/data/b" required="true()" jr:requiredMsg="jr:itext('r')"/>"""
)
_MESSAGE_BODY = (
    """<input ref="/data/a"><label ref="jr:itext('l')"/><hint ref="jr:itext('h')"/></input><input ref="/data/b"/>"""
)


def test_messages_are_translated_and_hold_values() -> None:
    session = opened("<a/><b/>", _MESSAGE_BINDS, _MESSAGE_BODY, _MESSAGES)
    session.set("/data/a", "5")
    assert [found.message for found in session.validate()] == ["Terlalu muda: 5", "Wajib"]
    session.language = "en"
    # What a language lacks is said in the form's default language.
    assert [found.message for found in session.validate()] == ["Too young: 5", "Wajib"]


def test_help_comes_as_a_hint_and_as_guidance() -> None:
    node = opened("<a/><b/>", _MESSAGE_BINDS, _MESSAGE_BODY, _MESSAGES).nodes["/data/a"]
    assert (node.hint, node.guidance) == ("Bantuan", "Lihat KTP")


def test_a_label_may_be_heard_and_seen() -> None:
    node = opened("<a/><b/>", _MESSAGE_BINDS, _MESSAGE_BODY, _MESSAGES).nodes["/data/a"]
    assert node.media == {"audio": "umur.mp3", "video": "umur.mp4", "big-image": "besar.png"}


def test_choices_have_media_of_their_own() -> None:
    source = (
        "| survey |\n| | type | name | label |\n| | select_one l | q | Tanya |\n| choices |\n"
        "| | list_name | name | label | image |\n| | l | a | Satu | satu.png |\n"
    )
    session = load_form(convert(source, "md", name="t").xml or "").open(world())
    (choice,) = session.nodes["/data/q"].choices
    assert (choice.label, choice.media) == ("Satu", {"image": "satu.png"})


def test_the_last_saved_form_is_left_out_and_said_so() -> None:
    source = "| survey |\n| | type | name | label | default |\n| | text | q | Tanya | ${last-saved#q} |\n"
    converted = convert(source, "md", name="t")
    assert [(found.column, found.code) for found in converted.warnings] == [("default", "not-shown.last-saved")]
    form = load_form(converted.xml or "")
    assert [found.message for found in form.warnings if "last saved" in found.message]
    assert form.open(world()).nodes["/data/q"].value == ""


_LETTERS = "".join(f"<item><name>{name}</name></item>" for name in "ABCDEF")


@pytest.mark.parametrize(
    ("seed", "order"),
    [("42", "AFCBDE"), ("'42'", "AFCBDE"), ("-42", "EDAFBC"), ("1", "BFEACD"), ("1.1", "BFEACD"), ("0", "CBEAFD")],
)
def test_a_seed_shuffles_as_other_clients_do(seed: str, order: str) -> None:
    model = f'<instance id="l"><root>{_LETTERS}</root></instance>'
    body = (
        f"""<select1 ref="/data/a"><itemset nodeset="randomize(instance('l')/root/item, {seed})"><value ref="name"/>"""
        "</itemset></select1>"
    )
    choices = opened("<a/>", "", body, model).nodes["/data/a"].choices
    assert "".join(choice.value for choice in choices) == order


def test_without_a_seed_chance_shuffles() -> None:
    model = f'<instance id="l"><root>{_LETTERS}</root></instance>'
    body = """<select1 ref="/data/a"><itemset nodeset="randomize(instance('l')/root/item)"><value ref="name"/></itemset></select1>"""
    choices = opened("<a/>", "", body, model).nodes["/data/a"].choices
    assert sorted(choice.value for choice in choices) == list("ABCDEF")
    assert "".join(choice.value for choice in choices) != "ABCDEF"


def test_a_whole_group_is_hidden_and_locked() -> None:
    body = '<group ref="/data/g"><input ref="/data/g/x"/></group>'
    binds = """<bind nodeset="/data/g" relevant="/data/a != 'n'" readonly="/data/a = 'r'"/>"""
    session = opened("<a>y</a><g><x/></g>", binds, body)
    session.set("/data/g/x", "1")
    session.set("/data/a", "r")
    assert session.nodes["/data/g/x"].readonly
    session.set("/data/a", "n")
    assert (session.nodes["/data/g/x"].relevant, b"<g>" in session.to_xml()) == (False, False)


def test_a_calculation_of_a_hidden_question_is_blank_and_comes_back() -> None:
    binds = """<bind nodeset="/data/b" relevant="/data/a != ''" calculate="/data/a * 2"/><bind nodeset="/data/c" calculate="/data/b + 1"/>"""
    session = opened("<a>4</a><b/><c/>", binds)
    assert session.nodes["/data/c"].value == "9"
    session.set("/data/a", "")
    assert session.nodes["/data/b"].value == ""
    session.set("/data/a", "5")
    assert session.nodes["/data/c"].value == "11"


def test_a_circle_names_all_that_are_in_it() -> None:
    from forms import FormError

    binds = "".join(f'<bind nodeset="/data/{one}" calculate="/data/{other} + 1"/>' for one, other in ("ab", "bc", "ca"))
    with pytest.raises(FormError) as caught:
        load("<a/><b/><c/>", binds)
    (problem,) = caught.value.problems
    assert problem.code == "circle"
    assert {f"/data/{name}" in problem.message for name in "abc"} == {True}
