"""Papers that citizens bring: a marriage book, a family card, a letter with a code. Invented throughout."""

from __future__ import annotations

import random
from typing import Final

from PIL import Image, ImageDraw

from devices.simulator.drawing.items import INK, PAPER, Colour, Item, code_picture, font, sheet

A4_MM: Final = (210.0, 297.0)
BOOK_MM: Final = (176.0, 125.0)  # two facing pages of a passport-sized book
DOTS_PER_MM: Final = 8.0
LETTER_URL: Final = "https://dukcapil.kota-contoh.example/v/3f9c1a7e5b"

_HEAD = ("No", "Nama Lengkap", "NIK", "Kelamin", "Tempat Lahir", "Tanggal Lahir", "Hubungan")
_MEMBERS = (
    ("WARGA TELADAN", "9912051204800003", "L", "KOTA CONTOH", "12-04-1980", "KEPALA KELUARGA"),
    ("NAMA PERCOBAAN", "9912055909830002", "P", "KOTA CONTOH", "19-09-1983", "ISTRI"),
    ("UJI SAMPEL", "9912050807090001", "L", "KOTA CONTOH", "08-07-2009", "ANAK"),
    ("PERAGA KARTU", "9912056203140004", "P", "KOTA CONTOH", "22-03-2014", "ANAK"),
)


def draw_family_card(url: str = LETTER_URL) -> Item:
    """A family card on A4 across, with a table of members and a signature code."""
    paper = sheet(A4_MM[1], A4_MM[0], DOTS_PER_MM, (236, 246, 240))
    pen = ImageDraw.Draw(paper)
    middle = paper.width / 2
    pen.text((middle, _dots(16)), "KARTU KELUARGA", font=font(_dots(9), bold=True), fill=INK, anchor="mm")
    pen.text((middle, _dots(26)), "No. 9912050401100007", font=font(_dots(6)), fill=INK, anchor="mm")
    for row, line in enumerate(("Nama Kepala Keluarga : WARGA TELADAN", "Alamat : JL. MELATI CONTOH 12, KOTA CONTOH")):
        pen.text((_dots(14), _dots(36 + row * 7)), line, font=font(_dots(4.4)), fill=INK)
    columns = (14, 24, 86, 138, 158, 200, 238, 284)
    rows = [54 + 11 * index for index in range(8)]
    pen.rectangle((_dots(columns[0]), _dots(rows[0]), _dots(columns[-1]), _dots(rows[1])), fill=(206, 226, 214))
    for y in rows:
        pen.line((_dots(columns[0]), _dots(y), _dots(columns[-1]), _dots(y)), fill=INK, width=3)
    for x in columns:
        pen.line((_dots(x), _dots(rows[0]), _dots(x), _dots(rows[-1])), fill=INK, width=3)
    for x, head in zip(columns, _HEAD, strict=False):
        pen.text((_dots(x + 1.5), _dots(rows[0] + 3.5)), head, font=font(_dots(4), bold=True), fill=INK)
    for number, member in enumerate(_MEMBERS, 1):
        for x, value in zip(columns, (str(number), *member), strict=False):
            pen.text((_dots(x + 1.5), _dots(rows[number] + 3.5)), value, font=font(_dots(3.8)), fill=INK)
    _signature(paper, url, (236, 142))
    pen.text((_dots(14), _dots(150)), "Dikeluarkan tanggal : 04-01-2026", font=font(_dots(4.4)), fill=INK)
    return Item(paper, A4_MM[1])


def draw_letter(url: str = LETTER_URL, *, title: str = "SURAT KETERANGAN") -> Item:
    """A letter on A4 with a heading, lines of text, and the signature code of a registry (``url``)."""
    paper = sheet(*A4_MM, DOTS_PER_MM, PAPER)
    pen = ImageDraw.Draw(paper)
    middle = paper.width / 2
    pen.ellipse((_dots(20), _dots(14), _dots(40), _dots(34)), outline=INK, width=6)
    pen.text((middle, _dots(18)), "PEMERINTAH KOTA CONTOH", font=font(_dots(7), bold=True), fill=INK, anchor="mm")
    pen.text((middle, _dots(28)), "DINAS PELAYANAN WARGA", font=font(_dots(5)), fill=INK, anchor="mm")
    pen.line((_dots(18), _dots(38), _dots(192), _dots(38)), fill=INK, width=6)
    pen.text((middle, _dots(52)), title, font=font(_dots(7), bold=True), fill=INK, anchor="mm")
    rng = random.Random(title)
    words = [
        "yang",
        "bertanda",
        "tangan",
        "di",
        "bawah",
        "ini",
        "menerangkan",
        "bahwa",
        "warga",
        "tersebut",
        "benar",
        "tinggal",
        "pada",
        "alamat",
        "contoh",
    ]
    for row in range(15):
        line = " ".join(rng.choice(words) for _ in range(11 if row % 5 != 4 else 5))
        pen.text((_dots(22), _dots(68 + row * 9)), line, font=font(_dots(4.6)), fill=INK)
    _signature(paper, url, (150, 216))
    return Item(paper, A4_MM[0])


def draw_marriage_book() -> Item:
    """The two facing pages of a marriage book: two photographs left, the record right."""
    book = sheet(*BOOK_MM, DOTS_PER_MM, (246, 236, 214))
    pen = ImageDraw.Draw(book)
    fold = book.width // 2
    for offset in range(40):
        shade = 200 + offset
        pen.line(
            (fold - 40 + offset, 0, fold - 40 + offset, book.height),
            fill=(246 - (40 - offset), 236 - (40 - offset), 200),
        )
        pen.line((fold + 40 - offset, 0, fold + 40 - offset, book.height), fill=(shade, shade - 10, 190))
    for left, colour, title in ((12.0, (40, 84, 170), "SUAMI"), (50.0, (190, 44, 44), "ISTRI")):
        _photo(book, (left, 24.0, 26.0, 36.0), colour)
        pen.text((_dots(left + 13), _dots(66)), title, font=font(_dots(4.4), bold=True), fill=INK, anchor="mm")
    pen.text(
        (_dots(44), _dots(12)), "KUTIPAN AKTA NIKAH", font=font(_dots(5.4), bold=True), fill=(120, 30, 36), anchor="mm"
    )
    for row, line in enumerate(("Nomor : 0123/045/I/2026", "Pada hari : Senin", "Tanggal : 05-01-2026")):
        pen.text((_dots(10), _dots(76 + row * 8)), line, font=font(_dots(4)), fill=INK)
    rows = (
        "Nama suami",
        "WARGA TELADAN",
        "Tempat lahir",
        "KOTA CONTOH",
        "Nama istri",
        "NAMA PERCOBAAN",
        "Wali",
        "UJI SAMPEL",
    )
    for row, line in enumerate(rows):
        pen.text(
            (_dots(98 + 4 * (row % 2)), _dots(14 + row * 11)), line, font=font(_dots(4.4), bold=bool(row % 2)), fill=INK
        )
        pen.line((_dots(98), _dots(21 + row * 11), _dots(168), _dots(21 + row * 11)), fill=(170, 150, 120), width=2)
    return Item(book, BOOK_MM[0])


def _signature(paper: Image.Image, url: str, corner_mm: tuple[float, float]) -> None:
    side = _dots(30)
    left, top = corner_mm
    paper.paste(code_picture(url, "QRCode", side, side).convert("RGB"), (_dots(left), _dots(top)))
    note = "Ditandatangani secara elektronik"
    ImageDraw.Draw(paper).text((_dots(left + 15), _dots(top + 34)), note, font=font(_dots(3)), fill=INK, anchor="mm")


def _photo(paper: Image.Image, box_mm: tuple[float, float, float, float], ground: Colour) -> None:
    left, top, width, height = box_mm
    w, h = _dots(width), _dots(height)
    photo = Image.new("RGB", (w, h), ground)
    pen = ImageDraw.Draw(photo)
    pen.ellipse((w * 0.05, h * 0.7, w * 0.95, h * 1.4), fill=(40, 44, 52))
    pen.ellipse((w * 0.27, h * 0.14, w * 0.73, h * 0.60), fill=(32, 26, 24))
    pen.ellipse((w * 0.31, h * 0.22, w * 0.69, h * 0.66), fill=(206, 156, 118))
    for eye in (0.42, 0.58):
        pen.ellipse((w * (eye - 0.02), h * 0.39, w * (eye + 0.02), h * 0.42), fill=(20, 16, 16))
    pen.arc((w * 0.42, h * 0.48, w * 0.58, h * 0.56), 20, 160, fill=(120, 50, 50), width=3)
    paper.paste(photo, (_dots(left), _dots(top)))


def _dots(mm: float) -> int:
    return round(mm * DOTS_PER_MM)
