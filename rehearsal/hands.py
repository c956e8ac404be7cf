"""The app's whole life in one process, a frame at a time, and the fingers that touch its window.

The window may be SDL's offscreen one; touches are real and hit-tested. ``screens.shell.boot.prepare`` comes before this module
is imported. Frames are not drawn unless somebody will look: layout and touch need no drawing, and drawing by software
takes nine tenths of the time.
"""

import threading
from collections.abc import Iterator
from math import floor
from pathlib import Path
from typing import Any, Final

from kivy.base import EventLoop, runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.lang import Builder
from kivy.tests.common import UnitTestTouch
from kivy.uix.widget import Widget

from kiosk.events import EndReason
from rehearsal.kiosk import Rehearsal
from screens.look import layouts
from screens.look.pressable import Pressable
from screens.look.widgets.keyboard import Key
from screens.look.widgets.pane import Aperture, Pane
from screens.navigation.appearance import DEFAULT_APPEARANCE, Appearance
from screens.shell.app import AppOptions, KioskApp, build_app
from screens.shell.boot import BootOptions

ASSETS: Final = Path(__file__).resolve().parents[1] / "assets"
#: Frames after which every layout of ours has settled.
SETTLE: Final = 2
#: Somebody looks for so many seconds or several times that: sums of them are exact.
GRAIN_S: Final = 0.25
#: Nobody waits longer than this for work beside the screens.
HANDOVER_S: Final = 20.0


class NotThere(AssertionError):
    """What should be on the screen is not; the message says what is."""


class Hands:
    """An app that runs a frame at a time. ``draws``: whether frames are drawn; ``collects_garbage``: whether it collects garbage
    only when nobody waits, ``makes_ahead``: whether it makes pages then, both as at a kiosk."""

    def __init__(
        self,
        rehearsal: Rehearsal,
        boot: BootOptions,
        appearance: Appearance = DEFAULT_APPEARANCE,
        *,
        draws: bool = False,
        collects_garbage: bool = False,
        makes_ahead: bool = False,
    ) -> None:
        self.rehearsal = rehearsal
        self.kiosk = rehearsal.kiosk
        self.draws = draws
        self._held = False
        options = AppOptions(
            assets=ASSETS,
            catalogues=rehearsal.catalogues,
            boot=boot,
            appearance=appearance,
            collects_garbage=collects_garbage,
            makes_ahead=makes_ahead,
        )
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

    # --- time ------------------------------------------------------------------------------------------------------

    def frame(self) -> None:
        """One turn of Kivy's loop: EventLoop.idle, with the drawing left out when nobody looks."""
        if self.draws:
            EventLoop.idle()
            return
        Clock.tick()
        EventLoop.dispatch_input()
        Builder.sync()
        Clock.tick_draw()
        Builder.sync()

    def settle(self, frames: int = SETTLE) -> None:
        for _ in range(frames):
            self.frame()

    def wait(self, seconds: float) -> None:
        """Turns the kiosk's clock and lets the app notice."""
        self.rehearsal.clock.advance(seconds)
        self.app.flow.tick()
        self.settle()

    def join(self) -> None:
        """Until the work that goes on beside the screens is done and was handed over."""
        for thread in threading.enumerate():
            if thread.name == "screens-handover":
                thread.join(HANDOVER_S)
        self.settle()

    def go_home(self) -> None:
        """Whoever is here has gone, field staff too, and the home screen is in sight."""
        flow = self.app.flow
        if self.kiosk.staff.on_duty is not None or flow.place.is_staff:
            flow.staff.leave()
        self.kiosk.end(EndReason.CANCELLED)
        self.frame()
        flow.rest.dismiss_thanks()
        flow.close_over()

    def turn(self, width: int, height: int) -> None:
        """Makes the window of another size."""
        if tuple(Window.size) != (width, height):
            Window.size = (width, height)
            self.settle()

    def dress(self, appearance: Appearance) -> None:
        """The kiosk's look and language from now on, for whoever comes, too."""
        flow = self.app.flow
        flow.preferences.dress(appearance)
        self.settle()

    def hold(self) -> None:
        """No page is made until somebody looks: on a long way most are not looked at."""
        self._held = True
        self._keep_pages(held=True)

    def let_go(self) -> None:
        """What is to be seen by now is in sight."""
        if self._held:
            self._held = False
            self._keep_pages(held=False)
            self.app._show(0)
            self.settle(SETTLE + 1)

    def _keep_pages(self, *, held: bool) -> None:
        if self.app.stage is not None:
            self.app.stage.held = held

    # --- looking ---------------------------------------------------------------------------------------------------

    @property
    def stage(self) -> Any:
        """The window's one widget."""
        self.let_go()
        return self.app.stage

    @property
    def page(self) -> Any:
        return self.stage.page

    @property
    def place(self) -> str:
        """The name of where somebody is."""
        return str(self.app.flow.place.name)

    def text(self, key: str, **values: object) -> str:
        """The words in the language in use."""
        return self.app.flow.texts(key, **values)

    def widgets(self) -> Iterator[Widget]:
        """Everything in sight, from the bottom layer to the top."""
        self.let_go()

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

    def unseen(self, *words: str) -> list[str]:
        """Those that are not in sight, and then all that is: an empty list when everything can be seen."""
        missing = [each for each in words if not self.sees(each)]
        return [*missing, "in sight:", *self.texts()] if missing else []

    def must_see(self, *words: str) -> None:
        missing = self.unseen(*words)
        if missing:
            raise NotThere("not in sight: " + " ".join(missing))

    # --- touching --------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Takes the time that a person needs to see what has come, before a finger goes anywhere; no clock on a page shows it."""
        rest = self.kiosk.settings.number("touch_rest_s")
        self.rehearsal.clock.seconds += (floor(rest / GRAIN_S) + 1) * GRAIN_S

    def touch(self, x: float, y: float) -> None:
        """A finger down and up at a point of the window, in Kivy's coordinates, after a look at what is there."""
        self.look()
        touch = UnitTestTouch(x, y)
        touch.touch_down()
        self.frame()
        touch.touch_up()
        self.settle()

    def draw(self, *points: tuple[float, float]) -> None:
        """A finger down at the first point, moved through the others, and up, after a look at what is there."""
        self.look()
        touch = UnitTestTouch(*points[0])
        touch.touch_down()
        for point in points[1:]:
            touch.touch_move(*point)
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
        self.tap_widget(self.find(words, exactly=exactly, nth=nth))

    def tap_widget(self, widget: Any) -> None:
        pane = _pane_of(widget)
        if pane is not None:
            pane.reveal(widget)
            self.settle()
        self.touch(*widget.to_window(*widget.center))

    def forward(self) -> None:
        """Touches the way forward, at the lower right."""
        button = self.page.ids.forward
        if not button.enabled:
            raise NotThere(f"there is no way forward; in sight: {self.texts()}")
        self.tap_widget(button)

    def back(self) -> None:
        """Touches the way back, at the lower left."""
        self.tap_widget(self.page.ids.back)

    # --- typing ----------------------------------------------------------------------------------------------------

    def keys(self) -> list[Key]:
        """The keys in sight."""
        return [widget for widget in self.widgets() if isinstance(widget, Key)]

    def key(self, name: str) -> Key | None:
        """The key of that name: a letter, ``<shift>``."""
        return next((key for key in self.keys() if key.key.lower() == name.lower()), None)

    def type(self, text: str) -> None:
        """Touches the keys of our keyboard."""
        for character in text:
            self.tap_key(character)
        self.settle()

    def tap_key(self, character: str) -> None:
        """Touches the key of a character, after those that bring it into sight."""
        name = layouts.SPACE if character == " " else character
        wanted = self.key(name)
        if wanted is None:
            for page in (layouts.SYMBOLS, layouts.LETTERS):
                turn = self.key(page)
                if turn is not None:
                    self._strike(turn)
                    wanted = self.key(name)
                    break
        if wanted is None:
            raise NotThere(f"no key types {character!r}; there are {[key.key for key in self.keys()]}")
        shift = self.key(layouts.SHIFT)
        entry = self.page.entry
        if shift is not None and character.isalpha() and entry is not None and character.isupper() != entry.upper:
            self._strike(shift)
        self._strike(wanted)

    def strike(self, name: str) -> None:
        """Touches the key of that name."""
        key = self.key(name)
        if key is None:
            raise NotThere(f"there is no key {name!r}")
        self._strike(key)

    def _strike(self, key: Key) -> None:
        if not (self.stage.listens and key.listens):
            self.look()
        touch = UnitTestTouch(*key.to_window(*key.center))
        touch.touch_down()
        touch.touch_up()
        self.frame()


def _says(widget: Widget, words: str, exactly: bool) -> bool:
    said = []
    for each in widget.walk(restrict=True):
        said += [str(getattr(each, "text", "")), str(getattr(each, "spoken", "")), str(getattr(each, "title", ""))]
    return words in said if exactly else any(words in text for text in said)


def _pane_of(widget: Any) -> Any:
    inside = False
    while widget is not None and widget is not widget.parent:
        inside = inside or isinstance(widget, Aperture)
        if isinstance(widget, Pane) and inside:
            return widget
        widget = widget.parent
    return None
