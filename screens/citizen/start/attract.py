"""The home screen when nobody is there: what time it is, that everything works, how many came today. A touch wakes."""

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from screens.citizen.start.home_model import HomeModel
from screens.navigation.flow import Flow
from screens.navigation.view import View

#: Twice as often as its minutes change; nothing is drawn when nothing changed.
LOOK_EVERY_S: Final = 5.0
#: Everything stands this much lower each minute and begins anew after so many: no picture is burnt into the panel.
SHIFT_MM: Final = 1.5
SHIFTS: Final = 12


class AttractScreen(View, FloatLayout):
    model = ObjectProperty(None)
    time = StringProperty("")
    day = StringProperty("")
    status = StringProperty("")
    healthy = BooleanProperty(True)
    count = StringProperty("")
    #: Millimetres.
    shift = NumericProperty(0)

    def __init__(self, _flow: Flow, model: HomeModel, **kwargs: Any) -> None:
        super().__init__(model=model, **kwargs)
        self.refresh()
        self._event = Clock.schedule_interval(self._look, LOOK_EVERY_S)

    def close(self) -> None:
        super().close()
        self._event.cancel()

    def refresh(self) -> None:
        """Shows how things are now."""
        shown = self.model.look()
        self.time, self.day, self.status = shown.time, shown.day, shown.status
        self.healthy, self.count = shown.healthy, shown.count
        self.shift = SHIFT_MM * (self.model.minute % SHIFTS)

    def _look(self, _seconds: float) -> None:
        self.refresh()

    def on_touch_down(self, touch: Any) -> bool:  # noqa: ARG002 - it only wakes, and the flow knows of it
        return True
