"""The grammar of ESC/POS, as in Epson's "ESC/POS Command Reference": how many bytes belong to each command."""

from __future__ import annotations

from devices.printer.emulator.grammar.dle import DLE
from devices.printer.emulator.grammar.esc import ESC
from devices.printer.emulator.grammar.fs import FS
from devices.printer.emulator.grammar.gs import GS
from devices.printer.emulator.grammar.kinds import Command, Kind
from devices.printer.emulator.grammar.pieces import Grammar

_PREFIXES = {0x10: DLE, 0x1B: ESC, 0x1C: FS, 0x1D: GS}

_SINGLE = {
    0x09: Kind.TAB,
    0x0A: Kind.LINE_FEED,
    0x0C: Kind.FORM_FEED,
    0x0D: Kind.CARRIAGE_RETURN,
    0x18: Kind.CANCEL,
}


def command() -> Grammar:
    """The next command of a stream; what is none is :attr:`Kind.UNKNOWN` and one or two bytes long."""
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


__all__ = ["Command", "Grammar", "Kind", "command"]
