"""One place makes text safe: no text of a citizen is ever a command of the printer."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from devices.printer import SlipBuilder
from devices.printer.emulator.grammar import Kind
from devices.printer.emulator.parser import Parser, joined
from devices.printer.emulator.realtime import RealTimeScanner
from devices.printer.slips.escpos import JobEncoder
from devices.printer.slips.layout import Layout, Picture, TextLine, Typesetter
from devices.printer.slips.sanitise import ELLIPSIS, MAX_MARKS, MAX_TEXT, clean, clean_lines, substituted
from tests.soaking import SOAK

EXAMPLES = 100_000 if SOAK else 400

ENCODER = JobEncoder("default", 80)
TYPESETTER = Typesetter(ENCODER.paper, encodable=ENCODER.encodable, native_qr=True)

hostile = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(max_codepoint=0xFF), max_size=60),
    st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
    st.lists(
        st.sampled_from(
            ["\x1b@", "\x1bp\x00", "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", "\x1dV\x00", "\x1d(H", "\n", "Siti"]
        )
    ).map("".join),
    st.text(alphabet=st.characters(categories=["Mn", "Cf", "Lo", "So"]), max_size=40),
)


def lay_out(value: str) -> Layout:
    slip = SlipBuilder().title("Kota").row("Nama", value).text(value.replace("\n", " ")).rule()
    return TYPESETTER.lay_out(slip.build())


def innocent(layout: Layout) -> Layout:
    """The same lines in the same places, with nothing on them that anybody typed."""
    lines = [
        replace(line, text="x" * len(line.text))
        if isinstance(line, TextLine)
        else replace(line, raster=replace(line.raster, data=bytes(len(line.raster.data))))
        if isinstance(line, Picture)
        else line
        for line in layout.lines
    ]
    return replace(layout, lines=tuple(lines))


def commands(data: bytes) -> list[tuple[Kind, tuple[int, ...], bytes]]:
    """The commands of a job in order, with all they say but the letters, the page of the letters, and the dots."""
    parsed = joined([command for command in Parser().feed(data) if command.kind is not Kind.CODE_PAGE])
    return [(one.kind, one.numbers, b"" if one.kind in (Kind.TEXT, Kind.RASTER_IMAGE) else one.data) for one in parsed]


@pytest.mark.longer_in_soak
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(hostile)
@example("\x1b@\x1dV\x00")
@example("\x10\x04\x01\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")
@example("\u202eevil\u202c")
@example("Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307algo")
@example("王小明")
@example("\ud800")
def test_the_commands_of_a_slip_are_the_same_whatever_stands_on_it(text: str) -> None:
    layout = lay_out(text)
    data = ENCODER.encode(layout)
    assert commands(data) == commands(ENCODER.encode(innocent(layout)))
    assert RealTimeScanner().feed(data) == []


@pytest.mark.longer_in_soak
@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(max_size=800))
def test_clean_text_is_one_line_of_printable_characters(text: str) -> None:
    line = clean(text)
    assert len(line) <= MAX_TEXT
    assert all(unicodedata.category(c)[0] != "C" or c in "\u200c\u200d" for c in line)
    assert line == line.strip()
    assert "  " not in line


@pytest.mark.longer_in_soak
@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Siti\tAminah", "Siti Aminah"),
        (" Siti \n Aminah ", "Siti Aminah"),
        ("e\u0301", "é"),
        ("\x1b@Siti", "@Siti"),
        ("a\u00a0b\u2003c", "a b c"),
        ("\u202eitiS", "itiS"),
        ("ꦲꦏ꧀\u200dꦱ", "ꦲꦏ꧀\u200dꦱ"),
        ("", ""),
    ],
)
def test_what_becomes_of_a_text(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_a_text_at_the_limit_stays_and_one_above_is_shortened() -> None:
    assert clean("a" * MAX_TEXT) == "a" * MAX_TEXT
    assert clean("a" * (MAX_TEXT + 1)) == "a" * (MAX_TEXT - len(ELLIPSIS)) + ELLIPSIS


def test_marks_at_the_limit_stay_and_one_above_is_dropped() -> None:
    marks = "\u0323" * (MAX_MARKS + 1)
    assert clean("x" + marks) == "x" + marks[:MAX_MARKS]


def test_lines_stay_lines() -> None:
    assert clean_lines("satu\ndua\r\n\ntiga") == ("satu", "dua", "", "tiga")


def test_many_lines_end_at_the_limit() -> None:
    assert len(clean_lines("\n" * (MAX_TEXT + 100))) == MAX_TEXT


@pytest.mark.parametrize(
    ("text", "lacking", "shown"),
    [
        ("Siti", "", "Siti"),
        ("王小明", "王小明", "???"),
        ("A王B", "王", "A?B"),
        ("ꦏ꧀ꦱ", "ꦏꦱ", "??"),
        ("x\u0323", "\u0323", "x"),
        ("", "王", ""),
    ],
)
def test_what_nothing_can_show_is_substituted_with_its_marks(text: str, lacking: str, shown: str) -> None:
    assert substituted(text, frozenset(lacking)) == shown
