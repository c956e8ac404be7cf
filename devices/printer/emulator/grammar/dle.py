"""Commands that begin with DLE. Most were executed when they were received; here they are only read over."""

from __future__ import annotations

from devices.printer.emulator.grammar.kinds import Command, Kind
from devices.printer.emulator.grammar.pieces import Grammar, Grammars, numbers

STATUS_WITH_PARAMETER = frozenset({7, 8, 18})
"""``DLE EOT n a``: ink, MICR and interface status have a second parameter."""


def _status() -> Grammar:
    which = (yield 1)[0]
    return Command(Kind.REAL_TIME_STATUS, (which, *((yield 1) if which in STATUS_WITH_PARAMETER else b"")))


def _dc4() -> Grammar:
    function = (yield 1)[0]
    match function:
        case 1:
            return Command(Kind.REAL_TIME_PULSE, tuple((yield 2)))
        case 2:
            return Command(Kind.REAL_TIME_POWER_OFF, tuple((yield 2)))
        case 3:
            return Command(Kind.REAL_TIME_BUZZER, tuple((yield 5)))
        case 7:
            return Command(Kind.REAL_TIME_SPECIFIED_STATUS, tuple((yield 1)))
        case 8:
            return Command(Kind.REAL_TIME_CLEAR, (8,), (yield 7))
        case _:
            return Command(Kind.UNKNOWN, (0x10, 0x14, function))


DLE: Grammars = {0x04: _status, 0x05: numbers(Kind.REAL_TIME_REQUEST, 1), 0x14: _dc4}
