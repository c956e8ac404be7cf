"""A repeat that an answer counts: a lower number sets instances aside, a higher one brings them back."""

import pytest

from forms import FormSession
from tests.forms.form_kit import load, opened, world

PEOPLE = load(
    "<n/><limit/><m><nm/><age/><minor/><school/><photo/></m><sum/><count/><last/>",
    '<bind nodeset="/data/n" type="int"/><bind nodeset="/data/m/age" type="int"/>'
    '<bind nodeset="/data/m/minor" calculate="/data/m/age &lt; /data/limit"/>'
    """<bind nodeset="/data/m/school" relevant="/data/m/minor = 'true'" required="true()"/>"""
    '<bind nodeset="/data/m/photo" type="binary"/>'
    '<bind nodeset="/data/sum" calculate="sum(/data/m/age)"/><bind nodeset="/data/count" calculate="count(/data/m)"/>'
    '<bind nodeset="/data/last" calculate="/data/m[position() = last()]/nm"/>',
    '<input ref="/data/n"/><input ref="/data/limit"/><group ref="/data/m"><label>Orang</label>'
    '<repeat nodeset="/data/m" jr:count="/data/n"><input ref="/data/m/nm"/><input ref="/data/m/age"/>'
    '<input ref="/data/m/school"/><upload ref="/data/m/photo" mediatype="image/*"/></repeat></group>',
)


def _filled(people: int) -> FormSession:
    session = PEOPLE.open(world())
    session.set("/data/limit", "18")
    session.set("/data/n", str(people))
    for number in range(1, people + 1):
        session.set(f"/data/m[{number}]/nm", f"P{number}")
        session.set(f"/data/m[{number}]/age", str(10 + number))
    return session


def _names(session: FormSession) -> list[str]:
    return [instance.children[0].value for instance in session.nodes["/data/m"].children]


def _values(session: FormSession) -> dict[str, str]:
    return {ref: node.value for ref, node in session.nodes.items() if not ref.startswith("/data/meta")}


def test_a_number_that_is_corrected_key_by_key_loses_nobody() -> None:
    session = _filled(12)
    before = _values(session)
    for typed in ("1", "", "1", "12"):
        session.set("/data/n", typed)
    assert _values(session) == before


def test_who_is_set_aside_is_not_seen_not_judged_and_not_sent() -> None:
    session = _filled(3)
    session.attach("/data/m[3]/photo", "three.jpg")
    session.set("/data/n", "1")
    assert _names(session) == ["P1"]
    assert [ref for ref in session.nodes if ref.startswith("/data/m[")][-1].startswith("/data/m[1]/")
    assert [session.nodes[f"/data/{name}"].value for name in ("sum", "count", "last")] == ["11", "1", "P1"]
    assert {violation.ref for violation in session.validate()} == {"/data/m[1]/school"}
    assert session.attachments() == ()
    assert session.to_xml().count(b"<m>") == 1 and b"P2" not in session.to_xml()
    assert not any("/data/m[2]" in page.ref for page in session.pages())


def test_who_is_set_aside_is_named_with_the_place_they_had() -> None:
    session = _filled(3)
    session.set("/data/n", "1")
    assert [node.ref for node in session.aside()] == ["/data/m[2]", "/data/m[3]"]
    assert [node.children[0].value for node in session.aside()] == ["P2", "P3"]
    session.set("/data/n", "2")
    assert [node.ref for node in session.aside()] == ["/data/m[3]"]
    session.set("/data/n", "4")
    assert session.aside() == ()


def test_who_comes_back_is_computed_with_what_was_answered_meanwhile() -> None:
    session = _filled(3)
    session.set("/data/m[3]/school", "SD 1")
    session.set("/data/n", "1")
    session.set("/data/limit", "12")
    changed = session.set("/data/n", "3")
    assert {"/data/m[3]", "/data/m[3]/minor", "/data/m[3]/school", "/data/sum"} <= changed
    third = session.nodes["/data/m[3]"]
    assert [child.value for child in third.children] == ["P3", "13", "false", "", ""]
    assert not session.nodes["/data/m[3]/school"].relevant
    session.set("/data/limit", "18")
    assert session.nodes["/data/m[3]/school"].value == "SD 1"
    assert session.nodes["/data/sum"].value == "36"


def test_those_who_come_back_stand_before_new_ones() -> None:
    session = _filled(4)
    session.set("/data/n", "2")
    session.set("/data/n", "3")
    assert _names(session) == ["P1", "P2", "P3"]
    session.set("/data/n", "5")
    assert _names(session) == ["P1", "P2", "P3", "P4", ""]


def test_who_comes_back_has_the_relevance_that_the_repeat_has_by_then() -> None:
    session = opened(
        "<n>2</n><show>1</show><g><m><nm/></m></g>",
        '<bind nodeset="/data/g" relevant="/data/show = 1"/>',
        '<input ref="/data/n"/><input ref="/data/show"/><group ref="/data/g"><repeat nodeset="/data/g/m" '
        'jr:count="/data/n"><input ref="/data/g/m/nm"/></repeat></group>',
    )
    session.set("/data/g/m[2]/nm", "Budi")
    session.set("/data/n", "1")
    session.set("/data/show", "0")
    session.set("/data/n", "2")
    assert not session.nodes["/data/g/m[2]/nm"].relevant and session.nodes["/data/g/m[2]/nm"].value == ""
    session.set("/data/show", "1")
    assert session.nodes["/data/g/m[2]/nm"].value == "Budi"


def test_choices_of_who_comes_back_are_filtered_anew() -> None:
    listed = "".join(f"<item><name>{name}</name><of>{name[0]}</of></item>" for name in ("a1", "a2", "b1"))
    session = opened(
        "<n>1</n><of>a</of><m><c/></m>",
        body='<input ref="/data/n"/><input ref="/data/of"/><repeat nodeset="/data/m" jr:count="/data/n">'
        """<select1 ref="/data/m/c"><itemset nodeset="instance('l')/root/item[of = /data/of]"><value ref="name"/>"""
        '<label ref="name"/></itemset></select1></repeat>',
        model=f'<instance id="l"><root>{listed}</root></instance>',
    )
    session.set("/data/m[1]/c", "a2")
    session.set("/data/n", "0")
    session.set("/data/of", "b")
    session.set("/data/n", "1")
    question = session.nodes["/data/m[1]/c"]
    assert ([choice.value for choice in question.choices], question.value) == (["b1"], "")
    session.set("/data/of", "a")
    assert question.value == "a2"


NESTED = load(
    "<n/><house><people/><p><nm/></p></house>",
    '<bind nodeset="/data/n" type="int"/><bind nodeset="/data/house/people" type="int"/>',
    '<input ref="/data/n"/><repeat nodeset="/data/house" jr:count="/data/n"><input ref="/data/house/people"/>'
    '<repeat nodeset="/data/house/p" jr:count="/data/house/people"><input ref="/data/house/p/nm"/></repeat></repeat>',
)


def test_a_counted_repeat_in_another_comes_back_with_what_it_set_aside_itself() -> None:
    session = NESTED.open(world())
    session.set("/data/n", "2")
    session.set("/data/house[2]/people", "2")
    session.set("/data/house[2]/p[2]/nm", "Budi")
    session.set("/data/house[2]/people", "1")
    session.set("/data/n", "1")
    assert [node.ref for node in session.aside()] == ["/data/house[2]", "/data/house[2]/p[2]"]
    session.set("/data/n", "2")
    assert [node.ref for node in session.aside()] == ["/data/house[2]/p[2]"]
    session.set("/data/house[2]/people", "2")
    assert session.nodes["/data/house[2]/p[2]/nm"].value == "Budi"


EVENTS = load(
    "<n/><m><at/><id/><own>x</own></m>",
    '<bind nodeset="/data/m/id" jr:preload="uid"/>',
    '<input ref="/data/n"/><repeat nodeset="/data/m" jr:count="/data/n"><setvalue event="odk-new-repeat" '
    'ref="/data/m/at" value="concat(/data/m/at, \'n\')"/><input ref="/data/m/at"/></repeat>',
)


def test_who_comes_back_is_no_new_one() -> None:
    session = EVENTS.open(world())
    session.set("/data/n", "3")
    made = [[child.value for child in instance.children] for instance in session.nodes["/data/m"].children]
    assert [row[0] for row in made] == ["n", "n", "n"]
    session.set("/data/m[2]/at", "mine")
    session.set("/data/n", "1")
    session.set("/data/n", "3")
    found = [[child.value for child in instance.children] for instance in session.nodes["/data/m"].children]
    assert found == [made[0], ["mine", *made[1][1:]], made[2]]


def test_a_draft_keeps_who_is_set_aside_and_what_is_sent_does_not() -> None:
    session = _filled(3)
    session.attach("/data/m[3]/photo", "three.jpg")
    session.set("/data/n", "1")
    assert session.to_draft().count(b"<m>") == 3
    again = PEOPLE.open(world(), instance=session.to_draft())
    assert _names(again) == ["P1"]
    assert [node.ref for node in again.aside()] == ["/data/m[2]", "/data/m[3]"]
    assert again.to_xml() == session.to_xml()
    # A draft of a draft as well.
    third = PEOPLE.open(world(), instance=again.to_draft())
    third.set("/data/n", "3")
    assert _names(third) == ["P1", "P2", "P3"]
    assert third.nodes["/data/m[3]/photo"].value == "three.jpg"


def test_who_comes_back_from_a_draft_is_no_new_one() -> None:
    session = EVENTS.open(world())
    session.set("/data/n", "2")
    session.set("/data/m[2]/at", "mine")
    session.set("/data/n", "0")
    again = EVENTS.open(world(), instance=session.to_draft())
    again.set("/data/n", "2")
    assert again.nodes["/data/m[2]/at"].value == "mine"


@pytest.mark.parametrize("lowered", ["0", "1", "2"])
def test_files_of_who_is_set_aside_are_named_with_their_question(lowered: str) -> None:
    session = _filled(2)
    session.attach("/data/m[1]/photo", "one.jpg")
    session.attach("/data/m[2]/photo", "two.jpg")
    session.set("/data/n", lowered)
    assert session.uploads() == (("/data/m[1]/photo", "one.jpg"), ("/data/m[2]/photo", "two.jpg"))


def test_files_of_questions_that_are_hidden_are_named_too() -> None:
    session = opened(
        "<a>1</a><p/>",
        '<bind nodeset="/data/p" relevant="/data/a = 1"/>',
        '<input ref="/data/a"/><upload ref="/data/p" mediatype="image/*"/>',
    )
    session.attach("/data/p", "p.jpg")
    session.set("/data/a", "0")
    assert session.attachments() == ()
    assert session.uploads() == (("/data/p", "p.jpg"),)


def test_a_blank_number_says_nothing_about_those_who_were_stored() -> None:
    session = _filled(2)
    session.set("/data/n", "")
    assert _names(session) == ["P1", "P2"]
    again = PEOPLE.open(world(), instance=session.to_xml())
    assert _values(again) == _values(session)


def test_a_blank_number_of_a_new_form_makes_nobody() -> None:
    session = PEOPLE.open(world())
    assert _names(session) == []
    assert session.aside() == () and b"<m>" not in session.to_draft()


def test_a_number_that_goes_up_and_down_makes_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forms.session.growth.MAX_SESSION_NODES", 1_000)
    session = PEOPLE.open(world())
    for _ in range(5):
        session.set("/data/n", "100")
        session.set("/data/n", "0")
    assert len(session.aside()) == 100
