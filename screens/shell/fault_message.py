"""What is shown when no page can be made: one text, which needs neither the kiosk nor a look, so that it cannot fail."""

from collections.abc import Iterable
from typing import Any, Final

from kivy.graphics import Color, Rectangle
from kivy.uix.label import Label

#: Part of the width that the text takes, and its letters' height as a part of the shorter side.
BREADTH: Final = 0.84
LETTER: Final = 0.05
_WHITE: Final = (1, 1, 1, 1)
_BLACK: Final = (0, 0, 0, 1)


class FaultMessage(Label):
    """``lines``: the same in every language."""

    def __init__(self, lines: Iterable[str], **kwargs: Any) -> None:
        super().__init__(text="\n\n".join(lines), halign="center", valign="middle", color=_WHITE, **kwargs)
        with self.canvas.before:
            Color(*_BLACK)
            self._ground = Rectangle()

    def on_size(self, _notice: Label, size: tuple[float, float]) -> None:
        width, height = size
        self.text_size = (width * BREADTH, height)
        self.font_size = min(size) * LETTER
        self._ground.size = size
