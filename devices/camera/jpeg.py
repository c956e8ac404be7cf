"""JPEG of a target size, without metadata: OpenCV writes pixels and tables only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from devices.camera.frame import Picture
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")

QUALITIES: Final = (90, 85, 78, 70, 60, 50, 40)
"""Tried from the best; below the last, letters of a document fray."""

SHRINK: Final = 0.8
SMALLEST_SIDE: Final = 320


def encode(picture: Picture, target_bytes: int) -> tuple[bytes, int, int]:
    """The JPEG, its width and its height: at most ``target_bytes``, by quality first and then by fewer pixels.

    A picture that is SMALLEST_SIDE or less on its short side is not reduced further, and may exceed the target.
    """
    while True:
        for quality in QUALITIES:
            done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
            if not done:
                raise ValueError(f"no JPEG of a picture of shape {picture.shape}")
            if len(data) <= target_bytes:
                break
        if len(data) <= target_bytes or min(picture.shape[:2]) * SHRINK < SMALLEST_SIDE:
            return np.asarray(data).tobytes(), int(picture.shape[1]), int(picture.shape[0])
        picture = cv2.resize(picture, None, fx=SHRINK, fy=SHRINK, interpolation=cv2.INTER_AREA)
