"""Lays a slip out for a paper width: which lines stand where, and how long it becomes.

The same slip is laid out for 58 and 80 mm; nobody designs it twice.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw

from devices.printer.slips.paper import CUT_FEED_MM, FONT_A_DOTS, LINE_MM, Paper
from devices.printer.slips.raster import Raster, Typeface, find_fonts, pack, qr_image, qr_side, signs_image
from devices.printer.slips.sanitise import substituted
from devices.printer.slips.slip import Align, Element, Qr, Row, Rule, Signs, Slip, Space, Text

LABEL_SHARE = 0.42
"""Part of the width that a column of labels may take."""

LABEL_GAP = 3
"""Columns between a label and its value: a blank, a colon, a blank."""

QR_SHARE = 0.62
"""Part of the width that a QR code takes."""

QR_QUIET = 8
"""Modules left and right of a QR code that stay white."""

QR_WANTED_MODULE = 6
"""Dots a module (0.75 mm) below which a dense code, as those for payments are, takes the whole width."""

QR_LARGEST_MODULE = 8
"""Dots a module at most: one millimetre, which every phone reads."""

LINE_SIZE = 22
"""Font size in dots of lines drawn as pictures, to match the printer's font A."""

LINE_DOTS = 34
BASELINE_DOTS = 20

SIGN_MM = 12.0
"""Side of a sign that stands alone."""

LINKED_SIGN_MM = 9.0
"""Side of one of several in a row; smaller where the paper is too narrow."""

RULE = "\u2500"
"""Box drawing, light horizontal: an unbroken line on printers with code page 437."""

Encodable = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line in the printer's own font; never wider than the paper."""

    text: str
    bold: bool = False
    size: Literal[1, 2] = 1
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture across the whole paper; ``text`` is what it shows, for logs of the simulation and tests."""

    raster: Raster
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code drawn by the printer itself."""

    data: str
    module_dots: int
    side_dots: int


Line = TextLine | Picture | Code


@dataclass(frozen=True, slots=True)
class Layout:
    """Lines from top to bottom, and the paper they take in mm with the feed to the knife.

    ``substituted``: characters that stand as "?" because neither the printer nor a font has them.
    """

    lines: tuple[Line, ...]
    length_mm: float
    substituted: int = 0


class Typesetter:
    """Lays slips out for one printer.

    ``encodable`` says whether the printer has code pages for a text; what it lacks is drawn. ``native_qr`` says
    whether it draws QR codes itself.
    """

    def __init__(
        self,
        paper: Paper,
        *,
        encodable: Encodable,
        native_qr: bool = True,
        fonts: Sequence[Path] | None = None,
        signs: Path | None = None,
        copy_mark: str = "SALINAN / COPY",
    ) -> None:
        self.paper = paper
        self._signs_font = signs
        self._encodable = encodable
        self._native_qr = native_qr
        self._fonts = tuple(fonts) if fonts is not None else find_fonts()
        self._faces: dict[int, Typeface] = {}
        self._copy_mark = copy_mark
        self._substituted = 0

    def lay_out(self, slip: Slip, *, copy: bool = False) -> Layout:
        """The slip for this paper; with the mark on top when it is a copy."""
        lines: list[Line] = []
        self._substituted = 0
        if copy:
            lines += self._text(Text(f"*** {self._copy_mark} ***", bold=True, align="center"))
        elements = slip.elements
        index = 0
        while index < len(elements):
            if isinstance(elements[index], Row):
                end = index
                while end < len(elements) and isinstance(elements[end], Row):
                    end += 1
                lines += self._rows([e for e in elements[index:end] if isinstance(e, Row)])
                index = end
            else:
                lines += self._element(elements[index])
                index += 1
        length = sum(self._length(line) for line in lines) + CUT_FEED_MM
        return Layout(tuple(lines), length, self._substituted)

    def _element(self, element: Element) -> list[Line]:
        match element:
            case Text():
                return self._text(element)
            case Rule():
                return [TextLine((RULE if self._encodable(RULE) else "-") * self.paper.columns)]
            case Space(lines):
                return [TextLine("")] * lines
            case Qr():
                return self._qr(element)
            case Row():
                return self._rows([element])
            case Signs():
                return self._signs(element)

    def _showable(self, text: str) -> str:
        """The text with a substitute for what nothing here can show."""
        if self._encodable(text):
            return text
        lacking = self._face(1).lacks(text)
        self._substituted += sum(character in lacking for character in text)
        return substituted(text, lacking) if lacking else text

    def _text(self, text: Text) -> list[Line]:
        text = replace(text, text=self._showable(text.text))
        if self._encodable(text.text):
            wrapped = _wrap(text.text, self.paper.columns // text.size)
            return [TextLine(line, text.bold, text.size, text.align) for line in wrapped]
        face = self._face(text.size)
        return [
            self._drawn([(line, self._offset(face.width(line), text.align))], text.size, bold=text.bold)
            for line in _wrap_drawn(text.text, face, self.paper.width_dots)
        ]

    def _rows(self, rows: Sequence[Row]) -> list[Line]:
        rows = [Row(self._showable(row.label), self._showable(row.value)) for row in rows]
        most = math.floor(self.paper.columns * LABEL_SHARE)
        column = min(max(self._label_columns(row, most) for row in rows), most) + LABEL_GAP
        lines: list[Line] = []
        for row in rows:
            lines += self._plain_row(row, column) if self._is_plain(row) else self._drawn_row(row, column)
        return lines

    def _is_plain(self, row: Row) -> bool:
        return self._encodable(row.label + row.value)

    def _label_columns(self, row: Row, most: int) -> int:
        """Columns that the label needs when it may take ``most``; drawn letters are wider than printed ones."""
        if self._is_plain(row):
            return max(len(line) for line in _wrap(row.label, most))
        face, cell = self._face(1), FONT_A_DOTS[0]
        lines = _wrap_drawn(row.label, face, most * cell)
        return math.ceil(max(face.width(line) for line in lines) / cell)

    def _plain_row(self, row: Row, column: int) -> list[Line]:
        labels = _wrap(row.label, column - LABEL_GAP)
        values = _wrap(row.value, self.paper.columns - column)
        height = max(len(labels), len(values))
        labels += [""] * (height - len(labels))
        values += [""] * (height - len(values))
        return [
            TextLine(f"{label:<{column - 2}}{': ' if n == 0 else '  '}{value}".rstrip())
            for n, (label, value) in enumerate(zip(labels, values, strict=True))
        ]

    def _drawn_row(self, row: Row, column: int) -> list[Line]:
        face = self._face(1)
        x = column * FONT_A_DOTS[0]
        labels = _wrap_drawn(row.label, face, x - LABEL_GAP * FONT_A_DOTS[0])
        values = _wrap_drawn(row.value, face, self.paper.width_dots - x)
        height = max(len(labels), len(values))
        labels += [""] * (height - len(labels))
        values += [""] * (height - len(values))
        return [
            self._drawn([(label, 0.0), (":" if n == 0 else "", x - 2.0 * FONT_A_DOTS[0]), (value, float(x))], 1)
            for n, (label, value) in enumerate(zip(labels, values, strict=True))
        ]

    def _qr(self, qr: Qr) -> list[Line]:
        side = qr_side(qr.data)
        module = min(QR_LARGEST_MODULE, math.floor(self.paper.width_dots * QR_SHARE / side))
        widest = self.paper.width_dots // (side + QR_QUIET)
        module = max(1, module, min(QR_WANTED_MODULE, widest))
        code: Line
        if self._native_qr:
            code = Code(qr.data, module, side * module)
        else:
            drawn = qr_image(qr.data, module)
            canvas = Image.new("1", (self.paper.width_dots, drawn.height), 1)
            canvas.paste(drawn, ((self.paper.width_dots - drawn.width) // 2, 0))
            code = Picture(pack(canvas, self.paper.width_dots), f"[QR {qr.data}]")
        lines: list[Line] = [TextLine(""), code, TextLine("")]
        return lines + (self._text(Text(qr.caption, align="center")) if qr.caption else [])

    def _signs(self, signs: Signs) -> list[Line]:
        if self._signs_font is None:
            return []
        side = round((LINKED_SIGN_MM if signs.linked else SIGN_MM) * self.paper.dots_per_mm)
        drawn = signs_image(signs.characters, self._signs_font, side, self.paper.width_dots, linked=signs.linked)
        return [Picture(pack(drawn, self.paper.width_dots), "[" + " ".join(signs.characters) + "]")]

    def _drawn(self, parts: Sequence[tuple[str, float]], size: int, *, bold: bool = False) -> Picture:
        image = Image.new("1", (self.paper.width_dots, LINE_DOTS * size), 1)
        draw = ImageDraw.Draw(image)
        for text, x in parts:
            if text:
                self._face(size).draw(draw, x, BASELINE_DOTS * size, text, bold=bold)
        return Picture(pack(image, self.paper.width_dots), " ".join(text for text, _ in parts if text))

    def _face(self, size: int) -> Typeface:
        if size not in self._faces:
            self._faces[size] = Typeface(self._fonts, LINE_SIZE * size)
        return self._faces[size]

    def _offset(self, width: float, align: Align) -> float:
        room = max(0.0, self.paper.width_dots - width)
        return {"left": 0.0, "center": room / 2, "right": room}[align]

    def _length(self, line: Line) -> float:
        match line:
            case TextLine(size=size):
                return max(LINE_MM, self.paper.mm(FONT_A_DOTS[1] * size))
            case Picture(raster):
                return self.paper.mm(raster.rows)
            case Code(side_dots=side):
                return self.paper.mm(side)


def _wrap(text: str, width: int) -> list[str]:
    width = max(1, width)
    words = " ".join(_broken(word, width) if len(word) > width else word for word in text.split(" "))
    return textwrap.wrap(words, width, break_on_hyphens=False) or [""]


def _broken(word: str, width: int) -> str:
    """A word that is too long for a line, as an address is, with blanks where it may best be broken: behind a "/"."""
    pieces: list[str] = []
    while len(word) > width:
        end = word.rfind("/", 0, width) + 1 or width
        pieces.append(word[:end])
        word = word[end:]
    return " ".join([*pieces, word])


def _wrap_drawn(text: str, face: Typeface, width: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if face.width(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = ""
        for character in word:
            if line and face.width(line + character) > width:
                lines.append(line)
                line = ""
            line += character
    return [*lines, line]
