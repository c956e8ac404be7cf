"""select_one_external: a selection like any other, from the sheet external_choices or from itemsets.csv."""

from forms import FormSession, Kind, load_form
from forms.authoring import convert
from tests.forms.form_kit import world, xform

_FORM = """
| survey |
| | type | name | label::Indonesia (id) | label::English (en) | choice_filter | required |
| | select_one prov | p | Provinsi | Province | | yes |
| | select_one_external kota | k | Kota | City | p=${p} | yes |
| choices |
| | list_name | name | label::Indonesia (id) | label::English (en) |
| | prov | jt | Jawa Timur | East Java |
| | prov | jb | Jawa Barat | West Java |
| external_choices |
| | list_name | name | label::Indonesia (id) | label::English (en) | kode | p |
| | kota | sby | Surabaya | Surabaya City | | jt |
| | kota | mlg | Malang | | 2 | jt |
| | kota | bdg | Bandung | Bandung City | 3 | jb |
| | lain | x | Lain | Other | | jt |
"""


def _opened(source: str = _FORM) -> FormSession:
    converted = convert(source, "md", name="t")
    assert converted.errors == ()
    return load_form(converted.xml or "", converted.resources).open(world())


def test_its_choices_are_filtered_and_nothing_else_is_taken() -> None:
    session = _opened()
    session.set("/data/p", "jt")
    question = session.nodes["/data/k"]
    assert question.kind is Kind.SELECT1
    # The empty cell of “kode” in the first row moves nothing.
    assert [(one.value, one.label) for one in question.choices] == [("sby", "Surabaya"), ("mlg", "Malang")]
    session.set("/data/k", "sby")
    assert b"<k>sby</k>" in session.to_xml()
    session.set("/data/p", "jb")
    assert question.value == ""
    try:
        session.set("/data/k", "kota apa saja")
    except ValueError as error:
        assert "choices" in str(error)
    else:
        raise AssertionError("free text was taken")


def test_its_labels_are_in_the_language_and_fall_back_to_the_forms_own() -> None:
    session = _opened()
    session.set("/data/p", "jt")
    session.language = "English (en)"
    assert [one.label for one in session.nodes["/data/k"].choices] == ["Surabaya City", "Malang"]


def test_without_a_filter_all_of_its_list_is_offered() -> None:
    source = """
| survey |
| | type | name | label |
| | select_one_external kota | k | Kota |
| external_choices |
| | list_name | name | label |
| | kota | sby | Surabaya |
| | lain | x | Lain |
"""
    assert [one.value for one in _opened(source).nodes["/data/k"].choices] == ["sby"]


def test_a_file_beside_an_xform_serves_as_well() -> None:
    query = "instance('kota')/root/item[p = /data/p]"
    xml = xform(
        "<p>jt</p><k/>", "", f'<input ref="/data/p"/><input ref="/data/k" query="{query}"><label>Kota</label></input>'
    )
    files = {"itemsets.csv": b'"list_name","name","label","p"\n"kota","sby","Surabaya","jt"\n'}
    session = load_form(xml, files).open(world())
    assert [(one.value, one.label) for one in session.nodes["/data/k"].choices] == [("sby", "Surabaya")]
    missing = load_form(xml)
    assert missing.missing_resources == ("itemsets.csv",)
    assert missing.open(world()).nodes["/data/k"].kind is Kind.SELECT1


def test_an_instance_checked_by_whoever_receives_it_holds_only_what_was_offered() -> None:
    session = _opened()
    session.set("/data/p", "jt")
    session.set("/data/k", "mlg")
    assert session.form.check(session.to_xml(), world()) == ()


def test_a_text_that_a_language_lacks_is_reported_on_its_sheet() -> None:
    found = convert(_FORM, "md", name="t").warnings
    assert [(one.sheet, one.row, one.column) for one in found] == [("external_choices", 3, "label::English (en)")]
