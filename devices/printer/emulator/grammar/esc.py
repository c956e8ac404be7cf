"""Commands that begin with ESC: text, lines, positions, column pictures."""

from __future__ import annotations

from devices.printer.emulator.grammar.kinds import Command, Kind
from devices.printer.emulator.grammar.pieces import MAX_DATA, Grammar, Grammars, extended, numbers, take, until_nul

MAX_TABS = 32


def _column_image() -> Grammar:
    mode, low, high = yield 3
    columns = low + 256 * high
    deep = 3 if mode in (32, 33) else 1
    return Command(Kind.COLUMN_IMAGE, (mode, columns), (yield from take(columns * deep)))


def _define_characters() -> Grammar:
    height, first, last = yield 3
    data = bytearray()
    for _ in range(first, last + 1):
        width = (yield 1)[0]
        data += bytes((width,)) + (yield from take(width * height))
    return Command(Kind.DEFINE_CHARACTERS, (height, first, last), bytes(data[:MAX_DATA]))


def _tab_positions() -> Grammar:
    return Command(Kind.TAB_POSITIONS, tuple((yield from until_nul(MAX_TABS))))


ESC: Grammars = {
    0x0C: numbers(Kind.PAGE_PRINT),
    0x20: numbers(Kind.CHARACTER_SPACING, 1),
    0x21: numbers(Kind.PRINT_MODE, 1),
    0x24: numbers(Kind.ABSOLUTE_POSITION, 2),
    0x25: numbers(Kind.USER_CHARACTERS, 1),
    0x26: _define_characters,
    0x28: extended(Kind.EXTENDED_ESC),
    0x2A: _column_image,
    0x2D: numbers(Kind.UNDERLINE, 1),
    0x32: numbers(Kind.DEFAULT_LINE_SPACING),
    0x33: numbers(Kind.LINE_SPACING, 1),
    0x3C: numbers(Kind.RETURN_HOME),
    0x3D: numbers(Kind.PERIPHERAL, 1),
    0x3F: numbers(Kind.CANCEL_CHARACTERS, 1),
    0x40: numbers(Kind.INITIALISE),
    0x44: _tab_positions,
    0x45: numbers(Kind.EMPHASIS, 1),
    0x47: numbers(Kind.DOUBLE_STRIKE, 1),
    0x4A: numbers(Kind.FEED_DOTS, 1),
    0x4B: numbers(Kind.FEED_BACK_DOTS, 1),
    0x4C: numbers(Kind.PAGE_MODE),
    0x4D: numbers(Kind.FONT, 1),
    0x52: numbers(Kind.INTERNATIONAL, 1),
    0x53: numbers(Kind.STANDARD_MODE),
    0x54: numbers(Kind.PAGE_DIRECTION, 1),
    0x55: numbers(Kind.UNIDIRECTIONAL, 1),
    0x56: numbers(Kind.ROTATION, 1),
    0x57: numbers(Kind.PAGE_AREA, 8),
    0x5C: numbers(Kind.RELATIVE_POSITION, 2),
    0x61: numbers(Kind.JUSTIFICATION, 1),
    0x63: numbers(Kind.PAPER_SENSORS, 2),
    0x64: numbers(Kind.FEED_LINES, 1),
    0x65: numbers(Kind.FEED_BACK_LINES, 1),
    0x69: numbers(Kind.OLD_PARTIAL_CUT),
    0x6D: numbers(Kind.OLD_PARTIAL_CUT),
    0x70: numbers(Kind.DRAWER, 3),
    0x72: numbers(Kind.COLOUR, 1),
    0x74: numbers(Kind.CODE_PAGE, 1),
    0x75: numbers(Kind.PERIPHERAL_STATUS, 1),
    0x76: numbers(Kind.PAPER_SENSOR_STATUS),
    0x7B: numbers(Kind.UPSIDE_DOWN, 1),
}
