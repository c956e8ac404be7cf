"""One-bit pictures for the printer."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from devices.printer.emulator.realtime import RealTimeScanner
from devices.printer.slips.raster import MAX_RASTER_ROWS, Typeface, find_fonts, pack, qr_image


def test_black_dots_are_set_bits_most_significant_left() -> None:
    image = Image.new("1", (16, 1), 1)
    image.putpixel((0, 0), 0)
    image.putpixel((15, 0), 0)
    assert pack(image, 16).data == b"\x80\x01"


def test_a_narrow_picture_is_padded_to_the_paper() -> None:
    raster = pack(Image.new("1", (8, 2), 0), 20)
    assert (raster.width_bytes, raster.data) == (3, b"\xff\x00\x00\xff\x00\x00")


@pytest.mark.parametrize(("rows", "kept"), [(MAX_RASTER_ROWS, MAX_RASTER_ROWS), (MAX_RASTER_ROWS + 1, MAX_RASTER_ROWS)])
def test_a_picture_has_a_greatest_height(rows: int, kept: int) -> None:
    assert pack(Image.new("1", (8, rows), 1), 8).rows == kept


@pytest.mark.parametrize("second", [0x04, 0x05, 0x14])
def test_no_real_time_command_hides_in_a_picture(second: int) -> None:
    image = Image.frombytes("1", (16, 1), bytes((0xEF, second ^ 0xFF)))
    assert pack(image, 16).data == bytes((0x18, second))


def test_no_real_time_command_begins_at_the_end_of_a_picture() -> None:
    assert pack(Image.frombytes("1", (8, 1), b"\xef"), 8).data == b"\x18"


def test_random_pictures_hold_no_real_time_command() -> None:
    chance = random.Random(4)
    for _ in range(50):
        noise = bytes(chance.choice((0xEF, 0xFB, 0xFA, 0xEB)) for _ in range(72 * 40))
        data = pack(Image.frombytes("1", (576, 40), noise), 576).data
        assert RealTimeScanner().feed(data + b"\x04\x01") == []


def test_a_drawn_code_can_be_read() -> None:
    code = qr_image("https://kios.example/t/ABCDEFGHJKM7", 6)
    paper = Image.new("1", (code.width + 60, code.height + 60), 1)
    paper.paste(code, (30, 30))
    read = zxingcpp.read_barcode(paper.convert("L"))
    assert read is not None and read.text == "https://kios.example/t/ABCDEFGHJKM7"


def test_fonts_of_the_distribution_are_files() -> None:
    assert all(path.is_file() for path in find_fonts())


def test_a_typeface_without_fonts_still_draws() -> None:
    image = Image.new("1", (100, 40), 1)
    Typeface((), 22).draw(ImageDraw.Draw(image), 0, 30, "Siti")
    assert image.getextrema() == (0, 1)


def test_characters_that_no_font_has_are_named() -> None:
    assert Typeface((), 22).lacks("A王\u200d ") == {"王"}


def test_a_second_font_helps_out() -> None:
    fonts = find_fonts()
    if not fonts:
        pytest.skip("no fonts of the distribution")
    mono = Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf")
    face = Typeface([mono, *fonts] if mono.is_file() else fonts, 22)
    assert face.lacks("Aж") == frozenset()
    assert face.width("Aж") == pytest.approx(face.width("A") + face.width("ж"))
