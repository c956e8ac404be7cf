"""What a printer keeps between two commands to print it later: QR and PDF417 data, one picture."""

from __future__ import annotations

from PIL import Image, ImageOps

from devices.printer.emulator import symbols

MAX_GRAPHICS = 2_400
"""Rows of one stored picture."""

PDF417, QR = 48, 49
"""``GS ( k``: the families of codes that are drawn; others are passed over."""

Drawn = tuple[Image.Image, str]
"""A picture, and what it shows."""


def bits(data: bytes, width: int, rows: int) -> Image.Image:
    """A picture of one bit a dot, set is black; ``width`` is a multiple of 8."""
    size = width // 8 * rows
    return ImageOps.invert(Image.frombytes("1", (width, rows), data[:size]).convert("L"))


class Stored:
    """Fed with the data of ``GS ( k``, ``GS ( L`` and ``GS 8 L``; gives a picture when one is to be printed."""

    def __init__(self) -> None:
        self._qr = b""
        self._qr_module = 3
        self._qr_level = 48
        self._pdf417 = b""
        self._pdf417_module = 3
        self._pdf417_row = 3
        self._picture: Image.Image | None = None

    def symbol(self, data: bytes) -> Drawn | None:
        """``GS ( k``: family, function, parameters."""
        if len(data) < 3:
            return None
        family, function, rest = data[0], data[1], data[2:]
        if family == QR:
            return self._qr_function(function, rest)
        return self._pdf417_function(function, rest) if family == PDF417 else None

    def _qr_function(self, function: int, rest: bytes) -> Drawn | None:
        match function:
            case 67:
                self._qr_module = min(16, max(1, rest[0]))
            case 69:
                self._qr_level = rest[0]
            case 80:
                self._qr = rest[1:]
            case 81 if self._qr:
                image = symbols.qr_image(self._qr, self._qr_module, self._qr_level)
                return (image, f"[QR {self._qr.decode('utf-8', 'replace')}]") if image else None
            case _:
                pass
        return None

    def _pdf417_function(self, function: int, rest: bytes) -> Drawn | None:
        match function:
            case 67:
                self._pdf417_module = min(8, max(2, rest[0]))
            case 68:
                self._pdf417_row = min(8, max(2, rest[0]))
            case 80:
                self._pdf417 = rest[1:]
            case 81:
                image = symbols.pdf417_image(self._pdf417, self._pdf417_module, self._pdf417_row)
                return (image, f"[PDF417 {self._pdf417.decode('utf-8', 'replace')}]") if image else None
            case _:
                pass
        return None

    def graphics(self, data: bytes) -> Drawn | None:
        """``GS ( L``, ``GS 8 L``: function 112 stores a picture, 50 prints it."""
        if len(data) < 2:
            return None
        if data[1] in (2, 50):
            image, self._picture = self._picture, None
            return (image, f"[picture {image.width}x{image.height}]") if image else None
        if data[1] == 112 and len(data) > 10:
            self._store(data)
        return None

    def _store(self, data: bytes) -> None:
        width = int.from_bytes(data[6:8], "little")
        rows = min(int.from_bytes(data[8:10], "little"), MAX_GRAPHICS)
        width_bytes = (width + 7) // 8
        if width_bytes and rows and len(data) >= 10 + width_bytes * rows:
            image = bits(data[10:], width_bytes * 8, rows).crop((0, 0, width, rows))
            wide, high = (min(2, max(1, scale)) for scale in data[3:5])
            self._picture = image.resize((image.width * wide, image.height * high), Image.Resampling.NEAREST)


def raster_picture(data: bytes, mode: int, width_bytes: int, rows: int) -> Drawn | None:
    """``GS v 0``; None when its data do not fill it."""
    if not width_bytes or not rows or len(data) < width_bytes * rows:
        return None
    image = bits(data, width_bytes * 8, rows)
    wide, high = 1 + (mode & 1), 1 + (mode >> 1 & 1)
    if wide > 1 or high > 1:
        image = image.resize((image.width * wide, image.height * high), Image.Resampling.NEAREST)
    return image, f"[picture {image.width}x{image.height}]"


def column_picture(data: bytes, mode: int, columns: int) -> Image.Image | None:
    """``ESC *``: one column after the other, 8 or 24 dots deep; None when its data do not fill it."""
    deep = 3 if mode in (32, 33) else 1
    if not columns or len(data) < columns * deep:
        return None
    image = bits(data, deep * 8, columns).transpose(Image.Transpose.TRANSPOSE)
    wide, high = (1 if mode in (1, 33) else 2), (1 if deep == 3 else 3)
    return image.resize((image.width * wide, image.height * high), Image.Resampling.NEAREST)


def variable_picture(data: bytes, mode: int, columns: int, deep: int) -> Drawn | None:
    """``GS Q 0``: one column after the other, ``deep`` bytes each; None when its data do not fill it."""
    if not columns or not deep or len(data) < columns * deep:
        return None
    image = bits(data, deep * 8, columns).transpose(Image.Transpose.TRANSPOSE)
    size = (image.width * (1 + (mode & 1)), image.height * (1 + (mode >> 1 & 1)))
    return image.resize(size, Image.Resampling.NEAREST), f"[picture {size[0]}x{size[1]}]"
