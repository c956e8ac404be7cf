"""The app's whole life in one test: real window offscreen, real hit-tested touches, a frame at a time, no X server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from screens.boot import BootOptions, prepare

#: Half the dots of a kiosk on a panel of the same size: the same layout in a quarter of the drawing time.
BOOT = BootOptions(driver="offscreen", width=540, height=960, dpi=48.0, max_fps=0)
prepare(BOOT)

from kivy.base import EventLoop, runTouchApp, stopTouchApp  # noqa: E402
from kivy.core.window import Window  # noqa: E402
from kivy.tests.common import UnitTestTouch  # noqa: E402
from kivy.uix.widget import Widget  # noqa: E402

from screens.app import AppOptions, KioskApp, build_app  # noqa: E402
from screens.appearance import DEFAULT_APPEARANCE, Appearance  # noqa: E402
from screens.look.pressable import Pressable  # noqa: E402
from screens.rehearsal import Rehearsal  # noqa: E402

ASSETS = Path(__file__).resolve().parents[2] / "assets"
#: Frames after which every layout of ours has settled.
SETTLE = 2


class NotThere(AssertionError):
    """What should be on the screen is not; the message says what is."""


class Hands:
    """An app that runs a frame at a time, and the fingers that touch it."""

    def __init__(self, rehearsal: Rehearsal, appearance: Appearance = DEFAULT_APPEARANCE) -> None:
        self.rehearsal = rehearsal
        self.kiosk = rehearsal.kiosk
        options = AppOptions(assets=ASSETS, catalogues=rehearsal.catalogues, boot=BOOT, appearance=appearance)
        self.app: KioskApp = build_app(rehearsal.kiosk, options)

    def start(self) -> "Hands":
        self.app._run_prepare()
        runTouchApp(embedded=True)
        self.settle()
        return self

    def stop(self) -> None:
        stopTouchApp()
        self.app.stop()
        for child in list(Window.children):
            Window.remove_widget(child)

    def settle(self, frames: int = SETTLE) -> None:
        for _ in range(frames):
            EventLoop.idle()

    def wait(self, seconds: float) -> None:
        """Turns the kiosk's clock and lets the app notice."""
        self.rehearsal.clock.advance(seconds)
        self.app.flow.tick()
        self.settle()

    # --- looking ---------------------------------------------------------------------------------------------------

    def widgets(self) -> Iterator[Widget]:
        """Everything in sight, from the bottom layer to the top."""

        def below(widget: Widget) -> Iterator[Widget]:
            if widget.opacity == 0:
                return
            yield widget
            for child in reversed(widget.children):
                yield from below(child)

        for top in reversed(Window.children):
            yield from below(top)

    def texts(self) -> list[str]:
        found = [getattr(widget, "text", "") for widget in self.widgets()]
        return [text for text in found if isinstance(text, str) and text]

    def sees(self, words: str) -> bool:
        return any(words in text for text in self.texts())

    def must_see(self, *words: str) -> None:
        for each in words:
            if not self.sees(each):
                raise NotThere(f"{each!r} is not in sight; what is: {self.texts()}")

    @property
    def page(self) -> Any:
        assert self.app.stage is not None
        return self.app.stage.page

    # --- touching --------------------------------------------------------------------------------------------------

    def touch(self, x: float, y: float) -> None:
        """A finger down and up at a point of the window, in Kivy's coordinates."""
        touch = UnitTestTouch(x, y)
        touch.touch_down()
        EventLoop.idle()
        touch.touch_up()
        self.settle()

    def find(self, words: str, *, exactly: bool = False, nth: int = 0) -> Any:
        """The thing to touch that says the words."""
        found = [
            widget
            for widget in self.widgets()
            if isinstance(widget, Pressable) and widget.enabled and _says(widget, words, exactly)
        ]
        if len(found) <= nth:
            raise NotThere(f"nothing to touch says {words!r}; in sight: {self.texts()}")
        return found[nth]

    def tap(self, words: str, *, exactly: bool = False, nth: int = 0) -> None:
        """Touches the middle of the thing that says the words, after moving the pane to it when it is outside."""
        widget = self.find(words, exactly=exactly, nth=nth)
        self.tap_widget(widget)

    def tap_widget(self, widget: Any) -> None:
        pane = _pane_of(widget)
        if pane is not None:
            pane.reveal(widget)
            self.settle()
        self.touch(*widget.to_window(*widget.center))

    def type(self, text: str) -> None:
        """Touches the keys of our keyboard."""
        for character in text:
            self.tap_key(character)

    def tap_key(self, character: str) -> None:
        from screens.look.keyboard import Key

        keyboard = self.page.ids.keyboard
        keys = [widget for row in keyboard.children for widget in row.children if isinstance(widget, Key)]
        if character == " ":
            wanted = next(key for key in keys if key.key == "<space>")
        else:
            if (
                character.isalpha()
                and keyboard.entry.layout == "LETTERS"
                and character.isupper() != keyboard.entry.upper
            ):
                self.tap_widget(next(key for key in keys if key.key == "<shift>"))
            wanted = next(key for key in keys if key.key.lower() == character.lower())
        x, y = wanted.to_window(*wanted.center)
        touch = UnitTestTouch(x, y)
        touch.touch_down()
        touch.touch_up()
        EventLoop.idle()


def _says(widget: Widget, words: str, exactly: bool) -> bool:
    said = []
    for each in widget.walk(restrict=True):
        said += [str(getattr(each, "text", "")), str(getattr(each, "spoken", "")), str(getattr(each, "title", ""))]
    return words in said if exactly else any(words in text for text in said)


def _pane_of(widget: Widget) -> Any:
    from screens.look.pane import Aperture, Pane

    inside = False
    while widget is not None and widget is not widget.parent:
        if isinstance(widget, Aperture):
            inside = True
        if isinstance(widget, Pane) and inside:
            return widget
        widget = widget.parent
    return None
