"""Commands that begin with GS: sizes, cuts, codes, raster pictures, status."""

from __future__ import annotations

from devices.printer.emulator.grammar.kinds import Command, Kind
from devices.printer.emulator.grammar.pieces import Grammar, Grammars, extended, little, numbers, take, until_nul

MAX_BARCODE = 255
LAST_BARCODE_A = 6
FIRST_BARCODE_B, LAST_BARCODE_B = 65, 79
BMP_HEAD = 6
"""``BM`` and the file's length: how a Windows picture tells where it ends."""


def _cut() -> Grammar:
    mode = (yield 1)[0]
    feeds = mode in (65, 66, 97, 98, 103, 104)
    return Command(Kind.CUT, (mode, *((yield 1) if feeds else b"")))


def _graphics_8() -> Grammar:
    head = yield 5
    return Command(Kind.GRAPHICS_8, (head[0],), (yield from take(little(head[1:]))))


def _barcode() -> Grammar:
    system = (yield 1)[0]
    if system <= LAST_BARCODE_A:
        return Command(Kind.BARCODE, (system,), (yield from until_nul(MAX_BARCODE)))
    if not FIRST_BARCODE_B <= system <= LAST_BARCODE_B:
        return Command(Kind.UNKNOWN, (0x1D, 0x6B, system))
    length = (yield 1)[0]
    return Command(Kind.BARCODE, (system,), (yield from take(length)))


def _raster_image() -> Grammar:
    sub = (yield 1)[0]
    if sub not in (0, 48):
        return Command(Kind.UNKNOWN, (0x1D, 0x76, sub))
    mode, *size = yield 5
    width, rows = little(bytes(size[:2])), little(bytes(size[2:]))
    return Command(Kind.RASTER_IMAGE, (mode, width, rows), (yield from take(width * rows)))


def _variable_image() -> Grammar:
    sub = (yield 1)[0]
    if sub not in (0, 48):
        return Command(Kind.UNKNOWN, (0x1D, 0x51, sub))
    mode, *size = yield 5
    columns, deep = little(bytes(size[:2])), little(bytes(size[2:]))
    return Command(Kind.VARIABLE_IMAGE, (mode, columns, deep), (yield from take(columns * deep)))


def _downloaded() -> Grammar:
    x, y = yield 2
    return Command(Kind.DEFINE_DOWNLOADED, (x, y), (yield from take(x * y * 8)))


def _bmp() -> Grammar:
    """``GS D m fn a kc1 kc2 b c`` and a whole BMP file."""
    head = yield 7
    start = yield BMP_HEAD
    if start.startswith(b"BM"):
        yield from take(max(0, little(start[2:]) - BMP_HEAD))
    return Command(Kind.BMP_DEFINITION, tuple(head))


def _counter() -> Grammar:
    which = (yield 1)[0]
    if which in (0x30, 0x32):
        return Command(Kind.COUNTER, (which, *(yield 2)))
    if which == 0x31:
        return Command(Kind.COUNTER, (which, *(yield 6)))
    separators = 0
    while which == 0x3B and separators < 5:
        separators += (yield 1) == b";"
    return Command(Kind.COUNTER, (which,))


def _presenter() -> Grammar:
    """Of printers for kiosks (Custom, Pyramid): 2 retracts, 3 shows the slip by as many steps, 5 gives it out, 32
    shows it for as many seconds."""
    function = (yield 1)[0]
    takes = {3: 1, 32: 2}.get(function, 0)
    return Command(Kind.PRESENTER, (function, *((yield takes) if takes else b"")))


GS: Grammars = {
    0x21: numbers(Kind.CHARACTER_SIZE, 1),
    0x24: numbers(Kind.PAGE_VERTICAL, 2),
    0x28: extended(Kind.EXTENDED),
    0x38: _graphics_8,
    0x2A: _downloaded,
    0x2F: numbers(Kind.PRINT_DOWNLOADED, 1),
    0x3A: numbers(Kind.MACRO),
    0x42: numbers(Kind.REVERSE, 1),
    0x43: _counter,
    0x44: _bmp,
    0x48: numbers(Kind.HRI_POSITION, 1),
    0x49: numbers(Kind.PRINTER_ID, 1),
    0x4C: numbers(Kind.LEFT_MARGIN, 2),
    0x50: numbers(Kind.MOTION_UNITS, 2),
    0x51: _variable_image,
    0x54: numbers(Kind.PRINT_POSITION_START, 1),
    0x56: _cut,
    0x57: numbers(Kind.AREA_WIDTH, 2),
    0x5C: numbers(Kind.PAGE_RELATIVE, 2),
    0x5E: numbers(Kind.EXECUTE_MACRO, 3),
    0x61: numbers(Kind.AUTOMATIC_STATUS, 1),
    0x62: numbers(Kind.SMOOTHING, 1),
    0x63: numbers(Kind.PRINT_COUNTER),
    0x65: _presenter,
    0x66: numbers(Kind.HRI_FONT, 1),
    0x67: numbers(Kind.COUNTER_MODE, 4),
    0x68: numbers(Kind.BARCODE_HEIGHT, 1),
    0x6A: numbers(Kind.INK_ASB, 1),
    0x6B: _barcode,
    0x72: numbers(Kind.TRANSMIT_STATUS, 1),
    0x76: _raster_image,
    0x77: numbers(Kind.BARCODE_WIDTH, 1),
    0x7A: numbers(Kind.ONLINE_RECOVERY, 3),
}
