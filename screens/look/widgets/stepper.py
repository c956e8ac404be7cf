"""A stepper: a number between two large buttons, for ranges and small counts."""

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from screens.look.speakable import Live


class Stepper(Live, BoxLayout):
    """Shows ``text``; asks for ``on_less`` and ``on_more``."""

    text = StringProperty("")
    can_less = BooleanProperty(True)
    can_more = BooleanProperty(True)

    __events__ = ("on_less", "on_more")

    def on_less(self) -> None:
        """One step down was asked for."""

    def on_more(self) -> None:
        """One step up was asked for."""
