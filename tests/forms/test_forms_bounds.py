"""Every bound of ``forms/limits.py``: what is at it passes, what is one above is refused or stopped, and named."""

import contextlib
import gc
import io
import re
import zipfile
from pathlib import Path

import pytest

from forms import FormError, FormSession, load_form, xmltree
from forms.authoring import convert, sheets
from forms.bulk import LARGE_FORM_BYTES, collector_paused
from forms.definition import graph, instances, reader
from forms.limits import (
    MAX_EVENT_DEPTH,
    MAX_FAULTS,
    MAX_REPEAT_INSTANCES,
    MAX_UUID_LENGTH,
    MAX_WORK,
    MAX_XML_ATTRIBUTES,
)
from forms.session import actions, growth, recalculation
from forms.xmltree import XmlError, parse_xml
from forms.xpath import Context, Work, XPathEvaluationError, axes, compile_expression, parse
from forms.xpath.functions import texts
from forms.xpath.patterns import search
from tests.forms.form_kit import calculated, load, opened, xform

_LIST = '<instance id="l" src="jr://file-csv/l.csv"/>'
_REPEAT = '<repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat>'


def _faults(session: FormSession) -> str:
    return "; ".join(fault.message for fault in session.faults)


def test_every_bound_is_tested() -> None:
    here = Path(__file__).parent
    names = re.findall(r"^(MAX_\w+) =", (here.parents[1] / "forms" / "limits.py").read_text("utf-8"), re.MULTILINE)
    tests = "".join(path.read_text("utf-8") for path in here.parent.rglob("test_*.py"))
    assert [name for name in names if name not in tests] == []


def test_a_form_has_bytes_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    xml = xform("<a/>").encode()
    monkeypatch.setattr(reader, "MAX_FORM_BYTES", len(xml))
    load_form(xml)
    with pytest.raises(FormError, match="bytes"):
        load_form(xml + b" ")


def test_an_instance_has_bytes_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    from forms import form as module

    form, instance = load("<a/>"), b'<data id="test"><a>1</a></data>'
    monkeypatch.setattr(module, "MAX_INSTANCE_BYTES", len(instance))
    form.open(instance=instance)
    with pytest.raises(ValueError, match="bytes"):
        form.open(instance=instance + b" ")


def test_a_file_beside_the_form_has_bytes_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances, "MAX_RESOURCE_BYTES", 9)
    load("<a/>", model=_LIST, resources={"l.csv": b"name\na\nb\n"})
    with pytest.raises(FormError, match="bytes"):
        load("<a/>", model=_LIST, resources={"l.csv": b"name\na\nbc\n"})


def test_xml_has_signs_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bound ``MAX_XML_MARKS``."""
    monkeypatch.setattr(xmltree, "MAX_XML_MARKS", 3)
    parse_xml("<a><b/></a>", limit=100)
    parse_xml("<a>===</a>", limit=100)
    with pytest.raises(XmlError, match="signs “<”"):
        parse_xml("<a><b/><b/></a>", limit=100)
    with pytest.raises(XmlError, match="signs “=”"):
        parse_xml("<a>====</a>", limit=100)


def test_an_element_has_attributes_up_to_the_limit() -> None:
    attributes = [f'a{number}=""' for number in range(MAX_XML_ATTRIBUTES + 1)]
    parse_xml(f"<a {' '.join(attributes[1:])}/>", limit=100_000)
    with pytest.raises(XmlError, match="attributes"):
        parse_xml(f"<a {' '.join(attributes)}/>", limit=100_000)


def test_a_form_has_nodes_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    # The form's own: data, a, b, and meta with its identity.
    monkeypatch.setattr(reader, "MAX_FORM_NODES", 5)
    load("<a/><b/>")
    with pytest.raises(FormError, match="more than 5 nodes"):
        load("<a/><b/><c/>")


def test_an_open_form_has_nodes_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    # data, repeat, instance, x, meta, identity; then instance and x for each one more.
    session = opened("<r><x/></r>", "", _REPEAT)
    monkeypatch.setattr(growth, "MAX_SESSION_NODES", 8)
    session.add_repeat("/data/r")
    with pytest.raises(ValueError, match="more than 8 nodes"):
        session.add_repeat("/data/r")


def test_a_repeat_is_filled_by_hand_up_to_the_limit() -> None:
    session = opened("<r><x/></r>" * (MAX_REPEAT_INSTANCES - 1), "", _REPEAT)
    session.add_repeat("/data/r")
    with pytest.raises(ValueError, match="No more"):
        session.add_repeat("/data/r")


def test_one_answer_causes_calculations_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened("<a/><b/><c/>", "".join(f'<bind nodeset="/data/{n}" calculate="/data/a"/>' for n in "bc"))
    monkeypatch.setattr(recalculation, "MAX_RECALCULATIONS", 2)
    session.set("/data/a", "1")
    monkeypatch.setattr(recalculation, "MAX_RECALCULATIONS", 1)
    with pytest.raises(ValueError, match="more than 1 calculations"):
        session.set("/data/a", "2")


_SWINGING = """<bind nodeset="/data/a" relevant="/data/b = ''"/><bind nodeset="/data/b" relevant="/data/a != ''"/>"""


def test_what_never_settles_is_stopped_and_named() -> None:
    """Bound ``MAX_ROUNDS``: each of the two shows and hides the other for ever."""
    assert "The relevant never settles" in _faults(opened("<a>x</a><b>y</b>", _SWINGING))


def test_what_settles_within_the_rounds_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    binds = '<bind nodeset="/data/b" calculate="/data/a + 1"/>'
    monkeypatch.setattr(recalculation, "MAX_ROUNDS", 1)
    session = opened("<a>1</a><b/>", binds)
    assert (session.nodes["/data/b"].value, session.faults) == ("2", ())


@pytest.mark.parametrize(("rounds", "settled"), [(4, True), (3, False)])
def test_a_count_that_reads_its_own_repeat_ends(rounds: int, settled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bound ``MAX_COUNT_ROUNDS``: three instances need four counts, the last of which changes nothing."""
    monkeypatch.setattr(recalculation, "MAX_COUNT_ROUNDS", rounds)
    body = '<repeat nodeset="/data/r" jr:count="if(count(/data/r) &lt; 3, count(/data/r) + 1, 3)"><input ref="/data/r/x"/></repeat>'
    assert ("never settles" not in _faults(opened("<r><x/></r>", "", body))) is settled


def test_values_that_set_each_other_stop_at_the_limit() -> None:
    body = "".join(
        f'<input ref="/data/{one}"><setvalue event="xforms-value-changed" ref="/data/{other}" '
        f'value="/data/{one} + 1"/></input>'
        for one, other in ("ab", "ba")
    )
    session = opened("<a/><b/>", "", body)
    session.set("/data/a", "1")
    assert f"More than {MAX_EVENT_DEPTH} setvalues" in _faults(session)
    assert session.nodes["/data/a"].value == str(MAX_EVENT_DEPTH + 1)


def test_values_that_set_two_others_each_stop_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bound ``MAX_EVENTS``: each change sets off two, and so on, which is more than depth alone can stop."""
    body = "".join(
        f'<input ref="/data/{one}">'
        + "".join(
            f'<setvalue event="xforms-value-changed" ref="/data/{other}" value="/data/{one} + 1"/>'
            for other in "abc".replace(one, "")
        )
        + "</input>"
        for one in "abc"
    )
    monkeypatch.setattr(actions, "MAX_EVENTS", 100)
    session = opened("<a/><b/><c/>", "", body)
    session.set("/data/a", "1")
    assert "sets off more than 100 setvalues" in _faults(session)


def test_the_work_of_one_answer_is_bounded() -> None:
    work = Work(2)
    work.spend(2)
    with pytest.raises(XPathEvaluationError, match="more than 2 nodes"):
        work.spend(1)


@pytest.mark.parametrize(
    "expression",
    [
        "count(//*[count(//*[count(//*) > 0]) > 0])",
        "count(//*[string(/data) != 'x'])",
        "count(//*[sum(/data/g/*) != 1])",
        "count(//*/preceding::*/following::*)",
        "count(//*[count(preceding-sibling::*[count(following-sibling::*) > 1]) > 1])",
    ],
)
def test_an_expression_that_would_take_hours_is_stopped(expression: str) -> None:
    """Each would touch a thousand million nodes and more; here a tenth of ``MAX_WORK`` is enough to see it stop."""
    session = _constrained(expression)
    session._engine.host.work.limit = MAX_WORK // 10
    session.set("/data/r", "1")
    assert session.validate() == ()
    assert "The expressions touch more than" in _faults(session)


def _constrained(expression: str) -> FormSession:
    nodes = "".join(f"<q{number}/>" for number in range(3_000))
    escaped = expression.replace("<", "&lt;")
    binds = f'<bind nodeset="/data/r" constraint="{escaped}"/>'
    return opened(f"<g>{nodes}</g><r/>", binds, '<input ref="/data/r"/>')


def test_a_session_has_the_whole_bound() -> None:
    session = _constrained("count(//*[count(//*[count(//*) > 0]) > 0])")
    assert session._engine.host.work.limit == MAX_WORK
    session.set("/data/r", "1")
    assert session.validate() == ()
    assert f"more than {MAX_WORK:,} nodes" in _faults(session)


def test_after_too_much_work_the_next_answer_is_computed() -> None:
    nodes = "".join(f"<q{number}/>" for number in range(3_000))
    binds = '<bind nodeset="/data/r" constraint="count(//*[sum(/data/g/*) != 1]) = 0"/>'
    session = opened(f"<g>{nodes}</g><r/><s/><t/>", f'{binds}<bind nodeset="/data/t" calculate="/data/s + 1"/>')
    session._engine.host.work.limit = 100_000
    session.set("/data/r", "1")
    session.validate()
    assert session.faults
    session.set("/data/s", "1")
    assert session.nodes["/data/t"].value == "2"


def test_what_paths_reach_in_a_form_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    # From the root on (1) to data, a, b, meta, and its identity (5).
    binds = '<bind nodeset="/data/b" constraint="count(/descendant::*) &gt; 0"/>'
    monkeypatch.setattr(graph, "MAX_REACH", 6)
    load("<a/><b/>", binds)
    monkeypatch.setattr(graph, "MAX_REACH", 5)
    with pytest.raises(FormError, match="more than 5 nodes"):
        load("<a/><b/>", binds)


def test_a_step_selects_nodes_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    document = parse_xml("<a><b/><b/></a>", limit=100)
    monkeypatch.setattr(axes, "MAX_NODESET", 3)
    assert len(list(axes.AXES["descendant"](document))) == 3
    monkeypatch.setattr(axes, "MAX_NODESET", 2)
    with pytest.raises(XPathEvaluationError, match="more than 2 nodes"):
        axes.AXES["descendant"](document)


def test_an_expression_gives_text_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MAX_STRING_LENGTH", 4)
    assert calculated("concat('ab', 'cd')") == "abcd"
    assert calculated("concat('ab', 'cde')") == ""
    assert calculated("join('-', 'ab', 'cde')") == ""


def test_a_pattern_takes_memory_up_to_the_limit() -> None:
    """Bound ``MAX_REGEX_MEMORY``: a letter of any script is some hundred ranges."""
    search(r"\pL{10}", "")
    with pytest.raises(XPathEvaluationError, match="cannot be used"):
        search(r"(\pL{100}){9}", "")


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "(a|aa)+$", "(a|a?)+$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"]
)
def test_a_pattern_that_hangs_others_ends(pattern: str) -> None:
    search(pattern, "a" * 20_000 + "!")


def test_a_uuid_above_the_limit_is_refused() -> None:
    assert len(calculated(f"uuid({MAX_UUID_LENGTH})")) == MAX_UUID_LENGTH
    assert calculated(f"uuid({MAX_UUID_LENGTH + 1})") == ""


def test_faults_are_remembered_up_to_the_limit() -> None:
    nodes = "".join(f"<a{number}/>" for number in range(MAX_FAULTS + 1))
    binds = "".join(f'<bind nodeset="/data/a{number}" calculate="uuid(-1)"/>' for number in range(MAX_FAULTS + 1))
    assert len(opened(nodes, binds).faults) == MAX_FAULTS


def test_a_spreadsheet_has_bytes_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bound ``MAX_SOURCE_BYTES``."""
    source = b"| survey |\n| | type | name | label |\n| | text | a | A |"
    monkeypatch.setattr(sheets, "MAX_SOURCE_BYTES", len(source))
    assert convert(source, "md", name="t").errors == ()
    found = convert(source + b" ", "md", name="t").errors
    assert [problem.code for problem in found] == ["file.size"]


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 1_001)
    monkeypatch.setattr(sheets, "MAX_UNPACKED_BYTES", 1_000)
    assert [found.code for found in convert(packed.getvalue(), "xlsx", name="t").errors] == ["file.unpacked"]
    monkeypatch.setattr(sheets, "MAX_UNPACKED_BYTES", 1_001)
    assert [found.code for found in convert(packed.getvalue(), "xlsx", name="t").errors] != ["file.unpacked"]


def test_a_form_of_ten_megabytes_opens() -> None:
    label = "Apa? " * 200
    nodes = "".join(f"<q{number}/>" for number in range(10_000))
    body = "".join(f'<input ref="/data/q{number}"><label>{label}</label></input>' for number in range(10_000))
    xml = xform(nodes, "", body)
    assert len(xml) > 10 * 1024 * 1024
    assert load_form(xml).open().nodes["/data/q9999"].label == label


@pytest.mark.parametrize("ends_well", [True, False])
def test_the_collector_runs_again_after_a_large_form(ends_well: bool) -> None:
    xml = xform(
        "<a/>" if ends_well else "<a/><a/>", "", f"<input ref='/data/a'><label>{'x' * LARGE_FORM_BYTES}</label></input>"
    )
    with contextlib.nullcontext() if ends_well else pytest.raises(FormError):
        load_form(xml)
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with collector_paused(when=True):
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_ten_thousand_questions_that_depend_on_each_other_are_answered() -> None:
    questions = 10_000
    nodes = "".join(f"<q{number}/>" for number in range(questions))
    binds = "".join(
        f'<bind nodeset="/data/q{number}" calculate="/data/q{number - 1} + 1"/>' for number in range(1, questions)
    )
    session = opened(nodes, binds)
    session.set("/data/q0", "1")
    assert session.nodes[f"/data/q{questions - 1}"].value == str(questions)


def test_paths_are_evaluated_over_a_wide_document() -> None:
    document = parse_xml("<a>" + "<b>1</b>" * 20_000 + "</a>", limit=1_000_000)
    from forms.conformance.xpath_cases import DocumentHost

    host = DocumentHost(document, document)
    assert compile_expression(parse("sum(/a/b[position() mod 2 = 0])")).number(Context(document, host)) == 10_000
