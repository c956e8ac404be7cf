"""Which program to start, and whether a new one is good. Nothing here starts anything: see ``launcher.launch``."""

from dataclasses import replace
from enum import StrEnum
from typing import Final

from launcher.slots import BAD, GOOD, INSTALLED, SLOTS, TRYING, Alive, Order, Slots, State

#: A new program is started so often before it counts as one that does not come up; a power cut takes one of them.
STARTS: Final = 3
#: Seconds until its screen has to answer, and for how long it may be silent then.
COMES_UP_S: Final = 120.0
HANGS_S: Final = 60.0
#: It is good after so many seconds without a trouble that was not there before …
SETTLES_S: Final = 300.0
#: … and worse when that has not come about by then.
JUDGED_S: Final = 1800.0


class Verdict(StrEnum):
    GOOD = "good"
    #: It does not come up, or hangs: start it again, while it has starts left.
    LOST = "lost"
    WORSE = "worse"


class Choice:
    def __init__(self, slots: Slots) -> None:
        self._slots = slots

    def next(self, *, careful: bool = False) -> str:
        """The slot to start now, empty for the installed program; what was decided is durable before.

        ``careful``: the program ended badly, so each byte of it is compared first.
        """
        state = self._ordered()
        if state.phase == TRYING and state.starts >= STARTS:
            state = self.bad("does not come up")
        if state.phase == TRYING:
            state = replace(state, starts=state.starts + 1)
            self._slots.keep(state)
            self._slots.switch(state.slot)
            return state.slot
        if state.phase == BAD and self._slots.current() == state.slot:
            # The power went before the link was turned back.
            self._slots.switch(state.back_to)
        return self._usable(careful)

    def _ordered(self) -> State:
        state, order = self._slots.state(), self._slots.order()
        if order == Order():
            return state
        if order.slot == INSTALLED:
            state = State(GOOD)
            self._slots.keep(state)
            self._slots.switch("")
        known = (state.phase in (TRYING, BAD) and order.number == state.number) or order.slot not in SLOTS
        if not known and self._slots.number(order.slot) == order.number and self._slots.whole(order.slot):
            back_to = self._slots.current()
            state = State(TRYING, order.number, order.slot, back_to, troubles=order.troubles)
            self._slots.keep(state)
        # An order whose slot is damaged is forgotten: the program sees that and fetches what is missing.
        self._slots.order_done()
        return state

    def _usable(self, careful: bool) -> str:
        current = self._slots.current()
        if not current or (self._slots.number(current) and not (careful and not self._slots.whole(current))):
            return current
        other = next((slot for slot in SLOTS if slot != current and self._may_stand_in(slot)), "")
        self._slots.switch(other)
        return other

    def _may_stand_in(self, slot: str) -> bool:
        state = self._slots.state()
        bad = state.phase == BAD and state.number == self._slots.number(slot)
        return not bad and self._slots.whole(slot)

    def good(self) -> None:
        self._slots.keep(replace(self._slots.state(), phase=GOOD))

    def bad(self, reason: str) -> State:
        """Goes back, and never tries this release again."""
        state = replace(self._slots.state(), phase=BAD, reason=reason[:200])
        self._slots.keep(state)
        self._slots.switch(state.back_to)
        return state


class Trial:
    """Of one start. Times are seconds of any steady clock."""

    def __init__(self, launch: str, before: tuple[str, ...], now: float) -> None:
        self._launch = launch
        self._before = frozenset(before)
        self._began = now
        self._up: float | None = None
        self._fresh = now
        self._tick: int | None = None
        #: What is in trouble now and was not before.
        self.worse: frozenset[str] = frozenset()

    def look(self, alive: Alive, now: float) -> Verdict | None:
        """None: it is too early to say."""
        if alive.launch == self._launch and alive.tick != self._tick:
            self._tick, self._fresh = alive.tick, now
            self._up = now if self._up is None else self._up
            self.worse = frozenset(alive.troubles) - self._before
        if self._up is None:
            return Verdict.LOST if now - self._began > COMES_UP_S else None
        if now - self._fresh > HANGS_S:
            return Verdict.LOST
        if now - self._up >= SETTLES_S and not self.worse:
            return Verdict.GOOD
        return Verdict.WORSE if now - self._up > JUDGED_S else None
