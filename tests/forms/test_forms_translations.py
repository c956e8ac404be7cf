"""Texts in several languages: what one lacks is another's, and expressions see the words of the language in sight."""

import pytest

from forms import FormSession, load_form
from forms.authoring import convert
from tests.forms.form_kit import load, opened, world

ID, EN, JV = "Bahasa Indonesia (id)", "English (en)", "Basa Jawa (jv)"

# Indonesian is the default. English lacks what is Indonesian only, and the other way round; Javanese has a name only.
SHEET = f"""
| survey |
| | type | name | label::{ID} | label::{EN} | label::{JV} | hint::{ID} | hint::{EN} | guidance_hint::{ID} | media::image::{ID} | constraint | constraint_message::{ID} | required | required_message::{EN} |
| | text | a | Nama | Name | Jeneng | | As on the card | Lihat KTP | a.png | . != 'x' | Jangan x | yes | Please fill in |
| | select_one k | b | Siapa melapor? | | | Salah satu | | | | | | | |
| | text | c | | Only English | | | | | | | | | |
| choices |
| | list_name | name | label::{ID} | label::{EN} | media::image::{ID} | media::image::{EN} |
| | k | 1 | Ayah | Father | i.png | f.png |
| | k | 2 | Ibu | | m.png | |
| settings |
| | default_language |
| | {ID} |
"""


@pytest.fixture(scope="module")
def session() -> FormSession:
    converted = convert(SHEET, "md", name="data")
    assert converted.xml is not None, converted.errors
    return load_form(converted.xml).open(world())


def _words(session: FormSession) -> list[str | None]:
    """Everything that is shown in words."""
    questions = [session.nodes[f"/data/{name}"] for name in "abc"]
    shown = [text for node in questions for text in (node.label, node.hint, node.guidance)]
    return [*shown, *(choice.label for choice in questions[1].choices)]


def test_a_language_s_own_texts_come_first(session: FormSession) -> None:
    session.language = EN
    assert session.nodes["/data/a"].label == "Name"
    assert session.nodes["/data/a"].hint == "As on the card"
    assert session.nodes["/data/b"].choices[0].label == "Father"
    session.language = JV
    assert session.nodes["/data/a"].label == "Jeneng"


@pytest.mark.parametrize("language", [EN, JV])
def test_what_a_language_lacks_is_the_default_language_s(session: FormSession, language: str) -> None:
    session.language = language
    a, b = session.nodes["/data/a"], session.nodes["/data/b"]
    assert (b.label, b.hint, b.choices[1].label) == ("Siapa melapor?", "Salah satu", "Ibu")
    assert (a.guidance, a.media) == ("Lihat KTP", {"image": "a.png"})
    assert b.choices[1].media == {"image": "m.png"}


def test_a_picture_of_its_own_comes_first(session: FormSession) -> None:
    session.language = EN
    assert session.nodes["/data/b"].choices[0].media == {"image": "f.png"}


def test_a_message_that_a_language_lacks_is_the_default_language_s(session: FormSession) -> None:
    session.language = EN
    session.set("/data/a", "x")
    violation = session.nodes["/data/a"].violation
    assert violation is not None and violation.message == "Jangan x"
    session.clear("/data/a")


def test_what_the_default_language_lacks_is_another_s(session: FormSession) -> None:
    session.language = ID
    assert session.nodes["/data/c"].label == "Only English"
    violation = session.nodes["/data/a"].violation
    assert violation is not None and violation.message == "Please fill in"


@pytest.mark.parametrize("language", [ID, EN, JV])
def test_no_language_shows_the_sign_of_a_missing_text(session: FormSession, language: str) -> None:
    session.language = language
    assert "-" not in _words(session)
    assert all(choice.label for choice in session.nodes["/data/b"].choices)


def _itext(**languages: dict[str, str]) -> str:
    parts = "".join(
        f'<translation lang="{language}">'
        + "".join(f'<text id="{name}">{value}</text>' for name, value in texts.items())
        + "</translation>"
        for language, texts in languages.items()
    )
    return f"<itext>{parts}</itext>"


@pytest.mark.parametrize("missing", ["<value>-</value>", "<value> - </value>", "<value/>", "<value>  </value>"])
def test_blank_and_the_sign_of_pyxform_are_no_translation(missing: str) -> None:
    body = """<input ref="/data/a"><label ref="jr:itext('a')"/></input>"""
    model = _itext(id={"a": "<value>Nama</value>"}, en={"a": missing})
    session = opened("<a/>", body=body, model=model)
    session.language = "en"
    assert session.nodes["/data/a"].label == "Nama"


def test_a_dash_that_is_all_an_author_wrote_stays() -> None:
    body = """<input ref="/data/a"><label ref="jr:itext('a')"/></input>"""
    model = _itext(id={"a": "<value>-</value>"}, en={"a": "<value>-</value>"})
    assert opened("<a/>", body=body, model=model).nodes["/data/a"].label == "-"


def test_a_fallback_has_its_values_filled_in_and_follows_them() -> None:
    body = """<input ref="/data/a"/><input ref="/data/b"><label ref="jr:itext('b')"/></input>"""
    model = _itext(id={"b": '<value>Halo <output value="/data/a"/></value>'}, en={"b": "<value>-</value>"})
    session = opened("<a/><b/>", body=body, model=model)
    session.language = "en"
    assert "/data/b" in session.set("/data/a", "Siti")
    assert session.nodes["/data/b"].label == "Halo Siti"


_LIST = (
    '<instance id="x"><root><item><itextId>one</itextId><name>1</name></item>'
    "<item><itextId>two</itextId><name>2</name></item></root></instance>"
)
_WORDS = _itext(
    id={"one": "<value>Satu</value>", "two": "<value>Dua</value>"},
    en={
        "one": '<value form="short">1</value><value form="guidance">first</value><value>One</value>',
        "two": "<value>Two</value>",
    },
)


def _found(word: str) -> str:
    return f"instance('x')/root/item[jr:itext(itextId) = '{word}']"


def test_a_predicate_sees_the_words_of_the_language_in_sight() -> None:
    session = opened(
        "<satu/><two/><count/>",
        f'<bind nodeset="/data/satu" calculate="{_found("Satu")}/name"/>'
        f'<bind nodeset="/data/two" calculate="{_found("Two")}/name"/>'
        f'<bind nodeset="/data/count" calculate="count({_found("One")})"/>',
        model=_WORDS + _LIST,
    )
    state = lambda: [session.nodes[f"/data/{name}"].value for name in ("satu", "two", "count")]  # noqa: E731
    assert state() == ["1", "", "0"]
    session.language = "en"
    assert state() == ["", "2", "1"]
    session.language = "id"
    assert state() == ["1", "", "0"]


def test_the_text_without_a_form_is_what_an_expression_sees() -> None:
    session = opened("<t/>", """<bind nodeset="/data/t" calculate="jr:itext('one')"/>""", model=_WORDS)
    session.language = "en"
    assert session.nodes["/data/t"].value == "One"


def test_conditions_on_words_are_judged_anew_in_another_language() -> None:
    speaks = "jr:itext('one') = 'One'"
    session = opened(
        "<a>y</a><b/><c/><d>y</d><r><n/></r>",
        f"""<bind nodeset="/data/a" relevant="{speaks}"/><bind nodeset="/data/b" required="{speaks}"/>"""
        f"""<bind nodeset="/data/c" readonly="{speaks}"/><bind nodeset="/data/d" constraint="{speaks}"/>""",
        '<input ref="/data/a"/><input ref="/data/b"/><input ref="/data/c"/><input ref="/data/d"/>'
        f"""<repeat nodeset="/data/r" jr:count="if({speaks}, 2, 1)"><input ref="/data/r/n"/></repeat>""",
        _WORDS,
    )

    def state() -> tuple[bool, bool, bool, bool, int]:
        nodes = session.nodes
        a, b, c, d = (nodes[f"/data/{name}"] for name in "abcd")
        return a.relevant, b.required, c.readonly, d.violation is None, len(nodes["/data/r"].children)

    assert state() == (False, False, False, False, 1)
    session.language = "en"
    assert state() == (True, True, True, True, 2)
    session.language = "id"
    assert state() == (False, False, False, False, 1)


def test_a_choice_that_another_language_filters_away_is_no_answer() -> None:
    form = load(
        "<a/>",
        body=f"""<select1 ref="/data/a"><itemset nodeset="{_found("Satu")}">"""
        """<value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>""",
        model=_WORDS + _LIST,
    )
    session = form.open(world())
    session.set("/data/a", "1")
    session.language = "en"
    assert (session.nodes["/data/a"].value, list(session.nodes["/data/a"].choices)) == ("", [])
    session.language = "id"
    assert session.nodes["/data/a"].value == "1"


NUMBERS = f"""
| survey |
| | type | name | label::{ID} | label::{EN} | calculation |
| | decimal | width | Lebar | Width | |
| | calculate | area | | | ${{width}} * 2.5 |
| | calculate | written | | | concat('1.', '250') |
| | note | told | ${{width}} m, ${{area}} m², Rp ${{written}} | ${{width}} m, ${{area}} m², Rp ${{written}} | |
| settings |
| | default_language |
| | {ID} |
"""


@pytest.mark.parametrize(("language", "told"), [(ID, "0,5 m, 1,25 m², Rp 1.250"), (EN, "0.5 m, 1.25 m², Rp 1.250")])
def test_a_number_in_a_sentence_has_the_languages_sign_and_a_text_stays_as_it_is(language: str, told: str) -> None:
    converted = convert(NUMBERS, "md", name="data")
    assert converted.xml is not None, converted.errors
    opened_form = load_form(converted.xml).open(world(), language=language)
    opened_form.set("/data/width", "0.5")
    assert (opened_form.nodes["/data/told"].label or "").strip() == told
    assert opened_form.nodes["/data/area"].value == "1.25"
