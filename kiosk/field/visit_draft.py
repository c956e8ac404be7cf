"""What somebody notes while they are here, until the visit ends."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from kiosk.store.journal import VisitAction
from protocol.field import visits
from protocol.field.orders import OpenOrder
from protocol.field.visits import CHECKLISTS, USED_MOST, CheckStep, Consumable, VisitKind
from protocol.limits import NOTE_CHARACTERS

#: What was done at the kiosk ticks its step by itself.
_DONE_BY: Final = {"roll_changed": CheckStep.ROLL_CHANGED, "test_slip": CheckStep.TEST_SLIP}


class VisitDraft:
    """Of the one who is signed in. Screens' thread."""

    def __init__(self) -> None:
        self.kind: VisitKind | None = None
        self.note = ""
        #: JPEG for the office, of at most PHOTO_BYTES.
        self.photo: bytes | None = None
        self._checked: dict[CheckStep, None] = {}
        self._used: dict[Consumable, int] = {}
        #: By an order's number, whether it is done.
        self._orders: dict[int, bool] = {}

    @property
    def steps(self) -> tuple[CheckStep, ...]:
        return () if self.kind is None else CHECKLISTS[self.kind]

    def is_checked(self, step: CheckStep) -> bool:
        return step in self._checked

    def tick(self, step: CheckStep) -> None:
        """Done, or not done after all."""
        if step in self._checked:
            del self._checked[step]
        else:
            self._checked[step] = None

    def happened(self, kind: str) -> None:
        """An action of that name was recorded."""
        step = _DONE_BY.get(kind)
        if step is not None:
            self._checked[step] = None

    def used(self, what: Consumable) -> int:
        return self._used.get(what, 0)

    def use(self, what: Consumable, more: int) -> None:
        self._used[what] = min(max(self.used(what) + more, 0), USED_MOST)

    def order_is_done(self, number: int) -> bool:
        return self._orders.get(number, False)

    def toggle_order(self, number: int) -> None:
        self._orders[number] = not self.order_is_done(number)

    def write(self, note: str) -> None:
        self.note = note[:NOTE_CHARACTERS]

    def actions(self, now: datetime, orders: tuple[OpenOrder, ...]) -> tuple[VisitAction, ...]:
        """What goes into the visit: ``orders`` that are open here are named, each as done or as open still."""
        return tuple(VisitAction(kind, now, detail) for kind, detail in self._facts(orders))

    def _facts(self, orders: tuple[OpenOrder, ...]) -> Iterator[tuple[str, str]]:
        if self.kind is not None:
            yield visits.KIND, self.kind
            yield from ((visits.CHECKED, step) for step in self.steps if step in self._checked)
        yield from ((visits.USED, f"{what} {number}") for what, number in self._used.items() if number)
        for order in orders:
            done = self.order_is_done(order.number)
            yield (visits.ORDER_DONE if done else visits.ORDER_OPEN), str(order.number)
