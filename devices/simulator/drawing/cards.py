"""Resident cards with a code on them, and staff badges, in the size of a bank card (ISO/IEC 7810 ID-1)."""

from __future__ import annotations

import random
from enum import StrEnum
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from devices.simulator.drawing.items import INK, Colour, Item, code_picture, font, sheet

CARD_MM: Final = (85.6, 53.98)
DOTS_PER_MM: Final = 20.0
CORNER_MM: Final = 3.18
QR_MM: Final = 26.0
CODE128_MM: Final = (50.0, 9.0)
PDF417_MM: Final = (70.0, 20.0)

NAMES: Final = ("CONTOH SATU", "WARGA TELADAN", "NAMA PERCOBAAN", "UJI SAMPEL", "PERAGA KARTU")
STREETS: Final = ("JL. MELATI CONTOH 12", "GG. KENANGA 7", "JL. ANGSANA BARU 41", "JL. SAWO KECIL 3")


class CardCode(StrEnum):
    """Which code a card carries."""

    QR = "QRCode"
    CODE128 = "Code128"
    PDF417 = "PDF417"


def draw_card(nik: str, code: CardCode = CardCode.QR, *, name: str = NAMES[0]) -> Item:
    """A city's resident card of an invented person.

    The QR and the Code 128 hold the NIK alone, the PDF417 holds NIK, name and place as cards of cities do.
    """
    card = sheet(*CARD_MM, DOTS_PER_MM, (233, 240, 246), radius_mm=CORNER_MM)
    pen = ImageDraw.Draw(card)
    _guilloche(card, (178, 206, 226))
    pen.rectangle((0, 0, card.width, _dots(9.5)), fill=(20, 74, 120))
    pen.ellipse((_dots(3), _dots(1.6), _dots(9.4), _dots(8)), fill=(244, 196, 48))
    pen.polygon([(_dots(6.2), _dots(2.4)), (_dots(8.2), _dots(6.8)), (_dots(4.2), _dots(6.8))], fill=(20, 74, 120))
    pen.text((_dots(12), _dots(1.3)), "KARTU WARGA", font=font(_dots(3.8), bold=True), fill=(255, 255, 255))
    pen.text((_dots(12), _dots(5.4)), "PEMERINTAH KOTA · CONTOH", font=font(_dots(2.6)), fill=(214, 228, 240))
    if code is CardCode.PDF417:
        _lines(pen, nik, name, left_mm=5, top_mm=12, step_mm=4.2)
        text = f"NIK{nik}|{name}|KOTA CONTOH|{STREETS[int(nik[-1]) % len(STREETS)]}"
        _paste_code(card, text, code, (7.8, 31.0), PDF417_MM)
    elif code is CardCode.CODE128:
        _portrait(card, nik, (5, 12, 20, 25))
        _lines(pen, nik, name, left_mm=29, top_mm=12.5, step_mm=4.8)
        _paste_code(card, nik, code, (29.0, 40.5), CODE128_MM)
    else:
        _portrait(card, nik, (5, 12, 18, 23))
        _lines(pen, nik, name, left_mm=25.5, top_mm=12.5, step_mm=4.8)
        _paste_code(card, nik, code, (56.5, 25.0), (QR_MM, QR_MM))
    return Item(card, CARD_MM[0])


def draw_badge(token: str, *, role: str = "PETUGAS") -> Item:
    """A staff badge whose QR holds ``token``; upright, as it hangs from a neck."""
    badge = sheet(CARD_MM[1], CARD_MM[0], DOTS_PER_MM, (250, 250, 250), radius_mm=CORNER_MM)
    pen = ImageDraw.Draw(badge)
    pen.rectangle((0, 0, badge.width, _dots(15)), fill=(12, 110, 84))
    pen.rounded_rectangle((_dots(20), _dots(3), _dots(34), _dots(5.4)), _dots(1.2), fill=(220, 220, 220))
    pen.text((badge.width / 2, _dots(10)), role, font=font(_dots(5), bold=True), fill=(255, 255, 255), anchor="mm")
    _paste_code(badge, token, CardCode.QR, (6.0, 22.0), (42.0, 42.0))
    pen.text((badge.width / 2, _dots(73)), "KARTU STAF", font=font(_dots(3.6)), fill=INK, anchor="mm")
    return Item(badge, CARD_MM[1])


def invented_nik(rng: random.Random) -> str:
    """A NIK that passes the hard checks, in a region (99) that does not exist."""
    day = rng.randint(1, 28) + rng.choice((0, 40))
    return f"99{rng.randint(1, 79):02}{rng.randint(1, 30):02}{day:02}{rng.randint(1, 12):02}{rng.randint(0, 99):02}" + (
        f"{rng.randint(1, 9999):04}"
    )


def _dots(mm: float) -> int:
    return round(mm * DOTS_PER_MM)


def _lines(pen: ImageDraw.ImageDraw, nik: str, name: str, *, left_mm: float, top_mm: float, step_mm: float) -> None:
    rows = (("NIK", nik), ("Nama", name), ("Kota", "CONTOH"), ("Alamat", STREETS[int(nik[-1]) % len(STREETS)]))
    for row, (label, value) in enumerate(rows):
        y = _dots(top_mm + row * step_mm)
        pen.text((_dots(left_mm), y), label, font=font(_dots(2.5)), fill=(70, 84, 98))
        bold = row == 0
        size = 3.6 if bold else 2.7
        pen.text((_dots(left_mm + 10), y - _dots(0.5)), value, font=font(_dots(size), bold=bold), fill=INK)


def _paste_code(
    card: Image.Image, text: str, code: CardCode, corner_mm: tuple[float, float], size_mm: tuple[float, float]
) -> None:
    margin = 1.2
    left, top = corner_mm
    width, height = size_mm
    frame = (_dots(left - margin), _dots(top - margin), _dots(left + width + margin), _dots(top + height + margin))
    ImageDraw.Draw(card).rectangle(frame, fill=(255, 255, 255))
    picture = code_picture(text, code.value, _dots(width), _dots(height))
    card.paste(picture.convert("RGB"), (_dots(left), _dots(top)))


def _portrait(card: Image.Image, nik: str, box_mm: tuple[float, float, float, float]) -> None:
    """A drawn head and shoulders; the hair and skin follow from the number, so that cards differ."""
    left, top, width, height = box_mm
    rng = random.Random(nik)
    size = (_dots(width), _dots(height))
    photo = Image.new("RGB", size, rng.choice([(196, 40, 40), (36, 80, 168)]))
    pen = ImageDraw.Draw(photo)
    w, h = size
    skin = rng.choice([(224, 178, 142), (198, 146, 108), (170, 120, 84)])
    hair: Colour = (32, 26, 24)
    pen.ellipse(
        (w * 0.02, h * 0.68, w * 0.98, h * 1.4), fill=rng.choice([(240, 240, 240), (70, 96, 120), (40, 60, 50)])
    )
    pen.rectangle((w * 0.40, h * 0.52, w * 0.60, h * 0.76), fill=skin)
    pen.ellipse((w * 0.24, h * 0.12, w * 0.76, h * 0.60), fill=hair)
    pen.ellipse((w * 0.29, h * 0.20, w * 0.71, h * 0.66), fill=skin)
    for eye in (0.41, 0.59):
        pen.ellipse((w * (eye - 0.04), h * 0.385, w * (eye + 0.04), h * 0.415), fill=(250, 250, 250))
        pen.ellipse((w * (eye - 0.017), h * 0.385, w * (eye + 0.017), h * 0.413), fill=hair)
        pen.line((w * (eye - 0.06), h * 0.355, w * (eye + 0.06), h * 0.35), fill=hair, width=max(1, w // 60))
    pen.line((w * 0.5, h * 0.42, w * 0.485, h * 0.50, w * 0.515, h * 0.50), fill=(130, 90, 64), width=max(1, w // 90))
    pen.arc((w * 0.42, h * 0.50, w * 0.58, h * 0.58), 20, 160, fill=(150, 60, 60), width=max(1, w // 60))
    card.paste(photo.filter(ImageFilter.GaussianBlur(w / 220)), (_dots(left), _dots(top)))


def _guilloche(card: Image.Image, colour: Colour) -> None:
    """Fine waves as on printed cards, so that the ground is not flat."""
    pen = ImageDraw.Draw(card)
    for row in range(10, 54, 2):
        points = [
            (x, _dots(row) + _dots(0.8) * (1 if (x // _dots(4)) % 2 else -1)) for x in range(0, card.width, _dots(2))
        ]
        pen.line(points, fill=colour, width=2, joint="curve")
