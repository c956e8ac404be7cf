"""A slip as its designer sees it: what stands on it, without paper widths or printer commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

from devices.printer.slips.sanitise import clean, clean_lines

MAX_SIGNS = 6
"""Signs in one row: more would be too small to recognise."""

SIGN_RANGE = ("\ue000", "\uf8ff")
"""Where a font of signs has them: Unicode's private area."""

Align = Literal["left", "center", "right"]

MAX_ELEMENTS = 200
"""Elements of one slip; a slip is a receipt, not a book."""

MAX_QR = 300
"""Characters in a QR code that a phone still reads from thermal paper."""

MAX_SPACE = 10
"""Blank lines that one ``space`` may ask for."""


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph; wrapped to the paper's width when laid out."""

    text: str
    bold: bool = False
    size: Literal[1, 2] = 1
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value; the values of rows that follow one another stand in one column."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class Space:
    """Blank lines."""

    lines: int


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code in the middle, with a caption under it."""

    data: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Signs:
    """Characters of the font of signs, in a row in the middle; ``linked``: an arrow leads from each to the next."""

    characters: str
    linked: bool = False


Element = Text | Row | Rule | Space | Qr | Signs


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed: a finished, immutable sequence of elements with clean text."""

    elements: tuple[Element, ...]


class SlipBuilder:
    """Collects the elements of one slip. All text is cleaned here, so nobody else needs to think of it.

    More elements than :data:`MAX_ELEMENTS` is a bug of the caller and raises ValueError.
    """

    def __init__(self) -> None:
        self._elements: list[Element] = []

    def title(self, text: str) -> Self:
        """The heading: large, bold, in the middle."""
        return self.text(text, bold=True, size=2, align="center")

    def text(self, text: str, *, bold: bool = False, size: Literal[1, 2] = 1, align: Align = "left") -> Self:
        """A paragraph; line ends in ``text`` stay line ends."""
        for line in clean_lines(text):
            self._add(Text(line, bold, size, align) if line else Space(1))
        return self

    def row(self, label: str, value: str) -> Self:
        return self._add(Row(clean(label), clean(value)))

    def rule(self) -> Self:
        return self._add(Rule())

    def space(self, lines: int = 1) -> Self:
        return self._add(Space(max(0, min(lines, MAX_SPACE))))

    def qr(self, data: str, caption: str = "") -> Self:
        """A QR code of ``data``.

        Raises:
            ValueError: when ``data`` is empty, longer than :data:`MAX_QR`, or holds what :func:`clean` would
                change: a code must say exactly what was asked for or not be printed.
        """
        if not data or len(data) > MAX_QR or clean(data, MAX_QR) != data:
            raise ValueError("not fit for a QR code")
        return self._add(Qr(data, clean(caption)))

    def signs(self, characters: str, *, linked: bool = False) -> Self:
        """Signs in a row, at most :data:`MAX_SIGNS`: the first ones. What is none is left out."""
        known = "".join(each for each in characters if SIGN_RANGE[0] <= each <= SIGN_RANGE[1])[:MAX_SIGNS]
        return self._add(Signs(known, linked)) if known else self

    def build(self) -> Slip:
        return Slip(tuple(self._elements))

    def _add(self, element: Element) -> Self:
        if len(self._elements) >= MAX_ELEMENTS:
            raise ValueError(f"a slip holds at most {MAX_ELEMENTS} elements")
        self._elements.append(element)
        return self
