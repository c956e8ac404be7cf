"""Page mode: nothing is printed before the page is, and then everything where it was put."""

from __future__ import annotations

import math

import pytest
from PIL import Image

from devices.printer.emulator import EmulatorSettings, PrintedSlip, PrinterCore
from devices.printer.emulator.page import MAX_PAGE_ROWS, Page
from devices.printer.emulator.strips import Strip

CUT = b"\x1dV\x00"
BLOCK = b"\xdb"
"""A full block in code page 437: 12 by 24 dots of ink."""


def core() -> PrinterCore:
    return PrinterCore(EmulatorSettings(speed_mm_s=math.inf, buffer_bytes=1 << 20))


def slip(data: bytes) -> PrintedSlip:
    printer = core()
    printer.receive(data + CUT)
    printer.tick(0.01)
    return printer.slips[-1]


def area(x: int, y: int, width: int, height: int) -> bytes:
    return b"\x1bW" + b"".join(value.to_bytes(2, "little") for value in (x, y, width, height))


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    box = picture.point(lambda value: 255 - value).getbbox()
    assert box is not None
    return box


def test_nothing_is_printed_before_the_page_is() -> None:
    printer = core()
    printer.receive(b"\x1bLtext\n")
    printer.tick(0.01)
    assert printer.mechanism.printed_rows == 0
    printer.receive(b"\x0c" + CUT)
    printer.tick(0.01)
    assert printer.slips[-1].text == "text\n"


def test_a_line_that_was_not_ended_is_on_the_page_too() -> None:
    assert slip(b"\x1bLone\ntwo\x0c").text == "one\ntwo\n"


def test_lines_go_into_their_area() -> None:
    printed = slip(b"\x1bL" + area(100, 50, 200, 100) + BLOCK + b"\x0c").image
    left, top, _, _ = ink(printed)
    assert (left, top) == (pytest.approx(100, abs=2), pytest.approx(50, abs=3))


def test_lines_wrap_at_the_width_of_their_area() -> None:
    assert slip(b"\x1bL" + area(0, 0, 48, 200) + b"abcdef\x0c").text == "abcd\nef\n"


@pytest.mark.parametrize(
    ("direction", "corner"), [(0, "top left"), (1, "bottom left"), (2, "bottom right"), (3, "top right")]
)
def test_a_direction_begins_in_its_corner(direction: int, corner: str) -> None:
    printed = slip(b"\x1bL" + area(0, 0, 400, 300) + bytes((0x1B, 0x54, direction)) + BLOCK + b"\x0c").image
    left, top, _, _ = ink(printed)
    assert ("top" if top < 100 else "bottom") + (" left" if left < 200 else " right") == corner


def test_areas_lie_beside_one_another() -> None:
    left_and_right = b"\x1bL" + area(0, 0, 200, 100) + b"left" + area(300, 0, 200, 100) + b"right\x0c"
    printed = slip(left_and_right)
    assert printed.text == "left\nright\n"
    assert ink(printed.image)[2] > 300
    assert ink(printed.image)[3] < 40


def test_a_line_can_be_put_at_a_height() -> None:
    assert ink(slip(b"\x1bL\x1d$\x64\x00" + BLOCK + b"\x0c").image)[1] == pytest.approx(100, abs=3)
    assert ink(slip(b"\x1bL\x1d$\x64\x00\x1d\\\xec\xff" + BLOCK + b"\x0c").image)[1] == pytest.approx(80, abs=3)


def test_a_page_can_be_printed_twice_with_something_new_between() -> None:
    assert slip(b"\x1bLone\x1b\x0ctwo\x0cthree\n").text == "one\ntwo\nthree\n"


@pytest.mark.parametrize("end", [b"\x18\x0c", b"\x1bS"])
def test_a_cancelled_page_is_never_printed(end: bytes) -> None:
    assert slip(b"\x1bLsecret\n" + end + b"after\n").text == "after\n"


def test_an_empty_page_moves_no_paper() -> None:
    assert slip(b"\x1bL\x0cx\n").image.height == slip(b"x\n").image.height


def test_the_knife_does_nothing_in_page_mode() -> None:
    printer = core()
    printer.receive(b"\x1bLtext\n" + CUT)
    printer.tick(0.01)
    assert not printer.slips


def test_a_page_has_a_greatest_height() -> None:
    page = Page(8)
    page.put(Strip(MAX_PAGE_ROWS, Image.new("L", (8, MAX_PAGE_ROWS), 0), "all"))
    page.put(Strip(1, Image.new("L", (8, 1), 0), "more"))
    printed = page.printed()
    assert printed is not None and printed.rows == MAX_PAGE_ROWS


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (65535, 65535, 65535, 65535)])
def test_an_area_off_the_page_is_moved_onto_it(box: tuple[int, int, int, int]) -> None:
    assert slip(b"\x1bL" + area(*box) + b"x\x0c").image.width == 576
