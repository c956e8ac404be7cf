"""The ring round what has the focus: two bands, so that one of them is seen on whatever lies below.

Drawn over everything by the stage rather than by each widget: nothing can cover it, and no pane cuts it off.
"""

from typing import Any, Final

from kivy.graphics import Color
from kivy.uix.widget import Widget

from screens.drawing.lines import Outline
from screens.look.current import current
from screens.look.widgets.pane import Aperture

#: Thickness of the outer band and of the one within it, in millimetres.
BAND_MM: Final = 1.6
HALO_MM: Final = 0.8

Box = tuple[float, float, float, float]


class FocusMark(Widget):
    """``follow`` puts the ring round a box of the window (left, bottom, right, top), None takes it away."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0), **kwargs)
        self.box: Box | None = None

    def follow(self, box: Box | None) -> None:
        if box == self.box:
            return
        self.box = box
        self.canvas.clear()
        if box is None:
            return
        look = current()
        left, bottom, right, top = box
        band, halo = look.mm(BAND_MM), look.mm(HALO_MM)
        with self.canvas:
            # Kivy's width is half of a line's thickness.
            Color(*look.c.focus_halo)
            self._frame(left, bottom, right, top, halo / 2, look.radius)
            Color(*look.c.focus)
            out = (halo + band) / 2
            self._frame(left - out, bottom - out, right + out, top + out, band / 2, look.radius + out)

    def redraw(self) -> None:
        """In the colours of now."""
        box, self.box = self.box, None
        self.follow(box)

    @staticmethod
    def _frame(left: float, bottom: float, right: float, top: float, width: float, radius: float) -> None:
        side = max(1.0, right - left), max(1.0, top - bottom)
        Outline(width=width, box=(left, bottom, *side, min(radius, min(side) / 2)))


def seen_box(widget: Any, box: Box) -> Box:
    """A widget's box, or the part of it that the pane round it shows."""
    parent = widget.parent
    while parent is not None and parent is not parent.parent:
        if isinstance(parent, Aperture):
            _, bottom = parent.to_window(parent.x, parent.y)
            top = bottom + parent.height
            return (box[0], min(max(box[1], bottom), top), box[2], max(min(box[3], top), bottom))
        parent = parent.parent
    return box
