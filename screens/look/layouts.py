"""Which keys stand where. Rows of keys; a key is what it types, or the name of what it does."""

from typing import Final

from screens.look.widgets.entry import Layout

SHIFT: Final = "<shift>"
BACKSPACE: Final = "<backspace>"
CLEAR: Final = "<clear>"
SYMBOLS: Final = "<symbols>"
LETTERS: Final = "<letters>"
SPACE: Final = "<space>"

Rows = tuple[tuple[str, ...], ...]

_DIGITS: Final = tuple("1234567890")

#: Indonesian, Javanese and Madurese are written on QWERTY; the accents of é, è and â are a page away.
_LETTER_ROWS: Final[Rows] = (
    _DIGITS,
    tuple("qwertyuiop"),
    (*"asdfghjkl", "'"),
    (SHIFT, *"zxcvbnm", BACKSPACE),
    (CLEAR, SYMBOLS, ",", SPACE, ".", "-", "/"),
)
_SYMBOL_ROWS: Final[Rows] = (
    _DIGITS,
    tuple("éèêâ()+=%&"),
    tuple("!?:;\"'@#*_"),
    (*"/\\|<>[]°", BACKSPACE),
    (CLEAR, LETTERS, ",", SPACE, ".", "-", "/"),
)
_EMAIL_ROWS: Final[Rows] = (
    _DIGITS,
    tuple("qwertyuiop"),
    (*"asdfghjkl", "_"),
    (*"zxcvbnm", "-", BACKSPACE),
    (CLEAR, "@", ".", "@gmail.com", ".com", ".id"),
)
_CODE_ROWS: Final[Rows] = (
    _DIGITS,
    tuple("ABCDEFGHJK"),
    tuple("MNPQRSTVWX"),
    ("Y", "Z", CLEAR, BACKSPACE),
)


def rows(layout: Layout, *, symbols: bool = False) -> Rows:
    """The rows of a layout; ``symbols`` is the second page of letters."""
    match layout:
        case Layout.LETTERS:
            return _SYMBOL_ROWS if symbols else _LETTER_ROWS
        case Layout.EMAIL:
            return _EMAIL_ROWS
        case Layout.CODE:
            return _CODE_ROWS
        case Layout.DECIMAL:
            return _keypad(CLEAR, ".")
        case Layout.NUMBER:
            return _keypad(CLEAR, "-")
        case Layout.DIGITS:
            return _keypad(CLEAR, "+")
        case _:
            return _keypad(CLEAR)


#: How many keys wide each of two keys is that stand in the place of one: the gap between them counts, too.
SHARED: Final = 0.48
#: How many keys wide each is, where it is not one.
_WIDTHS: Final = {SPACE: 4.0, SHIFT: 1.5, BACKSPACE: 1.5, SYMBOLS: 1.6, LETTERS: 1.6, "@gmail.com": 3.2, ".com": 2.0}


def width(layout: Layout, name: str) -> float:
    """How many keys wide a key is. On a keypad all are alike, but the two that share the place of one: every digit stands
    where hands expect it, and the key that erases one is far from the one that erases all."""
    if not layout.is_keypad:
        return _WIDTHS.get(name, 1.0)
    shared = layout in (Layout.NUMBER, Layout.DECIMAL, Layout.DIGITS)
    return SHARED if shared and (name == CLEAR or not name.isdigit()) and name != BACKSPACE else 1.0


def _keypad(*left: str) -> Rows:
    return (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), (*left, "0", BACKSPACE))
