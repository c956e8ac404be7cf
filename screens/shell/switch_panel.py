"""Measuring the pace of somebody with one switch: a light goes on, and they press."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from screens.look.speakable import Live, Silent
from screens.look.widgets.text import Strong
from screens.navigation.flow import Flow
from screens.navigation.overlays.switching import ROUNDS
from screens.shell.overlays import Panel


class Light(Silent, Widget):
    """A circle that is seen from the edge of the eye."""

    lit = BooleanProperty(False)


class Call(Live, Strong):
    """What is to be done now; told to who listens."""


class SwitchPanel(Panel):
    lit = BooleanProperty(False)
    rounds = NumericProperty(0)
    call = StringProperty("")

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        texts = flow.texts
        super().__init__(
            flow=flow,
            icon="cursor-click",
            title=texts("switches.title"),
            text=texts("switches.text"),
            yes_text=texts("switches.close"),
            **kwargs,
        )
        self.tick()

    def tick(self) -> None:
        """Shows whether the light is on by now."""
        calibration = self.flow.preferences.switching.calibration
        if calibration is None:
            return
        self.lit, self.rounds = calibration.lit, len(calibration.reactions)
        self.part = self.rounds / ROUNDS
        texts = self.flow.texts
        self.call = texts("switches.now") if self.lit else texts("switches.wait")

    def answer_yes(self) -> None:
        """Closed by a finger, which needs no switch."""
        self.flow.preferences.switching.stop()
        self.flow.close_over()
