"""A photograph, larger than on its page: whether what is written in it can be read."""

from typing import Any, Final

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.stencilview import StencilView

from screens.look.decoded import photo_texture
from screens.look.pressable import DRAWING
from screens.look.widgets.picture import fitted
from screens.navigation.flow import Flow
from screens.shell.overlays import Panel

#: How much larger than the whole picture in its frame; it begins with the second.
ZOOMS: Final = (1.0, 2.0, 4.0)
#: One press of an arrow moves by this part of what is in sight.
STEP: Final = 0.4


class Loupe(StencilView):
    """A part of a picture, ``zoom`` times as large as the whole would be; a finger moves it."""

    texture = ObjectProperty(None, allownone=True)
    zoom = NumericProperty(ZOOMS[1])
    #: What of the picture is in the middle: from 0 to 1, from its lower left.
    across = NumericProperty(0.5)
    up = NumericProperty(0.5)

    @property
    def whole(self) -> tuple[float, float]:
        """Width and height of the whole picture, as large as it is now."""
        if self.texture is None:
            return (1.0, 1.0)
        _, _, width, height = fitted(self.pos, self.size, self.texture.size)
        return (max(1.0, width * self.zoom), max(1.0, height * self.zoom))

    def place(self, width: float, height: float, across: float, up: float) -> tuple[float, float]:
        """Its lower left in the window."""
        return (self.center_x - across * width, self.center_y - up * height)

    def move(self, right: float, upward: float) -> None:
        """By pixels, as far as the picture reaches."""
        width, height = self.whole
        self.across = _kept(self.across - right / width, self.width / width)
        self.up = _kept(self.up - upward / height, self.height / height)

    def on_zoom(self, *_: object) -> None:
        self.move(0, 0)

    def on_touch_down(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        # What lies below is not pushed along.
        touch.ud[DRAWING] = True
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        self.move(touch.dx, touch.dy)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        return True


def _kept(middle: float, seen: float) -> float:
    """The middle of what is seen, so that nothing beside the picture is; in its middle where all of it is seen."""
    half = min(seen, 1.0) / 2
    return min(max(middle, half), 1 - half)


class EnlargedPanel(Panel):
    can_larger = BooleanProperty(True)
    can_smaller = BooleanProperty(True)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        self._place = 1
        texts = flow.texts
        title = flow.enlarging.title or texts("photo.enlarged")
        super().__init__(flow=flow, icon="magnifying-glass-plus", title=title, yes_text=texts("photo.close"), **kwargs)
        self.ids.loupe.texture = photo_texture(flow.enlarging.photo)

    def close(self) -> None:
        super().close()
        self.ids.loupe.texture = None

    def answer_yes(self) -> None:
        self.flow.enlarging.close()

    def turn(self, by: int) -> None:
        """Larger or smaller."""
        self._place = max(0, min(self._place + by, len(ZOOMS) - 1))
        self.ids.loupe.zoom = ZOOMS[self._place]
        self.can_larger, self.can_smaller = self._place < len(ZOOMS) - 1, self._place > 0

    def step(self, right: int, upward: int) -> None:
        """Shows what lies there."""
        loupe = self.ids.loupe
        loupe.move(-right * STEP * loupe.width, -upward * STEP * loupe.height)
