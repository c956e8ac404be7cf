"""A repeat and questions beside it in one group: nothing of either is lost, and each is on pages where it can be filled."""

import pytest

from forms import FormSession, Kind, load_form
from forms.authoring import convert
from tests.forms.form_kit import opened, world

Shown = tuple[str, list[str], str | None]


def _pages(session: FormSession) -> list[Shown]:
    return [(page.ref, [node.name for node in page.nodes], page.group_label) for page in session.pages()]


def _sheet(appearance: str, count: str) -> FormSession:
    converted = convert(
        f"""
| survey |
| | type | name | label | appearance | repeat_count |
| | begin group | g | Keluarga | {appearance} | |
| | text | q | Alamat | | |
| | begin repeat | r | Anak | | {count} |
| | text | nm | Nama | | |
| | text | um | Umur | | |
| | end repeat | | | | |
| | text | z | Catatan | | |
| | end group | | | | |
""",
        "md",
        name="data",
    )
    assert converted.xml is not None, converted.errors
    return load_form(converted.xml).open(world())


def test_on_one_page_a_repeat_gets_pages_of_its_own_between_the_questions() -> None:
    session = _sheet("field-list", "")
    session.add_repeat("/data/g/r")
    assert _pages(session) == [
        ("/data/g", ["q"], "Keluarga"),
        ("/data/g/r[1]", ["nm", "um"], "Anak"),
        ("/data/g/r[2]", ["nm", "um"], "Anak"),
        ("/data/g/r", [], "Anak"),
        ("/data/g/z", ["z"], "Keluarga"),
    ]
    assert [page.repeat for page in session.pages()][3] is session.nodes["/data/g/r"]


def test_a_counted_one_has_no_page_for_adding() -> None:
    assert [ref for ref, _, _ in _pages(_sheet("field-list", "2"))] == [
        "/data/g",
        "/data/g/r[1]",
        "/data/g/r[2]",
        "/data/g/z",
    ]


def test_page_by_page_it_stands_where_the_form_has_it() -> None:
    assert [names for _, names, _ in _pages(_sheet("", ""))] == [["q"], ["nm"], ["um"], [], ["z"]]


AROUND = (
    '<group ref="/data/g/r"{appearance}><label>Keluarga</label><input ref="/data/g/q"/>'
    '<repeat nodeset="/data/g/r"><input ref="/data/g/r/nm"/></repeat><input ref="/data/g/z"/></group>'
)


@pytest.mark.parametrize("appearance", ["", ' appearance="field-list"'])
def test_a_group_with_the_repeat_s_reference_leaves_the_repeat_a_repeat(appearance: str) -> None:
    session = opened("<g><q/><r><nm/></r><z/></g>", body=AROUND.format(appearance=appearance))
    assert session.form.warnings == ()
    assert session.nodes["/data/g/r"].kind is Kind.REPEAT
    assert session.add_repeat("/data/g/r") == "/data/g/r[2]"
    session.set("/data/g/r[2]/nm", "Budi")
    session.set("/data/g/q", "Jalan Mawar 1")
    assert [(names, label) for _, names, label in _pages(session)] == [
        (["q"], "Keluarga"),
        (["nm"], "Keluarga"),
        (["nm"], "Keluarga"),
        ([], "Keluarga"),
        (["z"], "Keluarga"),
    ]
    assert b"<g><q>Jalan Mawar 1</q><r><nm/></r><r><nm>Budi</nm></r><z/></g>" in session.to_xml()


def test_what_hides_the_repeat_hides_the_group_around_it() -> None:
    bind = '<bind nodeset="/data/g/r" relevant="/data/a = 1"/>'
    body = '<input ref="/data/a"/>' + AROUND.format(appearance="")
    session = opened("<a/><g><q/><r><nm/></r><z/></g>", bind, body)
    assert [names for _, names, _ in _pages(session)] == [["a"]]
    session.set("/data/a", "1")
    assert [names for _, names, _ in _pages(session)] == [["a"], ["q"], ["nm"], [], ["z"]]
