"""Finds real-time commands in what is received, at the moment it is received.

A printer executes DLE EOT, DLE ENQ and DLE DC4 when they arrive, even when they stand in picture data and even
when it is off-line: before anything reaches the buffer.
"""

from __future__ import annotations

from devices.printer.emulator.grammar import Command, Kind
from devices.printer.emulator.grammar.dle import STATUS_WITH_PARAMETER

DLE = 0x10
EOT, ENQ, DC4 = 0x04, 0x05, 0x14
_DC4_LENGTHS = {1: 5, 2: 5, 3: 8, 7: 4, 8: 10}
_DC4_KINDS = {
    1: Kind.REAL_TIME_PULSE,
    2: Kind.REAL_TIME_POWER_OFF,
    3: Kind.REAL_TIME_BUZZER,
    7: Kind.REAL_TIME_SPECIFIED_STATUS,
    8: Kind.REAL_TIME_CLEAR,
}
CLEAR_PARAMETERS = bytes((1, 3, 20, 1, 6, 2, 8))
"""The fixed parameters without which DLE DC4 8 is ignored."""


class RealTimeScanner:
    """Watches a stream; keeps the start of a sequence that is not whole yet."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def feed(self, data: bytes) -> list[tuple[int, Command]]:
        """Real-time commands that end within ``data``, with the position behind each."""
        found: list[tuple[int, Command]] = []
        position = 0
        while position < len(data):
            if not self._begun:
                position = data.find(DLE, position)
                if position < 0:
                    break
            self._begun.append(data[position])
            position += 1
            self._resync()
            if self._begun and len(self._begun) == self._length():
                found.append((position, self._command()))
                self._begun.clear()
        return found

    def _resync(self) -> None:
        while self._begun and not self._possible():
            del self._begun[0]
            while self._begun and self._begun[0] != DLE:
                del self._begun[0]

    def _possible(self) -> bool:
        begun = self._begun
        if begun[0] != DLE:
            return False
        if len(begun) >= 2 and begun[1] not in (EOT, ENQ, DC4):
            return False
        return not (len(begun) >= 3 and begun[1] == DC4 and begun[2] not in _DC4_LENGTHS)

    def _length(self) -> int:
        begun = self._begun
        if len(begun) < 3:
            return 3
        if begun[1] == DC4:
            return _DC4_LENGTHS[begun[2]]
        return 4 if begun[1] == EOT and begun[2] in STATUS_WITH_PARAMETER else 3

    def _command(self) -> Command:
        _, second, third, *rest = self._begun
        if second == EOT:
            return Command(Kind.REAL_TIME_STATUS, (third, *rest))
        if second == ENQ:
            return Command(Kind.REAL_TIME_REQUEST, (third,))
        return Command(_DC4_KINDS[third], (third, *rest), bytes(rest))
