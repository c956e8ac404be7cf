"""The font of the pictograms is what their drawings say, in one stroke and within its square."""

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from protocol.pictograms import character
from protocol.pictograms.drawings import DRAWINGS, GRID, STROKE
from tools.pictograms import FONT, font, lines


def test_the_font_is_made_from_the_drawings() -> None:
    assert FONT.read_bytes() == font(), "python -m tools.pictograms"


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_stays_within_its_square(name: str) -> None:
    points = [point for line in lines(DRAWINGS[name]) for point in line]
    least, most = STROKE / 2, GRID - STROKE / 2
    assert all(least <= x <= most and least <= y <= most for x, y in points)


def test_no_two_glyphs_are_alike() -> None:
    glyphs = TTFont(BytesIO(font()))
    drawn = {
        bytes(glyphs["glyf"][glyphs.getBestCmap()[ord(character(name))]].compile(glyphs["glyf"])) for name in DRAWINGS
    }
    assert len(drawn) == len(DRAWINGS)


def test_each_stands_where_it_was_drawn_on_its_grid() -> None:
    """Else each would begin at its left edge, and an arrow between two steps would touch the next."""
    face = ImageFont.truetype(FONT, 4 * GRID)
    for name, drawing in DRAWINGS.items():
        paper = Image.new("L", (4 * GRID, 4 * GRID))
        ImageDraw.Draw(paper).text((0, 0), character(name), fill=255, font=face)
        left, _, right, _ = paper.getbbox() or (0, 0, 0, 0)
        xs = [x for line in lines(drawing) for x, _ in line]
        assert (left, right) == pytest.approx((4 * (min(xs) - STROKE / 2), 4 * (max(xs) + STROKE / 2)), abs=2), name
