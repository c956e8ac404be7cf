"""Hostile input: done within bounds at each limit, refused one above."""

import pytest

from forms import FormError, load_form
from forms.limits import (
    MAX_ANSWER_LENGTH,
    MAX_EXPRESSION_DEPTH,
    MAX_EXPRESSION_LENGTH,
    MAX_REGEX_LENGTH,
    MAX_REPEAT_INSTANCES,
    MAX_UUID_LENGTH,
    MAX_XML_DEPTH,
)
from forms.xmltree import XmlError, parse_xml
from forms.xpath import XPathEvaluationError, XPathSyntaxError, parse
from forms.xpath.patterns import search
from tests.forms.form_kit import calculated, load, opened, xform


def test_expressions_nest_to_the_limit() -> None:
    parse("(" * MAX_EXPRESSION_DEPTH + "1" + ")" * MAX_EXPRESSION_DEPTH)
    with pytest.raises(XPathSyntaxError, match="nested"):
        parse("(" * (MAX_EXPRESSION_DEPTH + 1) + "1" + ")" * (MAX_EXPRESSION_DEPTH + 1))


@pytest.mark.parametrize("opening", ["(", "a[", "not(", "-("])
def test_a_thousand_levels_are_refused(opening: str) -> None:
    with pytest.raises(XPathSyntaxError):
        parse(opening * 1_000 + "1")


def test_a_deep_expression_is_computed() -> None:
    depth = MAX_EXPRESSION_DEPTH
    assert calculated("if(1, " * depth + "1" + ", 2)" * depth) == "1"


def test_an_expression_is_as_long_as_the_limit() -> None:
    parse("1" + " " * (MAX_EXPRESSION_LENGTH - 1))
    with pytest.raises(XPathSyntaxError, match="at most"):
        parse("1" + " " * MAX_EXPRESSION_LENGTH)


def test_chains_of_thousands_of_terms_are_flat() -> None:
    assert calculated(" + ".join(["1"] * 5_000)) == "5000"


def test_xml_nests_to_the_limit() -> None:
    parse_xml("<a>" * MAX_XML_DEPTH + "</a>" * MAX_XML_DEPTH, limit=10_000)
    with pytest.raises(XmlError, match="nested"):
        parse_xml("<a>" * (MAX_XML_DEPTH + 1) + "</a>" * (MAX_XML_DEPTH + 1), limit=10_000)


def test_xml_is_as_large_as_the_limit() -> None:
    parse_xml("<a/>", limit=4)
    with pytest.raises(XmlError, match="bytes"):
        parse_xml("<aa/>", limit=4)


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
    ],
)
def test_entities_and_external_parts_are_refused(doctype: str) -> None:
    with pytest.raises(FormError):
        load_form(doctype + xform("<a/>"))


def test_a_catastrophic_pattern_ends() -> None:
    assert search("^(a+)+$", "a" * 50_000 + "b") is False


def test_a_pattern_is_as_long_as_the_limit() -> None:
    search("a" * MAX_REGEX_LENGTH, "")
    with pytest.raises(XPathEvaluationError, match="at most"):
        search("a" * (MAX_REGEX_LENGTH + 1), "")


def test_a_repeat_has_instances_up_to_the_limit() -> None:
    body = '<repeat nodeset="/data/r" jr:count="1e12"><input ref="/data/r/x"/></repeat>'
    session = opened("<r><x/></r>", "", body)
    assert len(session.nodes["/data/r"].children) == MAX_REPEAT_INSTANCES
    assert any("at most" in fault.message for fault in session.faults)


def test_an_answer_is_as_long_as_the_limit() -> None:
    session = opened("<a/>")
    session.set("/data/a", "x" * MAX_ANSWER_LENGTH)
    with pytest.raises(ValueError, match="at most"):
        session.set("/data/a", "x" * (MAX_ANSWER_LENGTH + 1))


def test_a_uuid_is_as_long_as_the_limit() -> None:
    assert len(calculated(f"uuid({MAX_UUID_LENGTH})")) == MAX_UUID_LENGTH
    assert calculated(f"uuid({MAX_UUID_LENGTH + 1})") == ""


def test_characters_that_xml_cannot_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be stored"):
        opened("<a/>").set("/data/a", "\x00")


@pytest.mark.parametrize(
    "xml", ["", "<a/>", "not xml", "<a><b></a>", "<h:html xmlns:h='http://www.w3.org/1999/xhtml'/>"]
)
def test_what_is_no_form_is_refused(xml: str) -> None:
    with pytest.raises(FormError):
        load_form(xml)


def test_an_unknown_function_is_a_fault_of_the_form() -> None:
    with pytest.raises(FormError, match=r"no function “explode\(\)”"):
        load("<a/>", '<bind nodeset="/data/a" calculate="explode()"/>')
