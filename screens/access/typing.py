"""Typing by keys that are felt: digits as they are, letters as on a telephone, or those of a keyboard.

Going over the keys on the screen takes some three presses a character. A keypad with digits types them at once, and
letters by pressing a digit several times (ITU-T E.161); nothing depends on how fast. A keyboard's letters type themselves.
Knows nothing of Kivy but its key codes.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from screens.look.widgets.entry import POINT, Entry

#: By digit of a keypad, what it types in turn where letters are typed.
LETTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "0": " 0",
        "1": ".,-'/@1",
        "2": "abc2",
        "3": "def3",
        "4": "ghi4",
        "5": "jkl5",
        "6": "mno6",
        "7": "pqrs7",
        "8": "tuv8",
        "9": "wxyz9",
    }
)
_PAD: Final = {256 + digit: str(digit) for digit in range(10)}
_KEYBOARD: Final = {code: chr(code) for code in (*range(ord("0"), ord("9") + 1), *range(ord("a"), ord("z") + 1))}
#: Takes the last character back: a keyboard's own key, a keypad's asterisk.
_ERASE: Final = frozenset({8, 268})
#: The letter is right: the same key begins the next one. Where digits are typed it is the decimal point.
_NEXT_LETTER: Final = frozenset({266})


class TypingKeys:
    """What keys type into the entry of the page in sight."""

    def __init__(self) -> None:
        self._turning: tuple[int, str] | None = None
        self._turns = 0

    def types(self, code: int) -> bool:
        """Whether a key types something."""
        return code in _PAD or code in _KEYBOARD or code in _ERASE or code in _NEXT_LETTER

    def press(self, code: int, entry: Entry) -> None:
        turning, self._turning = self._turning, None
        if code in _ERASE:
            entry.backspace()
        elif code in _KEYBOARD:
            entry.type(_KEYBOARD[code])
        elif code in _NEXT_LETTER and entry.layout.is_keypad:
            entry.type(POINT)
        elif code in _PAD:
            self._press_pad(code, entry, again=turning == (code, entry.text))

    def _press_pad(self, code: int, entry: Entry, *, again: bool) -> None:
        digit = _PAD[code]
        if entry.layout.is_keypad:
            entry.type(digit)
            return
        letters = LETTERS[digit]
        self._turns = (self._turns + 1) % len(letters) if again else 0
        if again:
            entry.backspace()
        if entry.type(letters[self._turns]):
            self._turning = (code, entry.text)


def presses(text: str) -> list[str]:
    """Names of the keys of a keypad that type letters, in order (``numpad2`` …, ``numpaddecimal`` between two letters of
    one key)."""
    found: list[str] = []
    for character in text.lower():
        digit, place = next((key, letters.index(character)) for key, letters in LETTERS.items() if character in letters)
        if found and found[-1] == f"numpad{digit}":
            found.append("numpaddecimal")
        found += [f"numpad{digit}"] * (place + 1)
    return found
