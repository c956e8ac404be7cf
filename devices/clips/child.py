"""The process that decodes a clip: the file on its standard input, frames on its output when they are due.

It bounds itself before it reads anything. Whatever a file does to its decoder, the kiosk only sees that it ended.
"""

from __future__ import annotations

import io
import resource
import sys
import time
from collections.abc import Sequence
from typing import Any, BinaryIO

from devices.clips.player import FRAME, SHOWN_SIDE

MEMORY_BYTES = 1_500_000_000
"""Addresses that the process may use; OpenCV and its libraries take most of them."""

CPU_SECONDS = 120
"""Seconds of processor time; a clip of three minutes takes some 20."""

LEAST_RATE, USUAL_RATE, MOST_RATE = 1.0, 25.0, 60.0
"""Frames a second that are believed; else the usual rate is taken."""


def bounded() -> None:
    """Sets the limits of this process; none of them can be raised again."""
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))


def serve(clip: BinaryIO, frames: BinaryIO) -> int:
    """Writes every frame at its time. 0 at the end of the clip, 1 when nothing of it can be decoded."""
    import cv2

    data = clip.read()
    cv2.setNumThreads(1)
    # OpenCV's own types do not know that it reads from any stream.
    source: Any = io.BytesIO(data)
    video = cv2.VideoCapture(source, cv2.CAP_FFMPEG, [])
    rate = video.get(cv2.CAP_PROP_FPS)
    rate = rate if LEAST_RATE <= rate <= MOST_RATE else USUAL_RATE
    began, number = time.monotonic(), 0
    while True:
        good, picture = video.read()
        if not good:
            return 0 if number else 1
        height, width = picture.shape[:2]
        scale = min(1.0, SHOWN_SIDE / max(width, height))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        if scale < 1:
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        rgba = cv2.cvtColor(picture, cv2.COLOR_BGR2RGBA)
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        frames.write(FRAME.pack(*size) + rgba.tobytes())
        frames.flush()
        number += 1


def main(_argv: Sequence[str]) -> int:
    bounded()
    try:
        return serve(sys.stdin.buffer, sys.stdout.buffer)
    except (BrokenPipeError, MemoryError):
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))
