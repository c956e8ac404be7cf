"""One rule for the page that offers, the action that does, the list that finds and the number that is published."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, update

from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState as State
from protocol.packs import StageWork, StageWorkers
from server.cases import rules
from server.cases.rules import Action
from server.cases.states import CaseFile, CaseResult
from server.catalogue.workflow import Workflow
from server.deps import Deps
from server.foundation.actors import Actor, Role
from server.settings import ServerSettings
from server.storage import tables
from server.web.office import complaint_view
from server.web.office.case_pages import ACTS, offered
from tests.server.case_kit import Office, enrolled_kiosk
from tests.server.complaint_kit import complain

#: Of all combinations, every so manieth is tried in the short form.
SAMPLED = 97


@pytest.fixture
def settings(sqlite_settings: ServerSettings) -> ServerSettings:
    return sqlite_settings


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


@dataclass(frozen=True)
class Situation:
    """What decides who may do what: one case, and whoever looks at it."""

    state: State
    actor: Actor
    holder: str | None
    complete: bool
    stage: str
    #: Of the stage: who works at it, and who may not.
    by: StageWorkers
    barred: str | None

    def row(self) -> dict[str, Any]:
        return {
            "state": self.state.value,
            "officer_id": self.holder,
            "complete": self.complete,
            "stage": self.stage,
            "stage_by": self.by.value,
            "barred": self.barred,
            "agency_id": "kelurahan",
            "in_charge_since": None,
        }


def situations(office: Office, file: CaseFile) -> Iterator[Situation]:
    """All roles × agencies × states × holders × stages and who works at them, with and without attachments to come."""
    colleague = office.officer("penyelia").id
    stages = [stage.id for stage in file.description.stages]
    someone = office.officer("kelurahan").id
    for role, own in product([*Role, None], [True, False]):
        actor = Actor(someone, role, file.row.agency_id if own else "kominfo")
        for state, holder, complete, stage in product(State, [None, someone, colleague], [True, False], stages):
            yield Situation(state, actor, holder, complete, stage, StageWorkers.OFFICERS, None)
            yield Situation(state, actor, holder, complete, stage, StageWorkers.SUPERVISORS, None)
            yield Situation(state, actor, holder, complete, stage, StageWorkers.OFFICERS, someone)


def opened(office: Office) -> CaseFile:
    """A case of a service with a stage of each kind."""
    made = [{"id": work.value, "name": {"id": work.value}, "working_days": 1, "does": work.value} for work in StageWork]
    code = office.case_of(office.changed_service(stages=made))
    file = office.deps.case_files.read(office.officer("kelurahan"), code)
    assert isinstance(file, CaseFile)
    return file


def put(office: Office, code: str, values: dict[str, Any]) -> None:
    with office.deps.engine.begin() as connection:
        connection.execute(update(tables.cases).where(tables.cases.c.tracking_code == code).values(**values))


def case(office: Office, code: str) -> Any:
    with office.deps.engine.connect() as connection:
        return connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).one()


def what_the_page_offers(office: Office, file: CaseFile, situation: Situation) -> set[str]:
    seen = replace(file, row=case(office, file.row.tracking_code))
    return {one.name.value for one in offered(situation.actor, seen, "id")}


def what_the_action_does(office: Office, code: str, situation: Situation) -> set[str]:
    """The actions that change the case; each is tried on the situation anew."""
    deps, actor = office.deps, situation.actor
    other = office.officer("penyelia-2").id
    tries: dict[str, Callable[[], CaseResult]] = {
        name: partial(do, deps.cases, actor, code, other if name == Action.ASSIGN else "Karena itu.")
        for name, do in ACTS.items()
    }
    tries |= {
        name: partial(do, deps.complaints, actor, code, "Karena itu.", "kominfo")
        for name, do in complaint_view.ACTS.items()
    }
    done = set()
    for action, do in tries.items():
        steps = case(office, code).steps
        result = do()
        if case(office, code).steps != steps:
            assert result.ok
            done.add(action.value if isinstance(action, Action) else action)
            put(office, code, situation.row())
    return done


def compared(office: Office, every: int) -> list[tuple[set[str], set[str], Situation]]:
    """Offered and done, where they differ, of a permit and of a complaint."""
    office.colleague("penyelia-2", "penyelia")
    return [one for file in (opened(office), complaint(office)) for one in compared_of(office, file, every)]


def complaint(office: Office) -> CaseFile:
    """One that was forwarded to the agency whose officers are tried."""
    code = complain(office)
    put(office, code, {"agency_id": "kelurahan"})
    file = office.deps.case_files.read(office.officer("kelurahan"), code)
    assert isinstance(file, CaseFile)
    return file


def compared_of(office: Office, file: CaseFile, every: int) -> list[tuple[set[str], set[str], Situation]]:
    code = file.row.tracking_code
    all_of_them = list(situations(office, file))
    random.Random(13).shuffle(all_of_them)
    differing = []
    for situation in all_of_them[::every]:
        put(office, code, situation.row())
        page = what_the_page_offers(office, file, situation)
        done = what_the_action_does(office, code, situation)
        if page != done:
            differing.append((page, done, situation))
    return differing


def test_a_page_offers_exactly_what_the_action_does(office: Office) -> None:
    assert compared(office, SAMPLED) == []


@pytest.mark.soak
def test_a_page_offers_exactly_what_the_action_does_in_every_situation(office: Office) -> None:
    assert compared(office, 1) == []


def test_every_action_is_possible_somewhere_and_has_a_button_and_a_text(office: Office) -> None:
    found: set[Action] = set()
    for file in (opened(office), complaint(office)):
        for one in situations(office, file):
            seen = replace(file, row=case_like(one, file))
            found |= {button.name for button in offered(one.actor, seen, "id")}
    assert found == set(Action) == {*ACTS, *complaint_view.ACTS}


def case_like(situation: Situation, file: CaseFile) -> Any:
    return type("Case", (), {**file.row._asdict(), **situation.row()})


def test_who_is_not_of_the_agency_may_do_nothing(office: Office) -> None:
    file = opened(office)
    strangers = [
        one for one in situations(office, file) if one.actor.agency_id != file.row.agency_id or not one.actor.decides
    ]
    workflow = Workflow.of(file.description)
    assert {rules.allowed(one.actor, case_like(one, file), workflow) for one in strangers} == {frozenset()}


def test_undecided_decided_and_cancelled_cases_are_all_there_are() -> None:
    assert set(State) == rules.UNDECIDED | rules.DECIDED | {State.CANCELLED}
    assert not rules.UNDECIDED & rules.DECIDED
    assert rules.UNDECIDED < rules.OPEN and rules.PAUSED < rules.UNDECIDED


def test_a_closed_case_can_only_be_opened_again_and_only_a_complaint() -> None:
    found = {action for action, need in rules.NEEDS.items() if need.states & rules.CLOSED}
    assert found == {Action.REOPEN}
    assert rules.NEEDS[Action.REOPEN].kinds == {ServiceKind.COMPLAINT}


def test_the_list_of_new_cases_is_what_may_be_taken(office: Office) -> None:
    file = opened(office)
    workflow = Workflow.of(file.description)
    for one in situations(office, file):
        case = case_like(one, file)
        listed = rules.in_scope(one.actor, case) and rules.takeable(one.actor).holds(case)
        assert listed == (Action.TAKE in rules.allowed(one.actor, case, workflow)), one
