"""What whoever comes should do next, the gravest first: worked out of what the kiosk knows, never a guess."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from kiosk.field.touch_test import TouchVerdict
from kiosk.machine.line_state import LineCondition
from kiosk.snapshot import Snapshot
from protocol.components import CAMERA, PRINTER, STORAGE, Availability, ComponentState, Condition
from protocol.field.orders import OpenOrder

#: Somebody who is here now brings the next roll rather than somebody who has to come for it.
ROLL_SOON: Final = timedelta(days=2)
#: More are not read; the rest is seen when these are done.
MOST: Final = 6


class Need(StrEnum):
    CLEAR_JAM = "clear_jam"
    CLOSE_COVER = "close_cover"
    CHANGE_ROLL = "change_roll"
    #: Something works no more, or does not answer; ``about`` says which.
    LOOK_AT = "look_at"
    #: The camera sees nothing, or the same for too long.
    SEE_LIGHT = "see_light"
    STORAGE = "storage"
    TOUCH = "touch"
    LINE = "line"
    PARKED = "parked"
    #: A work order of the office; ``about`` is its number.
    ORDER = "order"
    ROLL_SOON = "roll_soon"
    #: Nobody can use the kiosk until it is put back into service.
    IN_SERVICE = "in_service"


@dataclass(frozen=True, slots=True)
class Task:
    need: Need
    about: str = ""


#: Of the printer, what its conditions ask for.
_PRINTER: Final = (
    (frozenset({Condition.MEDIA_JAMMED, Condition.CUTTER_ERROR}), Need.CLEAR_JAM),
    (frozenset({Condition.COVER_OPEN}), Need.CLOSE_COVER),
    (frozenset({Condition.MEDIA_EMPTY}), Need.CHANGE_ROLL),
    (frozenset({Condition.MEDIA_LOW}), Need.ROLL_SOON),
)
_DARK: Final = frozenset({Condition.TOO_DARK, Condition.STALE})
_WORKS: Final = (Availability.READY, Availability.BUSY)
#: The line that only the office can mend is no work here.
_LINE_HERE: Final = frozenset({LineCondition.OFFLINE, LineCondition.UNKNOWN})


def to_do(snapshot: Snapshot, orders: Sequence[OpenOrder], touch: TouchVerdict | None) -> tuple[Task, ...]:
    found = {task: None for task in _found(snapshot, orders, touch)}
    order = list(Need)
    return tuple(sorted(found, key=lambda task: order.index(task.need)))[:MOST]


def _found(snapshot: Snapshot, orders: Sequence[OpenOrder], touch: TouchVerdict | None) -> Iterator[Task]:
    for state in snapshot.components.values():
        yield from _of_component(state)
    early = snapshot.paper.ends_early_at or snapshot.paper.ends_at
    printer = snapshot.components.get(PRINTER)
    empty = printer is not None and Condition.MEDIA_EMPTY in printer.conditions
    if early is not None and early - snapshot.at < ROLL_SOON and not empty:
        yield Task(Need.ROLL_SOON)
    if touch is not None and not touch.good:
        yield Task(Need.TOUCH)
    if snapshot.line.condition in _LINE_HERE:
        yield Task(Need.LINE)
    if snapshot.parked:
        yield Task(Need.PARKED)
    yield from (Task(Need.ORDER, str(order.number)) for order in orders)
    if not snapshot.in_service:
        yield Task(Need.IN_SERVICE)


def _of_component(state: ComponentState) -> Iterator[Task]:
    if state.component == PRINTER:
        for conditions, need in _PRINTER:
            if conditions & state.conditions:
                yield Task(need)
                return
    if state.component == CAMERA and state.conditions & _DARK:
        yield Task(Need.SEE_LIGHT)
        return
    if state.component == STORAGE:
        if state.conditions - {Condition.RECOVERED} or state.availability not in _WORKS:
            yield Task(Need.STORAGE)
    elif state.conditions or state.availability not in _WORKS:
        yield Task(Need.LOOK_AT, state.component)
