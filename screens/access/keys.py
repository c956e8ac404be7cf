"""Keys and what they do: a keyboard's Tab, arrows and Enter, or a keypad of five keys that sends them.

A keypad for the blind is a keyboard to the machine; which code each of its keys sends is a setting.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final


class Action(StrEnum):
    """What a key asks for."""

    NEXT = "NEXT"
    PREVIOUS = "PREVIOUS"
    UP = "UP"
    DOWN = "DOWN"
    LEFT = "LEFT"
    RIGHT = "RIGHT"
    OK = "OK"
    BACK = "BACK"
    #: The page's way forward, wherever the focus is.
    FORWARD = "FORWARD"
    HELP = "HELP"
    #: The voice on, or off.
    SPEECH = "SPEECH"
    #: What was said last, once more.
    REPEAT = "REPEAT"
    SLOWER = "SLOWER"
    FASTER = "FASTER"
    QUIETER = "QUIETER"
    LOUDER = "LOUDER"


#: Names of keys, by what they do. The five of a keypad are the arrows and enter.
DEFAULT_KEYS: Final[Mapping[Action, tuple[str, ...]]] = {
    Action.NEXT: ("tab",),
    Action.PREVIOUS: ("shift+tab",),
    Action.UP: ("up",),
    Action.DOWN: ("down",),
    Action.LEFT: ("left",),
    Action.RIGHT: ("right",),
    Action.OK: ("enter", "numpadenter", "spacebar"),
    Action.BACK: ("escape",),
    Action.FORWARD: ("pagedown",),
    Action.HELP: ("f1",),
    Action.SPEECH: ("f2",),
    Action.REPEAT: ("f3",),
    Action.SLOWER: ("f5",),
    Action.FASTER: ("f6",),
    Action.QUIETER: ("f7",),
    Action.LOUDER: ("f8",),
}
#: Held down, these act once only: a finger that rests on OK must not choose what comes next.
ONCE: Final = frozenset(Action) - {Action.NEXT, Action.PREVIOUS, Action.UP, Action.DOWN, Action.LEFT, Action.RIGHT}

#: Kivy's codes by name, as ``kivy.core.window.Keyboard.keycodes`` has them.
_CODES: Final[Mapping[str, int]] = {
    "backspace": 8,
    "tab": 9,
    "enter": 13,
    "escape": 27,
    "spacebar": 32,
    **{chr(code): code for code in (*range(ord("0"), ord("9") + 1), *range(ord("a"), ord("z") + 1))},
    **{f"numpad{digit}": 256 + digit for digit in range(10)},
    "numpaddecimal": 266,
    "numpadmul": 268,
    "numpadenter": 271,
    "up": 273,
    "down": 274,
    "right": 275,
    "left": 276,
    "home": 278,
    "end": 279,
    "pageup": 280,
    "pagedown": 281,
    **{f"f{number}": 281 + number for number in range(1, 16)},
}
_SHIFT: Final = "shift+"


class NoSuchKey(ValueError):
    """A setting names a key that does not exist; the message says which ones do."""


class KeyMap:
    """Finds the action of a key that was pressed. Raises NoSuchKey for a name that is no key's."""

    def __init__(self, names: Mapping[Action, Sequence[str]] = DEFAULT_KEYS) -> None:
        self._actions: dict[tuple[int, bool], Action] = {}
        for action, keys in names.items():
            for name in keys:
                self._actions[_parse(name)] = action

    def action(self, code: int, *, shift: bool) -> Action | None:
        """Of Kivy's key code; a key that is not bound together with shift counts as without."""
        found = self._actions.get((code, shift))
        return found if found is not None or not shift else self._actions.get((code, False))


def _parse(name: str) -> tuple[int, bool]:
    shift = name.startswith(_SHIFT)
    code = _CODES.get(name.removeprefix(_SHIFT))
    if code is None:
        raise NoSuchKey(f"no key is called {name!r}; there are {', '.join(_CODES)}, each also with {_SHIFT}")
    return code, shift
