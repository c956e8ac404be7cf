"""One-bit pictures for the printer: text it has no code page for, and QR codes where it cannot draw them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from devices.printer.slips.sanitise import JOINERS

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
"""Where fonts of the distribution lie."""

PREFERRED_FONTS = (
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "NotoSansJavanese-Regular.ttf",
    "NotoSansBalinese-Regular.ttf",
    "NotoSansSundanese-Regular.ttf",
    "NotoNaskhArabic-Regular.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "Symbola_hint.ttf",
    "DroidSansFallbackFull.ttf",
    "wqy-microhei.ttc",
)
"""Looked for in this order when the settings name no fonts."""

MAX_RASTER_ROWS = 1_024
"""Dot rows of one picture. python-escpos prints a black bar for tall ones; ours never get near."""

_INVERTED = bytes(value ^ 0xFF for value in range(256))
_REAL_TIME = re.compile(rb"\x10(?=[\x04\x05\x14]|\Z)")
"""DLE in front of the second byte of a real-time command, or at the end, in front of who knows what."""

BOLD_SHARE = 22
"""A letter of this size in dots is made bold by one dot."""

SIGN_GAP_SHARE = 0.7
"""Room between two linked signs, as a part of a sign's side; the arrow stands in it."""

SIGN_MARGIN = 8
"""Dots below a row of signs."""

_NEVER_DRAWN = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture of ``width_bytes`` x 8 dots by ``rows``; one bit a dot, set is black, most significant left."""

    width_bytes: int
    rows: int
    data: bytes


def find_fonts() -> tuple[Path, ...]:
    """Fonts of the distribution for lines without a code page, best first; empty when there are none."""
    found: dict[str, Path] = {}
    for folder in FONT_FOLDERS:
        for path in sorted(folder.rglob("*.tt[fc]")) if folder.is_dir() else ():
            found.setdefault(path.name, path)
    return tuple(found[name] for name in PREFERRED_FONTS if name in found)


def pack(image: Image.Image, width_dots: int) -> Raster:
    """A picture (mode "1", black on white) padded to the paper's width.

    Printers execute real-time commands even inside picture data, so a byte 0x10 in front of one of their second
    bytes gets one more black dot: invisible, and it can no longer clear the buffer in the middle of a slip.
    """
    width_bytes = (width_dots + 7) // 8
    rows = min(image.height, MAX_RASTER_ROWS)
    canvas = Image.new("1", (width_bytes * 8, rows), 1)
    canvas.paste(image, (0, 0))
    data = _REAL_TIME.sub(b"\x18", canvas.tobytes().translate(_INVERTED))
    return Raster(width_bytes, rows, data)


def qr_side(data: str) -> int:
    """The side of a QR code in modules, error correction M, no quiet zone."""
    # Any mask will do: finding the best one takes most of the time and changes no size.
    return len(segno.make_qr(data, error="m", boost_error=False, mask=0).matrix)


def qr_image(data: str, module_dots: int) -> Image.Image:
    """A QR code with ``module_dots`` a module and no quiet zone (the paper around it is one)."""
    matrix = segno.make_qr(data, error="m", boost_error=False).matrix
    side = len(matrix)
    image = Image.new("1", (side, side), 1)
    image.putdata([0 if bit else 1 for row in matrix for bit in row])
    return image.resize((side * module_dots, side * module_dots), Image.Resampling.NEAREST)


def signs_image(characters: str, font: Path, side: int, width_dots: int, *, linked: bool) -> Image.Image:
    """Signs of ``side`` dots in the middle of the paper's width, smaller where they would not fit; with arrows between."""
    between = SIGN_GAP_SHARE if linked else SIGN_GAP_SHARE / 2
    shares = len(characters) + between * (len(characters) - 1)
    side = max(1, min(side, int(width_dots / shares)))
    gap = round(side * between)
    image = Image.new("1", (width_dots, side + SIGN_MARGIN), 1)
    draw = ImageDraw.Draw(image)
    face = ImageFont.truetype(str(font), side)
    x = (width_dots - round(side * shares)) // 2
    for place, character in enumerate(characters):
        if place and linked:
            _arrow(draw, x - gap, side // 2, gap)
        draw.text((x, 0), character, font=face, fill=0, anchor="la")
        x += side + gap
    return image


def _arrow(draw: ImageDraw.ImageDraw, x: int, y: int, room: int) -> None:
    begin, end, head = x + room // 5, x + room - room // 5, max(2, room // 5)
    stroke = max(2, room // 12)
    draw.line((begin, y, end, y), fill=0, width=stroke)
    draw.line((end - head, y - head, end, y, end - head, y + head), fill=0, width=stroke, joint="curve")


class Typeface:
    """Draws lines in any script from several fonts, taking for each character the first that has it."""

    def __init__(self, fonts: Sequence[Path], size: int) -> None:
        self._fonts: list[ImageFont.FreeTypeFont | ImageFont.ImageFont] = [
            ImageFont.truetype(str(path), size) for path in fonts
        ] or [ImageFont.load_default(size)]
        self._bold_dots = max(1, round(size / BOLD_SHARE))
        self._missing = [bytes(font.getmask(_NEVER_DRAWN)) for font in self._fonts]
        self._font_of = lru_cache(maxsize=4_096)(self._find_font)

    def width(self, text: str) -> float:
        """Width of a line in dots."""
        return sum(self._fonts[index].getlength(run) for index, run in self._runs(text))

    def draw(self, draw: ImageDraw.ImageDraw, x: float, baseline: int, text: str, *, bold: bool = False) -> None:
        """Draw black at ``x`` on ``baseline``."""
        for index, run in self._runs(text):
            font = self._fonts[index]
            # Bold is printed twice, a little beside itself, as printers do it: an outline would close the letters.
            for shift in range(1 + self._bold_dots * bold):
                draw.text((x + shift, baseline), run, font=font, fill=0, anchor="ls")
            x += font.getlength(run)

    def lacks(self, text: str) -> frozenset[str]:
        """Characters that no font has; drawn, they would be empty boxes."""
        return frozenset(c for c in text if c not in JOINERS and self._font_of(c) is None)

    def _runs(self, text: str) -> list[tuple[int, str]]:
        runs: list[tuple[int, str]] = []
        for character in text:
            joined = unicodedata.category(character)[0] in "MC" or character == " "
            index = runs[-1][0] if runs and joined else self._font_of(character) or 0
            if runs and index == runs[-1][0]:
                runs[-1] = (index, runs[-1][1] + character)
            else:
                runs.append((index, character))
        return runs

    def _find_font(self, character: str) -> int | None:
        return next((i for i in range(len(self._fonts)) if self._has(i, character)), None)

    def _has(self, index: int, character: str) -> bool:
        return character == " " or bytes(self._fonts[index].getmask(character)) != self._missing[index]
