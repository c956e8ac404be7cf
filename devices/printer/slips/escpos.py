"""From lines to the bytes of a job, by python-escpos' command builder and its printer profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devices.printer import commands
from devices.printer.slips.abilities import abilities
from devices.printer.slips.layout import Code, Layout, Picture, TextLine
from devices.printer.slips.paper import PAPER_58, PAPER_80, Paper
from devices.printer.slips.raster import Raster
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    from escpos import magicencode, printer
else:
    magicencode = when_wanted("escpos.magicencode")
    printer = when_wanted("escpos.printer")

CODE_PAGES = ("CP437", "CP850", "CP858", "CP1252", "CP852")
"""Code pages that are trusted to be the same on every printer; text outside them is drawn."""

WIDTHS = {58: PAPER_58, 80: PAPER_80}
"""Papers by their width in mm."""

BAND_ROWS = 128
"""Dot rows of one raster command; small bands never overrun the buffer of a cheap printer."""


class UnknownProfile(ValueError):
    """python-escpos has no profile of that name."""


class JobEncoder:
    """Builds jobs for one printer: its profile says what it can, its paper how wide it is."""

    def __init__(self, profile: str = "default", paper_width_mm: int = 80, *, presenter: bool = False) -> None:
        try:
            data: dict[str, Any] = abilities()["profiles"][profile]
        except KeyError:
            raise UnknownProfile(profile) from None
        self._profile = profile
        self._presenter = presenter
        self._features: dict[str, bool] = data["features"]
        pages = {name: number for number, name in data["codePages"].items() if name in CODE_PAGES}
        self._pages = pages or {"CP437": "0"}
        self._encoder = magicencode.Encoder(self._pages)
        self.paper = _paper(data, paper_width_mm)

    @property
    def native_qr(self) -> bool:
        return bool(self._features.get("qrCode"))

    @property
    def cuts(self) -> bool:
        return bool(self._features.get("paperFullCut") or self._features.get("paperPartCut"))

    def encodable(self, text: str) -> bool:
        """True when every character stands in a code page of the printer, below 0x20 none does."""
        return all(
            " " <= c <= "~" or (c > "\x9f" and any(self._encoder.can_encode(page, c) for page in self._pages))
            for c in text
        )

    def encode(self, layout: Layout) -> bytes:
        """The bytes of a job: from ``ESC @`` to the cut."""
        dummy = self._dummy()
        dummy._raw(commands.INITIALISE + commands.SIXTH_INCH_LINES)
        for line in layout.lines:
            match line:
                case TextLine(text, bold, size, align):
                    dummy.set(align=align, bold=bold, custom_size=True, width=size, height=size)
                    dummy.text(text + "\n")
                case Picture(raster):
                    dummy.set(align="left")
                    for band in _bands(raster):
                        dummy._raw(band)
                case Code(data, module):
                    dummy.set(align="center")
                    dummy.qr(data, ec=1, size=module, native=True)
        dummy.set(align="left", bold=False, custom_size=True, width=1, height=1)
        self._end(dummy, retract=False)
        output: bytes = dummy.output
        return output

    def separator(self) -> bytes:
        """Cuts a torso off and draws it back where there is a presenter, so that the next slip begins on clean paper."""
        dummy = self._dummy()
        dummy._raw(commands.INITIALISE)
        self._end(dummy, retract=True)
        output: bytes = dummy.output
        return output

    def _dummy(self) -> printer.Dummy:
        """A fresh builder: which code page is chosen first depends on nothing that was printed before."""
        dummy = printer.Dummy(profile=self._profile)
        encoder = magicencode.Encoder(self._pages)
        encoder.available_characters = self._encoder.available_characters  # tables only, and slow to make
        dummy.magic = magicencode.MagicEncode(dummy, encoder=encoder)
        return dummy

    def _end(self, dummy: printer.Dummy, *, retract: bool) -> None:
        if self.cuts:
            dummy._raw(commands.FEED_AND_PARTIAL_CUT)
            if self._presenter:
                dummy._raw(commands.RETRACT if retract else commands.EJECT)
        else:
            dummy.print_and_feed(commands.TEAR_OFF_LINES)


def _bands(raster: Raster) -> list[bytes]:
    pieces = [commands.REAL_TIME_OFF]
    for top in range(0, raster.rows, BAND_ROWS):
        rows = min(BAND_ROWS, raster.rows - top)
        data = raster.data[top * raster.width_bytes : (top + rows) * raster.width_bytes]
        pieces.append(commands.raster(raster.width_bytes, rows, data))
    return [*pieces, commands.REAL_TIME_ON]


def _paper(data: dict[str, Any], width_mm: int) -> Paper:
    plain = WIDTHS[width_mm]
    media = data.get("media", {})
    pixels = media.get("width", {}).get("pixels")
    columns = data["fonts"]["0"]["columns"]
    if not isinstance(pixels, int) or pixels > plain.width_dots or columns * 12 > pixels:
        return plain
    dpi = media.get("dpi")
    dots_per_mm = dpi / 25.4 if isinstance(dpi, int) else plain.dots_per_mm
    return Paper(width_dots=pixels // 8 * 8, columns=columns, dots_per_mm=dots_per_mm)
