"""One picture of the camera, in the forms that its users need."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")


Picture: TypeAlias = "NDArray[np.uint8]"
"""Rows × columns × blue, green, red; the top row first."""


class Frame:
    """The newest picture. Conversions are made when first asked for, and kept.

    ``sequence`` counts up by one a picture and never repeats while the camera object lives; ``at`` is when it was read.
    """

    def __init__(self, picture: Picture, sequence: int, at: datetime) -> None:
        self.picture = picture
        self.sequence = sequence
        self.at = at

    @property
    def width(self) -> int:
        return int(self.picture.shape[1])

    @property
    def height(self) -> int:
        return int(self.picture.shape[0])

    @cached_property
    def rgba(self) -> memoryview:
        """``width * height * 4`` bytes, red, green, blue, opaque; the top row first. Made once, and not copied: a texture
        takes it as it is. Not to be written to (it is writable only because Kivy's ``blit_buffer`` wants that)."""
        return memoryview(cv2.cvtColor(self.picture, cv2.COLOR_BGR2RGBA).reshape(-1))

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """Rows × columns of brightness."""
        grey: NDArray[np.uint8] = cv2.cvtColor(self.picture, cv2.COLOR_BGR2GRAY)
        return grey
