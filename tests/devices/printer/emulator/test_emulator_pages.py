"""What the emulated printer puts on paper."""

from __future__ import annotations

import math

import pytest
import zxingcpp
from escpos.printer import Dummy
from PIL import Image

from devices.printer.emulator import EmulatorSettings, PrintedSlip, PrinterCore

CUT = b"\x1dV\x00"


def slip(data: bytes, width: int = 80) -> PrintedSlip:
    core = PrinterCore(EmulatorSettings(paper_width_mm=width, speed_mm_s=math.inf, buffer_bytes=1 << 20))
    core.receive(data + CUT)
    core.tick(0.01)
    return core.slips[-1]


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is black."""
    box = picture.point(lambda value: 255 - value).getbbox()
    assert box is not None
    return box


def test_text_comes_out_as_text() -> None:
    assert slip(b"Halo\nDunia\n").text == "Halo\nDunia\n"


@pytest.mark.parametrize(("width", "dots"), [(58, 384), (80, 576)])
def test_a_picture_is_as_wide_as_the_paper(width: int, dots: int) -> None:
    assert slip(b"x\n", width).image.width == dots


@pytest.mark.parametrize(("width", "columns"), [(58, 32), (80, 48)])
def test_a_line_that_is_too_long_goes_on_below(width: int, columns: int) -> None:
    assert slip(b"a" * (columns + 1) + b"\n", width).text == "a" * columns + "\na\n"


@pytest.mark.parametrize(
    ("page", "byte", "letter"), [(0, 0x82, "é"), (16, 0xE9, "é"), (17, 0x80, "А"), (2, 0xA4, "ñ"), (19, 0xD5, "€")]
)
def test_code_pages_are_epson_s(page: int, byte: int, letter: str) -> None:
    assert slip(bytes((0x1B, 0x74, page, byte, 0x0A))).text == letter + "\n"


@pytest.mark.parametrize(("align", "left"), [(0, 0), (1, 282), (2, 564)])
def test_justification_moves_a_line(align: int, left: int) -> None:
    printed = ink(slip(bytes((0x1B, 0x61, align)) + b"\xdb\n").image)
    assert printed[0] == pytest.approx(left, abs=2)


@pytest.mark.parametrize(("size", "scale"), [(0x00, (1, 1)), (0x10, (2, 1)), (0x01, (1, 2)), (0x77, (8, 8))])
def test_sizes_scale_a_character(size: int, scale: tuple[int, int]) -> None:
    plain, large = (ink(slip(bytes((0x1D, 0x21, n)) + b"X\n").image) for n in (0, size))
    assert (large[2] - large[0], large[3] - large[1]) == (
        scale[0] * (plain[2] - plain[0]),
        scale[1] * (plain[3] - plain[1]),
    )


def test_bold_is_blacker() -> None:
    plain, bold = (slip(bytes((0x1B, 0x45, on)) + b"Siti\n").image.histogram()[0] for on in (0, 1))
    assert bold > plain


def test_reverse_is_white_on_black() -> None:
    assert slip(b"\x1dB\x01 \n").image.getpixel((5, 5)) == 0


def test_underline_is_drawn() -> None:
    assert slip(b"\x1b-\x01 \n").image.getpixel((5, 23)) == 0


def test_line_spacing_is_obeyed() -> None:
    assert slip(b"\x1b3\x64a\nb\n").image.height == 200
    assert slip(b"\x1b2a\nb\n").image.height == 68


def test_tabs_stop_every_eight_columns() -> None:
    assert slip(b"a\tb\n").text == "a       b\n"
    assert slip(b"\x1bD\x04\x00a\tb\n").text == "a   b\n"


def test_font_b_is_smaller() -> None:
    assert slip(b"\x1bM\x01" + b"b" * 65 + b"\n").text == "b" * 64 + "\nb\n"


def test_a_raster_picture_is_its_bits() -> None:
    printed = slip(b"\x1dv0\x00\x02\x00\x02\x00\xff\x00\x00\xff")
    assert ink(printed.image) == (0, 0, 16, 2)
    assert printed.image.getpixel((8, 0)) == 255
    assert "[picture 16x2]" in printed.text


def test_a_raster_picture_can_be_doubled() -> None:
    assert ink(slip(b"\x1dv0\x03\x01\x00\x01\x00\xff").image) == (0, 0, 16, 2)


@pytest.mark.parametrize(("mode", "size"), [(0, (4, 24)), (1, (2, 24)), (32, (4, 24)), (33, (2, 24))])
def test_a_column_picture_is_its_bits(mode: int, size: tuple[int, int]) -> None:
    deep = 3 if mode >= 32 else 1
    printed = slip(bytes((0x1B, 0x2A, mode, 2, 0)) + b"\xff" * 2 * deep + b"\n")
    assert ink(printed.image) == (0, 0, *size)


def test_the_graphics_command_stores_and_prints() -> None:
    store = b"\x1d(L\x0c\x000p0\x01\x011\x08\x00\x02\x00\xff\x81"
    assert ink(slip(store + b"\x1d(L\x02\x0002").image) == (0, 0, 8, 2)


def test_a_stored_picture_is_printed_once() -> None:
    store = b"\x1d(L\x0c\x000p0\x01\x011\x08\x00\x02\x00\xff\x81"
    assert slip(store + b"\x1d(L\x02\x0002" * 2).image.height == 2


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (b"\x1dk\x49\x09{BABC-123", "ABC-123"),
        (b"\x1dk\x04ABC123\x00", "ABC123"),
        (b"\x1dkC\x0c590123412345", "5901234123457"),
        (b"\x1dkF\x04" + b"1234", "1234"),
    ],
)
def test_barcodes_can_be_read(command: bytes, text: str) -> None:
    picture = slip(b"\x1ba\x01\x1dh\x60" + command).image
    read = zxingcpp.read_barcode(picture)
    assert read is not None and read.text == text


def test_a_barcode_s_text_may_stand_below_it() -> None:
    assert "\n123\n" in slip(b"\x1dH\x02\x1dk\x49\x05{B123").text


def test_a_barcode_of_wrong_data_is_not_printed() -> None:
    assert slip(b"\x1dkC\x03abc").text == "\n"


def test_a_code_wider_than_the_paper_is_not_printed() -> None:
    assert slip(b"\x1dw\x06\x1dk\x49\x2a{B" + b"A" * 40).text == "\n"


def test_qr_codes_of_python_escpos_can_be_read() -> None:
    dummy = Dummy()
    dummy.set(align="center")
    dummy.qr("https://kios.example/t/ABCDEFGHJKM7", size=6, native=True)
    read = zxingcpp.read_barcode(slip(dummy.output).image)
    assert read is not None and read.text == "https://kios.example/t/ABCDEFGHJKM7"


def test_pdf417_can_be_read() -> None:
    parts = (b"0P0Halo PDF417", b"0Q0")
    data = b"".join(b"\x1d(k" + len(p).to_bytes(2, "little") + p for p in parts)
    picture = slip(b"\x1ba\x01" + data).image
    read = zxingcpp.read_barcode(picture)
    assert read is not None and read.text == "Halo PDF417"


@pytest.mark.parametrize("command", [b"\x1cp\x01\x00", b"\x1d/\x00", b"\x1cq\x01\x01\x00\x01\x00" + bytes(8)])
def test_stored_graphics_are_refused_politely(command: bytes) -> None:
    assert "not available" in slip(command).text


def test_pictures_of_python_escpos_come_out() -> None:
    square = Image.new("1", (40, 30), 0)
    for way in ("bitImageRaster", "bitImageColumn", "graphics"):
        dummy = Dummy()
        dummy.image(square, impl=way)
        assert ink(slip(dummy.output).image) == (0, 0, 40, 30), way


def test_the_cut_with_feed_reaches_the_knife() -> None:
    core = PrinterCore(EmulatorSettings(speed_mm_s=math.inf))
    core.receive(b"x\n\x1dVB\x00")
    core.tick(0.01)
    assert core.slips[0].length_mm == pytest.approx(34 / 8 + 16)


def test_an_unfinished_picture_prints_nothing() -> None:
    assert slip(b"\x1dv0\x00\x00\x00\x05\x00").text == "\n"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1c&\x30\x21\x1c.A", "亜A"),
        (b"\x1cC\x01\x1c&\x88\x9fA\x1c.", "亜A"),
        (b"\x1c&\x30\nA\x1c.B", "\nB"),
        (b"\x1c&\x7e\x7e\x1c.", "�"),
        (b"A\x30\x21", "A0!"),
    ],
)
def test_kanji_are_two_bytes_each(data: bytes, text: str) -> None:
    assert slip(data + b"\n").text == text + "\n"


def test_a_kanji_is_two_letters_wide() -> None:
    assert slip(b"\x1c&" + b"\x30\x21" * 25 + b"\x1c.\n").text == "亜" * 24 + "\n亜\n"


def test_a_picture_in_columns_of_any_depth_is_its_bits() -> None:
    assert ink(slip(b"\x1dQ0\x00\x02\x00\x02\x00\xff\xff\xff\xff").image) == (0, 0, 2, 16)
