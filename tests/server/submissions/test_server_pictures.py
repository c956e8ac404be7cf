"""Pictures that citizens sent, opened in a child: masked beyond reading, marked alike when they are alike."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from server.submissions.picture_child import MARK_BYTES, PIXELS_MOST
from server.submissions.pictures import Pictures
from tests.server.web.test_web_pictures import card


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    one = Pictures()
    yield one
    one.close()


def dots(data: bytes) -> "np.ndarray[tuple[int, ...], np.dtype[np.int16]]":
    return np.asarray(Image.open(io.BytesIO(data)).convert("L"), np.int16)


def again(data: bytes, quality: int = 40, side: int = 700) -> bytes:
    """The same picture, smaller and worse."""
    picture = Image.open(io.BytesIO(data))
    picture.thumbnail((side, side))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def distance(one: bytes | None, other: bytes | None) -> int:
    assert one is not None and other is not None
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def test_of_a_masked_card_its_number_cannot_be_told(pictures: Pictures) -> None:
    one, other = card("3578014107900003"), card("3571888888888888")
    assert np.abs(dots(one) - dots(other)).max() > 150
    masked, different = pictures.masked(one), pictures.masked(other)
    assert masked is not None and different is not None
    assert np.abs(dots(masked) - dots(different)).max() <= 256 // 2**4
    assert np.ptp(dots(masked)) > 60


def test_a_number_that_fills_the_picture_is_masked_as_well(pictures: Pictures) -> None:
    def close(data: bytes) -> bytes:
        out = io.BytesIO()
        Image.open(io.BytesIO(data)).crop((50, 140, 680, 220)).save(out, "PNG")
        return out.getvalue()

    masked, other = pictures.masked(close(card("3578014107900003"))), pictures.masked(close(card("3578014107900008")))
    assert masked is not None and other is not None
    assert np.abs(dots(masked) - dots(other)).max() <= 2 * 256 // 2**4


def test_the_same_picture_is_marked_alike_and_another_is_not(pictures: Pictures) -> None:
    house = Image.fromarray(np.random.default_rng(7).integers(0, 255, (9, 12, 3), np.uint8)).resize((900, 600))
    out = io.BytesIO()
    house.save(out, "JPEG")
    mark = pictures.mark(out.getvalue())
    assert mark is not None and len(mark) == MARK_BYTES
    assert distance(mark, pictures.mark(again(out.getvalue()))) <= 8
    assert distance(mark, pictures.mark(card())) > 40


@pytest.mark.parametrize("data", [b"", b"<html>", b"\xff\xd8\xff\xe0 no picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_told_and_ends_nothing(pictures: Pictures, data: bytes) -> None:
    assert pictures.masked(data) is None and pictures.mark(data) is None
    assert pictures.masked(card()) is not None


def test_a_blank_picture_has_no_mark_and_one_with_too_many_dots_is_not_opened(pictures: Pictures) -> None:
    def plain(size: tuple[int, int]) -> bytes:
        out = io.BytesIO()
        Image.new("1", size, 1).save(out, "PNG")
        return out.getvalue()

    assert pictures.mark(plain((200, 100))) is None and pictures.masked(plain((200, 100))) is not None
    assert pictures.masked(plain((PIXELS_MOST // 6000 + 1, 6000))) is None


def test_one_that_takes_too_long_is_given_up_and_the_next_is_opened() -> None:
    impatient = Pictures(wall_seconds=0)
    assert impatient.masked(card()) is None
    impatient.close()
    patient = Pictures()
    assert patient.masked(card()) is not None
    patient.close()


def test_only_children_decode_what_strangers_made() -> None:
    """Who knows a decoder, and who calls the part of the catalogue that does: a child, or the operator for a folder of their own."""
    server = Path(__file__).resolve().parents[3] / "server"
    texts = {path.relative_to(server).as_posix(): path.read_text(encoding="utf-8") for path in server.rglob("*.py")}
    decoders = {name for name, text in texts.items() if re.search(r"^\s*(from|import) (PIL|cv2)\b", text, re.MULTILINE)}
    assert decoders == {"submissions/picture_child.py", "catalogue/media.py"}
    callers = {name for name, text in texts.items() if re.search(r"import .*\bmedia_problem\b", text)}
    assert callers == {"catalogue/apart_child.py", "operator/seeding.py"}


def test_the_child_has_no_network(pictures: Pictures) -> None:
    assert pictures.mark(card("3578014107900003")) is not None
    (child,) = pictures._idle
    status = Path(f"/proc/{child._process.pid}/status").read_text()
    assert re.search(r"^Seccomp:\t2$", status, re.MULTILINE)
