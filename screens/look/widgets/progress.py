"""How far somebody has come: a bar, with words beside it."""

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.look.speakable import Block


class Bar(Widget):
    """``part`` from 0 to 1."""

    part = NumericProperty(0)


class Progress(Block, BoxLayout):
    part = NumericProperty(0)
    text = StringProperty("")
