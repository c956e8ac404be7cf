"""Paper: what fits across it, and how much of the roll is left."""

from __future__ import annotations

import threading
from dataclasses import dataclass

ROLL_MM = 80_000.0
"""Length of an ordinary 80 mm roll (80 m)."""

NEAR_END_MM = 5_000.0
"""What is left at most when a near-end sensor speaks (Epson's sits 3 to 5 m before the end)."""

LINE_MM = 25.4 / 6
"""Line pitch after ``ESC 2``: a sixth of an inch on every printer, whatever its dots."""

CUT_FEED_MM = 16.0
"""From the print head to the knife: fed, and lost, with every cut."""

FONT_A_DOTS = (12, 24)
"""Width and height of one character of font A in dots."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The printable width of a printer with its paper: dots across, characters of font A, dots a millimetre."""

    width_dots: int
    columns: int
    dots_per_mm: float = 8.0

    def mm(self, dots: float) -> float:
        return dots / self.dots_per_mm


PAPER_58 = Paper(width_dots=384, columns=32)
PAPER_80 = Paper(width_dots=576, columns=48)


class Roll:
    """Counts a roll down in millimetres, and believes the printer's sensors more than the count."""

    def __init__(self, full_mm: float = ROLL_MM, low_mm: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._full = self._left = full_mm
        self._low = low_mm
        self._was_empty = False

    def known(self, *, full_mm: float, low_mm: float, left_mm: float | None = None) -> None:
        """What whoever uses the printer knows: the length of a full roll, from where it counts as low, and what was
        left of it when it was last seen (None: as counted here)."""
        with self._lock:
            self._full, self._low = full_mm, low_mm
            if left_mm is not None:
                self._left = left_mm

    @property
    def left_mm(self) -> float:
        with self._lock:
            return self._left

    @property
    def is_low(self) -> bool:
        """By the count alone."""
        return self.left_mm < self._low

    def used(self, mm: float) -> None:
        with self._lock:
            self._left = max(0.0, self._left - mm)

    def changed(self, length_mm: float) -> None:
        """A roll of this length was put in.

        Raises:
            ValueError: for a length that is not above zero.
        """
        if not length_mm > 0:
            raise ValueError("a roll is longer than nothing")
        with self._lock:
            self._left = length_mm
            self._was_empty = False

    def sensed(self, *, near_end: bool, empty: bool) -> None:
        """Set the count right by what the printer's sensors say.

        Paper that is back after the end, without a word from the staff, is taken for a full roll.
        """
        with self._lock:
            if empty:
                self._left = 0.0
                self._was_empty = True
                return
            if self._was_empty:
                self._left = self._full
                self._was_empty = False
            if near_end:
                self._left = min(self._left, NEAR_END_MM)
