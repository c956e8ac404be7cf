"""Fingers on a keypad: keys go through the window, as SDL would hand them over."""

from typing import Any

from kivy.core.window import Window
from screens_harness import Hands

from screens.access.focus import Stop
from screens.access.keys import _CODES


def press(hands: Hands, *names: str) -> None:
    """Each key down and up, with a frame or two between."""
    for name in names:
        code = _CODES[name.removeprefix("shift+")]
        modifiers = ["shift"] if name.startswith("shift+") else []
        Window.dispatch("on_keyboard", code, 0, "", modifiers)
        Window.dispatch("on_key_up", code, 0)
        hands.settle()


def hold(hands: Hands, name: str, times: int) -> None:
    """A key held down: the machine repeats it."""
    for _ in range(times):
        Window.dispatch("on_keyboard", _CODES[name], 0, "", [])
        hands.settle()
    Window.dispatch("on_key_up", _CODES[name], 0)


def stop_of(hands: Hands) -> Stop:
    """Where the focus is."""
    stop = hands.app.keypad.ring.current
    assert stop is not None
    return stop


def focused(hands: Hands) -> Any:
    return stop_of(hands).widget


def label(hands: Hands) -> str:
    """What the thing with the focus is called."""
    widget = focused(hands)
    return str(getattr(widget, "says", "") or getattr(widget, "text", ""))


def walk_to(hands: Hands, words: str, key: str = "tab") -> None:
    """Presses a key until the focus is on what says the words; fails after one round."""
    reported = []
    for _ in range(len(hands.app.keypad.ring.stops()) + 1):
        if hands.app.keypad.ring.current is not None and words in label(hands):
            return
        press(hands, key)
        reported.append(label(hands))
    raise AssertionError(f"{key!r} never leads to {words!r}, only to {reported}")


def type_keys(hands: Hands, text: str) -> None:
    """Types by moving over the keys with arrows, the focus being on one of them."""
    for character in text:
        wanted = {" ": "<space>"}.get(character, character.lower())
        _walk_over_keys(hands, wanted)
        press(hands, "enter")


def _walk_over_keys(hands: Hands, wanted: str) -> None:
    keyboard = focused(hands).parent.parent
    rows = [[key.key.lower() for key in reversed(row.children)] for row in reversed(keyboard.children)]
    goal = next(number for number, row in enumerate(rows) if wanted in row)

    def here() -> tuple[int, int]:
        key = focused(hands)
        row = list(reversed(keyboard.children)).index(key.parent)
        return row, list(reversed(key.parent.children)).index(key)

    while here()[0] != goal:
        press(hands, "down" if here()[0] < goal else "up")
    while focused(hands).key.lower() != wanted:
        press(hands, "right" if here()[1] < rows[goal].index(wanted) else "left")
