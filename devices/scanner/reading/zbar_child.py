"""The child process in which pyzbar runs: pictures come in on stdin, one line of JSON a picture goes out on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
from pyzbar import pyzbar

from devices.scanner.reading.second_engine import HEADER

_SYMBOLS = (pyzbar.ZBarSymbol.QRCODE, pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.CODE39)


def serve(pictures: BinaryIO, answers: BinaryIO) -> None:
    """Answer until ``pictures`` ends."""
    while len(header := pictures.read(HEADER.size)) == HEADER.size:
        width, height = HEADER.unpack(header)
        pixels = pictures.read(width * height)
        if len(pixels) < width * height:
            return
        grey = np.frombuffer(pixels, np.uint8).reshape(height, width)
        answers.write(json.dumps([_entry(found) for found in pyzbar.decode(grey, symbols=_SYMBOLS)]).encode() + b"\n")
        answers.flush()


def _entry(found: pyzbar.Decoded) -> dict[str, object]:
    left, top, width, height = found.rect
    corners = [[left, top], [left + width, top], [left + width, top + height], [left, top + height]]
    points = [[point.x, point.y] for point in found.polygon]
    text = found.data.decode("utf-8", "replace")
    return {"type": found.type, "text": text, "points": points if len(points) == 4 else corners}


def main(_argv: Sequence[str]) -> int:
    serve(sys.stdin.buffer, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))
