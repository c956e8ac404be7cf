"""Text that wraps to its width and is as high as it needs to be; icons; space."""

from kivy.properties import StringProperty
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from screens.look.compact import CompactBox
from screens.look.speakable import Silent


class Txt(Label):
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


class Word(Label):
    """A short text that is as wide as its letters, for rows."""


class Icon(Silent, Label):
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
