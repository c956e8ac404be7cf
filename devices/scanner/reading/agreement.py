"""When a read counts, and when it is only the same card still lying there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from devices.scanner.reading.decode import Read

AGREE_WITHIN: Final = 2.0
"""Seconds between two equal reads of a code for them to agree."""

AGAIN_AFTER: Final = 2.5
"""Seconds that a code must be out of sight before it counts as shown anew."""

MOST_REMEMBERED: Final = 64
"""Texts kept in memory; the oldest is forgotten first."""


class Agreement:
    """Lets a read that is proof through at once, and every other one when two pictures agree."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], float] = {}

    def settle(self, reads: Iterable[Read], now: float) -> tuple[Read, ...]:
        """Those of one picture's ``reads`` that count; ``now`` is the picture's time in seconds."""
        self._waiting = {key: at for key, at in self._waiting.items() if now - at <= AGREE_WITHIN}
        settled: dict[tuple[str, str], Read] = {}
        for read in reads:
            key = (read.symbology, read.text)
            if read.is_proof or key in self._waiting:
                settled[key] = read
        for read in reads:
            if not read.is_proof:
                self._waiting[(read.symbology, read.text)] = now
        _trim(self._waiting)
        return tuple(settled.values())


class InSight:
    """Tells which codes are new: a code that stays before the camera is one scan, not fifteen a second."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def appeared(self, text: str, now: float) -> bool:
        """Whether ``text`` was out of sight for AGAIN_AFTER seconds, or never seen; it is in sight from now on."""
        last = self._seen.pop(text, None)
        self._seen[text] = now
        _trim(self._seen)
        return last is None or now - last > AGAIN_AFTER

    def forget(self) -> None:
        """What comes next is new."""
        self._seen.clear()


def _trim(remembered: dict[tuple[str, str], float] | dict[str, float]) -> None:
    while len(remembered) > MOST_REMEMBERED:
        remembered.pop(next(iter(remembered)))  # type: ignore[call-overload]
