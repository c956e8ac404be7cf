"""Garbage is collected, and its memory given back, while nobody waits.

A page that was left is some twenty thousand objects that hold each other. Python would look for them in the middle of
building another page, three pages at once, and hold up a touch by a sixth of a second; here it looks soon after each
page, between two touches.
"""

import gc
from typing import Final

from kivy.clock import Clock

from screens.shell import allocator

#: Seconds without a touch or a new page after which nobody waits.
QUIET_S: Final = 0.7
#: Seconds from there until memory is given back: Kivy frees what was drawn in a later frame.
GIVE_BACK_S: Final = 0.5
#: Pages and layers left behind after which it is done whether or not somebody waits: the bound on what is held. Few
#: would hold up who goes on without reading: measured with 3, a page change of 92 ms took 338.
PAGES_MOST: Final = 8
#: New objects between two collections of the youngest: more than a page is made of.
YOUNG: Final = 50_000
#: Full collections by themselves: as good as never, as long as this is in charge.
SELDOM: Final = 100_000


def _give_back(_seconds: float) -> None:
    allocator.give_back()


class GarbageCollector:
    """In charge between ``start`` and ``stop``. Belongs to Kivy's thread."""

    def __init__(self) -> None:
        self._trigger = Clock.create_trigger(self._collect, QUIET_S)
        self._give_back = Clock.create_trigger(_give_back, GIVE_BACK_S)
        self._thresholds: tuple[int, int, int] | None = None
        self._due = False
        self._pages = 0

    def start(self) -> None:
        """What was built until now is there for good, and is left out of collections from here on."""
        gc.collect()
        gc.freeze()
        self._thresholds = gc.get_threshold()
        gc.set_threshold(YOUNG, self._thresholds[1], SELDOM)

    def stop(self) -> None:
        self._trigger.cancel()
        self._give_back.cancel()
        if self._thresholds is not None:
            gc.set_threshold(*self._thresholds)
            self._thresholds = None
            gc.unfreeze()

    def left(self) -> None:
        """A page was left, or a layer over it: its remains are looked for as soon as nobody waits, at once when there
        are too many."""
        if self._thresholds is None:
            return
        self._due = True
        self._pages += 1
        if self._pages > PAGES_MOST:
            self._collect(0)
        else:
            self.touched()

    def touched(self) -> None:
        """Somebody waits for an answer: not now."""
        if self._due:
            self._trigger.cancel()
            self._trigger()

    def _collect(self, _seconds: float) -> None:
        self._trigger.cancel()
        self._due = False
        self._pages = 0
        gc.collect()
        self._give_back()
