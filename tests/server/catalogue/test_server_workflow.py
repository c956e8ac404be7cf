"""What may be done at a service's stages: as its pack says, or as is told from their places."""

import pytest

from protocol.line.base import ServiceKind
from protocol.packs import ServiceDescription, Stage, StageWork
from server.catalogue.workflow import Workflow
from tests.protocol.test_protocol_packs import service

CHECK, DECIDE, MAKE, HAND_OUT = StageWork


def workflow(*stages: tuple[StageWork | None, int], kind: ServiceKind = ServiceKind.SERVICE) -> Workflow:
    """Stages ``a``, ``b``, …: what each does, and its working days."""
    made = tuple(
        Stage(id=chr(ord("a") + place), name={"id": "Tahap"}, working_days=days, does=does)
        for place, (does, days) in enumerate(stages)
    )
    return Workflow.of(service().model_copy(update={"stages": made, "kind": kind}))


def works(one: Workflow) -> list[StageWork | None]:
    return [stage.does for stage in one.stages]


@pytest.mark.parametrize(
    ("days", "meant"),
    [
        ([0], [DECIDE]),
        ([3], [DECIDE]),
        ([1, 0], [DECIDE, HAND_OUT]),
        ([1, 2], [CHECK, DECIDE]),
        ([1, 1, 0], [CHECK, DECIDE, HAND_OUT]),
        ([1, 2, 1, 1, 0], [CHECK, CHECK, CHECK, DECIDE, HAND_OUT]),
    ],
)
def test_stages_that_say_nothing_mean_what_their_place_tells(days: list[int], meant: list[StageWork]) -> None:
    assert works(workflow(*((None, one) for one in days))) == meant


def test_a_complaint_may_be_answered_at_every_stage_but_the_last() -> None:
    stages = [(None, 3), (None, 5), (None, 0)]
    assert works(workflow(*stages, kind=ServiceKind.COMPLAINT)) == [DECIDE, DECIDE, HAND_OUT]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ([DECIDE, None, None], [DECIDE, MAKE, HAND_OUT]),
        ([None, DECIDE, MAKE], [CHECK, DECIDE, MAKE]),
        ([None, None, HAND_OUT], [CHECK, DECIDE, HAND_OUT]),
        ([None, DECIDE, DECIDE], [CHECK, DECIDE, DECIDE]),
    ],
)
def test_what_some_stages_say_tells_the_others(said: list[StageWork | None], meant: list[StageWork]) -> None:
    assert works(workflow(*((one, 0) for one in said))) == meant


def test_before_the_decision_a_case_goes_no_further_than_to_what_decides() -> None:
    one = workflow((CHECK, 1), (DECIDE, 1), (MAKE, 1), (HAND_OUT, 0))
    ways = {stage.id: one.following(stage.id, decided=False) for stage in one.stages}
    assert {id: way.id if way else None for id, way in ways.items()} == {"a": "b", "b": None, "c": None, "d": None}


def test_after_it_a_case_goes_to_what_makes_and_then_is_handed_out() -> None:
    one = workflow((CHECK, 1), (DECIDE, 1), (MAKE, 1), (MAKE, 1), (HAND_OUT, 0))
    assert [way.id if way else None for way in (one.following(id, decided=True) for id in "abcde")] == [
        *("c", "c", "d"),
        *(None, None),
    ]
    assert one.hand_out is not None
    assert one.hand_out.id == "e"


def test_an_undecided_case_is_decided_wherever_an_older_server_put_it() -> None:
    one = workflow((CHECK, 1), (DECIDE, 1), (HAND_OUT, 0))
    assert [one.does(id, decided=False) for id in ("a", "b", "c", "gone")] == [CHECK, DECIDE, DECIDE, DECIDE]
    assert one.does("c", decided=True) is HAND_OUT


@pytest.mark.parametrize(
    ("stages", "problem"),
    [
        ([CHECK, DECIDE, MAKE, HAND_OUT], ""),
        ([DECIDE, CHECK, DECIDE], ""),
        ([CHECK, MAKE], "undecided"),
        ([DECIDE, CHECK], "order"),
        ([DECIDE, HAND_OUT, MAKE], "order"),
        ([DECIDE, HAND_OUT, HAND_OUT], "order"),
        ([MAKE, DECIDE], "order"),
    ],
)
def test_a_workflow_that_cannot_be_gone_through_says_why(stages: list[StageWork], problem: str) -> None:
    assert workflow(*((one, 1) for one in stages)).problem == problem


def test_nobody_came_before_the_first_stage() -> None:
    described: ServiceDescription = service()
    eyes = described.stages[0].model_copy(update={"does": DECIDE, "four_eyes": True})
    assert Workflow.of(described.model_copy(update={"stages": (eyes,)})).problem == "four_eyes"
