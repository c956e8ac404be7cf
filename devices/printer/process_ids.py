"""Process ids: four printable characters that no two questions share for a long time."""

from __future__ import annotations

from collections.abc import Callable

from devices.printer.commands import PROCESS_ID_LENGTH

_FIRST, _COUNT = 0x20, 95
_ALL = _COUNT**PROCESS_ID_LENGTH


class ProcessIds:
    """Counts up from a random place, so that an answer to a question from before a restart fits nothing."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._number = int(chance() * _ALL)

    def next(self) -> bytes:
        self._number = (self._number + 1) % _ALL
        number, digits = self._number, []
        for _ in range(PROCESS_ID_LENGTH):
            number, digit = divmod(number, _COUNT)
            digits.append(_FIRST + digit)
        return bytes(digits)
