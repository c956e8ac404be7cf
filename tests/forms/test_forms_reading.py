"""An instance that was sent is read and judged as it stands: nothing in it is filled in anew."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import Environment, Form, FormSession, Kind, Origin, Reading, ViolationKind, load_form
from forms.authoring import convert
from forms.limits import MAX_REPEAT_INSTANCES
from tests.forms.form_kit import NOW, load, world

PEOPLE = {"people.csv": b"name,age\n7,40\n8,30\n"}


def survey(rows: str, resources: dict[str, bytes] | None = None) -> Form:
    """A form of these rows of a survey sheet in markdown, the head first."""
    converted = convert(f"| survey |\n{rows.strip()}\n", "md", name="test", resources=resources)
    assert converted.xml is not None, converted.problems
    return load_form(converted.xml, {**converted.resources, **(resources or {})})


def on(days: int) -> Environment:
    """The still world, so many days later."""
    return replace(world(), now=lambda: NOW + timedelta(days=days))


def values(reading: Reading) -> dict[str, str]:
    return {entry.ref: entry.value for entry in reading.walk() if entry.value and entry.origin is not Origin.record}


def kinds(form: Form, instance: bytes, environment: Environment | None = None) -> list[tuple[str, str]]:
    return [(found.ref, found.kind.value) for found in form.check(instance, environment or world())]


def data(content: str) -> bytes:
    return f'<data id="test">{content}</data>'.encode()


# --- what was sent is what is read ---------------------------------------------------------------------------------

CORRECTED = """
| | type    | name | label  | calculation                             | required |
| | text    | card | Number |                                         | yes      |
| | integer | age  | Age    | pulldata('people','age','name',${card}) | yes      |
"""


@pytest.mark.parametrize("age", ["41", ""])
def test_a_calculation_that_somebody_corrected_stays_corrected(age: str) -> None:
    form = survey(CORRECTED, PEOPLE)
    session = form.open(world())
    session.set("/data/card", "7")
    session.set("/data/age", age)
    sent = session.to_xml()
    assert values(form.read(sent)).get("/data/age", "") == age
    assert kinds(form, sent) == ([] if age else [("/data/age", "required")])


BY_DAY = """
| | type      | name   | label    | relevant                | calculation                              | read_only | required |
| | date      | born   | Born     |                         |                                          |           | yes      |
| | text      | ontime | Midwife  | ${born} >= today() - 60 |                                          |           | yes      |
| | text      | late   | Reason   | ${born} < today() - 60  |                                          |           | yes      |
| | text      | fine   | Fine     |                         | if(${born} >= today() - 60, '0', '50000') | yes       |          |
"""


def reported_in_time(form: Form) -> bytes:
    session = form.open(world())
    session.set("/data/born", (NOW.date() - timedelta(days=60)).isoformat())
    session.set("/data/ontime", "Sri")
    return session.to_xml()


def test_what_was_asked_and_calculated_on_its_day_is_read_on_any_other() -> None:
    form = survey(BY_DAY)
    found = values(form.read(reported_in_time(form), on(2)))
    assert found == {"/data/born": "2025-11-16", "/data/ontime": "Sri", "/data/fine": "0"}


def test_answers_are_judged_by_the_day_that_they_were_given_on() -> None:
    form = survey(BY_DAY)
    sent = reported_in_time(form)
    assert kinds(form, sent) == []
    assert kinds(form, sent.replace(b"<ontime>Sri</ontime>", b"")) == [("/data/ontime", "required")]


def test_an_answer_under_a_condition_of_the_day_is_never_held_against_it() -> None:
    form = survey(BY_DAY)
    assert ("/data/ontime", "relevance") not in kinds(form, reported_in_time(form), on(2))


COUNTED = """
| | type         | name | label | repeat_count |
| | integer      | n    | Many  |              |
| | begin repeat | m    | Some  | ${n}         |
| | text         | nm   | Name  |              |
| | end repeat   |      |       |              |
"""


def two_people(form: Form, count: str) -> bytes:
    return data(f"<n>{count}</n><m><nm>Ani</nm></m><m><nm>Budi</nm></m><meta><instanceID/></meta>")


def test_members_of_a_count_that_was_blanked_stay() -> None:
    form = survey(COUNTED)
    sent = two_people(form, "")
    assert values(form.read(sent)) == {"/data/m[1]/nm": "Ani", "/data/m[2]/nm": "Budi"}
    assert kinds(form, sent) == []


@pytest.mark.parametrize(
    ("count", "found"), [("2", []), ("1", ["structure"]), ("3", ["structure"]), ("-1", ["structure"])]
)
def test_more_or_fewer_than_the_count_are_all_read_and_reported(count: str, found: list[str]) -> None:
    form = survey(COUNTED)
    sent = two_people(form, count)
    assert list(values(form.read(sent)).values())[-2:] == ["Ani", "Budi"]
    assert [kind for _, kind in kinds(form, sent)] == found


def test_a_value_that_is_none_of_its_type_is_read_as_it_was_sent() -> None:
    form = survey(CORRECTED, PEOPLE)
    sent = data("<card>7</card><age>forty</age>")
    assert values(form.read(sent))["/data/age"] == "forty"
    assert kinds(form, sent) == [("/data/age", "type")]


# --- its order, its words ------------------------------------------------------------------------------------------

WHOLE = """
| | type                | name   | label::Indonesia (id) | label::English (en) | calculation      | read_only | trigger |
| | start               | began  |                       |                     |                  |           |         |
| | begin group         | who    | Pemohon               | Applicant           |                  |           |         |
| | text                | nm     | Nama                  | Name                |                  |           |         |
| | begin repeat        | child  | Anak ${nm}            | Child of ${nm}      |                  |           |         |
| | select_multiple pet | pets   | Hewan                 | Pets                |                  |           |         |
| | end repeat          |        |                       |                     |                  |           |         |
| | end group           |        |                       |                     |                  |           |         |
| | calculate           | fee    | Biaya                 | Fee                 | count(${child})*5 |          |         |
| | calculate           | hidden |                       |                     | concat('x', ${nm}) |         |         |
| | note                | told   | Terima kasih          | Thank you           |                  |           |         |
| | text                | fixed  | Denda                 | Fine                | ${fee} + 1       | yes       |         |
| choices |
| | list_name | name | label::Indonesia (id) | label::English (en) |
| | pet       | cat  | Kucing                | Cat                 |
| | pet       | dog  | Anjing                | Dog                 |
"""


@pytest.fixture(scope="module")
def whole() -> tuple[Form, bytes]:
    form = survey(WHOLE)
    session = form.open(world())
    session.set("/data/who/nm", "Siti")
    session.set("/data/who/child[1]/pets", "cat dog")
    return form, session.to_xml()


def test_entries_stand_in_the_order_of_the_form_with_its_groups_and_repeats(whole: tuple[Form, bytes]) -> None:
    form, sent = whole
    lines = [(entry.ref, entry.kind) for entry in form.read(sent).walk() if entry.origin is not Origin.record]
    assert lines == [
        ("/data/who", Kind.GROUP),
        ("/data/who/nm", Kind.INPUT),
        ("/data/who/child", Kind.REPEAT),
        ("/data/who/child[1]", Kind.REPEAT_INSTANCE),
        ("/data/who/child[1]/pets", Kind.SELECT),
        ("/data/fee", Kind.MODEL_VALUE),
        ("/data/hidden", Kind.MODEL_VALUE),
        ("/data/fixed", Kind.NOTE),
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("Indonesia (id)", ["Pemohon", "Anak Siti", "Biaya", "Denda"]),
        ("English (en)", ["Applicant", "Child of Siti", "Fee", "Fine"]),
    ],
)
def test_labels_are_in_the_readers_language(whole: tuple[Form, bytes], language: str, words: list[str]) -> None:
    form, sent = whole
    reading = form.read(sent, language=language)
    refs = ("/data/who", "/data/who/child[1]", "/data/fee", "/data/fixed")
    assert [reading.label(ref) for ref in refs] == words
    labels = {entry.ref: entry.label for entry in reading.walk()}
    assert [labels[ref] for ref in refs] == words


def test_choices_are_put_in_words_and_kept_in_values(whole: tuple[Form, bytes]) -> None:
    form, sent = whole
    pets = next(entry for entry in form.read(sent, language="English (en)").walk() if entry.name == "pets")
    assert (pets.value, pets.chosen) == ("cat dog", ("Cat", "Dog"))


def test_it_is_shown_where_a_value_comes_from(whole: tuple[Form, bytes]) -> None:
    form, sent = whole
    origins = {entry.name: entry.origin for entry in form.read(sent).walk()}
    assert (origins["nm"], origins["fee"], origins["hidden"], origins["fixed"]) == ("person", "form", "form", "form")
    assert (origins["began"], origins["meta"], origins["instanceID"]) == ("record", "record", "record")


def test_what_only_counts_a_repeat_is_no_value_of_the_form() -> None:
    form = survey(COUNTED.replace("${n}         |", "${n} + 0     |"))
    session = form.open(world())
    session.set("/data/n", "1")
    origins = {entry.name: entry.origin for entry in form.read(session.to_xml()).walk()}
    assert origins["m_count"] is Origin.record


def test_the_authors_message_is_found_in_the_readers_language() -> None:
    form = survey("""
| | type    | name | label::id (id) | label::en (en) | constraint | constraint_message::id (id) | constraint_message::en (en) | required | required_message::id (id) | required_message::en (en) |
| | integer | n    | Umur           | Age            | . > 16     | Minimal 17 tahun            | At least 17                 | yes      | Mohon isi                | Please answer             |
""")
    reading = form.read(data("<n>3</n>"), language="en (en)")
    assert (reading.message("/data/n", "constraint"), reading.message("/data/n", "required")) == (
        "At least 17",
        "Please answer",
    )
    assert (reading.message("/data/n", "type"), reading.message("/data/nothing", "type")) == ("", "")
    assert reading.label("/data/nothing") is None


def test_a_language_that_the_form_has_not_is_refused(whole: tuple[Form, bytes]) -> None:
    form, sent = whole
    for judged in (form.read, form.check):
        with pytest.raises(ValueError, match="not translated"):
            judged(sent, language="Jawa (jv)")


def test_words_that_a_calculation_tells_are_judged_in_the_language_they_were_given_in() -> None:
    form = survey(
        WHOLE.replace("count(${child})*5 |", "jr:choice-name('cat', '${pets}') |").replace(
            "| ${fee} + 1 ", "| 'x'       "
        )
    )
    session = form.open(world(), language="English (en)")
    session.set("/data/who/nm", "Siti")
    assert form.check(session.to_xml(), world(), language="English (en)") == ()


# --- what is judged ------------------------------------------------------------------------------------------------

RULES = """
| | type           | name | label | relevant    | required | choice_filter | parameters             | calculation | trigger |
| | select_one ab  | a    | A     |             | yes      |               |                        |             |         |
| | select_one cd  | b    | B     |             |          | of = ${a}     |                        |             |         |
| | begin group    | g    | G     | ${a} = 'x'  |          |               |                        |             |         |
| | text           | t    | T     |             | yes      |               |                        |             |         |
| | end group      |      |       |             |          |               |                        |             |         |
| | range          | r    | R     |             |          |               | start=1 end=5 step=1   |             |         |
| | calculate      | sum  |       |             |          |               |                        | ${r} * 2    |         |
| | calculate      | once |       |             |          |               |                        | ${r} * 3    | ${a}    |
| choices |
| | list_name | name | label | of |
| | ab        | x    | X     |    |
| | ab        | y    | Y     |    |
| | cd        | c    | C     | x  |
| | cd        | d    | D     | y  |
"""
HONEST = "<a>x</a><b>c</b><g><t>1</t></g><r>2</r><sum>4</sum><once>6</once>"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("", "", []),
        ("<a>x</a>", "<a>z</a>", [("/data/a", "type"), ("/data/b", "type"), ("/data/g", "relevance")]),
        ("<b>c</b>", "<b>d</b>", [("/data/b", "type")]),
        ("<r>2</r><sum>4</sum>", "<r>6</r><sum>12</sum>", [("/data/r", "type")]),
        ("<r>2</r><sum>4</sum>", "<r>5</r><sum>10</sum>", []),
        ("<sum>4</sum>", "<sum>1</sum>", [("/data/sum", "calculation")]),
        ("<sum>4</sum>", "<sum/>", [("/data/sum", "calculation")]),
        ("<sum>4</sum>", "", [("/data/sum", "calculation")]),
        # What an event set is what it was when it happened.
        ("<once>6</once>", "<once>1</once>", []),
        ("<g><t>1</t></g>", "", [("/data/g/t", "required")]),
        ("<g><t>1</t></g>", "<g/>", [("/data/g/t", "required")]),
        ("<a>x</a><b>c</b>", "<a>y</a><b>d</b>", [("/data/g", "relevance")]),
        ("<a>x</a><b>c</b><g><t>1</t></g>", "<a>y</a><b>d</b><g><t/></g>", []),
    ],
)
def test_each_rule_is_held_to_what_was_sent(old: str, new: str, found: list[tuple[str, str]]) -> None:
    assert kinds(survey(RULES), data(HONEST.replace(old, new))) == found


def test_what_an_event_set_over_a_calculation_is_not_judged_by_it() -> None:
    form = load(
        "<a/><b/><c/>",
        """<bind nodeset="/data/b" calculate="/data/a"/><bind nodeset="/data/c" calculate="/data/a"/>""",
        """<input ref="/data/a"><setvalue ref="/data/b" event="xforms-value-changed" value="'was set'"/></input>""",
    )
    assert kinds(form, data("<a>1</a><b>was set</b><c>was set</c>")) == [("/data/c", "calculation")]


def test_more_instances_than_a_repeat_may_have_are_reported_and_not_read() -> None:
    form = load(
        "<r><x/></r>", "", '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat></group>'
    )
    at_limit = data("<r><x>1</x></r>" * MAX_REPEAT_INSTANCES)
    above = data("<r><x>1</x></r>" * (MAX_REPEAT_INSTANCES + 1))
    assert kinds(form, at_limit) == []
    assert kinds(form, above) == [(f"/data/r[{MAX_REPEAT_INSTANCES + 1}]", "structure")]


WITHHELD = """
| | type         | name    | label | calculation                  | trigger | read_only |
| | begin group  | who     | Who   |                              |         |           |
| | text         | nm      | Name  |                              |         |           |
| | end group    |         |       |                              |         |           |
| | text         | what    | What  |                              |         |           |
| | calculate    | line    |       | concat(${nm}, ': ', ${what}) |         |           |
| | text         | signed  | Sign  | string-length(${line})       |         |           |
| | text         | own     | Own   | concat(${what}, '!')         |         | yes       |
| | calculate    | copied  |       | ${nm}                        | ${what} |           |
"""


def test_what_follows_from_answers_is_known_at_any_remove() -> None:
    form = survey(WITHHELD)
    assert form.derived("who") == {"/data/who", "/data/who/nm", "/data/line", "/data/signed", "/data/copied"}
    assert form.derived("nothing") == frozenset()


# --- whatever is sent ----------------------------------------------------------------------------------------------

WALKED = """
| | type          | name  | label | relevant      | required | repeat_count | calculation            | constraint | choice_filter |
| | integer       | n     | N     |               |          |              |                        | . < 5      |               |
| | select_one ab | a     | A     |               | yes      |              |                        |            |               |
| | select_one cd | b     | B     |               |          |              |                        |            | of = ${a}     |
| | begin group   | g     | G     | ${a} != 'y'   |          |              |                        |            |               |
| | begin repeat  | m     | M     |               |          | ${n}         |                        |            |               |
| | text          | t     | T     | ${b} = 'c'    | yes      |              |                        |            |               |
| | integer       | guess | Guess |               |          |              | ${n} + position(..)    |            |               |
| | begin repeat  | k     | K     |               |          |              |                        |            |               |
| | integer       | v     | V     |               |          |              |                        | . > ${n}   |               |
| | end repeat    |       |       |               |          |              |                        |            |               |
| | end repeat    |       |       |               |          |              |                        |            |               |
| | end group     |       |       |               |          |              |                        |            |               |
| | calculate     | sum   |       |               |          |              | ${n} * 2               |            |               |
| | calculate     | days  |       | ${sum} > 2    |          |              | today() - 1            |            |               |
| choices |
| | list_name | name | label | of |
| | ab        | x    | X     |    |
| | ab        | y    | Y     |    |
| | cd        | c    | C     | x  |
| | cd        | d    | D     | y  |
"""
STEPS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["", "1", "2", "4", "7", "x", "y", "c", "d"])), max_size=14
)
_FORM = survey(WALKED)


def filled(steps: list[tuple[int, str]]) -> FormSession:
    """The form after these answers: each to the node at a place, where it takes that answer."""
    session = _FORM.open(world())
    for place, value in steps:
        refs = [ref for ref, node in session.nodes.items() if node.definition.control is not None]
        ref = refs[place % len(refs)]
        try:
            if session.nodes[ref].kind is Kind.REPEAT:
                session.add_repeat(ref)
            else:
                session.set(ref, value)
        except ValueError:
            continue
    return session


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_whatever_is_sent_is_judged_as_where_it_was_filled_and_read_as_it_stood(steps: list[tuple[int, str]]) -> None:
    session = filled(steps)
    sent = session.to_xml()
    assert kinds(_FORM, sent) == [(found.ref, found.kind.value) for found in session.validate()]
    shown = {ref: node.value for ref, node in session.nodes.items() if node.definition.is_leaf and node.value}
    assert {entry.ref: entry.value for entry in _FORM.read(sent).walk() if entry.value} == shown


def test_every_kind_of_violation_has_a_test_here() -> None:
    assert {kind.value for kind in ViolationKind} == {
        "required",
        "constraint",
        "type",
        "calculation",
        "relevance",
        "structure",
    }
