"""The one place where text becomes safe to print.

A receipt printer takes commands and text in one stream of bytes, and python-escpos passes ESC, GS and DLE
through: a citizen's name could open the cash drawer. Everything that is printed goes through :func:`clean`. What
cannot be shown goes through :func:`substituted`, so that nobody reads an empty box for a letter.
"""

from __future__ import annotations

import unicodedata

MAX_TEXT = 500
"""Characters of one text that are kept; what is longer ends in an ellipsis."""

MAX_MARKS = 4
"""Combining marks kept on one base character: enough for every living script, too few to paint over a slip."""

ELLIPSIS = "..."

JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: nothing is drawn for them, but Indic and Arabic letters around them change."""

SUBSTITUTE = "?"
"""Stands for a character that neither the printer nor any font has, as printers themselves do."""

_SPACES = frozenset({"Zs", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """One line of printable characters.

    Normalised (NFC); tabs, line ends and every kind of space become one space, runs of them too; control,
    format (but the two joiners that Indic and Arabic scripts need), private, surrogate and unassigned
    characters are dropped. At most ``limit`` characters long.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[: limit * 8]):
        category = unicodedata.category(character)
        if category in _SPACES or character in "\t\n\v\f\r\x85":
            if kept and kept[-1] != " ":
                kept.append(" ")
            marks = 0
        elif category in _MARKS:
            marks += 1
            if kept and marks <= MAX_MARKS:
                kept.append(character)
        elif category[0] != "C" or character in JOINERS:
            kept.append(character)
            marks = 0
    line = "".join(kept).strip()
    if len(line) > limit:
        line = line[: limit - len(ELLIPSIS)].rstrip() + ELLIPSIS
    return line


def clean_lines(text: str, limit: int = MAX_TEXT) -> tuple[str, ...]:
    """Like :func:`clean`, but line ends stay line ends; at least one line, ``limit`` characters in all."""
    lines: list[str] = []
    left = limit
    for raw in text[: limit * 8].splitlines() or [""]:
        if left <= 0:
            break
        line = clean(raw, max(left, len(ELLIPSIS)))
        lines.append(line)
        left -= max(1, len(line))
    return tuple(lines)


def substituted(text: str, lacking: frozenset[str]) -> str:
    """``text`` with :data:`SUBSTITUTE` for each character of ``lacking``; marks on such a character go with it."""
    kept: list[str] = []
    gone = False
    for character in text:
        if unicodedata.category(character)[0] == "M":
            if not gone and character not in lacking:
                kept.append(character)
            continue
        gone = character in lacking
        kept.append(SUBSTITUTE if gone else character)
    return "".join(kept)
