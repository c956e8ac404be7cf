"""The emulator's parser of ESC/POS."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.printer.emulator.parser import MAX_DATA, MAX_TABS, Command, Kind, Parser, joined
from devices.printer.emulator.realtime import CLEAR_PARAMETERS, RealTimeScanner

CASES = [
    (b"A", Command(Kind.TEXT, (), b"A")),
    (b"\n", Command(Kind.LINE_FEED)),
    (b"\r", Command(Kind.CARRIAGE_RETURN)),
    (b"\x0c", Command(Kind.FORM_FEED)),
    (b"\t", Command(Kind.TAB)),
    (b"\x18", Command(Kind.CANCEL)),
    (b"\x10\x04\x01", Command(Kind.REAL_TIME_STATUS, (1,))),
    (b"\x10\x05\x02", Command(Kind.REAL_TIME_REQUEST, (2,))),
    (b"\x10\x14\x01\x00\x05", Command(Kind.REAL_TIME_PULSE, (0, 5))),
    (b"\x10\x14\x02\x01\x08", Command(Kind.REAL_TIME_POWER_OFF, (1, 8))),
    (b"\x10\x14\x07\x01", Command(Kind.REAL_TIME_SPECIFIED_STATUS, (1,))),
    (b"\x10\x14\x08" + CLEAR_PARAMETERS, Command(Kind.REAL_TIME_CLEAR, (8,), CLEAR_PARAMETERS)),
    (b"\x1b@", Command(Kind.INITIALISE)),
    (b"\x1b!\x38", Command(Kind.PRINT_MODE, (0x38,))),
    (b"\x1b$\x10\x01", Command(Kind.ABSOLUTE_POSITION, (16, 1))),
    (b"\x1b*\x00\x02\x00ab", Command(Kind.COLUMN_IMAGE, (0, 2), b"ab")),
    (b"\x1b*\x21\x01\x00abc", Command(Kind.COLUMN_IMAGE, (33, 1), b"abc")),
    (b"\x1b&\x03AA\x02abcdef", Command(Kind.DEFINE_CHARACTERS, (3, 65, 65), b"\x02abcdef")),
    (b"\x1bD\x08\x10\x00", Command(Kind.TAB_POSITIONS, (8, 16))),
    (b"\x1bE\x01", Command(Kind.EMPHASIS, (1,))),
    (b"\x1bJ\x18", Command(Kind.FEED_DOTS, (24,))),
    (b"\x1bW" + bytes(8), Command(Kind.PAGE_AREA, (0,) * 8)),
    (b"\x1ba\x01", Command(Kind.JUSTIFICATION, (1,))),
    (b"\x1bc5\x01", Command(Kind.PAPER_SENSORS, (0x35, 1))),
    (b"\x1bd\x04", Command(Kind.FEED_LINES, (4,))),
    (b"\x1bi", Command(Kind.OLD_PARTIAL_CUT)),
    (b"\x1bp\x00\x19\xfa", Command(Kind.DRAWER, (0, 25, 250))),
    (b"\x1bt\x10", Command(Kind.CODE_PAGE, (16,))),
    (b"\x1d!\x11", Command(Kind.CHARACTER_SIZE, (0x11,))),
    (b"\x1d(k\x03\x001Q0", Command(Kind.EXTENDED, (ord("k"),), b"1Q0")),
    (b"\x1d8L\x02\x00\x00\x00ab", Command(Kind.GRAPHICS_8, (ord("L"),), b"ab")),
    (b"\x1d*\x01\x01" + bytes(8), Command(Kind.DEFINE_DOWNLOADED, (1, 1), bytes(8))),
    (b"\x1dV\x00", Command(Kind.CUT, (0,))),
    (b"\x1dVB\x03", Command(Kind.CUT, (66, 3))),
    (b"\x1dk\x04ABC\x00", Command(Kind.BARCODE, (4,), b"ABC")),
    (b"\x1dkI\x03{BA", Command(Kind.BARCODE, (73,), b"{BA")),
    (b"\x1dr\x01", Command(Kind.TRANSMIT_STATUS, (1,))),
    (b"\x1dv0\x00\x02\x00\x01\x00ab", Command(Kind.RASTER_IMAGE, (0, 2, 1), b"ab")),
    (b"\x1de\x05", Command(Kind.PRESENTER, (5,))),
    (b"\x1de\x03\x10", Command(Kind.PRESENTER, (3, 16))),
    (b"\x1cp\x01\x00", Command(Kind.NV_PRINT, (1, 0))),
    (b"\x1cq\x01\x01\x00\x01\x00" + bytes(8), Command(Kind.NV_DEFINE, (1,))),
    (b"\x1c&", Command(Kind.KANJI_ON)),
    (b"\x01", Command(Kind.UNKNOWN, (1,))),
    (b"\x1b\x01", Command(Kind.UNKNOWN, (0x1B, 1))),
    (b"\x10\x14\x63", Command(Kind.UNKNOWN, (0x10, 0x14, 0x63))),
]


@pytest.mark.parametrize(("data", "command"), CASES, ids=[str(c.kind) for _, c in CASES])
def test_a_command_is_read_and_nothing_more(data: bytes, command: Command) -> None:
    assert joined(Parser().feed(data + b"z")) == joined([command, Command(Kind.TEXT, (), b"z")])


@pytest.mark.parametrize(("data", "command"), CASES, ids=[str(c.kind) for _, c in CASES])
def test_a_command_may_come_byte_by_byte(data: bytes, command: Command) -> None:
    parser = Parser()
    given_back = [parser.feed(bytes((byte,))) for byte in data]
    assert given_back == [[]] * (len(data) - 1) + [[command]]


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_taken(data: bytes) -> None:
    Parser().feed(data)


@given(st.binary(max_size=300), st.integers(1, 17))
@settings(max_examples=300, deadline=None)
def test_pieces_make_no_difference(data: bytes, size: int) -> None:
    whole = Parser().feed(data)
    parser = Parser()
    pieces = [c for at in range(0, len(data), size) for c in parser.feed(data[at : at + size])]
    assert pieces == whole


def test_more_than_asked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="more bytes"):
        Parser().push(b"ab")


def test_a_giant_picture_is_read_over_and_cut_to_its_limit() -> None:
    parser = Parser()
    rows = MAX_DATA // 1_024 + 1
    data = b"\x1dv0\x00" + (1_024).to_bytes(2, "little") + rows.to_bytes(2, "little") + bytes(1_024 * rows)
    picture, text = parser.feed(data + b"z")
    assert len(picture.data) == MAX_DATA
    assert text == Command(Kind.TEXT, (), b"z")


def test_endless_tabs_end_at_their_limit() -> None:
    first, *rest = joined(Parser().feed(b"\x1bD" + b"A" * (MAX_TABS + 1)))
    assert len(first.numbers) == MAX_TABS
    assert rest == [Command(Kind.TEXT, (), b"A")]


def test_a_reset_forgets_an_unfinished_command() -> None:
    parser = Parser()
    parser.feed(b"\x1dv0\x00\xff\xff")
    parser.reset()
    assert parser.feed(b"A") == [Command(Kind.TEXT, (), b"A")]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"abc", []),
        (b"ab\x10\x04\x02cd", [(5, Command(Kind.REAL_TIME_STATUS, (2,)))]),
        (b"\x10\x10\x04\x01", [(4, Command(Kind.REAL_TIME_STATUS, (1,)))]),
        (b"\x10\x14\x10\x04\x01", [(5, Command(Kind.REAL_TIME_STATUS, (1,)))]),
        (b"\x10\x05\x01", [(3, Command(Kind.REAL_TIME_REQUEST, (1,)))]),
    ],
)
def test_real_time_commands_are_found_anywhere(data: bytes, found: list[tuple[int, Command]]) -> None:
    assert RealTimeScanner().feed(data) == found


def test_a_real_time_command_may_come_in_two_pieces() -> None:
    scanner = RealTimeScanner()
    assert scanner.feed(b"xx\x10") == []
    assert scanner.feed(b"\x04\x01yy") == [(2, Command(Kind.REAL_TIME_STATUS, (1,)))]
