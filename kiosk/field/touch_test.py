"""The touch test: targets over the whole panel, and where no touch came through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from kiosk.store import Store

#: A target's side, in millimetres: what a fingertip covers without aiming.
TARGET_MM: Final = 28.0
#: Fewer than this are no test of a panel.
LEAST: Final = 3
_MARK: Final = "touch_test"


class Zone(StrEnum):
    """A ninth of the panel, as somebody before it says it."""

    TOP_LEFT = "top_left"
    TOP = "top"
    TOP_RIGHT = "top_right"
    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom_right"


_ZONES: Final = (
    (Zone.BOTTOM_LEFT, Zone.BOTTOM, Zone.BOTTOM_RIGHT),
    (Zone.LEFT, Zone.MIDDLE, Zone.RIGHT),
    (Zone.TOP_LEFT, Zone.TOP, Zone.TOP_RIGHT),
)
#: Column and row, from the lower left.
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TouchVerdict:
    at: datetime
    cells: int
    #: Where no touch came through, and how many targets there.
    dead: tuple[tuple[Zone, int], ...]

    @property
    def good(self) -> bool:
        return not self.dead

    @property
    def missed(self) -> int:
        return sum(number for _, number in self.dead)


class TouchTest:
    """One run over a panel of that size."""

    def __init__(self, width_mm: float, height_mm: float) -> None:
        self.columns = max(LEAST, round(width_mm / TARGET_MM))
        self.rows = max(LEAST, round(height_mm / TARGET_MM))
        self._touched: set[Cell] = set()
        self._last: tuple[float, float] | None = None

    @property
    def cells(self) -> int:
        return self.columns * self.rows

    @property
    def left(self) -> int:
        return self.cells - len(self._touched)

    def was_touched(self, cell: Cell) -> bool:
        return cell in self._touched

    def down(self, x: float, y: float) -> frozenset[Cell]:
        """A finger came down at these parts of width and height, from the lower left; gives the targets it is new on."""
        self._last = (x, y)
        return self._take({self._cell(x, y)})

    def move(self, x: float, y: float) -> frozenset[Cell]:
        """It slid there. What lies between two reports counts: panels report a fast finger seldom."""
        if self._last is None:
            return self.down(x, y)
        (from_x, from_y), self._last = self._last, (x, y)
        steps = max(1, round(2 * max(abs(x - from_x) * self.columns, abs(y - from_y) * self.rows)))
        way = ((from_x + (x - from_x) * n / steps, from_y + (y - from_y) * n / steps) for n in range(steps + 1))
        return self._take({self._cell(*point) for point in way})

    def up(self) -> None:
        self._last = None

    def verdict(self, now: datetime) -> TouchVerdict:
        """What was found so far."""
        missed: dict[Zone, int] = {}
        for row in range(self.rows):
            for column in range(self.columns):
                if (column, row) not in self._touched:
                    zone = _ZONES[3 * row // self.rows][3 * column // self.columns]
                    missed[zone] = missed.get(zone, 0) + 1
        return TouchVerdict(now, self.cells, tuple((zone, missed[zone]) for zone in Zone if zone in missed))

    def _cell(self, x: float, y: float) -> Cell:
        column, row = int(x * self.columns), int(y * self.rows)
        return min(max(column, 0), self.columns - 1), min(max(row, 0), self.rows - 1)

    def _take(self, cells: set[Cell]) -> frozenset[Cell]:
        new = frozenset(cells - self._touched)
        self._touched |= new
        return new


def keep(store: Store, verdict: TouchVerdict) -> None:
    """Raises StorageFailed."""
    dead = [[zone.value, number] for zone, number in verdict.dead]
    store.marks.set(_MARK, {"at": verdict.at.isoformat(), "cells": verdict.cells, "dead": dead})


def kept(store: Store) -> TouchVerdict | None:
    """Of the last test here; None: there was none. Raises StorageFailed."""
    found = store.marks.get(_MARK)
    if not isinstance(found, dict):
        return None
    return TouchVerdict(datetime.fromisoformat(found["at"]), int(found["cells"]), tuple(_zones(found["dead"])))


def _zones(dead: Any) -> Iterable[tuple[Zone, int]]:
    return ((Zone(zone), int(number)) for zone, number in dead)
