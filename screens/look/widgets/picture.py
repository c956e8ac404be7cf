"""Pictures: files that fit their frame, QR codes drawn from their modules, and the camera's live picture."""

from collections.abc import Callable
from typing import Any

import segno
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ColorProperty, ObjectProperty, StringProperty
from kivy.uix.image import Image
from kivy.uix.widget import Widget

from screens.look.widgets.sign import Drawn

#: Light modules round a QR code (ISO/IEC 18004).
QUIET_ZONE = 4


class Picture(Image):
    """A picture file, whole, in its frame."""


class QrCode(Drawn):
    """A QR code, always dark on white whatever the contrast: phones read it."""

    data = StringProperty("")

    def on_data(self, *_: object) -> None:
        self._redraw()

    def draw(self) -> None:
        if not self.data:
            return
        matrix = segno.make(self.data, error="m", micro=False).matrix
        modules = len(matrix) + 2 * QUIET_ZONE
        module = int(min(self.size) / modules)
        side = module * modules
        left, top = int(self.center_x - side / 2), int(self.center_y + side / 2)
        Color(1, 1, 1, 1)
        Rectangle(pos=(left, top - side), size=(side, side))
        Color(0, 0, 0, 1)
        for row, line in enumerate(matrix):
            for column, dark in enumerate(line):
                if dark:
                    Rectangle(
                        pos=(left + (column + QUIET_ZONE) * module, top - (row + QUIET_ZONE + 1) * module),
                        size=(module, module),
                    )


def fitted(
    pos: tuple[float, float], size: tuple[float, float], picture: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Left, bottom, width and height of a picture of that size, shown whole in the middle of a frame."""
    scale = min(size[0] / picture[0], size[1] / picture[1])
    width, height = picture[0] * scale, picture[1] * scale
    return pos[0] + (size[0] - width) / 2, pos[1] + (size[1] - height) / 2, width, height


class LivePicture(Widget):
    """The camera's newest picture; ``mirrored`` is for faces, which move as in a mirror: documents are read.

    ``source`` gives the newest frame or None; it is asked a few times a second while the widget is shown, and the
    texture is filled only when the frame is new.
    """

    RATE: float = 1 / 15

    source = ObjectProperty(None, allownone=True)
    texture = ObjectProperty(None, allownone=True)
    ground = ColorProperty()
    mirrored = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        self._sequence = -1
        super().__init__(**kwargs)
        self._event = Clock.schedule_interval(self._tick, self.RATE)

    def on_parent(self, _widget: Widget, parent: Widget | None) -> None:
        if parent is None:
            self._event.cancel()
            self.texture = None

    def on_source(self, *_: object) -> None:
        """The first picture is there at once."""
        self._tick(0)

    def _tick(self, _seconds: float) -> None:
        ask: Callable[[], Any] | None = self.source
        frame = ask() if ask else None
        if frame is None or frame.sequence == self._sequence:
            return
        self._sequence = frame.sequence
        size = (frame.width, frame.height)
        if self.texture is None or tuple(self.texture.size) != size:
            self.texture = Texture.create(size=size, colorfmt="rgba")
            self.texture.flip_vertical()
        self.texture.blit_buffer(frame.rgba, colorfmt="rgba", bufferfmt="ubyte")
        for drawn in self.canvas.children:
            # Who draws in parts has to know which of them was written into; the ground behind it is a rectangle, too.
            if isinstance(drawn, Rectangle) and drawn.texture is self.texture:
                drawn.flag_update()
