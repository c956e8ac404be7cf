"""How loud the voice is, for somebody who sees: a sentence and a row of steps, over the page for a moment."""

from typing import Any, Final

from kivy.graphics import Color, Rectangle, RoundedRectangle
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from screens.drawing.lines import Outline
from screens.look.current import current
from screens.look.speakable import Silent

#: Seconds that it stays after the last change.
SHOWN_S: Final = 3.0
#: Sizes in millimetres: of a step, between two, and round what is written.
STEP_MM: Final = 9.0
STEP_HEIGHT_MM: Final = 6.0
BETWEEN_MM: Final = 2.0
AROUND_MM: Final = 7.0
#: How far its middle is above the window's lower edge, as a part of the height: in sight of who sits and who stands.
HEIGHT: Final = 0.5


class LoudnessSign(Silent, Widget):
    """Draws nothing until ``show``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0), **kwargs)
        self.text = ""
        self._until = 0.0

    @property
    def shown(self) -> bool:
        return bool(self.text)

    def show(self, text: str, step: int, of: int, window: tuple[float, float], now: float) -> None:
        """``step`` steps of ``of`` are full; ``window`` is the size of what it lies over."""
        self.hide()
        self.text, self._until = text, now + SHOWN_S
        look = current()
        width, height = window
        label = Label(text=text, font_name=look.bold, font_size=look.lead, color=look.c.ink, halign="center")
        room = width - 2 * look.margin
        label.text_size = (room - 2 * look.mm(AROUND_MM), None)
        label.texture_update()
        steps = of * look.mm(STEP_MM) + (of - 1) * look.mm(BETWEEN_MM)
        inner = max(min(label.texture_size[0], room), steps)
        size = (
            inner + 2 * look.mm(AROUND_MM),
            label.texture_size[1] + look.mm(STEP_HEIGHT_MM) + 3 * look.mm(AROUND_MM),
        )
        left, bottom = (width - size[0]) / 2, height * HEIGHT - size[1] / 2
        with self.canvas:
            Color(*look.c.surface)
            RoundedRectangle(pos=(left, bottom), size=size, radius=[look.radius])
            Color(*look.c.edge)
            Outline(width=look.stroke, box=(left, bottom, *size, look.radius))
            for number in range(of):
                at = (width - steps) / 2 + number * look.mm(STEP_MM + BETWEEN_MM)
                box = (at, bottom + look.mm(AROUND_MM), look.mm(STEP_MM), look.mm(STEP_HEIGHT_MM))
                Color(*look.c.primary)
                if number < step:
                    RoundedRectangle(pos=box[:2], size=box[2:], radius=[look.mm(1)])
                else:
                    Outline(width=look.stroke, box=(*box, look.mm(1)))
            Color(1, 1, 1)
            words, top = label.texture_size, bottom + size[1] - look.mm(AROUND_MM)
            Rectangle(texture=label.texture, pos=((width - words[0]) / 2, top - words[1]), size=words)

    def tick(self, now: float) -> None:
        """Several times a second."""
        if self.shown and now >= self._until:
            self.hide()

    def hide(self) -> None:
        self.text = ""
        self.canvas.clear()
