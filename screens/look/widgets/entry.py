"""What is being typed: the text, what may be typed into it, and how it is shown. Knows nothing of Kivy.

A keyboard and a field look at the same entry; neither knows the other.
"""

import re
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
    #: Sixteen digits: somebody's NIK, the number of a family card.
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
#: What stands before a sentence, and before a word of a name.
_BEFORE_SENTENCE: Final = (". ",)
_BEFORE_NAME: Final = (" ", "-", ".", "(", "/")
#: What a number is while it is being typed, wherever in it the next key goes.
_UNFINISHED: Final = {
    Layout.NUMBER: re.compile(r"-?[0-9]*"),
    Layout.DECIMAL: re.compile(r"-?([0-9]+\.?[0-9]*)?"),
    Layout.DIGITS: re.compile(r"\+?[0-9]*"),
}


class Entry:
    """A text that keys are typed into, at the cursor; listeners are called after each change. ``limit``: so many characters
    at most, whatever is usual for the layout. ``names``: every word begins with a capital letter, not only a sentence."""

    def __init__(self, layout: Layout, text: str = "", limit: int | None = None, *, names: bool = False) -> None:
        self.layout = layout
        self.limit = _LIMITS[layout] if limit is None else limit
        self._starts = _BEFORE_NAME if names else _BEFORE_SENTENCE
        self._text = text[: self.limit]
        #: So many characters stand before the place where the next one goes.
        self.cursor = len(self._text)
        #: What the clear key took away, until something else is typed.
        self._cleared = ""
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
        """Puts in at the cursor what the layout allows; False when nothing was taken."""
        taken, refused = False, False
        for character in characters:
            cased = self._cased(character)
            candidate = self._text[: self.cursor] + cased + self._text[self.cursor :]
            if not self._allowed(character, candidate):
                continue
            if self.full:
                refused = True
                break
            self._text, taken = candidate, True
            self.cursor += 1
            self._cleared = ""
            self._lift()
        if not taken and not refused:
            return False
        self.overfull = refused and self.layout in _OPEN
        if taken or self.overfull:
            self._tell()
        return taken

    def backspace(self) -> bool:
        """Takes away the character before the cursor; False when there is none."""
        if self.cursor == 0:
            return False
        self._text = self._text[: self.cursor - 1] + self._text[self.cursor :]
        self.cursor -= 1
        self.overfull = False
        self._cleared = ""
        self._lift()
        self._tell()
        return True

    def move_to(self, place: int) -> None:
        """The next character goes behind so many."""
        place = max(0, min(place, len(self._text)))
        if place != self.cursor:
            self.cursor = place
            self._lift()
            self._tell()

    @property
    def brings_back(self) -> bool:
        """Whether the clear key, pressed once more, brings back what it took away."""
        return bool(self._cleared) and not self._text

    def clear(self) -> None:
        """Takes all of it away, but keeps it at hand: pressed again, it is there as before. A PIN is gone."""
        kept = self._cleared if self.brings_back else ""
        cleared = "" if self.layout is Layout.PIN else self._text
        self.set(kept)
        if not kept:
            self._cleared = cleared
            self._tell()

    def set(self, text: str) -> None:
        self._text = text[: self.limit]
        self.cursor = len(self._text)
        self._cleared = ""
        self.overfull = False
        self._lift()
        self._tell()

    def put(self, text: str) -> bool:
        """All of ``text`` instead of what is there, as it is; False, and nothing changed, when not all of it fits."""
        if not text or len(text) > self.limit:
            return False
        if not all(self._allowed(character, text) for character in text):
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

    def places(self, shown: str, decimal: str = ".") -> tuple[int, ...]:
        """As ``places_of``, in what ``shown`` gave."""
        if self.layout is Layout.PIN:
            return tuple(range(len(self._text) + 1))
        typed = self._text.replace(POINT, decimal) if self.layout is Layout.DECIMAL else self._text
        return places_of(typed, shown)

    def _in_slots(self, letters: dict[str, str]) -> str:
        parts = []
        position = 0
        for slot in _SLOTS[self.layout]:
            part = self._text[position : position + len(slot)]
            rest = letters.get(slot[0], slot[0]) * (len(slot) - len(part))
            parts.append(part + rest)
            position += len(slot)
        return (" / " if self.layout is Layout.DATE else " : ").join(parts)

    def _allowed(self, character: str, candidate: str) -> bool:
        """Whether the character may be part of such a text."""
        if not character.isprintable():
            return False
        match self.layout:
            case Layout.LETTERS:
                return True
            case Layout.EMAIL:
                return character.isascii() and character != " "
            case Layout.CODE:
                return character.isascii() and character.isalnum()
            case Layout.NUMBER | Layout.DECIMAL | Layout.DIGITS:
                return _UNFINISHED[self.layout].fullmatch(candidate) is not None
            case _:
                return character.isascii() and character.isdigit()

    def _cased(self, character: str) -> str:
        if self.layout is Layout.CODE or (self.layout is Layout.LETTERS and self.upper):
            return character.upper()
        if self.layout is Layout.DECIMAL and character == COMMA:
            return POINT
        return character

    def _lift(self) -> None:
        """A sentence begins with a capital letter, and so does every word of a name."""
        if self.layout is Layout.LETTERS:
            before = self._text[: self.cursor]
            self.upper = not before or before.endswith(self._starts)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def digits_shown(text: str) -> str:
    """Long numbers in fours; a postal code or the number of a house is short enough to be read as it is."""
    return _in_fours(text, " ") if len(text) > UNBROKEN_DIGITS else text


def places_of(typed: str, shown: str) -> tuple[int, ...]:
    """Where in what is shown the cursor stands before each character that was typed, and behind the last one."""
    places, start = [], 0
    for character in typed:
        found = max(shown.find(character, start), start)
        places.append(found)
        start = found + 1
    return (*places, start)


def _in_fours(text: str, between: str) -> str:
    return between.join(text[start : start + 4] for start in range(0, len(text), 4))
