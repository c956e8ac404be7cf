"""The emulated printer's own fonts and code pages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CELLS = {0: (12, 24), 1: (9, 17)}
"""Fonts A and B: width and height of a character in dots."""

CODE_PAGES = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859-7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    32: "cp720",
    33: "cp775",
    34: "cp855",
    35: "cp861",
    36: "cp862",
    37: "cp864",
    38: "cp869",
    39: "iso8859-2",
    40: "iso8859-15",
    44: "cp1125",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    49: "cp1255",
    50: "cp1256",
    51: "cp1257",
    52: "cp1258",
    53: "kz1048",
}
"""``ESC t``: Epson's numbers of the code pages that Python knows as well."""

MONOSPACED = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf",
    "/usr/share/fonts/truetype/freefont/FreeMono.ttf",
)
"""Tried in this order; without any of them Pillow's own font is drawn into the cells."""

REPLACEMENT = "�"


def decode(byte: int, page: int) -> str:
    """The character of a byte; bytes that the page does not have are drawn as a box."""
    character = bytes((byte,)).decode(CODE_PAGES.get(page, "cp437"), "replace")
    return character if character.isprintable() else REPLACEMENT


def leads_kanji(byte: int, *, shift_jis: bool) -> bool:
    """Whether a second byte belongs to this one, in the code system of the Kanji mode."""
    return 0x81 <= byte <= 0x9F or 0xE0 <= byte <= 0xFC if shift_jis else 0x21 <= byte <= 0x7E


def decode_kanji(pair: bytes, *, shift_jis: bool) -> str:
    """The character of two bytes, in Shift JIS or JIS; a box for those that are none."""
    code = pair if shift_jis else bytes(byte | 0x80 for byte in pair)
    character = code.decode("shift_jis" if shift_jis else "euc_jp", "replace")
    return character if len(character) == 1 and character.isprintable() else REPLACEMENT


INK_BELOW = 150
"""Grey values of a drawn letter below this become black."""

_BLACK_AND_WHITE = [0 if value < INK_BELOW else 255 for value in range(256)]

KEPT_GLYPHS = 2_048


def find_font() -> str | None:
    """A monospaced font of the machine, or None."""
    return next((path for path in MONOSPACED if Path(path).is_file()), None)


@lru_cache(maxsize=KEPT_GLYPHS)
def draw_glyph(path: str | None, character: str, font: int, bold: bool, width: int, height: int) -> Image.Image:
    """A character black on white, ``width`` and ``height`` times its cell, from the font at ``path`` (None: Pillow's
    own). Not to be drawn on: the same picture is given again."""
    cell_width, cell_height = CELLS.get(font, CELLS[0])
    cell = Image.new("L", (cell_width, cell_height), 255)
    face = _face(path, round(cell_height * 0.8))
    draw = ImageDraw.Draw(cell)
    x = (cell_width - face.getlength(character)) / 2
    for shift in range(1 + bold):
        draw.text((x + shift, round(cell_height * 0.78)), character, font=face, fill=0, anchor="ls")
    size = (cell_width * width, cell_height * height)
    return cell.point(_BLACK_AND_WHITE).resize(size, Image.Resampling.NEAREST)


@lru_cache(maxsize=len(CELLS))
def _face(path: str | None, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
