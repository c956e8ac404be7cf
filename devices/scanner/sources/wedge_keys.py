"""From the keys of a keyboard-wedge scanner to its text: a pure function of (code, value, time).

Key codes are the kernel's (linux/input-event-codes.h), values 1 for down, 0 for up, 2 for a repeat; the layout is US,
as scanners are delivered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

SLOWEST_KEYS: Final = 0.1
"""Seconds between two keys after which what came so far is thrown away: it was a hand, or the rest got lost."""

LONGEST_INPUT: Final = 2048
"""Characters kept until Enter or Tab; a longer input is thrown away as a whole."""

DOWN: Final = 1
UP: Final = 0

ENTER_KEYS: Final = frozenset({28, 96})
TAB_KEY: Final = 15
SHIFT_KEYS: Final = frozenset({42, 54})
LEFT_SHIFT: Final = 42
ENTER: Final = 28
CAPS_LOCK: Final = 58

_ROWS: Final = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
_KEYPAD: Final = {71: "7", 72: "8", 73: "9", 74: "-", 75: "4", 76: "5", 77: "6", 78: "+", 79: "1", 80: "2", 81: "3"} | {
    82: "0",
    83: ".",
    55: "*",
    98: "/",
}


def _layout() -> tuple[dict[int, str], dict[int, str]]:
    plain, shifted = dict(_KEYPAD), dict(_KEYPAD)
    for first, lower, upper in _ROWS:
        plain.update({first + index: character for index, character in enumerate(lower)})
        shifted.update({first + index: character for index, character in enumerate(upper)})
    return plain, shifted


PLAIN, SHIFTED = _layout()


class KeyEvent(NamedTuple):
    """``at`` is in seconds, of any clock that does not jump."""

    code: int
    value: int
    at: float


@dataclass(slots=True)
class WedgeDecoder:
    """Gathers keys until Enter or Tab."""

    _text: str = ""
    _shifts: frozenset[int] = frozenset()
    _caps: bool = False
    _last_at: float = float("-inf")
    _overflowed: bool = False

    def feed(self, event: KeyEvent) -> str | None:
        """The text that this event completes, or None. Slow, too long and empty inputs complete nothing."""
        code, value, at = event
        if code in SHIFT_KEYS:
            self._shifts = self._shifts - {code} if value == UP else self._shifts | {code}
            return None
        if value != DOWN:
            return None
        if at - self._last_at > SLOWEST_KEYS:
            self._text, self._overflowed = "", False
        self._last_at = at
        if code == CAPS_LOCK:
            self._caps = not self._caps
            return None
        if code in ENTER_KEYS or code == TAB_KEY:
            return self._complete()
        self._add(code)
        return None

    def _complete(self) -> str | None:
        text, overflowed = self._text, self._overflowed
        self._text, self._overflowed = "", False
        return text if text and not overflowed else None

    def _add(self, code: int) -> None:
        character = (SHIFTED if self._shifts else PLAIN).get(code)
        if character is None:
            return
        if self._caps and character.isalpha():
            character = character.swapcase()
        if len(self._text) >= LONGEST_INPUT:
            self._overflowed = True
            return
        self._text += character


def keys_for(text: str, start: float = 0.0, pause: float = 0.002) -> tuple[KeyEvent, ...]:
    """The events that a scanner sends for ``text`` ("\\n" is Enter), ``pause`` seconds apart.

    Raises ValueError for a character that the layout does not have.
    """
    codes = {character: (code, True) for code, character in SHIFTED.items()}
    codes |= {character: (code, False) for code, character in PLAIN.items() if code not in _KEYPAD}
    codes["\n"] = (ENTER, False)
    events: list[KeyEvent] = []
    at = start
    for character in text:
        if character not in codes:
            raise ValueError(f"no key for {character!r}")
        code, shift = codes[character]
        pressed = [(code, DOWN), (code, UP)]
        if shift:
            pressed = [(LEFT_SHIFT, DOWN), *pressed, (LEFT_SHIFT, UP)]
        for key, value in pressed:
            events.append(KeyEvent(key, value, at))
            at += pause
    return tuple(events)
