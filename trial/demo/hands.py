"""A citizen's eyes and hands: reads what stands on the window, touches it with X events where it stands.

Runs in a thread of its own beside the app. It looks a thing up by the words a person would read, on Kivy's thread;
the touch itself goes the whole way: X server, SDL, Kivy's input provider, hit test.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from PIL import ImageGrab

Result = TypeVar("Result")

#: How long a person waits for what should come before giving up.
PATIENCE_S = 20.0
LOOK_EVERY_S = 0.02
#: A finger stays on the glass for this long.
PRESS_S = 0.06


class NotSeen(AssertionError):
    """What should stand on the screen does not; the message says what does."""


class Hands:
    """Touches the app's window on an X display."""

    def __init__(self, display: str, pictures: Path, patience: float = PATIENCE_S) -> None:
        self._display = display
        self._pictures = pictures
        self._patience = patience
        self._pictures_taken = 0
        #: When the last finger came down, in seconds of the epoch.
        self.came_down = 0.0

    # --- looking ---------------------------------------------------------------------------------------------------

    def on_screen(self, job: Callable[[], Result]) -> Result:
        """Runs ``job`` on Kivy's thread and gives what it returns."""
        from kivy.clock import Clock

        future: Future[Result] = Future()

        def run(_dt: float) -> None:
            try:
                future.set_result(job())
            except Exception as error:  # noqa: BLE001 - handed to the thread that asked
                future.set_exception(error)

        Clock.schedule_once(run)
        return future.result(timeout=self._patience)

    def texts(self) -> list[str]:
        """Every text that is in sight."""
        return self.on_screen(words_in_sight)

    def see(self, *words: str) -> float:
        """Waits until all of ``words`` are in sight; the milliseconds it took. Raises NotSeen."""
        began = time.monotonic()
        while True:
            everything = "\n".join(self.texts())
            missing = [word for word in words if word not in everything]
            if not missing:
                return (time.monotonic() - began) * 1000
            if time.monotonic() - began > self._patience:
                raise NotSeen(f"{missing} not on the screen, which says: {everything!r:.1500}")
            time.sleep(LOOK_EVERY_S)

    def sees(self, word: str) -> bool:
        return any(word in text for text in self.texts())

    # --- touching --------------------------------------------------------------------------------------------------

    def tap(self, words: str, *, nth: int = 0, exactly: bool = False) -> float:
        """Touches the thing that says ``words``; when the finger was lifted, in seconds of the epoch.

        Raises NotSeen when nothing that can be touched says so in time.
        """
        deadline = time.monotonic() + self._patience
        while True:
            places = self.on_screen(lambda: _places(words, exactly))
            if len(places) > nth:
                return self.touch(*places[nth])
            if time.monotonic() > deadline:
                raise NotSeen(f"nothing to touch says {words!r}; the screen says: {' | '.join(self.texts())[:1500]}")
            time.sleep(LOOK_EVERY_S)

    def tap_if_seen(self, words: str) -> bool:
        if not self.sees(words):
            return False
        self.tap(words)
        return True

    def type(self, text: str) -> None:
        """Touches the keys of the keyboard or keypad on the screen, one after the other."""
        for character in text:
            self.tap(character, exactly=True)

    def touch(self, x: float, y: float) -> float:
        """A finger at these pixels from the upper left corner; when it was lifted, in seconds of the epoch."""
        self._x("mousemove", str(round(x)), str(round(y)))
        self.came_down = time.time()
        self._x("mousedown", "1")
        time.sleep(PRESS_S)
        lifted = time.time()
        self._x("mouseup", "1")
        return lifted

    def picture(self, name: str) -> Path:
        """What stands on the X display, as ``NN-name.png``."""
        self._pictures_taken += 1
        path = self._pictures / f"{self._pictures_taken:02d}-{name}.png"
        ImageGrab.grab(xdisplay=self._display).save(path)
        return path

    def _x(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env={"DISPLAY": self._display}, check=True, capture_output=True)


def words_in_sight() -> list[str]:
    """Every text on the window; on Kivy's thread."""
    return [text for widget in _in_sight() for text in _own_text(widget)]


def something_is_pressed() -> bool:
    """Whether a thing on the window is drawn as pressed; on Kivy's thread."""
    from screens.look.pressable import Pressable

    return any(isinstance(widget, Pressable) and widget.pressed for widget in _in_sight())


def _listens() -> bool:
    """Whether the page in sight is there for long enough to be touched."""
    from kivy.core.window import Window

    return all(getattr(top, "listens", True) for top in Window.children)


def _in_sight() -> Iterator[Any]:
    """Every widget that is on the window, topmost last."""
    from kivy.core.window import Window

    def below(widget: Any) -> Iterator[Any]:
        if getattr(widget, "opacity", 1) == 0:
            return
        yield widget
        for child in reversed(widget.children):
            yield from below(child)

    for top in reversed(Window.children):
        yield from below(top)


def _own_text(widget: Any) -> list[str]:
    text = getattr(widget, "text", "")
    return [text] if isinstance(text, str) and text else []


def _says(widget: Any) -> list[str]:
    """What a thing that can be touched says: its own text and all that stands in it."""
    found = _own_text(widget)
    spoken = getattr(widget, "spoken", "")
    if isinstance(spoken, str) and spoken:
        found.append(spoken)
    for child in widget.children:
        found += _says(child)
    return found


def _places(words: str, exactly: bool) -> list[tuple[float, float]]:
    """The middle, from the upper left corner, of each thing in reach whose words fit, from top to bottom. What has only just
    come is looked at before it is touched."""
    from kivy.core.window import Window

    from screens.look.pressable import Pressable

    found = []
    for widget in _in_sight():
        if not (isinstance(widget, Pressable) and widget.enabled and widget.width and widget.height):
            continue
        if not (widget.listens and _listens()):
            continue
        said = _says(widget)
        if not (words in said if exactly else any(words in text for text in said)):
            continue
        x, y = widget.to_window(*widget.center)
        if 0 <= x < Window.width and 0 <= y < Window.height:
            found.append((x, Window.height - y))
    return sorted(found, key=lambda place: (place[1], place[0]))
