"""The emulator's parser of ESC/POS."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.printer.emulator.grammar import Command, Kind
from devices.printer.emulator.grammar.esc import MAX_TABS
from devices.printer.emulator.grammar.gs import MAX_BARCODE
from devices.printer.emulator.grammar.pieces import MAX_DATA
from devices.printer.emulator.parser import Parser, joined
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


BMP = b"BM" + (40).to_bytes(4, "little") + bytes(34)
REFERENCE = {
    "HT": b"\t",
    "LF": b"\n",
    "FF": b"\x0c",
    "CR": b"\r",
    "CAN": b"\x18",
    "DLE EOT": b"\x10\x04\x07\x01",
    "DLE ENQ": b"\x10\x05\x01",
    "DLE DC4 1": b"\x10\x14\x01\x00\x01",
    "DLE DC4 2": b"\x10\x14\x02\x01\x08",
    "DLE DC4 3": b"\x10\x14\x03\x00\x01\x00\x01\x01",
    "DLE DC4 7": b"\x10\x14\x07\x01",
    "DLE DC4 8": b"\x10\x14\x08" + CLEAR_PARAMETERS,
    "ESC FF": b"\x1b\x0c",
    "ESC SP": b"\x1b \x02",
    "ESC !": b"\x1b!\x00",
    "ESC $": b"\x1b$\x01\x00",
    "ESC %": b"\x1b%\x01",
    "ESC &": b"\x1b&\x03AB\x01abc\x01abc",
    "ESC (": b"\x1b(A\x04\x000011",
    "ESC *": b"\x1b*\x20\x02\x00abcdef",
    "ESC -": b"\x1b-\x01",
    "ESC 2": b"\x1b2",
    "ESC 3": b"\x1b3\x1e",
    "ESC <": b"\x1b<",
    "ESC =": b"\x1b=\x01",
    "ESC ?": b"\x1b?A",
    "ESC @": b"\x1b@",
    "ESC D": b"\x1bD\x08\x00",
    "ESC E": b"\x1bE\x01",
    "ESC G": b"\x1bG\x01",
    "ESC J": b"\x1bJ\x01",
    "ESC K": b"\x1bK\x01",
    "ESC L": b"\x1bL",
    "ESC M": b"\x1bM\x00",
    "ESC R": b"\x1bR\x00",
    "ESC S": b"\x1bS",
    "ESC T": b"\x1bT\x00",
    "ESC U": b"\x1bU\x00",
    "ESC V": b"\x1bV\x00",
    "ESC W": b"\x1bW" + bytes(8),
    "ESC \\": b"\x1b\\\x01\x00",
    "ESC a": b"\x1ba\x01",
    "ESC c": b"\x1bc5\x00",
    "ESC d": b"\x1bd\x01",
    "ESC e": b"\x1be\x01",
    "ESC i": b"\x1bi",
    "ESC p": b"\x1bp\x00\x19\xfa",
    "ESC r": b"\x1br\x00",
    "ESC t": b"\x1bt\x00",
    "ESC u": b"\x1bu\x00",
    "ESC v": b"\x1bv",
    "ESC {": b"\x1b{\x00",
    "FS !": b"\x1c!\x00",
    "FS &": b"\x1c&",
    "FS (": b"\x1c(A\x02\x0000",
    "FS -": b"\x1c-\x00",
    "FS .": b"\x1c.",
    "FS 2": b"\x1c2\x77\x21" + b"k" * 72,
    "FS ?": b"\x1c?\x77\x21",
    "FS C": b"\x1cC\x00",
    "FS S": b"\x1cS\x00\x00",
    "FS W": b"\x1cW\x00",
    "FS g": b"\x1cg1\x00\x00\x00\x00\x00\x03\x00abc",
    "FS p": b"\x1cp\x01\x00",
    "FS q": b"\x1cq\x02\x01\x00\x01\x00" + b"a" * 8 + b"\x01\x00\x02\x00" + b"a" * 16,
    "GS !": b"\x1d!\x00",
    "GS $": b"\x1d$\x01\x00",
    "GS (": b"\x1d(Q\x03\x00abc",
    "GS *": b"\x1d*\x01\x02" + b"a" * 16,
    "GS /": b"\x1d/\x00",
    "GS 8 L": b"\x1d8L\x03\x00\x00\x00abc",
    "GS :": b"\x1d:",
    "GS B": b"\x1dB\x00",
    "GS C": b"\x1dC;1;2;3;4;5;",
    "GS D": b"\x1dD0C0AB01" + BMP,
    "GS H": b"\x1dH\x00",
    "GS I": b"\x1dI\x01",
    "GS L": b"\x1dL\x01\x00",
    "GS P": b"\x1dP\x00\x00",
    "GS Q 0": b"\x1dQ0\x00\x02\x00\x03\x00abcdef",
    "GS T": b"\x1dT\x00",
    "GS V": b"\x1dVg\x01",
    "GS W": b"\x1dW\x01\x00",
    "GS \\": b"\x1d\\\x01\x00",
    "GS ^": b"\x1d^\x01\x01\x00",
    "GS a": b"\x1da\x00",
    "GS b": b"\x1db\x00",
    "GS c": b"\x1dc",
    "GS e": b"\x1de\x02",
    "GS f": b"\x1df\x00",
    "GS g": b"\x1dg2\x00\x14\x00",
    "GS h": b"\x1dh\x50",
    "GS j": b"\x1dj\x00",
    "GS k": b"\x1dkO\x03abc",
    "GS r": b"\x1dr\x01",
    "GS v 0": b"\x1dv0\x00\x01\x00\x02\x00ab",
    "GS w": b"\x1dw\x03",
    "GS z 0": b"\x1dz0\x01\x01",
}
"""Every command of Epson's reference once, each with parameters and data of a length that shows a wrong count."""


def test_the_list_of_the_reference_is_whole() -> None:
    assert set(REFERENCE) == {kind.value for kind in Kind} - {"text", "unknown"}


@pytest.mark.parametrize("name", REFERENCE)
def test_every_command_of_the_reference_is_as_long_as_it_says(name: str) -> None:
    first, *rest = joined(Parser().feed(REFERENCE[name] + b"in step"))
    assert first.kind is Kind(name)
    assert rest == [Command(Kind.TEXT, (), b"in step")]


@pytest.mark.parametrize(
    ("data", "size"),
    [(b"\x1dk\x07", 3), (b"\x1dv1", 3), (b"\x1dQ1", 3), (b"\x1d\xff", 2), (b"\x1c\xff", 2), (b"\x7f", 1)],
)
def test_what_is_no_command_is_skipped_and_the_rest_is_text(data: bytes, size: int) -> None:
    assert len(data) == size
    assert joined(Parser().feed(data + b"in step")) == [
        Command(Kind.UNKNOWN, tuple(data)),
        Command(Kind.TEXT, (), b"in step"),
    ]


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_after_any_bytes_a_reset_brings_it_back_into_step(data: bytes) -> None:
    parser = Parser()
    before = parser.feed(data)
    assert sum(len(command.data) for command in before) <= len(data)
    assert 1 <= parser.need <= MAX_DATA
    parser.reset()
    assert joined(parser.feed(b"in step")) == [Command(Kind.TEXT, (), b"in step")]


@given(st.binary(max_size=300), st.integers(1, 17))
@settings(max_examples=150, deadline=None)
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


@pytest.mark.parametrize(("length", "rest"), [(MAX_BARCODE - 1, []), (MAX_BARCODE, [Command(Kind.UNKNOWN, (0,))])])
def test_a_barcode_without_its_end_ends_at_its_limit(length: int, rest: list[Command]) -> None:
    first, *others = Parser().feed(b"\x1dk\x04" + b"A" * length + b"\0")
    assert len(first.data) == length
    assert others == rest


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
        (b"\x10\x04\x07\x01", [(4, Command(Kind.REAL_TIME_STATUS, (7, 1)))]),
    ],
)
def test_real_time_commands_are_found_anywhere(data: bytes, found: list[tuple[int, Command]]) -> None:
    assert RealTimeScanner().feed(data) == found


def test_a_real_time_command_may_come_in_two_pieces() -> None:
    scanner = RealTimeScanner()
    assert scanner.feed(b"xx\x10") == []
    assert scanner.feed(b"\x04\x01yy") == [(2, Command(Kind.REAL_TIME_STATUS, (1,)))]
