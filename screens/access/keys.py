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
    #: Of somebody who has a switch or two instead of hands: to the next, and "this one". One switch chooses.
    SWITCH_STEP = "SWITCH_STEP"
    SWITCH_CHOOSE = "SWITCH_CHOOSE"
    #: Headphones came into a keypad's own jack, or went out of it.
    JACK_IN = "JACK_IN"
    JACK_OUT = "JACK_OUT"


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
    Action.SWITCH_STEP: ("f9",),
    Action.SWITCH_CHOOSE: ("f10",),
}
#: What switches send.
SWITCHES: Final = frozenset({Action.SWITCH_STEP, Action.SWITCH_CHOOSE})
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
#: A key by its usage in the USB keyboard page, in hexadecimal, whatever is printed on it: what SDL calls its scancode.
_HID: Final = "hid:"
_HID_USAGES: Final = range(0x04, 0x100)


class NoSuchKey(ValueError):
    """A setting names a key that does not exist; the message says which ones do."""


class KeyMap:
    """Finds the action of a key that was pressed. Raises NoSuchKey for a name that is no key's."""

    def __init__(
        self,
        names: Mapping[Action, Sequence[str]] = DEFAULT_KEYS,
        *more: Mapping[Action, Sequence[str]],
    ) -> None:
        """``more`` adds keys; of two actions for one key the later one holds."""
        self._actions: dict[tuple[int, bool], Action] = {}
        self._scancodes: dict[int, Action] = {}
        for table in (names, *more):
            for action, keys in table.items():
                for name in keys:
                    self._bind(name, action)

    def action(self, code: int, *, shift: bool, scancode: int = 0) -> Action | None:
        """Of Kivy's key code, or of the key's place; a key that is not bound together with shift counts as without."""
        if scancode in self._scancodes:
            return self._scancodes[scancode]
        found = self._actions.get((code, shift))
        return found if found is not None or not shift else self._actions.get((code, False))

    def _bind(self, name: str, action: Action) -> None:
        if name.startswith(_HID):
            self._scancodes[_usage(name)] = action
        else:
            self._actions[_parse(name)] = action


def _usage(name: str) -> int:
    try:
        usage = int(name.removeprefix(_HID), 16)
    except ValueError:
        usage = -1
    if usage not in _HID_USAGES:
        raise NoSuchKey(f"{name!r} is no key: {_HID} is followed by a usage of the USB keyboard page, from 04 to ff")
    return usage


def _parse(name: str) -> tuple[int, bool]:
    shift = name.startswith(_SHIFT)
    code = _CODES.get(name.removeprefix(_SHIFT))
    if code is None:
        raise NoSuchKey(
            f"no key is called {name!r}; there are {', '.join(_CODES)}, each also with {_SHIFT}, and {_HID}6c for its usage"
        )
    return code, shift
