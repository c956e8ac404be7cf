"""A clip to rehearse with: a hand that waves, drawn and encoded here. It says nothing in any sign language."""

import math
import tempfile
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=8)
def clip(frames: int = 8, size: tuple[int, int] = (128, 160), rate: float = 12.0) -> bytes:
    """A webm of so many frames; ``size`` is width and height."""
    import cv2
    import numpy as np

    width, height = size
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.webm"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), rate, size)
        for number in range(frames):
            picture = np.full((height, width, 3), (110, 90, 20), np.uint8)
            sway = math.sin(number / max(1, frames) * math.tau) * width / 5
            hand = (round(width / 2 + sway), round(height / 3))
            cv2.line(picture, (width // 2, height), hand, (180, 200, 235), max(1, width // 9))
            cv2.circle(picture, hand, max(1, width // 7), (180, 200, 235), -1)
            writer.write(picture)
        writer.release()
        return path.read_bytes()
