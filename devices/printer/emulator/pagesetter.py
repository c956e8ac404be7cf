"""The print controller: turns commands into strips of dots, line by line, as a printer's firmware does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageOps

from devices.printer.emulator import symbols
from devices.printer.emulator.glyphs import CELLS, decode, decode_kanji, draw_glyph, find_font, leads_kanji
from devices.printer.emulator.grammar import Command, Kind
from devices.printer.emulator.page import Page
from devices.printer.emulator.stored import Drawn, Stored, column_picture, raster_picture, variable_picture
from devices.printer.emulator.strips import Cut, Item, Presenter, Strip
from devices.printer.emulator.style import Style, set_style

TAB_COLUMNS = 8
RETRACT, PRESENT, EJECT = 2, 3, 5
"""``GS e``: what the presenter of a kiosk printer does with the slip that was cut."""


@dataclass(slots=True)
class Piece:
    """Something in the line buffer: a character or a picture, at ``x`` dots from the left."""

    x: int
    image: Image.Image
    text: str


class PageSetter:
    """Executes printing commands; what must go to the paper comes out as items.

    Non-volatile graphics, macros, counters and user-defined characters are refused: a line says so, or nothing is
    printed, but what follows is never out of step.
    """

    def __init__(self, width_dots: int, cut_feed_dots: int) -> None:
        self._paper_width = width_dots
        self._cut_feed = cut_feed_dots
        self._font = find_font()
        self._handlers: dict[Kind, Callable[[Command], list[Item]]] = {
            Kind.TEXT: self._text,
            Kind.LINE_FEED: lambda _: self._flush(),
            Kind.FORM_FEED: lambda _: self._flush(),
            Kind.CARRIAGE_RETURN: lambda _: [],
            Kind.TAB: self._tab,
            Kind.FEED_LINES: lambda c: self._flush_if_begun() + self._feed(c.numbers[0] * self.style.line_spacing),
            Kind.FEED_DOTS: lambda c: self._flush_if_begun() + self._feed(c.numbers[0]),
            Kind.COLUMN_IMAGE: self._column_image,
            Kind.RASTER_IMAGE: lambda c: self._drawn(raster_picture(c.data, *c.numbers)),
            Kind.VARIABLE_IMAGE: lambda c: self._drawn(variable_picture(c.data, *c.numbers)),
            Kind.EXTENDED: self._extended,
            Kind.GRAPHICS_8: lambda c: self._drawn(self._stored.graphics(c.data)),
            Kind.BARCODE: self._barcode,
            Kind.CUT: self._cut,
            Kind.OLD_PARTIAL_CUT: lambda _: [*self._flush_if_begun(), Cut(partial=True)],
            Kind.PRESENTER: self._presenter,
            Kind.NV_PRINT: lambda c: self._note(f"[stored picture {c.numbers[0]} is not available]"),
            Kind.NV_DEFINE: lambda _: self._note("[storing pictures is not available]"),
            Kind.BMP_DEFINITION: lambda _: self._note("[storing pictures is not available]"),
            Kind.PRINT_DOWNLOADED: lambda _: self._note("[downloaded picture is not available]"),
            Kind.ABSOLUTE_POSITION: self._absolute,
            Kind.RELATIVE_POSITION: self._relative,
        }
        self.reset()

    def reset(self) -> None:
        """``ESC @``: standard mode, default style, empty line buffer, no stored codes."""
        self.style = Style(area_width=self._paper_width)
        self._page: Page | None = None
        self._stored = Stored()
        self._forget_line()

    def execute(self, command: Command) -> list[Item]:
        """The items this command puts on paper; style commands and unknown ones give none."""
        if command.kind is Kind.INITIALISE:
            self.reset()
            return []
        if command.kind is Kind.PAGE_MODE:
            # What stood on the line is lost, as the reference says.
            self._forget_line()
            self._page = Page(self._paper_width)
            return []
        return self._on_paper(command) if self._page is None else self._on_page(self._page, command)

    def _on_paper(self, command: Command) -> list[Item]:
        if command.kind is not Kind.TEXT:
            self._kanji_lead = b""
        handler = self._handlers.get(command.kind)
        if handler is not None:
            return handler(command)
        set_style(self.style, command, self._paper_width)
        return []

    # -- page mode -----------------------------------------------------------------------------------------

    def _on_page(self, page: Page, command: Command) -> list[Item]:
        """Lines go onto the page instead of the paper; it is printed by FF and ``ESC FF``."""
        number = int.from_bytes(bytes(command.numbers[:2]), "little")
        match command.kind:
            case Kind.FORM_FEED | Kind.PAGE_PRINT:
                self._put(page, self._flush_if_begun())
                whole = page.printed()
                self._page = Page(self._paper_width) if command.kind is Kind.PAGE_PRINT else None
                return [whole] if whole else []
            case Kind.STANDARD_MODE | Kind.CANCEL:
                self._forget_line()
                self._page = Page(self._paper_width) if command.kind is Kind.CANCEL else None
            case Kind.PAGE_AREA:
                self._put(page, self._flush_if_begun())
                places = (command.numbers[at] + 256 * command.numbers[at + 1] for at in range(0, 8, 2))
                page.set_area(*places)
            case Kind.PAGE_DIRECTION:
                self._put(page, self._flush_if_begun())
                page.set_direction(command.numbers[0] % 48)
            case Kind.PAGE_VERTICAL:
                self._put(page, self._flush_if_begun())
                page.y = number
            case Kind.PAGE_RELATIVE:
                self._put(page, self._flush_if_begun())
                page.y = max(0, page.y + (number if number < 0x8000 else number - 0x10000))
            case _:
                self._put(page, self._on_paper(command))
        return []

    @staticmethod
    def _put(page: Page, items: list[Item]) -> None:
        """Onto the page; knife and presenter do nothing in page mode."""
        for item in items:
            if isinstance(item, Strip):
                page.put(item)

    def _forget_line(self) -> None:
        self._line: list[Piece] = []
        self._x = 0
        self._kanji_lead = b""

    @property
    def _width(self) -> int:
        return self._paper_width if self._page is None else self._page.line_width

    @property
    def _area(self) -> int:
        if self._page is not None:
            return self._page.line_width
        return min(self.style.area_width, self._paper_width - self.style.left_margin)

    @property
    def _margin(self) -> int:
        return self.style.left_margin if self._page is None else 0

    # -- text ----------------------------------------------------------------------------------------------

    def _text(self, command: Command) -> list[Item]:
        items: list[Item] = []
        for byte in command.data:
            if self._kanji_lead:
                pair, self._kanji_lead = self._kanji_lead + bytes((byte,)), b""
                items += self._place(decode_kanji(pair, shift_jis=self.style.shift_jis), cells=2)
            elif self.style.kanji and leads_kanji(byte, shift_jis=self.style.shift_jis):
                self._kanji_lead = bytes((byte,))
            else:
                items += self._place(decode(byte, self.style.page))
        return items

    def _place(self, character: str, cells: int = 1) -> list[Item]:
        """Put a character, ``cells`` wide, behind the last one."""
        style = self.style
        image = draw_glyph(self._font, character, style.font, style.bold, style.width * cells, style.height)
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
        line = Image.new("L", (self._width, max(height, spacing)), 255)
        shift = self._margin + self._shift(width)
        for piece in self._line:
            line.paste(piece.image, (shift + piece.x, height - piece.image.height))
        if self.style.upside_down:
            line = ImageOps.flip(ImageOps.mirror(line))
        text = self._read_line()
        self._forget_line()
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

    def _drawn(self, drawn: Drawn | None) -> list[Item]:
        """A picture of its own height, placed by the justification."""
        if drawn is None:
            return []
        image, text = drawn
        items = self._flush_if_begun()
        strip = Image.new("L", (self._width, image.height), 255)
        strip.paste(image, (self._margin + self._shift(image.width), 0))
        return [*items, Strip(strip.height, strip, text)]

    def _column_image(self, command: Command) -> list[Item]:
        image = column_picture(command.data, *command.numbers)
        if image is not None:
            self._line.append(Piece(self._x, image, ""))
            self._x += image.width
        return []

    def _barcode(self, command: Command) -> list[Item]:
        style, system = self.style, command.numbers[0]
        image = symbols.linear_image(system, command.data, style.barcode_module, style.barcode_height)
        if image is None or image.width > self._area:
            return []
        text = symbols.linear_text(system, command.data)
        items = self._drawn((image, f"[barcode {text}]"))
        return items + self._note(text) if style.barcode_hri & 2 else items

    def _extended(self, command: Command) -> list[Item]:
        match command.numbers[0]:
            case 0x6B:
                drawn = self._stored.symbol(command.data)
                return [] if drawn is None or drawn[0].width > self._area else self._drawn(drawn)
            case 0x4C:
                return self._drawn(self._stored.graphics(command.data))
            case _:
                return []

    # -- the end of a slip ---------------------------------------------------------------------------------

    def _cut(self, command: Command) -> list[Item]:
        mode, *feed = command.numbers
        items = self._flush_if_begun()
        partial = mode not in (0, 48, 65, 97, 103)
        if feed:
            items += self._feed(self._cut_feed + feed[0])
        return [*items, Cut(partial)]

    @staticmethod
    def _presenter(command: Command) -> list[Item]:
        function = command.numbers[0]
        return [Presenter(retract=function == RETRACT)] if function in (RETRACT, PRESENT, EJECT) else []
