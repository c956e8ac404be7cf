"""A flat thing with a size in millimetres, and the lettering that is on it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Colour = tuple[int, int, int]

INK: Colour = (24, 24, 30)
PAPER: Colour = (250, 249, 245)


@dataclass(frozen=True, slots=True)
class Item:
    """A flat thing seen from straight above: RGBA pixels (alpha 0 outside rounded corners), and its true width."""

    image: Image.Image
    width_mm: float

    @property
    def height_mm(self) -> float:
        return self.width_mm * self.image.height / self.image.width

    def pixels(self) -> NDArray[np.uint8]:
        """Rows × columns × BGRA."""
        return np.ascontiguousarray(np.asarray(self.image.convert("RGBA"))[:, :, [2, 1, 0, 3]])


@lru_cache(maxsize=64)
def font(size: int, *, bold: bool = False) -> Font:
    """Kivy's Roboto when Kivy is installed (its folder is only looked up, nothing is imported), else Pillow's own."""
    spec = importlib.util.find_spec("kivy")
    for place in (spec.submodule_search_locations or []) if spec else []:
        file = Path(place) / "data" / "fonts" / ("Roboto-Bold.ttf" if bold else "Roboto-Regular.ttf")
        if file.is_file():
            return ImageFont.truetype(str(file), size)
    return ImageFont.load_default(size)


def sheet(
    width_mm: float, height_mm: float, dots_per_mm: float, colour: Colour, *, radius_mm: float = 0
) -> Image.Image:
    """An empty RGBA sheet; with ``radius_mm`` its corners are round."""
    size = (round(width_mm * dots_per_mm), round(height_mm * dots_per_mm))
    image = Image.new("RGBA", size, (*colour, 255))
    if radius_mm:
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), round(radius_mm * dots_per_mm), 255)
        image.putalpha(mask)
    return image


def code_picture(text: str, symbology: str, width: int, height: int) -> Image.Image:
    """The code of ``text`` fitted into ``width`` × ``height`` dots by whole modules where they fit, with quiet zone."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(symbology))
    modules = Image.fromarray(np.array(barcode.to_image(scale=1, add_quiet_zones=symbology != "PDF417")))
    if symbology == "Code128":
        modules = modules.crop((0, modules.height // 2, modules.width, modules.height // 2 + 1))
    if symbology == "PDF417":
        quiet = 2
        framed = Image.new("L", (modules.width + 2 * quiet, modules.height + 2 * quiet), 255)
        framed.paste(modules, (quiet, quiet))
        modules = framed
    return modules.resize((width, height), Image.Resampling.NEAREST)
