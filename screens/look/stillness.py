"""How long something has to stand still before a finger may choose it: one value for all that is on the window.

A finger is on its way for some tenths of a second, and what it finds may not be what it was sent to: the page changed, a list
moved, a key says something else by then. Web browsers guard their permission dialogs in the same way (Chromium's
``InputEventActivationProtector``, Firefox's ``security.notification_enable_delay``). Keys of a keypad wait for nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from protocol.kiosk_settings import NUMBERS

Seconds = Callable[[], float]


@dataclass(frozen=True)
class Stillness:
    """``now`` is a clock that never goes back; ``rest_s`` the setting, asked for at each touch."""

    now: Seconds
    rest_s: Seconds

    def lasted(self, since: float) -> bool:
        """Whether what came at ``since`` may be chosen by now."""
        elapsed = self.now() - since
        # What is older than the clock has a time of another one: keys and frames on their shelves outlive an app.
        return elapsed < 0 or elapsed >= self.rest_s()


def _default_rest() -> float:
    return NUMBERS["touch_rest_s"].default


_in_force = Stillness(time.monotonic, _default_rest)


def keep(stillness: Stillness) -> None:
    """From now on widgets go by this one."""
    global _in_force
    _in_force = stillness


def stillness() -> Stillness:
    return _in_force
