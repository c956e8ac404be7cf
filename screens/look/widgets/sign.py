"""The sign of eKios: four petals of the kawung, the oldest batik pattern of Java, turned to each other at a centre.

Drawn, not painted: it is as sharp at 8 mm as at 80. Four offices, one place; the same petals make the home screen's
batik cloth.
"""

from typing import Any, Final

from kivy.clock import Clock
from kivy.graphics import (
    ClearBuffers,
    ClearColor,
    Color,
    Ellipse,
    Fbo,
    PopMatrix,
    PushMatrix,
    Rectangle,
    Rotate,
    RoundedRectangle,
)
from kivy.graphics.texture import Texture
from kivy.properties import ColorProperty, NumericProperty
from kivy.uix.widget import Widget

#: Dots of the picture of one tile: a power of two, which every graphics chip can repeat.
TILE_PIXELS: Final = 256
#: The batik begins within a tile, so that it looks cut from a larger one.
TILE_SHIFT: Final = 0.3


def draw_petals(x: float, y: float, size: float, petal: Any, core: Any) -> None:
    """Four petals round the centre of a square, into the canvas that is open."""
    centre_x, centre_y = x + size / 2, y + size / 2
    length, breadth, away = size * 0.42, size * 0.24, size * 0.27
    for angle in (45, 135, 225, 315):
        PushMatrix()
        Rotate(angle=angle, origin=(centre_x, centre_y))
        Color(*petal)
        Ellipse(pos=(centre_x + away - length / 2, centre_y - breadth / 2), size=(length, breadth))
        PopMatrix()
    Color(*core)
    dot = size * 0.13
    Ellipse(pos=(centre_x - dot / 2, centre_y - dot / 2), size=(dot, dot))


class Drawn(Widget):
    """A widget that draws itself anew when it was moved or resized, at most once a frame."""

    def __init__(self, **kwargs: Any) -> None:
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        self.bind(pos=self._changed, size=self._changed)
        self._redraw()

    def _changed(self, *_: object) -> None:
        self._redraw()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        with self.canvas:
            self.draw()

    def draw(self) -> None:
        """Draws into the open canvas."""


class Sign(Drawn):
    """The sign in its rounded square."""

    ground = ColorProperty()
    petal = ColorProperty()
    core = ColorProperty()

    def on_ground(self, *_: object) -> None:
        self._redraw()

    def on_petal(self, *_: object) -> None:
        self._redraw()

    def on_core(self, *_: object) -> None:
        self._redraw()

    def draw(self) -> None:
        side = min(self.size)
        x, y = self.center_x - side / 2, self.center_y - side / 2
        Color(*self.ground)
        RoundedRectangle(pos=(x, y), size=(side, side), radius=[side * 0.24])
        draw_petals(x + side * 0.08, y + side * 0.08, side * 0.84, self.petal, self.core)


class Batik(Drawn):
    """A field of colour with the petals woven in."""

    ground = ColorProperty()
    petal = ColorProperty()
    tile = NumericProperty(120)

    def on_ground(self, *_: object) -> None:
        self._redraw()

    def on_petal(self, *_: object) -> None:
        self._redraw()

    def draw(self) -> None:
        """One rectangle with a repeated picture of one tile: drawn petal by petal, the batik would cost more than all
        else on the screen."""
        Color(1, 1, 1, 1)
        if self.petal == self.ground:
            Color(*self.ground)
            Rectangle(pos=self.pos, size=self.size)
            return
        across, along = self.width / self.tile, self.height / self.tile
        left, top = TILE_SHIFT, 1 - TILE_SHIFT
        corners = (left, top - along, left + across, top - along, left + across, top, left, top)
        Rectangle(pos=self.pos, size=self.size, texture=self._woven(), tex_coords=corners)

    def _woven(self) -> Texture:
        tile = Fbo(size=(TILE_PIXELS, TILE_PIXELS))
        with tile:
            ClearColor(*self.ground)
            ClearBuffers()
            draw_petals(0, 0, TILE_PIXELS, self.petal, self.petal)
        tile.draw()
        texture: Texture = tile.texture
        texture.wrap = "repeat"
        return texture
