"""What switches step through: what can be chosen in sight, in groups when it is much, and the keyboard by its rows."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final

from screens.access.focus import Box, Stop
from screens.look.focus_mark import seen_box

#: So many are offered one by one; more are offered in groups first.
DIRECT: Final = 8
#: Stops of a group, at most.
GROUP: Final = 6
#: How often a group is gone through before it is left again, when nothing in it is chosen.
ROUNDS: Final = 2

#: One thing that is offered: a stop, or several to step into.
Offer = tuple[Stop, ...]


class Level:
    """Offers, one of which is at hand; none before the first step."""

    def __init__(self, offers: Sequence[Offer], index: int = -1) -> None:
        self.offers = offers
        self.index = index
        self.rounds = 0

    @property
    def offer(self) -> Offer:
        return self.offers[self.index] if 0 <= self.index < len(self.offers) else ()

    def advance(self) -> None:
        self.index += 1
        if self.index >= len(self.offers):
            self.index = 0
            self.rounds += 1


class Scan:
    """``stops`` gives what is in sight now. Holds widgets only until ``forget``."""

    def __init__(self, stops: Callable[[], Iterable[Stop]]) -> None:
        self._stops = stops
        self._levels: list[Level] = []
        self._known: tuple[Stop, ...] = ()

    @property
    def offer(self) -> Offer:
        """What is at hand; empty before the first step."""
        return self._levels[-1].offer if self._levels else ()

    @property
    def rounds(self) -> int:
        """How often everything was offered since something was chosen."""
        return self._levels[0].rounds if self._levels else 0

    @property
    def box(self) -> Box | None:
        """Round all that is at hand, where it is seen."""
        boxes = [seen_box(stop.widget, stop.box) for stop in self.offer if stop.widget.get_root_window() is not None]
        boxes = [box for box in boxes if box[3] - box[1] > 1]
        if not boxes:
            return None
        left, bottom, right, top = zip(*boxes, strict=True)
        return (min(left), min(bottom), max(right), max(top))

    def advance(self) -> None:
        """To the next offer; out of a group that was gone through ROUNDS times."""
        self.refresh()
        level = self._levels[-1]
        level.advance()
        if level.rounds >= ROUNDS and len(self._levels) > 1:
            self._levels.pop()

    def select(self) -> Stop | None:
        """The stop that is chosen; None when it is a group, which is stepped into, or when nothing is at hand."""
        self.refresh()
        offer = self.offer
        if len(offer) > 1:
            self._levels.append(Level(_within(offer), 0))
            return None
        return offer[0] if offer else None

    def chose(self, *, typing: bool) -> None:
        """Something was chosen: from the beginning again, or among the keys while somebody types."""
        self.restart()
        keys = next((number for number, offer in enumerate(self._levels[0].offers) if offer[0].is_key), None)
        if typing and keys is not None:
            self._levels[0].index = keys
            self._levels.append(Level(_within(self._levels[0].offers[keys]), 0))

    def refresh(self) -> None:
        """Where widgets were made anew, as near to where it was as can be."""
        if self._levels and [stop.widget for stop in self._now()] == [stop.widget for stop in self._known]:
            return
        index = self._levels[0].index if self._levels else -1
        self.restart()
        self._levels[0].index = min(index, len(self._levels[0].offers) - 1)

    def restart(self) -> None:
        self._known = self._now()
        self._levels = [Level(_offers(self._known))]

    def forget(self) -> None:
        self._levels, self._known = [], ()

    def _now(self) -> tuple[Stop, ...]:
        return tuple(stop for stop in self._stops() if not stop.text)


def _offers(stops: Sequence[Stop]) -> list[Offer]:
    """The keyboard is one offer, where it stands; the others are grouped strip by strip when they are many."""
    keys = tuple(stop for stop in stops if stop.is_key)
    others = [stop for stop in stops if not stop.is_key]
    if len(others) <= DIRECT:
        offers: list[Offer] = [(stop,) for stop in others]
    else:
        strips = groupby(others, key=lambda stop: id(stop.zone))
        offers = [chunk for _, strip in strips for chunk in _chunks(tuple(strip))]
    return [*offers, keys] if keys else offers


def _within(offer: Offer) -> list[Offer]:
    """What a group is stepped into: rows of keys, smaller groups, or each stop."""
    rows = [tuple(row) for _, row in groupby(offer, key=lambda stop: id(stop.widget.parent))] if offer[0].is_key else []
    if len(rows) > 1:
        return rows
    return _chunks(offer) if len(offer) > DIRECT else [(stop,) for stop in offer]


def _chunks(stops: Offer) -> list[Offer]:
    """Groups of about equal size, GROUP at most."""
    count = -(-len(stops) // GROUP)
    size = -(-len(stops) // count)
    return [stops[start : start + size] for start in range(0, len(stops), size)]
