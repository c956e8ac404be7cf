"""What commands have set: how the next character, line or barcode looks."""

from __future__ import annotations

from dataclasses import dataclass

from devices.printer.emulator.glyphs import CELLS
from devices.printer.emulator.grammar import Command, Kind

SIXTH_INCH = 34
"""Default line spacing in dots at 203 dpi."""

DEFAULT_BARCODE_HEIGHT = 162
DEFAULT_BARCODE_MODULE = 3
WIDEST_BARCODE_MODULE = 6


@dataclass(slots=True)
class Style:
    """``ESC @`` makes a new one."""

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
    kanji: bool = False
    shift_jis: bool = False
    tabs: tuple[int, ...] = ()


def set_style(style: Style, command: Command, paper_width: int) -> None:
    """Change what the command says; commands that say nothing of style are passed over."""
    numbers = command.numbers
    match command.kind:
        case Kind.PRINT_MODE:
            mode = numbers[0]
            style.font, style.bold = mode & 1, bool(mode & 8)
            style.height, style.width = 1 + bool(mode & 16), 1 + bool(mode & 32)
            style.underline = 1 if mode & 128 else 0
        case Kind.EMPHASIS | Kind.DOUBLE_STRIKE:
            style.bold = bool(numbers[0] & 1)
        case Kind.UNDERLINE:
            style.underline = numbers[0] % 48 if numbers[0] % 48 <= 2 else style.underline
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
            style.left_margin = min(numbers[0] + 256 * numbers[1], paper_width - 1)
        case Kind.AREA_WIDTH:
            style.area_width = max(1, numbers[0] + 256 * numbers[1])
        case Kind.TAB_POSITIONS:
            style.tabs = numbers
        case Kind.BARCODE_HEIGHT:
            style.barcode_height = max(1, numbers[0])
        case Kind.BARCODE_WIDTH:
            style.barcode_module = min(WIDEST_BARCODE_MODULE, max(1, numbers[0]))
        case Kind.KANJI_ON:
            style.kanji = True
        case Kind.KANJI_OFF:
            style.kanji = False
        case Kind.KANJI_SYSTEM:
            style.shift_jis = bool(numbers[0] & 1)
        case Kind.HRI_POSITION:
            style.barcode_hri = numbers[0] % 48
        case _:
            pass
