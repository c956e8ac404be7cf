"""A form being filled: what follows from an answer."""

import pytest

from forms import FormError, FormFault, Kind, ViolationKind, load_form
from forms.errors import SessionLimitError
from forms.session.growth import Growth
from forms.session.node import RepeatNode
from tests.forms.form_kit import load, opened, world


def test_what_is_not_relevant_is_kept_but_left_out() -> None:
    session = opened("<a/><b/>", """<bind nodeset="/data/b" relevant="/data/a = 'y'"/>""")
    session.set("/data/a", "y")
    session.set("/data/b", "kept")
    session.set("/data/a", "n")
    assert session.nodes["/data/b"].value == ""
    assert b"<b" not in session.to_xml()
    session.set("/data/a", "y")
    assert session.nodes["/data/b"].value == "kept"


def test_where_nothing_is_relevant_an_empty_instance_is_sent() -> None:
    session = opened("<a/><b/>", '<bind nodeset="/data" relevant="/data/a != \'\'"/>')
    sent = session.to_xml()
    assert sent.startswith(b"<data ") and sent.endswith(b"/>")
    assert session.form.check(sent, world()) == ()
    assert session.form.read(sent, world()).entries == ()


def test_an_answer_gives_the_references_that_change() -> None:
    session = opened("<a/><b/><c/>", '<bind nodeset="/data/b" calculate="/data/a * 2"/>')
    assert session.set("/data/a", "4") == {"/data/a", "/data/b"}
    assert session.nodes["/data/b"].value == "8"


def test_calculations_run_in_the_order_of_what_they_read() -> None:
    binds = '<bind nodeset="/data/b" calculate="/data/c + 1"/><bind nodeset="/data/c" calculate="/data/a + 1"/>'
    session = opened("<a>1</a><b/><c/>", binds)
    assert session.nodes["/data/b"].value == "3"


def test_a_circle_is_found_at_load_and_named() -> None:
    binds = '<bind nodeset="/data/a" calculate="/data/b"/><bind nodeset="/data/b" calculate="/data/a"/>'
    with pytest.raises(FormError, match=r"circle: /data/\w → /data/\w → /data/\w"):
        load("<a/><b/>", binds)


@pytest.mark.parametrize(
    ("expression", "value"), [("count(/data/*)", "4"), ("name(../*[1])", "a"), ("count-non-empty(//a)", "1")]
)
def test_a_wildcard_that_meets_the_question_itself_is_no_circle(expression: str, value: str) -> None:
    session = opened("<a>1</a><b/><c/>", f'<bind nodeset="/data/b" calculate="{expression}"/>')
    assert (session.nodes["/data/b"].value, session.faults) == (value, ())


def test_two_questions_may_hide_each_other() -> None:
    binds = """<bind nodeset="/data/a" relevant="/data/b = ''"/><bind nodeset="/data/b" relevant="/data/a = ''"/>"""
    session = opened("<a/><b/>", binds)
    session.set("/data/a", "x")
    assert session.nodes["/data/a"].relevant
    assert not session.nodes["/data/b"].relevant


def test_a_missing_answer_and_a_broken_constraint_are_violations_with_their_messages() -> None:
    binds = (
        '<bind nodeset="/data/a" required="true()" jr:requiredMsg="Isi nama"/>'
        '<bind nodeset="/data/b" type="int" constraint=". &gt; 17" jr:constraintMsg="Belum dewasa"/>'
    )
    session = opened("<a/><b/>", binds, '<input ref="/data/a"/><input ref="/data/b"/>')
    session.set("/data/b", "5")
    assert [(found.kind, found.message, found.ref) for found in session.validate()] == [
        (ViolationKind.required, "Isi nama", "/data/a"),
        (ViolationKind.constraint, "Belum dewasa", "/data/b"),
    ]


@pytest.mark.parametrize(
    ("data_type", "good", "stored", "bad"),
    [
        ("int", "007", "7", "2147483648"),
        ("decimal", "3", "3.0", "tiga"),
        ("date", "2026-02-28", "2026-02-28", "2026-02-30"),
        ("time", "10:15:00.000+07:00", "10:15:00.000+07:00", "25:00"),
        ("dateTime", "2026-01-01T10:00:00.000+07:00", "2026-01-01T10:00:00.000+07:00", "2026-01-01"),
        ("geopoint", "-7.25 112.75", "-7.25 112.75", "91 0"),
    ],
)
def test_a_value_that_cannot_be_of_the_type_is_refused(data_type: str, good: str, stored: str, bad: str) -> None:
    session = opened("<a/>", f'<bind nodeset="/data/a" type="{data_type}"/>', '<input ref="/data/a"/>')
    session.set("/data/a", good)
    with pytest.raises(ValueError, match="This takes"):
        session.set("/data/a", bad)
    assert session.nodes["/data/a"].value == stored


def test_a_readonly_question_takes_no_answer() -> None:
    session = opened("<a>1</a>", '<bind nodeset="/data/a" readonly="true()"/>', '<input ref="/data/a"/>')
    with pytest.raises(ValueError, match="cannot be changed"):
        session.set("/data/a", "2")


_SELECT = (
    '<select ref="/data/a"><item><label>Satu</label><value>1</value></item>'
    "<item><label>Dua</label><value>2</value></item></select>"
)


def test_selected_values_are_stored_in_the_order_of_the_choices() -> None:
    session = opened("<a/>", "", _SELECT)
    session.set("/data/a", "2 1")
    assert session.nodes["/data/a"].value == "1 2"
    assert [choice.label for choice in session.nodes["/data/a"].choices] == ["Satu", "Dua"]


def test_a_value_outside_the_choices_is_refused() -> None:
    session = opened("<a/>", "", _SELECT)
    with pytest.raises(ValueError, match="among the choices"):
        session.set("/data/a", "3")


_REPEAT = '<repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat>'


def test_instances_are_added_and_removed_and_what_counts_them_follows() -> None:
    binds = '<bind nodeset="/data/n" calculate="count(/data/r)"/><bind nodeset="/data/s" calculate="sum(/data/r/x)"/>'
    session = opened("<r><x/></r><n/><s/>", binds, _REPEAT)
    session.set("/data/r[1]/x", "2")
    assert session.add_repeat("/data/r") == "/data/r[2]"
    session.set("/data/r[2]/x", "3")
    assert (session.nodes["/data/n"].value, session.nodes["/data/s"].value) == ("2", "5")
    session.remove_repeat("/data/r[1]")
    assert (session.nodes["/data/n"].value, session.nodes["/data/r[1]/x"].value) == ("1", "3")


def test_an_absolute_path_inside_a_repeat_means_the_same_instance() -> None:
    session = opened("<r><x/><y/></r>", '<bind nodeset="/data/r/y" calculate="/data/r/x * 2"/>', _REPEAT)
    session.add_repeat("/data/r")
    session.set("/data/r[1]/x", "1")
    session.set("/data/r[2]/x", "5")
    assert session.nodes["/data/r[2]/y"].value == "10"


def test_a_running_total_reads_the_instance_before() -> None:
    calculate = "../x + coalesce(/data/r[position() = position(current()/..) - 1]/y, 0)"
    session = opened("<r><x>1</x><y/></r>", f'<bind nodeset="/data/r/y" calculate="{calculate}"/>', _REPEAT)
    session.add_repeat("/data/r")
    session.set("/data/r[2]/x", "4")
    session.set("/data/r[1]/x", "2")
    assert session.nodes["/data/r[2]/y"].value == "6"


def test_the_form_says_how_many_instances_there_are() -> None:
    body = '<repeat nodeset="/data/r" jr:count="/data/n"><input ref="/data/r/x"/></repeat>'
    session = opened("<n>2</n><r><x/></r>", '<bind nodeset="/data/n" type="int"/>', body)
    session.set("/data/n", "3")
    repeat = session.nodes["/data/r"]
    assert (len(repeat.children), repeat.can_add) == (3, False)
    session.set("/data/n", "1")
    assert len(repeat.children) == 1


def test_values_are_set_at_first_load_at_a_new_repeat_and_when_a_value_changes() -> None:
    model = '<setvalue event="odk-instance-first-load" ref="/data/a" value="1 + 1"/>'
    body = (
        '<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/b" value="/data/a * 10"/></input>'
        '<repeat nodeset="/data/r"><setvalue event="odk-new-repeat" ref="/data/r/x" value="position(..)"/>'
        '<input ref="/data/r/x"/></repeat>'
    )
    session = opened('<a/><b/><r jr:template=""><x/></r>', "", body, model)
    assert (session.nodes["/data/a"].value, session.nodes["/data/b"].value) == ("2", "")
    session.set("/data/a", "3")
    session.add_repeat("/data/r")
    assert (session.nodes["/data/b"].value, session.nodes["/data/r[1]/x"].value) == ("30", "1")


def _after(source: str, target: str, value: str) -> str:
    return (
        f'<input ref="{source}"><setvalue event="xforms-value-changed" ref="{target}" value="{value}"/></input>'
        '<repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat>'
    )


def test_a_value_is_set_after_everything_is_computed_again() -> None:
    binds = '<bind nodeset="/data/b" calculate="/data/a * 2"/>'
    session = opened("<a/><b/><c/><r><x/></r>", binds, _after("/data/a", "/data/c", "/data/b"))
    session.set("/data/a", "12")
    assert session.nodes["/data/c"].value == "24"


def test_a_value_is_set_in_the_instance_that_a_predicate_chooses() -> None:
    body = _after("/data/a", "/data/r[position() = 2]/x", "/data/a")
    session = opened("<a/><r><x/></r><r><x/></r>", "", body)
    session.set("/data/a", "y")
    assert [session.nodes[f"/data/r[{number}]/x"].value for number in (1, 2)] == ["", "y"]


def test_a_value_for_more_than_one_node_is_a_fault() -> None:
    session = opened("<a/><r><x/></r><r><x/></r>", "", _after("/data/a", "/data/r/x", "/data/a"))
    session.set("/data/a", "y")
    assert session.nodes["/data/r[1]/x"].value == ""
    assert [fault.message for fault in session.faults] == ["A setvalue has more than one node to set"]


def test_a_value_is_set_in_the_same_instance() -> None:
    body = (
        '<repeat nodeset="/data/r"><input ref="/data/r/x"><setvalue event="xforms-value-changed" ref="/data/r/y" '
        'value="4 * position(..)"/></input></repeat>'
    )
    session = opened("<r><x/><y/></r><r><x/><y/></r>", "", body)
    session.set("/data/r[2]/x", "1")
    assert [session.nodes[f"/data/r[{number}]/y"].value for number in (1, 2)] == ["", "8"]


def test_labels_follow_the_language_and_hold_values() -> None:
    model = (
        '<itext><translation lang="id"><text id="l"><value>Halo <output value="/data/a"/></value>'
        '<value form="image">jr://images/p.png</value></text></translation>'
        '<translation lang="en"><text id="l"><value>Hello <output value="/data/a"/></value></text></translation></itext>'
    )
    body = """<input ref="/data/a"><label ref="jr:itext('l')"/></input>"""
    session = opened("<a>Siti</a>", "", body, model)
    node = session.nodes["/data/a"]
    assert (node.label, node.media) == ("Halo Siti", {"image": "p.png"})
    session.language = "en"
    assert node.label == "Hello Siti"


def test_metadata_comes_from_the_world() -> None:
    binds = (
        '<bind nodeset="/data/start" type="dateTime" jr:preload="timestamp" jr:preloadParams="start"/>'
        '<bind nodeset="/data/end" type="dateTime" jr:preload="timestamp" jr:preloadParams="end"/>'
        '<bind nodeset="/data/day" type="date" jr:preload="date" jr:preloadParams="today"/>'
        '<bind nodeset="/data/device" jr:preload="property" jr:preloadParams="deviceid"/>'
    )
    session = opened("<start/><end/><day/><device/>", binds)
    values = [session.nodes[f"/data/{name}"].value for name in ("start", "end", "day", "device")]
    assert values == ["2026-01-15T08:30:00.000+07:00", "", "2026-01-15", "device-7"]
    assert b"<end>2026-01-15T08:30:00.000+07:00</end>" in session.to_xml()


def test_every_instance_has_an_identity() -> None:
    assert b"<orx:instanceID>uuid:00000000-0000-4000-8000-000000000001</orx:instanceID>" in opened("<a/>").to_xml()


def test_pages_are_questions_lists_and_repeats_in_the_order_of_the_body() -> None:
    body = (
        '<input ref="/data/b"/><group appearance="field-list"><label>G</label><input ref="/data/a"/>'
        '<input ref="/data/c"/></group><repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat>'
    )
    pages = opened("<a/><b/><c/><r><x/></r>", "", body).pages()
    assert [[node.ref for node in page.nodes] for page in pages] == [
        ["/data/b"],
        ["/data/a", "/data/c"],
        ["/data/r[1]/x"],
        [],
    ]
    assert pages[1].group_label == "G"
    assert pages[3].repeat is not None
    assert pages[3].repeat.can_add


def test_kinds_are_distinguished() -> None:
    body = '<input ref="/data/a"><label>Note</label></input><upload ref="/data/b" mediatype="image/*"/><trigger ref="/data/c"/>'
    session = opened("<a/><b/><c/><d/>", '<bind nodeset="/data/a" readonly="true()"/>', body)
    kinds = [session.nodes[f"/data/{name}"].kind for name in "abcd"]
    assert kinds == [Kind.NOTE, Kind.UPLOAD, Kind.TRIGGER, Kind.MODEL_VALUE]
    assert session.nodes["/data/b"].media_type == "image/*"


def test_attachments_are_named_in_the_instance() -> None:
    session = opened("<a/>", "", '<upload ref="/data/a" mediatype="image/*"/>')
    session.attach("/data/a", "ktp.jpg")
    assert session.attachments() == (("/data/a", "ktp.jpg"),)
    with pytest.raises(ValueError, match="plain name"):
        session.attach("/data/a", "../etc/passwd")


def test_a_bound_attribute_is_computed() -> None:
    binds = """<bind nodeset="/data/e/@create" calculate="/data/a = 'y'"/>"""
    session = opened('<a/><e create="1"/>', binds)
    session.set("/data/a", "y")
    assert b'<e create="true"/>' in session.to_xml()


def test_what_was_filled_opens_again() -> None:
    form = load("<a/><r><x/></r>", "", _REPEAT)
    session = form.open(world())
    session.set("/data/a", "1 < 2")
    session.add_repeat("/data/r")
    session.set("/data/r[2]/x", "z")
    again = form.open(world(), instance=session.to_xml())
    assert (again.nodes["/data/a"].value, again.nodes["/data/r[2]/x"].value) == ("1 < 2", "z")
    assert again.to_xml() == session.to_xml()


_CHECKED = '<bind nodeset="/data/a" type="int" required="true()"/><bind nodeset="/data/b" calculate="/data/a * 2"/>'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("<a>x</a><b/>", ViolationKind.type),
        ("<a/><b/>", ViolationKind.required),
        ("<a>2</a><b>5</b>", ViolationKind.calculation),
        ("<a>2</a><b>4</b><c/>", ViolationKind.structure),
        ("<a>2</a><a>3</a><b>4</b>", ViolationKind.structure),
    ],
)
def test_an_instance_that_was_altered_is_found(content: str, kind: ViolationKind) -> None:
    form = load("<a/><b/>", _CHECKED, '<input ref="/data/a"/>')
    assert kind in [found.kind for found in form.check(f'<data id="test">{content}</data>'.encode())]


def test_an_honest_instance_passes() -> None:
    form = load("<a/><b/>", _CHECKED, '<input ref="/data/a"/>')
    session = form.open(world())
    session.set("/data/a", "21")
    assert form.check(session.to_xml()) == ()


def test_an_instance_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="other"):
        load("<a/>").check(b'<data id="other"><a/></data>')


def test_a_node_that_was_removed_is_found_by_no_reference() -> None:
    session = opened("<r><x/></r>", "", _REPEAT)
    session.add_repeat("/data/r")
    node = session.nodes["/data/r[2]/x"]
    session.remove_repeat("/data/r[2]")
    assert node.ref not in session.nodes


def test_a_step_that_fails_half_way_leaves_the_form_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    instance, body = "<a/><r jr:template=''><x/></r><n/>", '<group ref="/data/r"><repeat nodeset="/data/r"/></group>'
    session = opened(instance, '<bind nodeset="/data/n" calculate="count(/data/r)"/>', f'<input ref="/data/a"/>{body}')
    session.set("/data/a", "x")
    session.add_repeat("/data/r")

    grow = Growth._restructured

    def fail_unless_one(growth: Growth, repeat: RepeatNode) -> None:
        if len(repeat.children) != 1:
            raise IndexError
        grow(growth, repeat)

    with monkeypatch.context() as patch:
        patch.setattr(Growth, "_restructured", fail_unless_one)
        with pytest.raises(FormFault):
            session.add_repeat("/data/r")
        with pytest.raises(FormFault):
            session.remove_repeat("/data/r[1]")
    assert [session.nodes[ref].value for ref in ("/data/a", "/data/n")] == ["x", "1"]
    assert session.add_repeat("/data/r") == "/data/r[2]"


def test_what_is_beyond_a_bound_leaves_the_form_as_it_was() -> None:
    binds = '<bind nodeset="/data/b" calculate="/data/a"/>'
    body = '<input ref="/data/a"/><group ref="/data/r"><repeat nodeset="/data/r" jr:count="/data/a"/></group>'
    wide = "".join(f"<n{number}/>" for number in range(100))
    session = opened(f"<a/><b/><r jr:template=''>{wide}</r>", binds, body)
    session.set("/data/a", "2")
    with pytest.raises(SessionLimitError):
        session.set("/data/a", "5000")
    assert [session.nodes[ref].value for ref in ("/data/a", "/data/b")] == ["2", "2"]
    assert len(session.nodes["/data/r"].children) == 2


def test_the_last_step_can_be_taken_back_and_again() -> None:
    session = opened("<a/><b/>", "", '<input ref="/data/a"/><input ref="/data/b"/>')
    session.set("/data/a", "1")
    for typed in ("2", "23"):
        session.set("/data/b", typed)
    assert session.mark() == 2
    session.set("/data/b", "234")
    session.take_back()
    assert session.nodes["/data/b"].value == "23"
    session.take_again()
    assert session.nodes["/data/b"].value == "234"
    session.take_back()
    session.take_back()
    assert (session.nodes["/data/a"].value, session.nodes["/data/b"].value) == ("1", "")


def test_an_attribute_of_any_namespace_is_declared_where_it_is_written() -> None:
    """Found by fuzzing: what was sent could not be read."""
    source = b"""<h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns="http://www.w3.org/2002/xforms"
      xmlns:jr="http://openrosa.org/javarosa"><h:head><model><instance><data id="d"><a jr:count="2"/></data></instance>
      <bind nodeset="/data/a" type="string"/></model></h:head><h:body><input ref="/data/a"/></h:body></h:html>"""
    form = load_form(source)
    session = form.open()
    session.set("/data/a", "x")
    assert form.open(instance=session.to_xml()).nodes["/data/a"].value == "x"
    assert b'xmlns:jr="http://openrosa.org/javarosa"' in session.to_xml()
