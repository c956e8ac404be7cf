"""Keys and touches of somebody who tries to get out."""

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.screens.x_display import XDisplay

#: What leads out of some program or other.
CHORDS = (
    *("Escape", "F1", "F4", "F10", "F11", "F12", "alt+F4", "alt+F1", "alt+F2", "ctrl+q", "ctrl+w", "ctrl+c", "ctrl+e"),
    *("ctrl+m", "ctrl+alt+Delete", "ctrl+alt+BackSpace", "ctrl+alt+t", "ctrl+Escape", "ctrl+shift+Escape", "alt+Tab"),
    *("super", "super+q", "super+d", "super+l", "Menu", "Print", "alt+Print", "alt+space", "ctrl+F4", "shift+F10"),
    *("ctrl+shift+i", "ctrl+shift+q", "alt+Escape", "ctrl+z", "ctrl+s", "ctrl+backslash", "Pause", "Break"),
    *("ctrl+alt+F1", "ctrl+alt+F2", "ctrl+alt+F7", "ctrl+alt+Escape", "alt+Print+o", "XF86PowerOff", "XF86Sleep"),
)
KEYS = (*CHORDS, *(chr(code) for code in range(ord("a"), ord("z") + 1)), "Tab", "Return", "Up", "Down", "space")
#: One in so many is a touch.
TOUCHES = 4


def storm(display: "XDisplay", chance: random.Random, many: int, size: tuple[int, int]) -> None:
    """``many`` keys, chords and touches at pixels of a screen of this size."""
    touches = [(chance.randrange(size[0]), chance.randrange(size[1])) for _ in range(many // TOUCHES)]
    display.touch(*touches)
    display.press(*chance.choices(KEYS, k=many - len(touches)))
