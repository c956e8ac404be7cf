"""Our printed slip, and a phone that shows a code."""

from __future__ import annotations

from typing import Final

from PIL import ImageDraw

from devices.simulator.drawing.items import INK, Item, code_picture, font, sheet

SLIP_MM: Final = (80.0, 118.0)
PHONE_MM: Final = (72.0, 150.0)
DOTS_PER_MM: Final = 8.0  # a receipt printer's 203 dots an inch


def draw_slip(code_or_url: str, *, title: str = "TANDA TERIMA") -> Item:
    """A slip of thermal paper whose QR holds ``code_or_url``; the code stands below it in letters."""
    paper = sheet(*SLIP_MM, DOTS_PER_MM, (246, 245, 240))
    pen = ImageDraw.Draw(paper)
    middle = paper.width / 2
    pen.text((middle, _dots(8)), title, font=font(_dots(6), bold=True), fill=INK, anchor="mm")
    pen.text((middle, _dots(15)), "Layanan Warga Kota", font=font(_dots(3.6)), fill=INK, anchor="mm")
    pen.line((_dots(4), _dots(19), _dots(76), _dots(19)), fill=INK, width=2)
    rows = (("Layanan", "Surat Keterangan"), ("Tanggal", "05-01-2026 09.14"), ("Biaya", "Rp 0"))
    for row, (label, value) in enumerate(rows):
        y = _dots(22 + row * 5)
        pen.text((_dots(5), y), label, font=font(_dots(3.4)), fill=INK)
        pen.text((_dots(75), y), value, font=font(_dots(3.4)), fill=INK, anchor="ra")
    side = _dots(44)
    picture = code_picture(code_or_url, "QRCode", side, side)
    paper.paste(picture.convert("RGB"), (int(middle - side / 2), _dots(40)))
    code = code_or_url.rpartition("/")[2].replace("-", "")
    shown = "-".join(code[start : start + 4] for start in range(0, len(code), 4))[:20]
    pen.text((middle, _dots(90)), shown, font=font(_dots(6), bold=True), fill=INK, anchor="mm")
    pen.line((_dots(4), _dots(97), _dots(76), _dots(97)), fill=INK, width=2)
    pen.text((middle, _dots(104)), "Simpan slip ini.", font=font(_dots(3.6)), fill=INK, anchor="mm")
    return Item(paper, SLIP_MM[0])


def draw_phone(text: str) -> Item:
    """A phone whose screen shows a QR of ``text``."""
    phone = sheet(*PHONE_MM, DOTS_PER_MM, (18, 18, 20), radius_mm=9)
    pen = ImageDraw.Draw(phone)
    pen.rounded_rectangle((_dots(3), _dots(3), _dots(69), _dots(147)), _dots(6), fill=(252, 252, 252))
    pen.rounded_rectangle((_dots(27), _dots(5), _dots(45), _dots(8)), _dots(1.5), fill=(18, 18, 20))
    pen.text((_dots(36), _dots(26)), "Kode saya", font=font(_dots(6), bold=True), fill=INK, anchor="mm")
    phone.paste(code_picture(text, "QRCode", _dots(52), _dots(52)).convert("RGB"), (_dots(10), _dots(44)))
    return Item(phone, PHONE_MM[0])


def _dots(mm: float) -> int:
    return round(mm * DOTS_PER_MM)
