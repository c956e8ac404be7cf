"""Lines that are known by their points, and the line round a surface, in as few triangles as the eye can tell from a round one.

Kivy's own rounded rectangle bends a corner in 45 steps and rounds each of their joints with ten triangles: two thousand a surface. A page with
a keyboard had a hundred thousand of them, and drawn by software they took longer than all that they went round.
"""

from math import cos, pi, sin
from typing import Any, Final

from kivy.graphics import Line

#: Steps of a corner. At a radius of 20 dots they are a tenth of a dot away from the circle.
STEPS: Final = 8
#: Inwards, in dots: a hairline on the border of two dots would be drawn on either of them.
INWARDS: Final = 0.01
_TURNS: Final = [step * pi / 2 / STEPS for step in range(STEPS + 1)]
#: A corner's points on a circle of radius 1, from one end of its sides to the other: upper right, upper left, and so on.
_CORNERS: Final = [[(cos(turn + side), sin(turn + side)) for turn in _TURNS] for side in (0, pi / 2, pi, 3 * pi / 2)]


class Polyline(Line):
    """A line through ``points``. Of Kivy's circles and rectangles nobody can ask where they are until they were drawn."""


class Outline(Polyline):
    """``box``: left, bottom, width, height and the corners' radius, in pixels."""

    def __init__(self, **kwargs: Any) -> None:
        self._box: tuple[float, ...] = ()
        box = kwargs.pop("box", None)
        super().__init__(joint="miter", close=True, **kwargs)
        if box is not None:
            self.box = box

    @property
    def box(self) -> tuple[float, ...]:
        return self._box

    @box.setter
    def box(self, box: tuple[float, float, float, float, float]) -> None:
        self._box = box
        left, bottom, width, height, radius = box
        radius = max(0.0, min(radius, width / 2, height / 2))
        west, east = left + radius, left + width - radius
        south, north = bottom + radius, bottom + height - radius
        radius -= INWARDS
        points: list[float] = []
        for corner, x, y in zip(_CORNERS, (east, west, west, east), (north, north, south, south), strict=True):
            for across, up in corner:
                points += (x + across * radius, y + up * radius)
        self.points = points
