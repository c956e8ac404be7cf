"""What is being typed: the text, what may be typed into it, and how it is shown. Knows nothing of Kivy.

A keyboard and a field look at the same entry; neither knows the other.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from protocol.limits import NIK_DIGITS, PIN_DIGITS

Listener = Callable[[], None]


class Layout(StrEnum):
    """Which keys are shown."""

    LETTERS = "LETTERS"
    EMAIL = "EMAIL"
    NUMBER = "NUMBER"
    DECIMAL = "DECIMAL"
    NIK = "NIK"
    #: Any digits: telephone and house numbers, postal codes, numbers of documents.
    DIGITS = "DIGITS"
    DATE = "DATE"
    TIME = "TIME"
    #: A tracking code: letters and digits without I, L, O, U.
    CODE = "CODE"
    PIN = "PIN"

    @property
    def is_keypad(self) -> bool:
        """Digits only: twelve large keys rather than a keyboard."""
        return self not in (Layout.LETTERS, Layout.EMAIL, Layout.CODE)


#: Of a line of text, and of a text of several lines.
TEXT_LENGTH: Final = 400
MULTILINE_LENGTH: Final = 2_000
DIGITS_LENGTH: Final = 40
NUMBER_LENGTH: Final = 15
CODE_LENGTH: Final = 12

_LIMITS: Final = {
    Layout.LETTERS: TEXT_LENGTH,
    Layout.EMAIL: 254,
    Layout.NUMBER: NUMBER_LENGTH,
    Layout.DECIMAL: NUMBER_LENGTH,
    Layout.NIK: NIK_DIGITS,
    Layout.DIGITS: DIGITS_LENGTH,
    Layout.DATE: 8,
    Layout.TIME: 4,
    Layout.CODE: CODE_LENGTH,
    Layout.PIN: PIN_DIGITS,
}
#: What is typed into these has no length of its own: that they are full has to be said.
_OPEN: Final = frozenset({Layout.LETTERS, Layout.EMAIL, Layout.NUMBER, Layout.DECIMAL, Layout.DIGITS})
_SLOTS: Final = {Layout.DATE: ("dd", "mm", "yyyy"), Layout.TIME: ("hh", "mm")}
#: Digits that are read in one go.
UNBROKEN_DIGITS: Final = 5
BULLET: Final = "•"
#: A decimal number is kept with a point, as forms do; it may be typed with either.
POINT: Final = "."
COMMA: Final = ","


class Entry:
    """A text that keys are typed into; listeners are called after each change. ``limit``: so many characters at most,
    whatever is usual for the layout."""

    def __init__(self, layout: Layout, text: str = "", limit: int | None = None) -> None:
        self.layout = layout
        self.limit = _LIMITS[layout] if limit is None else limit
        self._text = text[: self.limit]
        #: Something was typed for which there was no room any more.
        self.overfull = False
        self.upper = False
        self._listeners: list[Listener] = []
        self._lift()

    @property
    def text(self) -> str:
        return self._text

    @property
    def full(self) -> bool:
        return len(self._text) >= self.limit

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Returns how to stop listening."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def let_go(self) -> None:
        """Nobody listens any more."""
        self._listeners.clear()

    def type(self, characters: str) -> bool:
        """Appends what the layout allows; False when nothing was taken."""
        taken = [self._cased(character) for character in characters if self._allowed(character)]
        room = self.limit - len(self._text)
        if not taken:
            return False
        self.overfull = len(taken) > room and self.layout in _OPEN
        if room <= 0:
            if self.overfull:
                self._tell()
            return False
        self._text += "".join(taken[:room])
        self._lift()
        self._tell()
        return True

    def backspace(self) -> None:
        if self._text:
            self._text = self._text[:-1]
            self.overfull = False
            self._lift()
            self._tell()

    def clear(self) -> None:
        self.set("")

    def set(self, text: str) -> None:
        self._text = text[: self.limit]
        self.overfull = False
        self._lift()
        self._tell()

    def put(self, text: str) -> bool:
        """All of ``text`` instead of what is there, as it is; False, and nothing changed, when not all of it fits."""
        blank = Entry(self.layout)
        if not text or len(text) > self.limit or not all(blank._allowed(character) for character in text):
            return False
        self.set(text)
        return True

    def toggle_upper(self) -> None:
        self.upper = not self.upper
        self._tell()

    def shown(self, slot_letters: dict[str, str] | None = None, decimal: str = ".") -> str:
        """As people read it: a NIK and a code in fours, a date in its slots, a PIN as dots, a number with the
        language's own decimal sign."""
        text = self._text
        if self.layout in _SLOTS:
            letters = slot_letters or {}
            return self._in_slots(letters)
        if self.layout is Layout.NIK:
            return _in_fours(text, " ")
        if self.layout is Layout.DIGITS:
            return digits_shown(text)
        if self.layout is Layout.CODE:
            return _in_fours(text, "-")
        if self.layout is Layout.PIN:
            return BULLET * len(text)
        if self.layout is Layout.DECIMAL:
            return text.replace(POINT, decimal)
        return text

    def _in_slots(self, letters: dict[str, str]) -> str:
        parts = []
        position = 0
        for slot in _SLOTS[self.layout]:
            part = self._text[position : position + len(slot)]
            rest = letters.get(slot[0], slot[0]) * (len(slot) - len(part))
            parts.append(part + rest)
            position += len(slot)
        return (" / " if self.layout is Layout.DATE else " : ").join(parts)

    def _allowed(self, character: str) -> bool:
        if not character.isprintable():
            return False
        match self.layout:
            case Layout.LETTERS:
                return True
            case Layout.EMAIL:
                return character.isascii() and character != " "
            case Layout.CODE:
                return character.isascii() and character.isalnum()
            case Layout.NUMBER:
                return _is_digit(character) or (character == "-" and not self._text)
            case Layout.DECIMAL:
                return (
                    _is_digit(character)
                    or (character == "-" and not self._text)
                    or (character in (POINT, COMMA) and POINT not in self._text and self._text not in ("", "-"))
                )
            case Layout.DIGITS:
                return _is_digit(character) or (character == "+" and not self._text)
            case _:
                return _is_digit(character)

    def _cased(self, character: str) -> str:
        if self.layout is Layout.CODE or (self.layout is Layout.LETTERS and self.upper):
            return character.upper()
        if self.layout is Layout.DECIMAL and character == COMMA:
            return POINT
        return character

    def _lift(self) -> None:
        """A sentence begins with a capital letter."""
        if self.layout is Layout.LETTERS:
            self.upper = not self._text or self._text.endswith(". ")

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _is_digit(character: str) -> bool:
    return character.isascii() and character.isdigit()


def digits_shown(text: str) -> str:
    """Long numbers in fours; a postal code or the number of a house is short enough to be read as it is."""
    return _in_fours(text, " ") if len(text) > UNBROKEN_DIGITS else text


def _in_fours(text: str, between: str) -> str:
    return between.join(text[start : start + 4] for start in range(0, len(text), 4))
