"""The print controller: turns commands into strips of dots, line by line, as a printer's firmware does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageOps

from devices.printer.emulator import symbols
from devices.printer.emulator.glyphs import CELLS, GlyphBox, decode
from devices.printer.emulator.grammar import Command, Kind
from devices.printer.emulator.strips import Cut, Item, Strip

SIXTH_INCH = 34
"""Default line spacing in dots at 203 dpi."""

TAB_COLUMNS = 8
DEFAULT_BARCODE_HEIGHT = 162
DEFAULT_BARCODE_MODULE = 3
MAX_GRAPHICS = 2_400
"""Rows of one stored picture."""


@dataclass(slots=True)
class Piece:
    """Something in the line buffer: a character or a picture, at ``x`` dots from the left."""

    x: int
    image: Image.Image
    text: str


@dataclass(slots=True)
class Style:
    """What commands have set; ``ESC @`` makes a new one."""

    font: int = 0
    width: int = 1
    height: int = 1
    bold: bool = False
    underline: int = 0
    reverse: bool = False
    upside_down: bool = False
    align: int = 0
    page: int = 0
    spacing: int = 0
    line_spacing: int = SIXTH_INCH
    left_margin: int = 0
    area_width: int = 0
    barcode_height: int = DEFAULT_BARCODE_HEIGHT
    barcode_module: int = DEFAULT_BARCODE_MODULE
    barcode_hri: int = 0
    qr_module: int = 3
    qr_level: int = 48
    pdf417_module: int = 3
    pdf417_row: int = 3
    tabs: tuple[int, ...] = ()


class PageSetter:
    """Executes printing commands; what must go to the paper comes out as items.

    Page mode is taken as standard mode. Non-volatile graphics are refused: a line says so.
    """

    def __init__(self, width_dots: int, cut_feed_dots: int) -> None:
        self._paper_width = width_dots
        self._cut_feed = cut_feed_dots
        self._glyphs = GlyphBox()
        self._handlers: dict[Kind, Callable[[Command], list[Item]]] = {
            Kind.TEXT: self._text,
            Kind.LINE_FEED: lambda _: self._flush(),
            Kind.FORM_FEED: lambda _: self._flush(),
            Kind.CARRIAGE_RETURN: lambda _: [],
            Kind.TAB: self._tab,
            Kind.FEED_LINES: lambda c: self._flush_if_begun() + self._feed(c.numbers[0] * self.style.line_spacing),
            Kind.FEED_DOTS: lambda c: self._flush_if_begun() + self._feed(c.numbers[0]),
            Kind.COLUMN_IMAGE: self._column_image,
            Kind.RASTER_IMAGE: self._raster_image,
            Kind.EXTENDED: self._extended,
            Kind.GRAPHICS_8: self._graphics,
            Kind.BARCODE: self._barcode,
            Kind.CUT: self._cut,
            Kind.OLD_PARTIAL_CUT: lambda _: [*self._flush_if_begun(), Cut(partial=True)],
            Kind.NV_PRINT: lambda c: self._note(f"[stored picture {c.numbers[0]} is not available]"),
            Kind.NV_DEFINE: lambda _: self._note("[storing pictures is not available]"),
            Kind.PRINT_DOWNLOADED: lambda _: self._note("[downloaded picture is not available]"),
            Kind.ABSOLUTE_POSITION: self._absolute,
            Kind.RELATIVE_POSITION: self._relative,
        }
        self.reset()

    def reset(self) -> None:
        """``ESC @``: default style, empty line buffer, no stored codes."""
        self.style = Style(area_width=self._paper_width)
        self._line: list[Piece] = []
        self._x = 0
        self._qr = b""
        self._pdf417 = b""
        self._stored: Image.Image | None = None

    def execute(self, command: Command) -> list[Item]:
        """The items this command puts on paper; style commands and unknown ones give none."""
        handler = self._handlers.get(command.kind)
        if handler is not None:
            return handler(command)
        self._set_style(command)
        return []

    # -- style ---------------------------------------------------------------------------------------------

    def _set_style(self, command: Command) -> None:
        style, numbers = self.style, command.numbers
        match command.kind:
            case Kind.INITIALISE:
                self.reset()
            case Kind.PRINT_MODE:
                mode = numbers[0]
                style.font, style.bold = mode & 1, bool(mode & 8)
                style.height, style.width = 1 + bool(mode & 16), 1 + bool(mode & 32)
                style.underline = 1 if mode & 128 else 0
            case Kind.EMPHASIS | Kind.DOUBLE_STRIKE:
                style.bold = bool(numbers[0] & 1)
            case Kind.UNDERLINE:
                style.underline = numbers[0] % 48
            case Kind.FONT:
                style.font = numbers[0] % 48 if numbers[0] % 48 in CELLS else 0
            case Kind.CHARACTER_SIZE:
                style.width, style.height = (numbers[0] >> 4 & 7) + 1, (numbers[0] & 7) + 1
            case Kind.REVERSE:
                style.reverse = bool(numbers[0] & 1)
            case Kind.UPSIDE_DOWN:
                style.upside_down = bool(numbers[0] & 1)
            case Kind.JUSTIFICATION:
                style.align = numbers[0] % 48 if numbers[0] % 48 <= 2 else style.align
            case Kind.CODE_PAGE:
                style.page = numbers[0]
            case Kind.CHARACTER_SPACING:
                style.spacing = numbers[0]
            case Kind.DEFAULT_LINE_SPACING:
                style.line_spacing = SIXTH_INCH
            case Kind.LINE_SPACING:
                style.line_spacing = numbers[0]
            case Kind.LEFT_MARGIN:
                style.left_margin = min(numbers[0] + 256 * numbers[1], self._paper_width - 1)
            case Kind.AREA_WIDTH:
                style.area_width = max(1, numbers[0] + 256 * numbers[1])
            case Kind.TAB_POSITIONS:
                style.tabs = numbers
            case Kind.BARCODE_HEIGHT:
                style.barcode_height = max(1, numbers[0])
            case Kind.BARCODE_WIDTH:
                style.barcode_module = min(6, max(1, numbers[0]))
            case Kind.HRI_POSITION:
                style.barcode_hri = numbers[0] % 48
            case _:
                pass

    @property
    def _area(self) -> int:
        return min(self.style.area_width, self._paper_width - self.style.left_margin)

    # -- text ----------------------------------------------------------------------------------------------

    def _text(self, command: Command) -> list[Item]:
        items: list[Item] = []
        for byte in command.data:
            items += self._place(decode(byte, self.style.page))
        return items

    def _place(self, character: str) -> list[Item]:
        style = self.style
        image = self._glyphs.draw(character, style.font, style.bold, style.width, style.height)
        items = self._flush() if self._line and self._x + image.width > self._area else []
        if style.underline:
            image = image.copy()
            image.paste(0, (0, image.height - style.underline, image.width, image.height))
        if style.reverse:
            image = ImageOps.invert(image)
        self._line.append(Piece(self._x, image, character))
        self._x += image.width + style.spacing * style.width
        return items

    def _tab(self, _: Command) -> list[Item]:
        cell = CELLS[self.style.font][0] * self.style.width
        column = self._x // cell
        stops = self.style.tabs or tuple(range(TAB_COLUMNS, 256, TAB_COLUMNS))
        nearest = next((stop for stop in stops if stop > column), None)
        if nearest is not None and nearest * cell < self._area:
            self._x = nearest * cell
        return []

    def _absolute(self, command: Command) -> list[Item]:
        self._x = min(command.numbers[0] + 256 * command.numbers[1], self._area)
        return []

    def _relative(self, command: Command) -> list[Item]:
        distance = int.from_bytes(bytes(command.numbers), "little", signed=True)
        self._x = max(0, min(self._x + distance, self._area))
        return []

    def _flush(self) -> list[Item]:
        """Print the line buffer and feed one line."""
        spacing = self.style.line_spacing
        if not self._line:
            self._x = 0
            return [Strip(spacing, None, "")]
        height = max(piece.image.height for piece in self._line)
        width = max(piece.x + piece.image.width for piece in self._line)
        line = Image.new("L", (self._paper_width, max(height, spacing)), 255)
        shift = self.style.left_margin + self._shift(width)
        for piece in self._line:
            line.paste(piece.image, (shift + piece.x, height - piece.image.height))
        if self.style.upside_down:
            line = ImageOps.flip(ImageOps.mirror(line))
        text = self._read_line()
        self._line, self._x = [], 0
        return [Strip(line.height, line, text)]

    def _read_line(self) -> str:
        text, end = "", 0
        for piece in sorted(self._line, key=lambda piece: piece.x):
            gap = piece.x - end
            text += " " * (gap // CELLS[0][0] if gap > CELLS[0][0] // 2 else 0) + piece.text
            end = piece.x + piece.image.width
        return text

    def _flush_if_begun(self) -> list[Item]:
        return self._flush() if self._line else []

    def _shift(self, width: int) -> int:
        room = max(0, self._area - width)
        return (0, room // 2, room)[self.style.align]

    @staticmethod
    def _feed(dots: int) -> list[Item]:
        return [Strip(dots)] if dots else []

    def _note(self, text: str) -> list[Item]:
        items = self._flush_if_begun()
        for character in text:
            items += self._place(character)
        return items + self._flush()

    # -- pictures and codes --------------------------------------------------------------------------------

    def _picture(self, image: Image.Image, text: str) -> list[Item]:
        """A picture of its own height, placed by the justification."""
        items = self._flush_if_begun()
        strip = Image.new("L", (self._paper_width, image.height), 255)
        strip.paste(image, (self.style.left_margin + self._shift(image.width), 0))
        return [*items, Strip(strip.height, strip, text)]

    def _raster_image(self, command: Command) -> list[Item]:
        mode, width_bytes, rows = command.numbers
        if not width_bytes or not rows or len(command.data) < width_bytes * rows:
            return []
        image = _bits(command.data, width_bytes * 8, rows)
        wide, high = 1 + (mode & 1), 1 + (mode >> 1 & 1)
        if wide > 1 or high > 1:
            image = image.resize((image.width * wide, image.height * high), Image.Resampling.NEAREST)
        return self._picture(image, f"[picture {image.width}x{image.height}]")

    def _column_image(self, command: Command) -> list[Item]:
        mode, columns = command.numbers
        deep = 3 if mode in (32, 33) else 1
        if not columns or len(command.data) < columns * deep:
            return []
        upright = _bits(command.data, deep * 8, columns)
        image = upright.transpose(Image.Transpose.TRANSPOSE)
        wide, high = (1 if mode in (1, 33) else 2), (1 if deep == 3 else 3)
        image = image.resize((image.width * wide, image.height * high), Image.Resampling.NEAREST)
        self._line.append(Piece(self._x, image, ""))
        self._x += image.width
        return []

    def _barcode(self, command: Command) -> list[Item]:
        style, system = self.style, command.numbers[0]
        image = symbols.linear_image(system, command.data, style.barcode_module, style.barcode_height)
        if image is None or image.width > self._area:
            return []
        text = symbols.linear_text(system, command.data)
        items = self._picture(image, f"[barcode {text}]")
        return items + self._note(text) if style.barcode_hri & 2 else items

    def _extended(self, command: Command) -> list[Item]:
        function = command.numbers[0]
        if function == ord("k"):
            return self._symbol(command.data)
        if function == ord("L"):
            return self._graphics(command)
        return []

    def _symbol(self, data: bytes) -> list[Item]:
        if len(data) < 3:
            return []
        code, function, rest = data[0], data[1], data[2:]
        style = self.style
        match code, function:
            case 49, 67:
                style.qr_module = min(16, max(1, rest[0]))
            case 49, 69:
                style.qr_level = rest[0]
            case 49, 80:
                self._qr = rest[1:]
            case 49, 81:
                image = symbols.qr_image(self._qr, style.qr_module, style.qr_level) if self._qr else None
                return self._code(image, f"[QR {self._qr.decode('utf-8', 'replace')}]")
            case 48, 67:
                style.pdf417_module = min(8, max(2, rest[0]))
            case 48, 68:
                style.pdf417_row = min(8, max(2, rest[0]))
            case 48, 80:
                self._pdf417 = rest[1:]
            case 48, 81:
                image = symbols.pdf417_image(self._pdf417, style.pdf417_module, style.pdf417_row)
                return self._code(image, f"[PDF417 {self._pdf417.decode('utf-8', 'replace')}]")
            case _:
                pass
        return []

    def _code(self, image: Image.Image | None, text: str) -> list[Item]:
        return [] if image is None or image.width > self._area else self._picture(image, text)

    def _graphics(self, command: Command) -> list[Item]:
        """``GS ( L`` and ``GS 8 L``: function 112 stores a picture, 50 prints it."""
        data = command.data
        if len(data) < 2:
            return []
        if data[1] in (2, 50):
            image, self._stored = self._stored, None
            return self._picture(image, f"[picture {image.width}x{image.height}]") if image else []
        if data[1] == 112 and len(data) > 10:
            width = int.from_bytes(data[6:8], "little")
            rows = min(int.from_bytes(data[8:10], "little"), MAX_GRAPHICS)
            width_bytes = (width + 7) // 8
            if width_bytes and rows and len(data) >= 10 + width_bytes * rows:
                image = _bits(data[10:], width_bytes * 8, rows).crop((0, 0, width, rows))
                self._stored = image.resize((width * data[3], rows * data[4])) if data[3:5] == b"\2\2" else image
        return []

    def _cut(self, command: Command) -> list[Item]:
        mode, *feed = command.numbers
        items = self._flush_if_begun()
        partial = mode not in (0, 48, 65, 97, 103)
        if feed:
            items += self._feed(self._cut_feed + feed[0])
        return [*items, Cut(partial)]


def _bits(data: bytes, width: int, rows: int) -> Image.Image:
    """A picture of one bit a dot, set is black."""
    size = width // 8 * rows
    return ImageOps.invert(Image.frombytes("1", (width, rows), data[:size]).convert("L"))
