"""Stages bind: who may do what at which, the decision at the deciding one alone, four eyes where the service says so."""

from datetime import timedelta

import pytest

from protocol.messages import CasePublicState as State
from server.cases.rules import Action, allowed
from server.cases.states import CaseFile, CaseOutcome
from server.catalogue.workflow import Workflow
from server.deps import Deps
from server.foundation.actors import Actor
from server.settings import ServerSettings
from server.web.office import inbox_queries
from server.web.office.filters import Filters
from tests.server.case_kit import Office, enrolled_kiosk
from tests.server.conftest import FakeClock

STAGES = [
    {"id": "periksa", "name": {"id": "Diperiksa"}, "working_days": 1, "does": "check"},
    {"id": "putus", "name": {"id": "Menunggu keputusan"}, "working_days": 1, "does": "decide"},
    {"id": "cetak", "name": {"id": "Dicetak"}, "working_days": 2, "does": "make"},
    {"id": "siap", "name": {"id": "Siap diambil"}, "working_days": 0, "does": "hand_out"},
]
BY_SUPERVISORS = [STAGES[0], STAGES[1] | {"by": "supervisors", "four_eyes": True}, *STAGES[2:]]
BY_ANOTHER = [STAGES[0], STAGES[1] | {"four_eyes": True}, *STAGES[2:]]


@pytest.fixture
def settings(sqlite_settings: ServerSettings) -> ServerSettings:
    return sqlite_settings


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


@pytest.fixture
def officer(office: Office) -> Actor:
    return office.officer("kelurahan")


def case(office: Office, stages: list[dict[str, object]] = STAGES) -> str:
    return office.case_of(office.changed_service(stages=stages))


def may(office: Office, actor: Actor, code: str) -> set[Action]:
    file = office.deps.case_files.read(actor, code)
    assert isinstance(file, CaseFile)
    return set(allowed(actor, file.row, Workflow.of(file.description)))


def told(office: Office, code: str) -> list[tuple[State, str]]:
    """What the citizen reads of the steps."""
    state = office.deps.case_files.public_state(code)
    assert state is not None
    return [(step.state, step.stage.get("id", "")) for step in state.steps]


def test_nothing_is_approved_before_the_stage_that_decides(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, case(office)
    cases.take(officer, code)
    assert cases.approve(officer, code).outcome is CaseOutcome.NOT_AT_THIS_STAGE
    assert cases.advance(officer, code).ok
    assert cases.approve(officer, code).ok


def test_nothing_is_ready_before_it_was_decided_and_made(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, case(office)
    cases.take(officer, code)
    cases.advance(officer, code)
    assert cases.advance(officer, code).outcome is CaseOutcome.NO_SUCH_STAGE
    assert cases.ready(officer, code).outcome is CaseOutcome.WRONG_STATE
    cases.approve(officer, code)
    assert (office.row(code).stage, may(office, officer, code) & {Action.READY, Action.ADVANCE}) == (
        "cetak",
        {Action.READY},
    )
    assert cases.ready(officer, code).ok
    assert office.row(code).stage == "siap"


def test_between_two_stages_that_make_nothing_is_ready(office: Office, officer: Actor) -> None:
    cases = office.deps.cases
    code = case(office, [*STAGES[1:3], STAGES[2] | {"id": "jilid"}, STAGES[3]])
    cases.take(officer, code)
    cases.approve(officer, code)
    assert cases.ready(officer, code).outcome is CaseOutcome.NOT_AT_THIS_STAGE
    assert cases.advance(officer, code).ok
    assert cases.ready(officer, code).ok


def test_the_citizen_never_reads_of_a_stage_that_hands_out_while_it_is_checked(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, case(office)
    for act in (cases.take, cases.advance, cases.approve, cases.ready, cases.collected):
        assert act(officer, code).ok
    assert told(office, code) == [
        (State.RECEIVED, "Diperiksa"),
        (State.IN_REVIEW, "Diperiksa"),
        (State.IN_REVIEW, "Menunggu keputusan"),
        (State.APPROVED, ""),
        (State.READY, ""),
        (State.COLLECTED, ""),
    ]


def test_a_case_that_an_older_server_moved_to_the_end_is_still_to_be_decided(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, case(office)
    cases.take(officer, code)
    office.put(code, stage="siap")
    assert {Action.APPROVE, Action.REJECT} <= may(office, officer, code)
    assert ("", "Siap diambil") not in [("", stage) for _, stage in told(office, code)]
    assert cases.approve(officer, code).ok
    assert cases.ready(officer, code).ok


def test_a_stage_of_supervisors_waits_for_one(office: Office, officer: Actor) -> None:
    cases, code, supervisor = office.deps.cases, case(office, BY_SUPERVISORS), office.officer("penyelia")
    cases.take(officer, code)
    assert cases.advance(officer, code).ok
    assert office.row(code).officer_id is None
    assert told(office, code)[-1] == (State.IN_REVIEW, "Menunggu keputusan")
    colleague = office.colleague("kelurahan-2", "kelurahan")
    assert cases.take(officer, code).outcome is CaseOutcome.FOUR_EYES
    assert cases.take(colleague, code).outcome is CaseOutcome.SUPERVISORS_ONLY
    assert cases.assign(supervisor, code, colleague.id).outcome is CaseOutcome.SUPERVISORS_ONLY
    assert cases.take(supervisor, code).ok
    assert cases.approve(supervisor, code).ok
    assert office.row(code).officer_id == supervisor.id


def test_nobody_approves_what_they_brought_there(office: Office, officer: Actor) -> None:
    cases, code, supervisor = office.deps.cases, case(office, BY_ANOTHER), office.officer("penyelia")
    cases.take(supervisor, code)
    cases.advance(supervisor, code)
    assert cases.take(supervisor, code).outcome is CaseOutcome.FOUR_EYES
    assert cases.assign(supervisor, code, supervisor.id).outcome is CaseOutcome.FOUR_EYES
    assert cases.take(officer, code).ok
    assert cases.approve(supervisor, code).outcome is CaseOutcome.FOUR_EYES
    assert cases.approve(officer, code).ok


def test_the_inbox_lists_as_new_what_one_may_take_at_its_stage(
    office: Office, officer: Actor, clock: FakeClock
) -> None:
    cases, code, supervisor = office.deps.cases, case(office, BY_SUPERVISORS), office.officer("penyelia")

    def new(actor: Actor) -> list[str]:
        with office.deps.engine.connect() as connection:
            return [
                row.tracking_code for row in inbox_queries.page(connection, actor, Filters("new"), clock.now()).rows
            ]

    assert (new(officer), new(supervisor)) == ([code], [code])
    cases.take(officer, code)
    cases.advance(officer, code)
    assert (new(officer), new(supervisor)) == ([], [code])


def test_what_was_not_done_well_goes_back_to_the_stage_before(office: Office, officer: Actor) -> None:
    cases, code, supervisor = office.deps.cases, case(office, BY_SUPERVISORS), office.officer("penyelia")
    cases.take(officer, code)
    cases.advance(officer, code)
    cases.take(supervisor, code)
    assert cases.send_back(supervisor, code).ok
    assert (office.row(code).stage, office.row(code).officer_id) == ("periksa", None)
    assert cases.take(officer, code).ok


def test_who_brought_a_case_to_its_stage_may_take_that_back_until_somebody_works_at_it(
    office: Office, officer: Actor
) -> None:
    cases, code, supervisor = office.deps.cases, case(office, BY_SUPERVISORS), office.officer("penyelia")
    # An agency with one supervisor, who did what an officer should have done.
    cases.take(supervisor, code)
    cases.advance(supervisor, code)
    assert may(office, supervisor, code) == {Action.SEND_BACK, Action.ASSIGN}
    assert cases.send_back(officer, code).outcome is CaseOutcome.NOT_TAKEN
    assert cases.send_back(supervisor, code).ok
    cases.take(officer, code)
    cases.advance(officer, code)
    cases.take(supervisor, code)
    assert cases.send_back(officer, code).outcome is CaseOutcome.ALREADY_TAKEN
    assert cases.approve(supervisor, code).ok


def test_who_stands_at_the_counter_hands_out_what_a_supervisor_approved(office: Office, officer: Actor) -> None:
    stages = [BY_SUPERVISORS[0], BY_SUPERVISORS[1], STAGES[3]]
    cases, code, supervisor = office.deps.cases, case(office, stages), office.officer("penyelia")
    cases.take(officer, code)
    cases.advance(officer, code)
    cases.take(supervisor, code)
    cases.approve(supervisor, code)
    assert cases.ready(officer, code).ok
    assert cases.collected(officer, code).ok


def test_given_back_at_a_later_stage_it_stays_in_review(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, case(office)
    cases.take(officer, code)
    cases.advance(officer, code)
    cases.give_back(officer, code)
    assert (office.row(code).officer_id, office.row(code).state) == (None, State.IN_REVIEW)
    cases.take(officer, code)
    cases.approve(officer, code)
    cases.give_back(officer, code)
    assert (office.row(code).officer_id, office.row(code).state) == (None, State.APPROVED)
    assert cases.take(office.officer("penyelia"), code).ok
    assert office.row(code).state == State.APPROVED


def test_sending_a_case_to_and_fro_gains_no_time(office: Office, officer: Actor, clock: FakeClock) -> None:
    cases, code = office.deps.cases, case(office)
    due = office.row(code).due_at
    clock.time = due - timedelta(minutes=1)
    cases.take(officer, code)
    cases.advance(officer, code)
    assert office.row(code).stage_due_at == due
    cases.approve(officer, code)
    assert office.row(code).stage_due_at > due  # what was approved is made in its own time


def test_a_rejection_needs_no_further_stage(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, case(office)
    cases.take(officer, code)
    assert cases.reject(officer, code, "Bukan warga kota").ok
