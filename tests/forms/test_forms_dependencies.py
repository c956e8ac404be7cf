"""What an expression reads, wherever that stands: a change reaches it, and nothing is looked for where it is not."""

import pytest

from forms import FormError
from tests.forms.form_kit import load, opened

_HOUSE = "<house><head/><person jr:template=''><name/></person><person><name/></person></house><n/>"
_HOUSE_BODY = (
    '<group ref="/data/house"><input ref="/data/house/head"/><group ref="/data/house/person">'
    '<repeat nodeset="/data/house/person"><input ref="/data/house/person/name"/></repeat></group></group>'
)


@pytest.mark.parametrize(
    ("expression", "grown", "shrunk"),
    [
        ("count(/data/house/person)", "2", "1"),
        ("count(/data/house/person/name)", "2", "1"),
        ("count(//name)", "2", "1"),
        ("count(/data/house/*)", "3", "2"),
        ("indexed-repeat(/data/house/person/name, /data/house/person, 2)", "Budi", ""),
        ("/data/house/person[last()]/name", "Budi", "Budi"),
        ("position(/data/house/person[last()])", "2", "1"),
        ("join(',', /data/house/person/name)", "Ani,Budi", "Budi"),
        ("string(/data/house)", "AniBudi", "Budi"),
    ],
)
def test_a_repeat_inside_a_group_is_read_from_outside_of_it(expression: str, grown: str, shrunk: str) -> None:
    session = opened(_HOUSE, f'<bind nodeset="/data/n" calculate="{expression}"/>', _HOUSE_BODY)
    session.set("/data/house/person[1]/name", "Ani")
    session.set(f"{session.add_repeat('/data/house/person')}/name", "Budi")
    assert session.nodes["/data/n"].value == grown
    session.remove_repeat("/data/house/person[1]")
    assert session.nodes["/data/n"].value == shrunk


def test_a_repeat_inside_another_is_counted_from_outside_of_both() -> None:
    instance = "<house jr:template=''><person jr:template=''><name/></person></house><n/>"
    body = (
        '<group ref="/data/house"><repeat nodeset="/data/house"><group ref="/data/house/person">'
        '<repeat nodeset="/data/house/person"><input ref="/data/house/person/name"/></repeat></group></repeat></group>'
    )
    session = opened(instance, '<bind nodeset="/data/n" calculate="count(/data/house/person)"/>', body)
    for house in (session.add_repeat("/data/house"), session.add_repeat("/data/house")):
        session.add_repeat(f"{house}/person")
    assert session.nodes["/data/n"].value == "2"
    session.remove_repeat("/data/house[1]")
    assert session.nodes["/data/n"].value == "1"


def test_a_sibling_instance_is_another_one_of_the_same_repeat() -> None:
    instance = "<r jr:template=''><x/><y/></r>"
    binds = '<bind nodeset="/data/r/y" calculate="../preceding-sibling::r[1]/x"/>'
    body = '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat></group>'
    session = opened(instance, binds, body)
    session.add_repeat("/data/r")
    session.add_repeat("/data/r")
    session.set("/data/r[1]/x", "a")
    assert session.nodes["/data/r[2]/y"].value == "a"


@pytest.mark.parametrize("expression", ["/data/a/text()", "/data/a/node()", "/data/*[string() = 'x']", "id('test')"])
def test_text_that_is_read_without_its_name_is_read(expression: str) -> None:
    binds = f'<bind nodeset="/data/n" calculate="count({expression}) &gt; 0 and contains({expression}, \'x\')"/>'
    session = opened("<a/><n/>", binds)
    session.set("/data/a", "x")
    assert session.nodes["/data/n"].value == "true"


# --- the words of choices -----------------------------------------------------------------------------------------

_WHO = (
    "<itext><translation lang='id'><text id='who-f'><value>Ayah dari <output value='/data/g/child'/></value></text>"
    "<text id='who-m'><value>Ibu</value></text></translation></itext>"
    "<instance id='who'><root><item><itextId>who-f</itextId><name>f</name></item>"
    "<item><itextId>who-m</itextId><name>m</name></item></root></instance>"
)
_ITEMSET = (
    "<itemset nodeset=\"instance('who')/root/item\"><value ref='name'/><label ref='jr:itext(itextId)'/></itemset>"
)
_WHO_BODY = f'<group ref="/data/g"><input ref="/data/g/child"/><select1 ref="/data/g/who">{_ITEMSET}</select1></group>'


def test_choices_follow_the_answers_that_their_words_name() -> None:
    session = opened("<g><child/><who/></g>", "", _WHO_BODY, _WHO)
    who = session.nodes["/data/g/who"]
    for child in ("Ani", "Budi"):
        changed = session.set("/data/g/child", child)
        assert [choice.label for choice in who.choices] == [f"Ayah dari {child}", "Ibu"]
        assert "/data/g/who" in changed


def test_choices_in_a_repeat_name_the_answers_of_their_own_instance() -> None:
    body = _WHO_BODY.replace('<group ref="/data/g">', '<group ref="/data/g"><repeat nodeset="/data/g">')
    session = opened("<g jr:template=''><child/><who/></g>", "", body.replace("</group>", "</repeat></group>"), _WHO)
    for child in ("Ani", "Budi"):
        session.set(f"{session.add_repeat('/data/g')}/child", child)
    assert [session.nodes[f"/data/g[{place}]/who"].choices[0].label for place in (1, 2)] == [
        "Ayah dari Ani",
        "Ayah dari Budi",
    ]


def test_choices_that_are_answers_follow_these() -> None:
    instance = "<r jr:template=''><name/></r><who/>"
    body = (
        '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/name"/></repeat></group><select1 ref="/data/who">'
        '<itemset nodeset="/data/r"><value ref="name"/><label ref="name"/></itemset></select1>'
    )
    session = opened(instance, "", body)
    who = session.nodes["/data/who"]
    session.add_repeat("/data/r")
    for name in ("Ani", "Budi"):
        session.set("/data/r[1]/name", name)
        assert [(choice.value, choice.label) for choice in who.choices] == [(name, name)]


@pytest.mark.parametrize(
    "expression", ["jr:choice-name(/data/g/who, '/data/g/who')", "jr:choice-name('f', concat('/data/g', '/who'))"]
)
def test_the_name_of_a_choice_follows_what_its_words_name(expression: str) -> None:
    binds = f'<bind nodeset="/data/title" calculate="{expression}"/>'
    session = opened("<g><child/><who/></g><title/>", binds, _WHO_BODY, _WHO)
    session.set("/data/g/who", "f")
    for child in ("Ani", "Budi"):
        session.set("/data/g/child", child)
        assert session.nodes["/data/title"].value == f"Ayah dari {child}"
    assert session.form.check(session.to_xml()) == ()


@pytest.mark.parametrize("identifier", ["'who-f'", "concat('who-', 'f')"])
def test_a_translation_that_an_expression_asks_for_follows_the_answers_in_it(identifier: str) -> None:
    binds = f'<bind nodeset="/data/title" calculate="jr:itext({identifier})"/>'
    session = opened("<g><child/><who/></g><title/>", binds, _WHO_BODY, _WHO)
    session.set("/data/g/child", "Ani")
    assert session.nodes["/data/title"].value.strip() == "Ayah dari Ani"


def test_whatever_names_a_choice_changes_with_the_language() -> None:
    texts = "<itext>{}</itext>".format(
        "".join(
            f"<translation lang='{language}'><text id='yes'><value>{words}</value></text></translation>"
            for language, words in (("id", "Ya"), ("en", "Yes"))
        )
    )
    named = "jr:choice-name('1', '/data/a')"
    binds = (
        f'<bind nodeset="/data/b" required="{named} = \'Yes\'" readonly="{named} = \'Yes\'"/>'
        f'<bind nodeset="/data/c" relevant="{named} = \'Yes\'"/>'
    )
    item = "<item><label ref=\"jr:itext('yes')\"/><value>1</value></item>"
    session = opened("<a/><b/><c/>", binds, f'<select1 ref="/data/a">{item}</select1><input ref="/data/b"/>', texts)
    for language, english in (("en", True), ("id", False)):
        session.language = language
        b, c = session.nodes["/data/b"], session.nodes["/data/c"]
        assert (b.required, b.readonly, c.relevant) == (english, english, english)


# --- what is not relevant -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "all_of_them", "none"),
    [
        ("count(/data/house/person)", "2", "0"),
        ("count(/data/house/person/name)", "2", "0"),
        ("count(/data/house)", "1", "0"),
        ("count(/data/house/head)", "1", "0"),
        ("count(/data/house | /data/who)", "2", "1"),
        ("count(/data/house/person[name = ''])", "1", "0"),
        ("sum(/data/house/person[name != '']/name)", "7", "0"),
        ("concat('[', join('-', /data/house/person/name), ']')", "[7-]", "[]"),
        ("boolean(/data/house)", "true", "false"),
        ("if(/data/house/person[1]/name, 'a', 'b')", "a", "b"),
        ("position(/data/house/person[2])", "2", ""),
        ("/data/house/head = ''", "true", "true"),
        ("/data/house/person[1]/name = '' and /data/house/person[1]/name != 'x'", "false", "true"),
        ("max(/data/house/person[1]/name)", "7", ""),
    ],
)
def test_only_what_is_relevant_is_in_a_set(expression: str, all_of_them: str, none: str) -> None:
    instance = _HOUSE.replace("<person><name/></person>", "<person><name>7</name></person><person><name/></person>")
    binds = f'<bind nodeset="/data/n" calculate="{expression}"/><bind nodeset="/data/house" relevant="/data/who != \'self\'"/>'
    session = opened(f"<who/>{instance}", binds, _HOUSE_BODY)
    for who, value in (("all", all_of_them), ("self", none), ("all", all_of_them)):
        session.set("/data/who", who)
        assert session.nodes["/data/n"].value == value


@pytest.mark.parametrize(("answer", "value"), [("", "no"), ("0", "no"), ("0.0", "no"), ("2", "yes")])
@pytest.mark.parametrize(
    "condition", ["/data/a", "not(not(/data/a))", "/data/a and true()", "count(/data[/data/a]) = 1"]
)
def test_a_question_is_true_where_it_is_answered_and_not_by_nought(condition: str, answer: str, value: str) -> None:
    binds = f'<bind nodeset="/data/a" type="decimal"/><bind nodeset="/data/n" calculate="if({condition}, \'yes\', \'no\')"/>'
    session = opened("<a/><n/>", binds)
    session.set("/data/a", answer)
    assert session.nodes["/data/n"].value == value


def test_some_instances_may_be_relevant_and_places_count_all_of_them() -> None:
    """As in JavaRosa: a predicate sees every instance, and what the whole path leads to is kept where it is relevant."""
    instance = "<r jr:template=''><x/><z/></r><first/><second/><here/>"
    binds = (
        '<bind nodeset="/data/r/z" relevant="../x = \'y\'"/>'
        '<bind nodeset="/data/first" calculate="/data/r/z"/><bind nodeset="/data/second" calculate="/data/r[2]/z"/>'
        '<bind nodeset="/data/here" calculate="count(/data/r/z)"/>'
    )
    body = '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/x"/><input ref="/data/r/z"/></repeat></group>'
    session = opened(instance, binds, body)
    for z in ("1", "2"):
        session.set(f"{session.add_repeat('/data/r')}/z", z)
    session.set("/data/r[2]/x", "y")
    assert [session.nodes[f"/data/{name}"].value for name in ("first", "second", "here")] == ["2", "2", "1"]


def test_choices_that_are_not_relevant_are_not_offered() -> None:
    instance = "<all/><r jr:template=''><name/></r><who/>"
    body = (
        '<input ref="/data/all"/><group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/name"/></repeat></group>'
        '<select1 ref="/data/who"><itemset nodeset="/data/r"><value ref="name"/><label ref="name"/></itemset></select1>'
    )
    session = opened(instance, '<bind nodeset="/data/r" relevant="/data/all = \'y\'"/>', body)
    session.set("/data/all", "y")
    session.set(f"{session.add_repeat('/data/r')}/name", "Ani")
    session.set("/data/who", "Ani")
    session.set("/data/all", "n")
    assert (list(session.nodes["/data/who"].choices), session.nodes["/data/who"].value) == ([], "")


def test_a_repeat_that_is_there_by_its_own_number_is_a_circle() -> None:
    binds = '<bind nodeset="/data/r" relevant="count(/data/r) &gt; 0"/>'
    body = '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat></group>'
    with pytest.raises(FormError, match="“relevant” depends on the node's own value"):
        load("<r jr:template=''><x/></r>", binds, body)
