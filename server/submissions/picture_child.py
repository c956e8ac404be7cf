"""The child that opens citizens' pictures: ``python -m server.submissions.picture_child``, spoken to over its pipes.

A decoder is fed with what anybody may send, so it runs where it can harm nobody: with limits, without files, keys and network. Each
request is an operation (one byte), a length (four) and the picture; each answer a length and what came of it, nothing for
what is no picture.
"""

import contextlib
import io
import resource
import struct
import sys
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from PIL import Image, ImageFilter, ImageOps

from server.keeper.no_network import CannotRefuse, without_network

#: One byte of operation, four of length.
REQUEST: Final = struct.Struct(">cI")
ANSWER: Final = struct.Struct(">I")
MASK: Final = b"p"
MARK: Final = b"m"

MEMORY_BYTES: Final = 1_500_000_000
PIXELS_MOST: Final = 60_000_000
#: What is left of a masked picture on its longer side: a number that fills all of it has two dots for each digit.
MASKED_PIXELS: Final = 32
#: Blurred over so many of those, with so many bits for each colour.
MASKED_BLUR: Final = 1.4
MASKED_BITS: Final = 4
SHOWN_PIXELS: Final = 320
#: The mark is the sign of the slope between neighbours of a grid.
MARK_SIDE: Final = 16
MARK_BYTES: Final = MARK_SIDE * MARK_SIDE // 8
#: A picture with less contrast is like every other one.
LEAST_CONTRAST: Final = 24


def masked(data: bytes) -> bytes:
    """A JPEG on which one sees what it is of, and reads nothing."""
    picture = _opened(data, MASKED_PIXELS * 4)
    picture.thumbnail((MASKED_PIXELS, MASKED_PIXELS), Image.Resampling.BOX)
    picture = picture.filter(ImageFilter.GaussianBlur(MASKED_BLUR))
    picture = ImageOps.posterize(picture, MASKED_BITS)
    scale = SHOWN_PIXELS / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    out = io.BytesIO()
    picture.resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=70)
    return out.getvalue()


def mark(data: bytes) -> bytes:
    """MARK_BYTES that stay nearly the same when a picture is scaled or compressed anew; nothing for a blank one."""
    grey = _opened(data, MARK_SIDE * 8).convert("L").resize((MARK_SIDE + 1, MARK_SIDE), Image.Resampling.BOX)
    darkest, lightest = grey.getextrema()
    if not isinstance(darkest, int | float) or not isinstance(lightest, int | float):
        return b""
    if lightest - darkest < LEAST_CONTRAST:
        return b""
    dots = grey.tobytes()
    bits = 0
    for row in range(MARK_SIDE):
        for column in range(MARK_SIDE):
            place = row * (MARK_SIDE + 1) + column
            bits = bits << 1 | (dots[place] < dots[place + 1])
    return bits.to_bytes(MARK_BYTES, "big")


OPERATIONS: Final[Mapping[bytes, Callable[[bytes], bytes]]] = {MASK: masked, MARK: mark}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Until there are no more requests."""
    while head := requests.read(REQUEST.size):
        operation, length = REQUEST.unpack(head)
        data = requests.read(length)
        try:
            made = OPERATIONS[operation](data)
        except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError, ArithmeticError):
            made = b""
        answers.write(ANSWER.pack(len(made)) + made)
        answers.flush()


def _opened(data: bytes, side: int) -> Image.Image:
    """At least ``side`` dots on each side where it has them; a JPEG is decoded no larger than needed."""
    picture: Image.Image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    if picture.width * picture.height > PIXELS_MOST:
        raise ValueError("too many pixels")
    picture.draft("RGB", (side, side))
    return ImageOps.exif_transpose(picture).convert("RGB")


def main() -> None:
    Image.init()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Where the machine cannot, the limits still hold.
    with contextlib.suppress(CannotRefuse):
        without_network()
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
