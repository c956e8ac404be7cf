"""Remembers what looked like a card and held no code: papers on a cluttered tabletop are not flattened for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.scanner.reading.decode import Grey
from devices.vision import Quad, rectify
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")

TRIES: Final = 3
"""Times that the same thing is tried one picture after the other."""

TRY_AGAIN_AFTER: Final = 2.0
"""Seconds until it is tried once more: light and focus may be better."""

FORGET_AFTER: Final = 10.0
MOST_REMEMBERED: Final = 8
SAME_LOOK: Final = 9.0
"""Mean difference in grey levels up to which two things look the same."""

_LOOK: Final = (32, 20)


@dataclass(slots=True)
class _Thing:
    look: Grey
    tries: int
    tried_at: float


class UnreadCards:
    """Tells whether flattening and decoding a quadrilateral is worth its time."""

    def __init__(self) -> None:
        self._things: list[_Thing] = []

    def worth_a_try(self, grey: Grey, quad: Quad, now: float) -> bool:
        """Whether to try what ``quad`` shows in ``grey`` at ``now`` (seconds); counts as tried when True."""
        look = cv2.GaussianBlur(rectify(grey, quad, *_LOOK), (3, 3), 0)
        self._things = [thing for thing in self._things if now - thing.tried_at <= FORGET_AFTER][-MOST_REMEMBERED:]
        for thing in self._things:
            if float(np.abs(thing.look.astype(np.int16) - look).mean()) <= SAME_LOOK:
                if thing.tries >= TRIES and now - thing.tried_at < TRY_AGAIN_AFTER:
                    return False
                thing.look, thing.tries, thing.tried_at = look, thing.tries + 1, now
                return True
        self._things.append(_Thing(look, 1, now))
        return True
