"""Somebody in the dark with a keypad that has digits, and somebody who sees: each counts what it takes them."""

from typing import Any

from kivy.core.window import Window
from screens_harness import Hands
from speech_kit import Ears

from rehearsal.citizen import Citizen
from screens.access.keys import _CODES
from screens.access.typing import presses
from screens.citizen.controls.question import Question
from screens.look.widgets.field import Field
from screens.look.widgets.keyboard import Key


class Sight(Hands):
    """Counts each time a finger comes down."""

    count = 0

    def touch(self, x: float, y: float) -> None:
        self.count += 1
        super().touch(x, y)

    def draw(self, *points: tuple[float, float]) -> None:
        self.count += 1
        super().draw(*points)

    def _strike(self, key: Key) -> None:
        self.count += 1
        super()._strike(key)


class Dark(Hands):
    """No finger, no look at the screen: a keypad's keys, each counted."""

    ears: Ears
    count = 0

    def press(self, name: str) -> None:
        self.count += 1
        Window.dispatch("on_keyboard", _CODES[name], 0, "", [])
        Window.dispatch("on_key_up", _CODES[name], 0)
        # The voice's own thread would begin to speak now.
        self.ears.speaker.worker.step()

    def touch(self, x: float, y: float) -> None:
        raise AssertionError("there is no finger")

    def draw(self, *points: tuple[float, float]) -> None:
        raise AssertionError("there is no finger")

    @property
    def focus(self) -> Any:
        return self.app.keypad.ring.widget

    def tap_widget(self, widget: Any) -> None:
        wanted = getattr(widget, "__self__", widget)
        page = self.page
        if wanted is getattr(page.ids.get("forward"), "__self__", None):
            self.press("pagedown")
        elif isinstance(wanted, Field) and getattr(page, "entry", None) is not None and self._next_field(wanted):
            return
        else:
            self._walk(wanted)
            if not isinstance(wanted, Field):
                self.press("enter")
        self.settle(3)

    def type(self, text: str) -> None:
        entry = self.page.entry
        if entry is None and isinstance(self.focus, Field):
            entry = self.focus.entry
        names = (
            [f"numpad{each}".replace("numpad.", "numpaddecimal") for each in text]
            if entry.layout.is_keypad
            else presses(text)
        )
        for name in names:
            self.press(name)
        self.settle(3)

    def _next_field(self, wanted: Field) -> bool:
        """The way forward goes to the next field first, as long as there is one that is empty."""
        self.press("pagedown")
        self.settle(3)
        if self.page.entry is wanted.entry:
            return True
        self._walk(wanted)
        return False

    def _walk(self, wanted: Any) -> None:
        for _ in range(len(self.app.keypad.ring.stops()) + 2):
            if self.focus is wanted:
                return
            self.press("tab")
        raise AssertionError(f"no key leads to {wanted}")


class DarkCitizen(Citizen):
    """Cannot draw, and says so instead of signing."""

    def _sign(self, question: Question) -> None:
        self.hands.tap_widget(question._declare)  # type: ignore[attr-defined]
