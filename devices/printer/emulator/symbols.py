"""Barcodes, QR and PDF417 as pictures, for the commands that make a printer draw them itself."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import segno
import zxingcpp
from PIL import Image

LINEAR_SYSTEMS = {
    0: zxingcpp.BarcodeFormat.UPCA,
    1: zxingcpp.BarcodeFormat.UPCE,
    2: zxingcpp.BarcodeFormat.EAN13,
    3: zxingcpp.BarcodeFormat.EAN8,
    4: zxingcpp.BarcodeFormat.Code39,
    5: zxingcpp.BarcodeFormat.ITF,
    6: zxingcpp.BarcodeFormat.Codabar,
    65: zxingcpp.BarcodeFormat.UPCA,
    66: zxingcpp.BarcodeFormat.UPCE,
    67: zxingcpp.BarcodeFormat.EAN13,
    68: zxingcpp.BarcodeFormat.EAN8,
    69: zxingcpp.BarcodeFormat.Code39,
    70: zxingcpp.BarcodeFormat.ITF,
    71: zxingcpp.BarcodeFormat.Codabar,
    72: zxingcpp.BarcodeFormat.Code93,
    73: zxingcpp.BarcodeFormat.Code128,
}
"""``GS k``: the number of each system, function A (0 to 6) and B (65 to 73)."""

CODE_128 = 73

KEPT_CODES = 16
"""QR codes that are kept: finding their best mask is what takes a slip's time, and copies hold the same code."""

QR_LEVELS = {48: "l", 49: "m", 50: "q", 51: "h"}


def linear_text(system: int, data: bytes) -> str:
    """What a linear barcode says; Code 128 begins with its code set (``{B``), which is not part of it."""
    text = data.decode("latin-1")
    if system == CODE_128:
        for code_set in ("{A", "{B", "{C"):
            text = text.removeprefix(code_set)
        return text.replace("{{", "{")
    return text


def linear_image(system: int, data: bytes, module_dots: int, height: int) -> Image.Image | None:
    """A linear barcode, black on white; None when the data do not fit the system (a printer prints nothing)."""
    symbology = LINEAR_SYSTEMS.get(system)
    if symbology is None or not data:
        return None
    try:
        code = zxingcpp.create_barcode(linear_text(system, data), symbology)
        drawn = zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False, add_hrt=False)
    except (ValueError, RuntimeError):
        return None
    bars = Image.fromarray(np.array(drawn)).crop((0, 0, drawn.shape[1], 1))
    return bars.resize((bars.width * module_dots, height), Image.Resampling.NEAREST)


@lru_cache(maxsize=KEPT_CODES)
def qr_image(data: bytes, module_dots: int, level: int) -> Image.Image | None:
    """A QR code, or None when the data do not fit into one. Not to be drawn on: the same picture is given again."""
    try:
        code = segno.make_qr(data.decode("utf-8", "replace"), error=QR_LEVELS.get(level, "l"), boost_error=False)
    except (ValueError, segno.DataOverflowError):
        return None
    rows = [[0 if bit else 255 for bit in row] for row in code.matrix]
    image = Image.new("L", (len(rows), len(rows)))
    image.putdata([value for row in rows for value in row])
    return image.resize((image.width * module_dots, image.height * module_dots), Image.Resampling.NEAREST)


def pdf417_image(data: bytes, module_dots: int, row_factor: int) -> Image.Image | None:
    """A PDF417 code whose rows are ``row_factor`` modules high, or None when the data do not fit."""
    if not data:
        return None
    try:
        code = zxingcpp.create_barcode(data.decode("utf-8", "replace"), zxingcpp.BarcodeFormat.PDF417)
        drawn = zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False)
    except (ValueError, RuntimeError):
        return None
    image = Image.fromarray(np.array(drawn))
    height = max(1, image.height * module_dots * row_factor // 3)
    return image.resize((image.width * module_dots, height), Image.Resampling.NEAREST)
