"""The whole screen of a kiosk that cannot start: out of service in every language, and a line for who comes to mend it.

It needs neither the kiosk's core nor a look nor a database. ``screens.shell.boot.prepare`` comes before this module is imported.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.label import Label

from screens.shell.boot import BootOptions, check_window
from screens.shell.fault_message import FaultMessage

#: Seconds between two looks whether the kiosk could start now.
AGAIN_S: Final = 30.0


class StandstillApp(App):
    """``lines``: for everybody. ``detail``: for field staff. Ends by itself when ``mended`` says so, or when stopped."""

    use_kivy_settings = False

    def __init__(
        self, lines: Iterable[str], detail: str, mended: Callable[[], bool], options: BootOptions, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._lines = tuple(lines)
        self._detail = detail
        self._mended = mended
        self._options = options
        #: It could start now.
        self.is_over = False
        self._stop_trigger = Clock.create_trigger(self._stop_now)
        self._again = Clock.schedule_interval(self._look, AGAIN_S)

    def build(self) -> Label:
        check_window(self._options)
        return FaultMessage((*self._lines, self._detail))

    def on_start(self) -> None:
        Window.bind(on_request_close=self._refuse, on_keyboard=self._refuse)

    def on_stop(self) -> None:
        self._again.cancel()
        Window.unbind(on_request_close=self._refuse, on_keyboard=self._refuse)

    def open_settings(self, *_: Any) -> bool:
        """Kivy's settings are a way out of the kiosk: there is none."""
        return False

    def ask_stop(self) -> None:
        """Ends the app soon; from any thread."""
        self._stop_trigger()

    def _refuse(self, *_: Any, **__: Any) -> bool:
        return True

    def _look(self, _seconds: float) -> None:
        if self._mended():
            self.is_over = True
            self.stop()

    def _stop_now(self, _seconds: float) -> None:
        self.stop()
