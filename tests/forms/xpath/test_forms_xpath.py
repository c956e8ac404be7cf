"""Expressions: what they give, and that nothing but an XPathError comes out of bad ones."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.conformance.xpath_cases import DocumentHost
from forms.xmltree import NodeKind, XmlNode
from forms.xpath import Context, XPathError, XPathSyntaxError, compile_expression, parse
from tests.forms.form_kit import calculated

SOAK_EXAMPLES = 20_000


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("1-10 mod 3 div 3", "0.6666666666666667"),
        ("5mod 2", "1"),
        ("1 div 0", "Infinity"),
        ("number('x')", ""),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("1 div 10000000", "1e-7"),
        ("-3 mod 2", "-1"),
        ("'a' = 'a' and not(false())", "true"),
        ("if('' != '', 'A', 'B')", "B"),
        ("concat('a', 1, true())", "a1true"),
        ("substring('12345', 2, 3)", "234"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substr('hello', -2)", "lo"),
        ("substr('hello', 'x')", ""),
        ("substring-after('key: value', ': ')", "value"),
        ("substring-before('key: value', ': ')", "key"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("normalize-space('  a   b ')", "a b"),
        ("string-length('daftar')", "6"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(1.2345, 2)", "1.23"),
        ("int(-1.9)", "-1"),
        ("pow(2, 10)", "1024"),
        ("coalesce('', 'b')", "b"),
        ("selected('a b c', 'b')", "true"),
        ("selected-at('a b c', 2)", "c"),
        ("count-selected(' a  b ')", "2"),
        ("checklist(1, 2, 1 = 1, 2 = 3)", "true"),
        ("weighted-checklist(3, 3, true(), 1, true(), 2)", "true"),
        ("regex('3578', '^[0-9]{4}$')", "true"),
        ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
        ("base64-decode('w6nDqMOx')", "éèñ"),
        ("boolean-from-string('1')", "true"),
        ("max(3, 7, 5)", "7"),
        ("min('')", ""),
        ("distance('0 0;0 1')", "111318.85"),
        ("geofence('0.5 0.5', '0 0;0 1;1 1;1 0;0 0')", "true"),
        ("exp10(2) + pi() - pi()", "100"),
        ("count(/data/a[1e999])", "0"),
        ("count(/data/a[1.5])", "0"),
    ],
)
def test_an_expression_gives(expression: str, expected: str) -> None:
    assert calculated(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("today()", "2026-01-15"),
        ("now()", "2026-01-15T08:30:00.000+07:00"),
        ("date('2026-1-5')", "2026-01-05"),
        ("date('2026-02-30')", "Invalid Date"),
        ("date('2026-01-15') + 1 > today()", "true"),
        ("'2026-01-16' > today()", "true"),
        ("date(today() + 7)", "2026-01-22"),
        ("format-date('2026-08-17', '%e %b %Y')", "17 Aug 2026"),
        ("format-date-time(now(), '%H:%M')", "08:30"),
        ("decimal-time('12:00:00.000+07:00')", "0.5"),
        ("int((today() - date('2000-01-15')) div 365.25)", "26"),
    ],
)
def test_dates_count_in_days_and_are_written_as_dates(expression: str, expected: str) -> None:
    assert calculated(expression) == expected


@pytest.mark.parametrize("expression", ["", "1 +", "a b", "foo(", "'x", "a[", "$x", "“a”", "${name}", "a::b", "1 2"])
def test_a_fault_is_named_with_its_place(expression: str) -> None:
    with pytest.raises(XPathSyntaxError, match=r"character \d+"):
        parse(expression)


def test_a_false_condition_does_not_evaluate_what_follows() -> None:
    host = _host()
    expression = compile_expression(parse("false() and no-such-function()"))
    assert expression.boolean(Context(host.root, host)) is False


def test_positions_count_from_the_nearest_on_reverse_axes() -> None:
    host = _host()
    expression = compile_expression(parse("name(/r/b/preceding-sibling::*[1])"))
    assert expression.text(Context(host.root, host)) == "a2"


def _host() -> DocumentHost:
    document = XmlNode(NodeKind.DOCUMENT)
    root = XmlNode(NodeKind.ELEMENT, "r", up=document)
    document.elements = [root]
    root.elements = [XmlNode(NodeKind.ELEMENT, name, text=name, up=root) for name in ("a1", "a2", "b")]
    return DocumentHost(document, document)


_names = st.sampled_from(["a", "b.c", "d-e", "div", "mod", "text"])
_leaves = st.one_of(
    st.integers(0, 999).map(str),
    st.sampled_from(["'x'", '""', ".", "..", "/r/a1", "//b", "a1[1]", "@id", "*", "true()", "pi()", "position()"]),
    _names.map(lambda name: f"./{name}"),
)
_expressions = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "div", "mod", "=", "!=", "<", ">=", "and", "or"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        inner.map(lambda text: f"-{text}"),
        st.tuples(st.sampled_from(["string", "number", "not", "boolean", "count", "sum", "date"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})"
        ),
        st.tuples(inner, inner, inner).map(lambda parts: f"if({', '.join(parts)})"),
    ),
    max_leaves=12,
)


def _means_the_same_written_back(expression: str) -> None:
    syntax = parse(expression)
    host = _host()
    results = []
    for node in (syntax, parse(str(syntax))):
        try:
            results.append(compile_expression(node).text(Context(host.root.elements[0], host)))
        except XPathError as error:
            results.append(type(error).__name__)
    assert results[0] == results[1]


def _is_an_expression_or_an_xpath_error(text: str) -> None:
    host = _host()
    with contextlib.suppress(XPathError):
        compile_expression(parse(text)).value(Context(host.root.elements[0], host))


_texts = st.text(alphabet="abc/.@*[]()'\"=<>!|+-, 019:divmodandor", max_size=40)


@given(_expressions)
@settings(max_examples=150, deadline=None)
def test_what_is_written_back_means_the_same(expression: str) -> None:
    _means_the_same_written_back(expression)


@given(_texts)
@settings(max_examples=300, deadline=None)
def test_any_text_is_an_expression_or_an_xpath_error(text: str) -> None:
    _is_an_expression_or_an_xpath_error(text)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@given(_expressions)
@settings(max_examples=SOAK_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_written_back_means_the_same_for_long(expression: str) -> None:
    _means_the_same_written_back(expression)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@given(_texts)
@settings(max_examples=SOAK_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_an_expression_or_an_xpath_error_for_long(text: str) -> None:
    _is_an_expression_or_an_xpath_error(text)
