"""Dates: whole days in every zone, names in the form's language, and what the functions make of odd arguments."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import FormSession
from forms.languages import language_code, locale_of
from tests.forms.form_kit import calculated, load, opened, world

# Jakarta, Makassar, and Jayapura moved before 1964, Pontianak in 1988; Berlin and Lord Howe move twice a year.
ZONES = (
    "Asia/Jakarta",
    "Asia/Makassar",
    "Asia/Jayapura",
    "Asia/Pontianak",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/New_York",
    "Asia/Kathmandu",
    "UTC",
)
DAYS = st.dates(date(1901, 1, 1), date(2099, 12, 31))
_COUNTING = load(
    "<a/><b/><passed/><back/><next/><same/><later/>",
    '<bind nodeset="/data/a" type="date"/><bind nodeset="/data/b" type="date"/>'
    '<bind nodeset="/data/passed" calculate="/data/b - /data/a"/>'
    '<bind nodeset="/data/back" calculate="date(/data/a + /data/passed)"/>'
    '<bind nodeset="/data/next" calculate="date(decimal-date-time(/data/a) + 1)"/>'
    '<bind nodeset="/data/same" calculate="/data/a = date(/data/a + 0)"/>'
    '<bind nodeset="/data/later" calculate="/data/b &gt; /data/a"/>',
)


@settings(max_examples=150, deadline=None)
@given(zone=st.sampled_from(ZONES), first=DAYS, second=DAYS)
def test_from_one_day_to_another_there_are_whole_days(zone: str, first: date, second: date) -> None:
    session = _COUNTING.open(replace(world(), zone=ZoneInfo(zone)))
    session.set("/data/a", first.isoformat())
    session.set("/data/b", second.isoformat())
    found = {name: session.nodes[f"/data/{name}"].value for name in ("passed", "back", "next", "same", "later")}
    assert found == {
        "passed": str((second - first).days),
        "back": second.isoformat(),
        "next": (first + timedelta(days=1)).isoformat(),
        "same": "true",
        "later": "true" if second > first else "false",
    }


def test_whoever_was_born_before_1964_is_as_old_as_the_calendar_says() -> None:
    answers = {"born": "1963-12-31"}
    assert calculated("today() - /data/born", "<born/>", answers) == "22661"
    assert calculated("int((today() - /data/born) div 365.25)", "<born/>", answers) == "62"
    assert calculated("format-date(date(/data/born + 21915), '%Y-%m-%d')", "<born/>", answers) == "2023-12-31"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("decimal-date-time('1963-12-31T12:00:00') - decimal-date-time('1963-12-31')", "0.5"),
        ("'1963-12-31T00:10:00' > date('1963-12-31')", "true"),
        ("date-time(decimal-date-time('1963-12-31T06:00:00'))", "1963-12-31T06:00:00.000+07:30"),
        ("decimal-date-time('2026-01-15T00:00:00.000Z')", "20468"),
        ("decimal-date-time('1970-01-01')", "-0.2916666666666667"),
    ],
)
def test_times_of_day_keep_their_place_between_the_days(expression: str, expected: str) -> None:
    assert calculated(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("format-date('2026-8-6', '%d/%m/%Y')", "06/08/2026"),
        ("format-date('2026-08-06', '%e.%n.%y')", "6.8.26"),
        ("format-date('0987-08-06', '%Y|%y')", "0987|87"),
        ("format-date('2026-08-06T23:30:00.000Z', '%e %H:%M')", "7 06:30"),
        ("format-date('2026-08-06T10:20:30.456+09:00', '%h.%M.%S.%3')", "8.20.30.456"),
        ("format-date-time('2026-08-06T10:20', '%H:%M:%S.%3')", "10:20:00.000"),
        ("format-date('2026-08-06', '%H:%M')", "00:00"),
        ("format-date('2026-12-31', 'W%W')", "W53"),
        ("format-date(date('2026-08-06') + 30, '%d/%m')", "05/09"),
        ("format-date(today(), '%Y%m%d')", "20260115"),
        ("format-date(20671, '%Y-%m-%d')", "2026-08-06"),
        ("format-date('2026-08-06', '100 %% of %Y%')", "100 % of 2026%"),
        ("format-date('2026-08-06', '%%Y %q %')", "%Y %q %"),
        ("format-date('2026-08-06', '')", ""),
        ("format-date('', '%Y')", ""),
        ("format-date('besok', '%Y')", ""),
        ("format-date('2026-02-30', '%Y')", ""),
        ("format-date('2026-08-06T25:00', '%Y')", ""),
        ("format-date('2026-08-06T10:00+99:00', '%Y')", ""),
        ("format-date(date('besok'), '%Y')", ""),
        ("format-date(number('x'), '%Y')", ""),
        ("format-date(1 div 0, '%Y')", ""),
        ("format-date(1e12, '%Y')", ""),
        ("format-date(true(), '%Y')", ""),
        ("date(1e12)", "Invalid Date"),
        ("date(-1 div 0)", "Invalid Date"),
        ("date(true())", ""),
        ("date('2026-8-6T10:00:00')", "2026-08-06T10:00:00.000+07:00"),
        ("date('2026-08-06T17:00:00.000Z')", "2026-08-07"),
        ("decimal-date-time('2026-8-6') = decimal-date-time('2026-08-06')", "true"),
        ("decimal-date-time('')", ""),
        ("decimal-date-time('2026-02-30')", ""),
    ],
)
def test_odd_dates_and_formats_give(expression: str, expected: str) -> None:
    assert calculated(expression) == expected


def _translated(*languages: str) -> str:
    parts = "".join(
        f'<translation lang="{name}"><text id="a"><value>A</value></text></translation>' for name in languages
    )
    return f"<itext>{parts}</itext>" if parts else ""


def _formatting(*languages: str) -> FormSession:
    bind = """<bind nodeset="/data/t" calculate="format-date(/data/d, '%a %e %b %Y')"/>"""
    body = '<input ref="/data/d"><label>Until <output value="format-date(/data/d, \'%a %b\')"/></label></input>'
    session = opened("<d>2026-08-06</d><t/>", bind, body, _translated(*languages))
    return session


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("Bahasa Indonesia (id)", "Kam 6 Agu 2026"),
        ("Basa Jawa (jv)", "Kam 6 Agt 2026"),
        ("Bhâsa Madhurâ (mad)", "Kam 6 Agu 2026"),
        ("English (en)", "Thu 6 Aug 2026"),
        ("en-GB", "Thu 6 Aug 2026"),
        ("id-Latn", "Kam 6 Agu 2026"),
        ("Deutsch (de)", "Do. 6 Aug. 2026"),
        ("Klingon (tlh)", "Thu 6 Aug 2026"),
        ("Bahasa Indonesia", "Thu 6 Aug 2026"),
        ("default", "Thu 6 Aug 2026"),
    ],
)
def test_days_and_months_have_their_names_in_the_form_s_language(language: str, expected: str) -> None:
    assert _formatting(language).nodes["/data/t"].value == expected


def test_another_language_gives_other_names_at_once() -> None:
    session = _formatting("English (en)", "Bahasa Indonesia (id)")
    assert session.nodes["/data/d"].label == "Until Thu Aug"
    session.language = "Bahasa Indonesia (id)"
    assert session.nodes["/data/t"].value == "Kam 6 Agu 2026"
    assert session.nodes["/data/d"].label == "Until Kam Agu"


@pytest.mark.parametrize("languages", [(), ("default",)])
def test_a_form_that_tells_no_language_takes_the_world_s(languages: tuple[str, ...]) -> None:
    bind = """<bind nodeset="/data/t" calculate="format-date(/data/d, '%a %e %b')"/>"""
    form = load("<d>2026-05-04</d><t/>", bind, model=_translated(*languages))
    assert form.open(replace(world(), language="id")).nodes["/data/t"].value == "Sen 4 Mei"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Bahasa Indonesia (id)", "id"),
        ("jv", "jv"),
        ("pt_BR", "pt-br"),
        ("English (en-GB) ", "en-gb"),
        ("default", ""),
        ("Basa Jawa", ""),
        ("", ""),
    ],
)
def test_the_code_of_a_language_stands_in_brackets_or_alone(name: str, code: str) -> None:
    assert language_code(name) == code


def test_every_language_of_a_name_is_found_or_not_without_a_fault() -> None:
    assert locale_of("x-y-z (zz-zz)") is None
    assert locale_of("(id") is None


def test_what_was_filled_in_another_language_is_no_altered_calculation() -> None:
    form = load(
        "<d>2026-08-06</d><t/><name/><year/>",
        """<bind nodeset="/data/t" calculate="format-date(/data/d, '%a %b')"/>"""
        """<bind nodeset="/data/name" calculate="jr:itext('a')"/>"""
        """<bind nodeset="/data/year" calculate="format-date(/data/d, '%Y')"/>""",
        model='<itext><translation lang="id"><text id="a"><value>Satu</value></text></translation>'
        '<translation lang="en"><text id="a"><value>One</value></text></translation></itext>',
    )
    session = form.open(world(), language="en")
    sent = session.to_xml()
    assert b"Thu Aug" in sent and b"One" in sent
    assert form.check(sent, world()) == ()
    assert [found.ref for found in form.check(sent.replace(b">2026</", b">2027</"), world())] == ["/data/year"]
