"""The table of a session's steps: every action leads somewhere, back leads back, and nothing is sent twice."""

from dataclasses import dataclass
from itertools import product

import pytest

from kiosk.events import Step
from kiosk.session.privacy import Privacy
from kiosk.session.steps import TRANSITIONS, Action, Steps


@dataclass
class FixedFacts:
    complaint: bool
    asks_nik: bool
    costs: bool
    asks_consent: bool
    privacy: Privacy | None
    editing: bool
    has_pages: bool


FLAGS = (False, True)
ALL_FACTS = [FixedFacts(*said) for said in product(FLAGS, FLAGS, FLAGS, FLAGS, (None, *Privacy), FLAGS, FLAGS)]
#: As the citizen meets them.
ORDER = (
    Step.SERVICES, Step.SERVICE, Step.PRIVACY, Step.IDENTIFY, Step.FORM, Step.REVIEW, Step.FEE, Step.CONSENT, Step.SENDING,
    Step.SAVED,
)  # fmt: skip


def at(step: Step, facts: FixedFacts) -> Steps:
    steps = Steps(facts, lambda _step: None)
    steps.put(step)
    return steps


def targets(action: Action, step: Step) -> set[Step | None]:
    return {at(step, facts).target(action) for facts in ALL_FACTS}


def test_an_action_that_is_for_a_step_leads_somewhere_whatever_is_so() -> None:
    for action, step in {(row.action, step) for row in TRANSITIONS for step in row.sources}:
        rows = [row for row in TRANSITIONS if row.action is action and step in row.sources]
        assert any(all(row.when(facts) for facts in ALL_FACTS) for row in rows), (action, step)


def test_no_row_is_hidden_by_those_before_it() -> None:
    def first(action: Action, step: Step, facts: FixedFacts) -> int:
        fits = (
            number
            for number, row in enumerate(TRANSITIONS)
            if row.action is action and step in row.sources and row.when(facts)
        )
        return next(fits, -1)

    used = {first(row.action, step, facts) for row in TRANSITIONS for step in row.sources for facts in ALL_FACTS}
    assert used - {-1} == set(range(len(TRANSITIONS)))


@pytest.mark.parametrize("step", ORDER[1:-2])
def test_back_leads_to_what_came_before(step: Step) -> None:
    editing = {Step.REVIEW} if step is Step.FORM else set()
    for target in targets(Action.BACK, step) - editing:
        assert target is not None and ORDER.index(target) < ORDER.index(step)


@pytest.mark.parametrize("step", [Step.SENDING, Step.SAVED])
def test_what_is_sent_is_not_taken_back(step: Step) -> None:
    assert targets(Action.BACK, step) == {None}


@pytest.mark.parametrize("step", [*ORDER[:5], Step.SENDING, Step.SAVED, Step.CASE, Step.END])
def test_nothing_is_sent_but_from_the_last_steps(step: Step) -> None:
    with pytest.raises(ValueError, match="no way"):
        at(step, ALL_FACTS[0]).target(Action.SEND)


@pytest.mark.parametrize(
    ("costs", "asks_consent", "way"),
    [
        (True, True, [Step.FEE, Step.CONSENT]),
        (True, False, [Step.FEE, Step.FEE]),
        (False, True, [Step.CONSENT, Step.CONSENT]),
        (False, False, [Step.REVIEW, Step.REVIEW]),
    ],
)
def test_fee_and_consent_come_where_the_service_has_them(costs: bool, asks_consent: bool, way: list[Step]) -> None:
    moved: list[Step] = []
    facts = FixedFacts(False, True, costs, asks_consent, None, False, True)
    steps = Steps(facts, moved.append)
    steps.put(Step.REVIEW)
    went = []
    for action in (Action.FINISH_REVIEW, Action.ACCEPT_FEE if costs else Action.FINISH_REVIEW):
        steps.take(action)
        went.append(steps.current)
    assert went == way
    assert moved == [Step.REVIEW, *dict.fromkeys(step for step in way if step is not Step.REVIEW)]
