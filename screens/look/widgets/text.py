"""Text that wraps to its width and is as high as it needs to be; icons; space."""

from math import ceil
from typing import Any, Final

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.properties import StringProperty
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from screens.look.compact import CompactBox
from screens.look.speakable import Silent

#: What of a label's properties the screens use, besides its text and the room for it.
_OPTIONS: Final = ("font_name", "font_size", "line_height", "color", "halign", "valign", "shorten", "shorten_from")


#: How far a letter may reach over its own width, by the size of the letters.
OVERHANG: Final = 0.25


class Words(Label):
    """What ``Label`` is in our rules: Kivy's own, made with what the screens use of it, because half of a page's widgets
    are texts. It listens to a dozen properties instead of forty, and draws without rules."""

    _font_properties = ("text", "text_size", *_OPTIONS)

    def __init__(self, **kwargs: Any) -> None:
        self._drawn: Rectangle | None = None
        self._label: Any = None
        self._trigger_texture = Clock.create_trigger(self.texture_update, -1)
        # Not Kivy's own beginning of a label, which the rest of this replaces.
        super(Label, self).__init__(**kwargs)
        self.bind(**dict.fromkeys(self._font_properties, self._altered))
        self._create_label()
        with self.canvas:
            Color(1, 1, 1, 1)
            self._drawn = Rectangle(size=(0, 0))
        self._trigger_texture()

    def _altered(self, *_: Any) -> None:
        self._trigger_texture()

    def texture_update(self, *_: Any) -> None:
        label = self._label
        label.text, label.usersize = self.text, self.text_size
        label.options.update({name: getattr(self, name) for name in _OPTIONS})
        # A new picture for each text: writing into one that is being shown waits until all of the window was drawn.
        label.texture = None
        super().texture_update()
        if self.texture is not None:
            # It is drawn dot for dot: what lies between them need not be worked out for each.
            self.texture.min_filter = self.texture.mag_filter = "nearest"
        self._place()

    def on_pos(self, *_: Any) -> None:
        self._place()

    def on_size(self, *_: Any) -> None:
        self._place()

    def _place(self) -> None:
        """In the middle of what it has, on whole pixels; only the columns of its picture that are written on."""
        if self._drawn is None:
            return
        width, height = self.texture_size
        texture = self._drawn.texture = self.texture
        first, last = self._written() if texture is not None else (0, 0)
        self._drawn.size = (last - first, height)
        self._drawn.pos = (int(self.center_x - width / 2) + first, int(self.center_y - height / 2))
        if texture is not None and last - first < width:
            corners = texture.tex_coords
            start, low, end, high = corners[0], corners[1], corners[4], corners[5]
            one = (end - start) / width
            left, right = start + first * one, start + last * one
            self._drawn.tex_coords = (left, low, right, low, right, high, left, high)

    def _written(self) -> tuple[int, int]:
        """The first column of its picture that is written on, and the one behind the last: a line of few words in a wide
        text leaves most of it empty, and what is empty takes as long to draw."""
        width, over = int(self.texture_size[0]), ceil(self.font_size * OVERHANG)
        written = max((int(line.w) for line in self._label._cached_lines), default=0)
        if not written or self.halign not in ("left", "center", "right"):
            return (0, width)
        # As Kivy lays out each line, which it does when the picture is drawn.
        first = {"left": 0, "center": (width - written) // 2, "right": width - written}[self.halign]
        first, last = first - over, first + written + over
        return (max(0, first), min(width, last))


class Txt(Words):
    """Running text: takes the width it is given, asks for the height it needs."""

    #: What is read out instead of the text.
    spoken = StringProperty("")


class Caption(Txt):
    pass


class Lead(Txt):
    pass


class Strong(Txt):
    pass


class Title(Txt):
    pass


class Display(Txt):
    pass


class Word(Words):
    """A short text that is as wide as its letters, for rows."""


class Icon(Silent, Words):
    """A character of the icon font, by the name ``look.icon`` knows."""


class FillIcon(Icon):
    pass


class Column(CompactBox):
    """One thing under the other, as high as all of them."""


class Row(CompactBox):
    """One thing beside the other, as high as the highest."""


class Halves(CompactBox):
    """Two columns side by side where there is the width for it, else one under the other."""


class Space(Widget):
    """Takes up what is left."""
