"""A live picture that shows light and shadow and nothing that could be read.

The camera's test page stands open beside whoever waits, and its pictures may come from a citizen's card. So few dots are left of each
that no line of print survives, whatever the card and wherever it lies: nothing has to be recognised for that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PIL import Image

from kiosk.ports import Frame

#: An identity card that fills the picture has some 60 letters in a line: not one dot is left for each.
WIDTH: Final = 40


@dataclass(frozen=True, slots=True)
class BlurredFrame:
    rgba: bytes
    width: int
    height: int
    sequence: int


class Blurred:
    """Gives the newest frame of ``source``, blurred; works each out once."""

    def __init__(self, source: Callable[[], Frame | None]) -> None:
        self._source = source
        self._last: BlurredFrame | None = None

    def __call__(self) -> BlurredFrame | None:
        frame = self._source()
        if frame is None:
            return None
        if self._last is None or self._last.sequence != frame.sequence:
            height = max(1, round(WIDTH * frame.height / frame.width))
            picture = Image.frombuffer("RGBA", (frame.width, frame.height), bytes(frame.rgba), "raw", "RGBA", 0, 1)
            small = picture.resize((WIDTH, height), Image.Resampling.BOX)
            self._last = BlurredFrame(small.tobytes(), WIDTH, height, frame.sequence)
        return self._last
