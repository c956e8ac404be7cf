"""The page in sight, signed: a silent clip that is played, stopped and put away."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.machine.content import MediaFault
from kiosk.ports import ClipPlay
from screens.background.clips import Clip
from screens.navigation.flow import Flow
from screens.shell.overlays import Panel

#: Seconds between two looks whether it goes on.
LOOK_S = 0.2


class SigningPanel(Panel):
    """Plays at once; at its end, or stopped, it can be played again."""

    #: What the widget asks for its newest frame.
    source = ObjectProperty(None, allownone=True)
    ended = BooleanProperty(False)
    problem = StringProperty("")

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        texts = flow.texts
        self._clip: Clip | None = flow.clips.open()
        self._player: ClipPlay | None = None
        super().__init__(
            flow=flow, icon="hand-waving", title=texts("signing.title"), yes_text=texts("signing.close"), **kwargs
        )
        self._look_event = Clock.schedule_interval(self._look, LOOK_S)
        self._play()

    def close(self) -> None:
        super().close()
        self._look_event.cancel()
        self._stop()

    def answer_yes(self) -> None:
        self.flow.close_over()

    def toggle(self) -> None:
        """Stops it, or plays it from its begin."""
        if self.ended:
            self._play()
        else:
            self._stop()
            self.ended = True

    def _play(self) -> None:
        self._stop()
        player = None if self._clip is None else self.flow.context.play_clip(self._clip.data)
        if player is None:
            self._give_up()
            return
        self._player = player
        self.source = self._player.frame
        self.ended = False

    def _stop(self) -> None:
        player, self._player = self._player, None
        if player is not None:
            player.stop()

    def _look(self, _seconds: float) -> None:
        if self._player is None or not self._player.ended:
            return
        if self._player.failed and self._clip is not None:
            self.flow.clips.failed(self._clip, MediaFault.BROKEN)
            self._give_up()
        self._stop()
        self.ended = True

    def _give_up(self) -> None:
        self._clip = None
        self.ended = True
        self.problem = self.flow.texts("signing.broken")
