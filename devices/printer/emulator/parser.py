"""A byte-wise parser of ESC/POS, as in Epson's "ESC/POS Command Reference".

It is a push parser: feed it bytes in pieces of any size, it gives whole commands. It never raises for what comes
over the line; bytes that belong to no command are reported as :attr:`Kind.UNKNOWN` and skipped like printers do.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import StrEnum

MAX_DATA = 1 << 20
"""Bytes of one command's data that are kept; a command that claims more is read over."""

MAX_TABS = 32
MAX_BARCODE = 255


class Kind(StrEnum):
    """The commands by their names in the reference."""

    TEXT = "text"
    LINE_FEED = "LF"
    CARRIAGE_RETURN = "CR"
    FORM_FEED = "FF"
    TAB = "HT"
    CANCEL = "CAN"
    REAL_TIME_STATUS = "DLE EOT"
    REAL_TIME_REQUEST = "DLE ENQ"
    REAL_TIME_PULSE = "DLE DC4 1"
    REAL_TIME_POWER_OFF = "DLE DC4 2"
    REAL_TIME_BUZZER = "DLE DC4 3"
    REAL_TIME_SPECIFIED_STATUS = "DLE DC4 7"
    REAL_TIME_CLEAR = "DLE DC4 8"
    CHARACTER_SPACING = "ESC SP"
    PRINT_MODE = "ESC !"
    ABSOLUTE_POSITION = "ESC $"
    USER_CHARACTERS = "ESC %"
    DEFINE_CHARACTERS = "ESC &"
    COLUMN_IMAGE = "ESC *"
    UNDERLINE = "ESC -"
    DEFAULT_LINE_SPACING = "ESC 2"
    LINE_SPACING = "ESC 3"
    PERIPHERAL = "ESC ="
    CANCEL_CHARACTERS = "ESC ?"
    INITIALISE = "ESC @"
    TAB_POSITIONS = "ESC D"
    EMPHASIS = "ESC E"
    DOUBLE_STRIKE = "ESC G"
    FEED_DOTS = "ESC J"
    FEED_BACK_DOTS = "ESC K"
    PAGE_MODE = "ESC L"
    FONT = "ESC M"
    INTERNATIONAL = "ESC R"
    STANDARD_MODE = "ESC S"
    PAGE_DIRECTION = "ESC T"
    ROTATION = "ESC V"
    PAGE_AREA = "ESC W"
    RELATIVE_POSITION = "ESC \\"
    JUSTIFICATION = "ESC a"
    PAPER_SENSORS = "ESC c"
    FEED_LINES = "ESC d"
    FEED_BACK_LINES = "ESC e"
    OLD_PARTIAL_CUT = "ESC i"
    DRAWER = "ESC p"
    COLOUR = "ESC r"
    CODE_PAGE = "ESC t"
    UNIDIRECTIONAL = "ESC U"
    UPSIDE_DOWN = "ESC {"
    CHARACTER_SIZE = "GS !"
    PAGE_VERTICAL = "GS $"
    EXTENDED = "GS ("
    GRAPHICS_8 = "GS 8 L"
    DEFINE_DOWNLOADED = "GS *"
    PRINT_DOWNLOADED = "GS /"
    MACRO = "GS :"
    REVERSE = "GS B"
    COUNTER = "GS C"
    GRAPHICS_DEFINITION = "GS D"
    HRI_POSITION = "GS H"
    PRINTER_ID = "GS I"
    LEFT_MARGIN = "GS L"
    MOTION_UNITS = "GS P"
    PRINT_POSITION_START = "GS T"
    CUT = "GS V"
    AREA_WIDTH = "GS W"
    PAGE_RELATIVE = "GS \\"
    EXECUTE_MACRO = "GS ^"
    AUTOMATIC_STATUS = "GS a"
    SMOOTHING = "GS b"
    PRINT_COUNTER = "GS c"
    PRESENTER = "GS e"
    HRI_FONT = "GS f"
    INK_ASB = "GS j"
    COUNTER_MODE = "GS g"
    BARCODE_HEIGHT = "GS h"
    BARCODE = "GS k"
    TRANSMIT_STATUS = "GS r"
    RASTER_IMAGE = "GS v 0"
    BARCODE_WIDTH = "GS w"
    ONLINE_RECOVERY = "GS z 0"
    KANJI_MODE = "FS !"
    KANJI_ON = "FS &"
    KANJI_OFF = "FS ."
    KANJI_UNDERLINE = "FS -"
    KANJI_SYSTEM = "FS C"
    KANJI_SPACING = "FS S"
    KANJI_SIZE = "FS W"
    EXTENDED_FS = "FS ("
    NV_PRINT = "FS p"
    NV_DEFINE = "FS q"
    NV_USER = "FS g"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its kind, its numbers, and its data (text, picture, code)."""

    kind: Kind
    numbers: tuple[int, ...] = ()
    data: bytes = b""


Grammar = Generator[int, bytes, Command]
"""Asks for a number of bytes with each ``yield`` and returns the command."""


def _numbers(kind: Kind, count: int) -> Callable[[], Grammar]:
    def grammar() -> Grammar:
        return Command(kind, tuple((yield count)) if count else ())

    return grammar


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _take(length: int) -> Generator[int, bytes, bytes]:
    """``length`` bytes, of which at most MAX_DATA are kept."""
    kept = (yield min(length, MAX_DATA)) if length else b""
    left = length - len(kept)
    while left > 0:
        left -= len((yield min(left, MAX_DATA)))
    return kept


def _until_nul(limit: int) -> Generator[int, bytes, bytes]:
    data = bytearray()
    while len(data) < limit:
        byte = yield 1
        if byte == b"\0":
            break
        data += byte
    return bytes(data)


def _dle_dc4() -> Grammar:
    function = (yield 1)[0]
    if function == 8:
        return Command(Kind.REAL_TIME_CLEAR, (8,), (yield 7))
    if function == 7:
        return Command(Kind.REAL_TIME_SPECIFIED_STATUS, tuple((yield 1)))
    if function == 3:
        return Command(Kind.REAL_TIME_BUZZER, tuple((yield 5)))
    if function in (1, 2):
        kind = Kind.REAL_TIME_PULSE if function == 1 else Kind.REAL_TIME_POWER_OFF
        return Command(kind, tuple((yield 2)))
    return Command(Kind.UNKNOWN, (0x10, 0x14, function))


def _column_image() -> Grammar:
    mode, low, high = yield 3
    columns = low + 256 * high
    deep = 3 if mode in (32, 33) else 1
    return Command(Kind.COLUMN_IMAGE, (mode, columns), (yield from _take(columns * deep)))


def _define_characters() -> Grammar:
    height, first, last = yield 3
    data = bytearray()
    for _ in range(first, last + 1):
        width = (yield 1)[0]
        data += bytes((width,)) + (yield from _take(width * height))
    return Command(Kind.DEFINE_CHARACTERS, (height, first, last), bytes(data[:MAX_DATA]))


def _tab_positions() -> Grammar:
    return Command(Kind.TAB_POSITIONS, tuple((yield from _until_nul(MAX_TABS))))


def _cut() -> Grammar:
    mode = (yield 1)[0]
    feeds = mode in (65, 66, 97, 98, 103, 104)
    return Command(Kind.CUT, (mode, *((yield 1) if feeds else b"")))


def _extended(kind: Kind) -> Callable[[], Grammar]:
    def grammar() -> Grammar:
        function, low, high = yield 3
        return Command(kind, (function,), (yield from _take(low + 256 * high)))

    return grammar


def _graphics_8() -> Grammar:
    head = yield 5
    return Command(Kind.GRAPHICS_8, (head[0],), (yield from _take(_little(head[1:]))))


def _barcode() -> Grammar:
    system = (yield 1)[0]
    if system <= 6:
        return Command(Kind.BARCODE, (system,), (yield from _until_nul(MAX_BARCODE)))
    length = (yield 1)[0]
    return Command(Kind.BARCODE, (system,), (yield from _take(length)))


def _raster_image() -> Grammar:
    sub = (yield 1)[0]
    if sub not in (0, 48):
        return Command(Kind.UNKNOWN, (0x1D, 0x76, sub))
    mode, *size = yield 5
    width, rows = _little(bytes(size[:2])), _little(bytes(size[2:]))
    return Command(Kind.RASTER_IMAGE, (mode, width, rows), (yield from _take(width * rows)))


def _downloaded() -> Grammar:
    x, y = yield 2
    return Command(Kind.DEFINE_DOWNLOADED, (x, y), (yield from _take(x * y * 8)))


def _nv_define() -> Grammar:
    count = (yield 1)[0]
    for _ in range(count):
        size = yield 4
        yield from _take(_little(size[:2]) * _little(size[2:]) * 8)
    return Command(Kind.NV_DEFINE, (count,))


def _nv_user() -> Grammar:
    which = (yield 1)[0]
    head = yield 7
    length = _little(head[5:7])
    if which == 0x31:
        yield from _take(length)
    return Command(Kind.NV_USER, (which,))


def _graphics_definition() -> Grammar:
    head = yield 5
    return Command(Kind.GRAPHICS_DEFINITION, tuple(head))


def _counter() -> Grammar:
    which = (yield 1)[0]
    if which == 0x30:
        return Command(Kind.COUNTER, (which, *(yield 2)))
    if which == 0x31:
        return Command(Kind.COUNTER, (which, *(yield 6)))
    if which == 0x32:
        return Command(Kind.COUNTER, (which, *(yield 2)))
    if which == 0x3B:
        separators = 0
        while separators < 5:
            separators += (yield 1) == b";"
    return Command(Kind.COUNTER, (which,))


def _presenter() -> Grammar:
    function = (yield 1)[0]
    takes = function in (3, 32)
    return Command(Kind.PRESENTER, (function, *((yield 1) if takes else b"")))


_DLE: dict[int, Callable[[], Grammar]] = {
    0x04: _numbers(Kind.REAL_TIME_STATUS, 1),
    0x05: _numbers(Kind.REAL_TIME_REQUEST, 1),
    0x14: _dle_dc4,
}

_ESC: dict[int, Callable[[], Grammar]] = {
    0x20: _numbers(Kind.CHARACTER_SPACING, 1),
    0x21: _numbers(Kind.PRINT_MODE, 1),
    0x24: _numbers(Kind.ABSOLUTE_POSITION, 2),
    0x25: _numbers(Kind.USER_CHARACTERS, 1),
    0x26: _define_characters,
    0x2A: _column_image,
    0x2D: _numbers(Kind.UNDERLINE, 1),
    0x32: _numbers(Kind.DEFAULT_LINE_SPACING, 0),
    0x33: _numbers(Kind.LINE_SPACING, 1),
    0x3D: _numbers(Kind.PERIPHERAL, 1),
    0x3F: _numbers(Kind.CANCEL_CHARACTERS, 1),
    0x40: _numbers(Kind.INITIALISE, 0),
    0x44: _tab_positions,
    0x45: _numbers(Kind.EMPHASIS, 1),
    0x47: _numbers(Kind.DOUBLE_STRIKE, 1),
    0x4A: _numbers(Kind.FEED_DOTS, 1),
    0x4B: _numbers(Kind.FEED_BACK_DOTS, 1),
    0x4C: _numbers(Kind.PAGE_MODE, 0),
    0x4D: _numbers(Kind.FONT, 1),
    0x52: _numbers(Kind.INTERNATIONAL, 1),
    0x53: _numbers(Kind.STANDARD_MODE, 0),
    0x54: _numbers(Kind.PAGE_DIRECTION, 1),
    0x55: _numbers(Kind.UNIDIRECTIONAL, 1),
    0x56: _numbers(Kind.ROTATION, 1),
    0x57: _numbers(Kind.PAGE_AREA, 8),
    0x5C: _numbers(Kind.RELATIVE_POSITION, 2),
    0x61: _numbers(Kind.JUSTIFICATION, 1),
    0x63: _numbers(Kind.PAPER_SENSORS, 2),
    0x64: _numbers(Kind.FEED_LINES, 1),
    0x65: _numbers(Kind.FEED_BACK_LINES, 1),
    0x69: _numbers(Kind.OLD_PARTIAL_CUT, 0),
    0x6D: _numbers(Kind.OLD_PARTIAL_CUT, 0),
    0x70: _numbers(Kind.DRAWER, 3),
    0x72: _numbers(Kind.COLOUR, 1),
    0x74: _numbers(Kind.CODE_PAGE, 1),
    0x7B: _numbers(Kind.UPSIDE_DOWN, 1),
}

_GS: dict[int, Callable[[], Grammar]] = {
    0x21: _numbers(Kind.CHARACTER_SIZE, 1),
    0x24: _numbers(Kind.PAGE_VERTICAL, 2),
    0x28: _extended(Kind.EXTENDED),
    0x38: _graphics_8,
    0x2A: _downloaded,
    0x2F: _numbers(Kind.PRINT_DOWNLOADED, 1),
    0x3A: _numbers(Kind.MACRO, 0),
    0x42: _numbers(Kind.REVERSE, 1),
    0x43: _counter,
    0x44: _graphics_definition,
    0x48: _numbers(Kind.HRI_POSITION, 1),
    0x49: _numbers(Kind.PRINTER_ID, 1),
    0x4C: _numbers(Kind.LEFT_MARGIN, 2),
    0x50: _numbers(Kind.MOTION_UNITS, 2),
    0x54: _numbers(Kind.PRINT_POSITION_START, 1),
    0x56: _cut,
    0x57: _numbers(Kind.AREA_WIDTH, 2),
    0x5C: _numbers(Kind.PAGE_RELATIVE, 2),
    0x5E: _numbers(Kind.EXECUTE_MACRO, 3),
    0x61: _numbers(Kind.AUTOMATIC_STATUS, 1),
    0x62: _numbers(Kind.SMOOTHING, 1),
    0x63: _numbers(Kind.PRINT_COUNTER, 0),
    0x65: _presenter,
    0x66: _numbers(Kind.HRI_FONT, 1),
    0x67: _numbers(Kind.COUNTER_MODE, 4),
    0x68: _numbers(Kind.BARCODE_HEIGHT, 1),
    0x6A: _numbers(Kind.INK_ASB, 1),
    0x6B: _barcode,
    0x72: _numbers(Kind.TRANSMIT_STATUS, 1),
    0x76: _raster_image,
    0x77: _numbers(Kind.BARCODE_WIDTH, 1),
    0x7A: _numbers(Kind.ONLINE_RECOVERY, 3),
}

_FS: dict[int, Callable[[], Grammar]] = {
    0x21: _numbers(Kind.KANJI_MODE, 1),
    0x26: _numbers(Kind.KANJI_ON, 0),
    0x28: _extended(Kind.EXTENDED_FS),
    0x2D: _numbers(Kind.KANJI_UNDERLINE, 1),
    0x2E: _numbers(Kind.KANJI_OFF, 0),
    0x43: _numbers(Kind.KANJI_SYSTEM, 1),
    0x53: _numbers(Kind.KANJI_SPACING, 2),
    0x57: _numbers(Kind.KANJI_SIZE, 1),
    0x67: _nv_user,
    0x70: _numbers(Kind.NV_PRINT, 2),
    0x71: _nv_define,
}

_PREFIXES = {0x10: _DLE, 0x1B: _ESC, 0x1C: _FS, 0x1D: _GS}

_SINGLE = {
    0x09: Kind.TAB,
    0x0A: Kind.LINE_FEED,
    0x0C: Kind.FORM_FEED,
    0x0D: Kind.CARRIAGE_RETURN,
    0x18: Kind.CANCEL,
}


def _command() -> Grammar:
    first = (yield 1)[0]
    if first in _PREFIXES:
        second = (yield 1)[0]
        grammar = _PREFIXES[first].get(second)
        if grammar is None:
            return Command(Kind.UNKNOWN, (first, second))
        return (yield from grammar())
    if first in _SINGLE:
        return Command(_SINGLE[first])
    if first < 0x20 or first == 0x7F:
        return Command(Kind.UNKNOWN, (first,))
    return Command(Kind.TEXT, (), bytes((first,)))


class Parser:
    """Takes bytes in any pieces, gives commands. Text comes byte by byte, as a printer takes it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget an unfinished command."""
        self._grammar = _command()
        self._need = next(self._grammar)
        self._have = bytearray()

    @property
    def need(self) -> int:
        """Bytes to feed before anything can happen; never 0."""
        return self._need - len(self._have)

    def push(self, data: bytes) -> Command | None:
        """Take at most :attr:`need` bytes; the command when they complete it.

        Raises:
            ValueError: when more are given.
        """
        if len(data) > self.need:
            raise ValueError("more bytes than asked for")
        self._have += data
        if len(self._have) < self._need:
            return None
        piece = bytes(self._have)
        self._have.clear()
        try:
            self._need = self._grammar.send(piece)
        except StopIteration as done:
            self.reset()
            command: Command = done.value
            return command
        return None

    def feed(self, data: bytes) -> list[Command]:
        """All commands that ``data`` completes."""
        commands = []
        position = 0
        while position < len(data):
            piece = data[position : position + self.need]
            position += len(piece)
            command = self.push(piece)
            if command is not None:
                commands.append(command)
        return commands


def joined(commands: list[Command]) -> list[Command]:
    """The same commands with runs of text bytes made one."""
    result: list[Command] = []
    for command in commands:
        if command.kind is Kind.TEXT and result and result[-1].kind is Kind.TEXT:
            result[-1] = Command(Kind.TEXT, (), result[-1].data + command.data)
        else:
            result.append(command)
    return result
