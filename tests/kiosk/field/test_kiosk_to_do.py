"""What to do next, out of what the kiosk knows: the gravest first, each thing once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.field.to_do import MOST, ROLL_SOON, Need, Task, to_do
from kiosk.field.touch_test import TouchVerdict, Zone
from kiosk.machine.line_state import LineCondition, LineState
from kiosk.machine.supplies import Paper
from kiosk.ports import Availability
from kiosk.snapshot import Snapshot
from protocol.components import ComponentState, Condition
from protocol.field.orders import OpenOrder
from tests.kiosk.kiosk_kit import BEGIN, Bench, bench


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = bench(tmp_path_factory.mktemp("kiosk"))
    yield made
    made.close()


def well(at: Bench, *states: ComponentState, **changes: object) -> Snapshot:
    """A kiosk with a line and nothing wrong, but for ``states`` and ``changes``."""
    snapshot = at.kiosk.snapshot()
    components = {
        name: replace(one, availability=Availability.READY, conditions=frozenset())
        for name, one in snapshot.components.items()
    } | {state.component: state for state in states}
    line = LineState(LineCondition.ONLINE, BEGIN)
    return replace(snapshot, **({"components": components, "line": line, "at": BEGIN} | changes))


def state(component: str, *conditions: Condition, availability: Availability = Availability.READY) -> ComponentState:
    return ComponentState(component, availability, BEGIN, frozenset(conditions))


def test_where_all_is_well_there_is_nothing_to_do(at: Bench) -> None:
    assert to_do(well(at), (), TouchVerdict(BEGIN, 170, ())) == ()
    # A panel that was never tested is no task: nobody knows of a fault.
    assert to_do(well(at), (), None) == ()


@pytest.mark.parametrize(
    ("component", "condition", "need"),
    [
        ("printer", Condition.MEDIA_JAMMED, Task(Need.CLEAR_JAM)),
        ("printer", Condition.CUTTER_ERROR, Task(Need.CLEAR_JAM)),
        ("printer", Condition.COVER_OPEN, Task(Need.CLOSE_COVER)),
        ("printer", Condition.MEDIA_EMPTY, Task(Need.CHANGE_ROLL)),
        ("printer", Condition.MEDIA_LOW, Task(Need.ROLL_SOON)),
        ("printer", Condition.NOT_REACHABLE, Task(Need.LOOK_AT, "printer")),
        ("scanner", Condition.DISCONNECTED, Task(Need.LOOK_AT, "scanner")),
        ("camera", Condition.TOO_DARK, Task(Need.SEE_LIGHT)),
        ("camera", Condition.DISCONNECTED, Task(Need.LOOK_AT, "camera")),
        ("storage", Condition.FULL, Task(Need.STORAGE)),
    ],
)
def test_each_condition_asks_for_what_mends_it(at: Bench, component: str, condition: Condition, need: Task) -> None:
    assert to_do(well(at, state(component, condition)), (), None) == (need,)


def test_data_that_were_recovered_ask_for_nothing_here(at: Bench) -> None:
    assert to_do(well(at, state("storage", Condition.RECOVERED)), (), None) == ()


@pytest.mark.parametrize(("left", "tasks"), [(ROLL_SOON - timedelta(hours=1), 1), (ROLL_SOON, 0)])
def test_a_roll_that_ends_soon_by_the_kiosks_own_days_is_a_task(at: Bench, left: timedelta, tasks: int) -> None:
    paper = Paper(9_000, 80_000, 50, BEGIN, BEGIN + timedelta(days=9), BEGIN + left)
    assert len(to_do(well(at, paper=paper), (), None)) == tasks


def test_the_gravest_comes_first_and_not_more_than_are_read(at: Bench) -> None:
    snapshot = well(
        at,
        state("camera", availability=Availability.UNAVAILABLE),
        state("printer", Condition.MEDIA_JAMMED),
        line=LineState(LineCondition.OFFLINE, BEGIN),
        parked=2,
        in_service=False,
    )
    dead = TouchVerdict(BEGIN, 170, ((Zone.TOP, 3),))
    orders = tuple(OpenOrder(number=number, task="x") for number in range(1, 9))
    found = to_do(snapshot, orders, dead)
    assert [task.need for task in found[:5]] == [Need.CLEAR_JAM, Need.LOOK_AT, Need.TOUCH, Need.LINE, Need.PARKED]
    assert len(found) == MOST
    few = to_do(snapshot, orders[:0], None)
    assert few[-1] == Task(Need.IN_SERVICE)


def test_a_line_that_only_the_office_can_mend_is_no_work_here(at: Bench) -> None:
    assert to_do(well(at, line=LineState(LineCondition.REVOKED, BEGIN)), (), None) == ()
