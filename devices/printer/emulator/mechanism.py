"""The print head, the paper and the knife: what takes time and what can run out."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image

from devices.printer.emulator.strips import Cut, Item, Mark, Presenter, Strip

DOTS_PER_MM = 8.0

MAX_SLIP_ROWS = 40_000
"""A slip longer than five metres is torn off by its own weight: it ends here."""


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """One piece of paper that came out. ``whole`` is False for one that was torn off without a cut."""

    number: int
    image: Image.Image
    text: str
    length_mm: float
    whole: bool


@dataclass(slots=True)
class Mechanism:
    """Prints items in time.

    ``speed_mm_s`` of infinity prints at once. ``blocked`` says whether something stands in the way now; it is
    asked again for every row budget. ``answer`` is called with the bytes of a mark, ``finished`` with a slip,
    ``present`` with whether the presenter draws it back.
    """

    width_dots: int
    blocked: Callable[[], bool]
    knife_jammed: Callable[[], bool]
    answer: Callable[[bytes], None]
    present: Callable[[bool], None]
    finished: Callable[[PrintedSlip], None]
    speed_mm_s: float = math.inf
    cut_s: float = 0.3
    paper_mm: float = math.inf
    items: deque[Item] = field(default_factory=deque)
    printed_rows: int = 0
    slips: int = 0
    _strips: list[Image.Image] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _rows_on_slip: int = 0
    _done_of_strip: int = 0
    _credit: float = 0.0

    @property
    def idle(self) -> bool:
        return not self.items

    @property
    def rows_waiting(self) -> int:
        """Rows in the print buffer, not yet on paper."""
        return sum(item.rows for item in self.items if isinstance(item, Strip)) - self._done_of_strip

    def run(self, seconds: float) -> None:
        """Let this much time pass: rows go to paper, marks are answered, the knife falls."""
        if not self.items or self.blocked():
            self._credit = 0.0
            return
        self._credit += seconds * self.speed_mm_s * DOTS_PER_MM if seconds else 0.0
        while self.items and not self.blocked():
            if not self._advance(self.items[0]):
                break
        if not self.items:
            self._credit = 0.0

    def clear(self) -> None:
        """Forget what is not on paper yet; what is, stays there."""
        self.items.clear()
        self._done_of_strip = 0
        self._credit = 0.0

    def tear_off(self) -> None:
        """Somebody pulls out what has come so far."""
        if self._texts or any(strip.getextrema() != (255, 255) for strip in self._strips):
            self._finish(whole=False)

    def _advance(self, item: Item) -> bool:
        """True when the item is done."""
        match item:
            case Mark(answer):
                self.items.popleft()
                self.answer(answer)
                return True
            case Presenter(retract):
                self.items.popleft()
                self.present(retract)
                return True
            case Cut():
                return self._cut()
            case Strip():
                return self._print(item)

    def _cut(self) -> bool:
        cost = 0.0 if math.isinf(self.speed_mm_s) else self.cut_s * self.speed_mm_s * DOTS_PER_MM
        if self.knife_jammed() or self._credit < cost:
            return False
        self._credit -= cost
        self.items.popleft()
        self._finish(whole=True)
        return True

    def _print(self, strip: Strip) -> bool:
        left = strip.rows - self._done_of_strip
        affordable = left if math.isinf(self.speed_mm_s) else math.floor(self._credit)
        on_roll = left if math.isinf(self.paper_mm) else math.floor(self.paper_mm * DOTS_PER_MM)
        rows = max(0, min(left, affordable, on_roll))
        if rows:
            self._put_on_paper(strip, rows)
        if rows < left:
            return False
        self.items.popleft()
        self._done_of_strip = 0
        return True

    def _put_on_paper(self, strip: Strip, rows: int) -> None:
        if strip.text is not None and self._done_of_strip == 0:
            self._texts.append(strip.text)
        top = self._done_of_strip
        if strip.image is not None:
            self._strips.append(strip.image.crop((0, top, self.width_dots, top + rows)))
        else:
            self._strips.append(Image.new("L", (self.width_dots, rows), 255))
        self._done_of_strip += rows
        self._rows_on_slip += rows
        self.printed_rows += rows
        self.paper_mm -= rows / DOTS_PER_MM
        if not math.isinf(self.speed_mm_s):
            self._credit -= rows
        if self._rows_on_slip >= MAX_SLIP_ROWS:
            self._finish(whole=False)

    def _finish(self, *, whole: bool) -> None:
        image = Image.new("L", (self.width_dots, max(1, self._rows_on_slip)), 255)
        y = 0
        for strip in self._strips:
            image.paste(strip, (0, y))
            y += strip.height
        self.slips += 1
        text = "\n".join(self._texts).rstrip("\n") + "\n"
        slip = PrintedSlip(self.slips, image, text, self._rows_on_slip / DOTS_PER_MM, whole)
        self._strips, self._texts, self._rows_on_slip = [], [], 0
        self.finished(slip)
