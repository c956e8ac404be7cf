"""Commands that begin with FS: Kanji and what is stored in the printer."""

from __future__ import annotations

from devices.printer.emulator.grammar.kinds import Command, Kind
from devices.printer.emulator.grammar.pieces import Grammar, Grammars, extended, little, numbers, take

KANJI_BYTES = 72
"""Of one defined character of 24 by 24 dots."""


def _define_kanji() -> Grammar:
    code = yield 2
    return Command(Kind.KANJI_DEFINE, tuple(code), (yield from take(KANJI_BYTES)))


def _nv_define() -> Grammar:
    count = (yield 1)[0]
    for _ in range(count):
        size = yield 4
        yield from take(little(size[:2]) * little(size[2:]) * 8)
    return Command(Kind.NV_DEFINE, (count,))


def _nv_user() -> Grammar:
    which = (yield 1)[0]
    head = yield 7
    if which == 0x31:
        yield from take(little(head[5:7]))
    return Command(Kind.NV_USER, (which,))


FS: Grammars = {
    0x21: numbers(Kind.KANJI_MODE, 1),
    0x26: numbers(Kind.KANJI_ON),
    0x28: extended(Kind.EXTENDED_FS),
    0x2D: numbers(Kind.KANJI_UNDERLINE, 1),
    0x2E: numbers(Kind.KANJI_OFF),
    0x32: _define_kanji,
    0x3F: numbers(Kind.KANJI_CANCEL, 2),
    0x43: numbers(Kind.KANJI_SYSTEM, 1),
    0x53: numbers(Kind.KANJI_SPACING, 2),
    0x57: numbers(Kind.KANJI_SIZE, 1),
    0x67: _nv_user,
    0x70: numbers(Kind.NV_PRINT, 2),
    0x71: _nv_define,
}
