"""``python -m tools.pictograms``: makes the font of the pictograms from their drawings in ``protocol/pictograms``.

A glyph is as cheap to show as a letter, sharp in every size, and printers draw it as well. A font knows only filled shapes:
each piece of the pen's way becomes one with round ends, and they may lie over one another.
"""

import io
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.svgLib.path import parse_path

from protocol.pictograms import FALLBACK, character
from protocol.pictograms.drawings import DRAWINGS, GRID, STROKE

ROOT: Final = Path(__file__).resolve().parent.parent
FONT: Final = ROOT / "assets" / "pictograms" / "Pictograms.ttf"
#: Units of the font for one of the grid.
_SCALE: Final = 20
_EM: Final = GRID * _SCALE
#: Straight pieces of a curve, and of the half circle at an end.
_PIECES: Final = 12
_CAP: Final = 10
#: The same instant in every font that is made, in seconds since 1904.
_MADE: Final = 3_800_000_000

Point = tuple[float, float]


def lines(drawing: str) -> Iterator[list[Point]]:
    """The pen's way as broken lines on the grid."""
    pen = DecomposingRecordingPen({})
    parse_path(drawing, pen)
    line: list[Point] = []
    for verb, points in pen.value:
        match verb:
            case "moveTo":
                line = [points[0]]
            case "lineTo":
                line.append(points[0])
            case "curveTo":
                line += _curve(line[-1], *points)
            case "qCurveTo":
                raise ValueError("draw with C, not with Q")
            case "closePath":
                yield [*line, line[0]]
            case "endPath":
                yield line


def _curve(begin: Point, one: Point, two: Point, end: Point) -> list[Point]:
    found = []
    for step in range(1, _PIECES + 1):
        t = step / _PIECES
        u = 1 - t
        weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
        found.append(
            (
                sum(weight * point[0] for weight, point in zip(weights, (begin, one, two, end), strict=True)),
                sum(weight * point[1] for weight, point in zip(weights, (begin, one, two, end), strict=True)),
            )
        )
    return found


def _strokes(drawing: str) -> Iterator[list[Point]]:
    """A shape with round ends for each straight piece."""
    for line in lines(drawing):
        for begin, end in pairwise(line):
            yield _stroke(begin, end)


def _stroke(begin: Point, end: Point) -> list[Point]:
    turn = math.atan2(end[1] - begin[1], end[0] - begin[0])
    half = STROKE / 2
    found = []
    for centre, side in ((end, turn - math.pi / 2), (begin, turn + math.pi / 2)):
        for step in range(_CAP + 1):
            angle = side + math.pi * step / _CAP
            found.append((centre[0] + half * math.cos(angle), centre[1] + half * math.sin(angle)))
    return found


def font() -> bytes:
    """The font; the same drawings give the same bytes."""
    names = {character(name): f"p{place}" for place, name in enumerate(DRAWINGS)}
    glyphs = {".notdef": _glyph(DRAWINGS[FALLBACK])}
    glyphs |= {names[character(name)]: _glyph(drawing) for name, drawing in DRAWINGS.items()}
    builder = FontBuilder(_EM, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(letter): glyph for letter, glyph in names.items()})
    builder.setupGlyf(glyphs)
    # A glyph is drawn from its left bearing on: as far from the edge as its leftmost point is on the grid.
    builder.setupHorizontalMetrics({name: (_EM, builder.font["glyf"][name].xMin) for name in glyphs})
    builder.setupHorizontalHeader(ascent=_EM, descent=0)
    builder.setupNameTable({"familyName": "eKios Pictograms", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=_EM, sTypoDescender=0, usWinAscent=_EM, usWinDescent=0)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = _MADE
    builder.font.recalcTimestamp = False
    file = io.BytesIO()
    builder.font.save(file)
    return file.getvalue()


def _glyph(drawing: str) -> object:
    pen = TTGlyphPen(None)
    for shape in _strokes(drawing):
        points = [(round(x * _SCALE), round((GRID - y) * _SCALE)) for x, y in shape]
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()
    return pen.glyph()


def main() -> int:
    FONT.parent.mkdir(exist_ok=True)
    FONT.write_bytes(font())
    print(f"{len(DRAWINGS)} pictograms: {FONT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
