"""A complaint's own verbs: forwarded to the agency in charge, answered with words that stay, closed, reopened."""

from collections.abc import Iterator
from typing import Final

import pytest

from protocol.limits import NOTE_CHARACTERS
from protocol.messages import CasePublicState as State
from protocol.messages import Contest
from server.app import build_deps, close_deps
from server.cases.complaint_clock import DAYS, LaporClock
from server.cases.rules import Action, allowed
from server.cases.states import CaseFile, CaseOutcome
from server.catalogue.workflow import Workflow
from server.foundation.actors import Actor
from server.storage import tables
from tests.server.case_kit import Office, enrolled_kiosk
from tests.server.complaint_kit import MONDAY, SERVICE, answered, complain, due, logged, row, running, told
from tests.server.conftest import FakeClock, fresh

PERMITS: Final = {Action.APPROVE, Action.READY, Action.COLLECTED, Action.ADVANCE}


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    return FakeClock(MONDAY)


@pytest.fixture(scope="module")
def office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clock: FakeClock
) -> Iterator[Office]:
    """One for the file: each test has complaints of its own."""
    for settings in fresh(request, tmp_path_factory.mktemp("complaints"), "sqlite"):
        deps = build_deps(settings, clock=clock)
        yield Office(deps, enrolled_kiosk(deps))
        close_deps(deps)


@pytest.fixture(scope="module")
def officer(office: Office) -> Actor:
    """Of the agency to which complaints come."""
    return office.officer("kominfo")


@pytest.fixture(scope="module")
def other(office: Office) -> Actor:
    """Of the agency that is in charge."""
    return office.officer("kelurahan")


def offered(office: Office, actor: Actor, code: str) -> frozenset[Action]:
    case = row(office, code)
    service = office.deps.packs.service(case.pack_version, case.service_id)
    assert service is not None
    return allowed(actor, case, Workflow.of(service.description))


# --- forwarding -----------------------------------------------------------------------------------------------------


def test_a_forwarded_complaint_is_the_other_agencys_and_no_longer_ones_own(
    office: Office, officer: Actor, other: Actor, clock: FakeClock
) -> None:
    code, deps = complain(office), office.deps
    assert deps.cases.take(officer, code).ok
    assert deps.complaints.forward(officer, code, "kelurahan", "Lampu di Jalan Mawar").ok
    case = row(office, code)
    assert (case.agency_id, case.officer_id, case.state) == ("kelurahan", None, State.RECEIVED)
    assert deps.case_files.read(officer, code) is CaseOutcome.OUT_OF_SCOPE
    assert offered(office, officer, code) == frozenset()
    assert deps.cases.take(other, code).ok
    assert isinstance(deps.case_files.read(other, code), CaseFile)
    assert logged(office, code, "case.forward") == [{"from": "kominfo", "to": "kelurahan"}]


def test_the_citizen_reads_who_has_it_now(office: Office, officer: Actor) -> None:
    code = complain(office)
    before = told(office, code)
    office.deps.complaints.forward(officer, code, "kelurahan")
    after = told(office, code)
    assert before.agency_name != after.agency_name == after.steps[-1].forwarded_to
    assert after.due == before.due


def test_it_can_be_forwarded_without_having_been_taken_but_not_from_a_colleagues_hands(
    office: Office, officer: Actor
) -> None:
    code = complain(office)
    assert office.deps.cases.take(officer, code).ok
    colleague = Actor("somebody", officer.role, officer.agency_id)
    assert office.deps.complaints.forward(colleague, code, "kelurahan").outcome is CaseOutcome.ALREADY_TAKEN
    assert office.deps.cases.give_back(officer, code).ok
    assert office.deps.complaints.forward(colleague, code, "kelurahan").ok


@pytest.mark.parametrize("agency", ["kominfo", "nowhere", ""])
def test_it_goes_only_to_another_agency_where_somebody_decides(office: Office, officer: Actor, agency: str) -> None:
    code = complain(office)
    assert office.deps.complaints.forward(officer, code, agency).outcome is CaseOutcome.NO_SUCH_AGENCY
    assert office.count(code)[0] == 1


def test_an_agency_without_anybody_gets_none(office: Office, officer: Actor) -> None:
    def there(active: bool) -> None:
        people = tables.officers
        with office.deps.engine.begin() as connection:
            connection.execute(people.update().where(people.c.agency_id == "kelurahan").values(active=active))

    code = complain(office)
    there(active=False)
    refused = office.deps.complaints.forward(officer, code, "kelurahan").outcome
    there(active=True)
    assert refused is CaseOutcome.NO_SUCH_AGENCY


def test_a_wrong_forward_goes_on_or_back_but_never_without_a_reason(
    office: Office, officer: Actor, other: Actor
) -> None:
    code, complaints = complain(office), office.deps.complaints
    assert complaints.forward(officer, code, "kelurahan").ok
    assert complaints.forward(other, code, "kominfo", "  ").outcome is CaseOutcome.TEXT_MISSING
    assert complaints.forward(other, code, "kominfo", "x" * (NOTE_CHARACTERS + 1)).outcome is CaseOutcome.TEXT_TOO_LONG
    assert complaints.forward(other, code, "kominfo", "x" * NOTE_CHARACTERS).ok
    assert row(office, code).agency_id == "kominfo"
    assert [one["to"] for one in logged(office, code, "case.forward")] == ["kelurahan", "kominfo"]
    assert len([step for step in told(office, code).steps if step.forwarded_to]) == 2


def test_the_secrecy_of_a_confidential_one_goes_with_it(office: Office, officer: Actor, other: Actor) -> None:
    code, deps = complain(office, "secret"), office.deps
    deps.cases.take(officer, code)
    assert deps.complaints.forward(officer, code, "kelurahan").ok
    before = deps.case_files.read(other, code)
    assert isinstance(before, CaseFile)
    assert (before.hidden, before.content.identity) == (True, None)
    deps.cases.take(other, code)
    after = deps.case_files.read(other, code)
    assert isinstance(after, CaseFile)
    assert not after.hidden
    supervisor = deps.case_files.read(office.officer("penyelia"), code)
    assert isinstance(supervisor, CaseFile)
    assert supervisor.hidden


def test_what_the_citizen_says_then_reaches_the_agency_in_charge(office: Office, officer: Actor, other: Actor) -> None:
    code, deps = complain(office), office.deps
    deps.complaints.forward(officer, code, "kelurahan")
    deps.cases.take(other, code)
    assert deps.cases.ask(other, code, "Di tiang nomor berapa?").ok
    assert office.take(office.kiosk.answer(code, "Nomor 7", SERVICE).item) == "stored"
    assert (row(office, code).state, row(office, code).officer_id) == (State.IN_REVIEW, other.id)


# --- answering, closing, reopening ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", CaseOutcome.TEXT_MISSING),
        (" \n ", CaseOutcome.TEXT_MISSING),
        ("x" * NOTE_CHARACTERS, CaseOutcome.DONE),
        ("x" * (NOTE_CHARACTERS + 1), CaseOutcome.TEXT_TOO_LONG),
    ],
)
def test_an_answer_says_something_and_not_too_much(
    office: Office, officer: Actor, text: str, outcome: CaseOutcome
) -> None:
    code = complain(office)
    office.deps.cases.take(officer, code)
    assert office.deps.complaints.reply(officer, code, text).outcome is outcome


def test_the_answer_is_still_there_when_the_complaint_is_closed(office: Office, officer: Actor) -> None:
    code = answered(office, officer)
    assert office.deps.complaints.close(officer, code).ok
    state = told(office, code)
    assert (state.state, state.note) == (State.COLLECTED, "Lampu sudah diganti.")
    shown = office.deps.case_files.shown_to_kiosk(office.kiosk.id, code)
    assert shown is not None
    assert [(one.kind, one.text) for one in shown.messages or ()] == [("decision", "Lampu sudah diganti.")]


def test_nothing_is_closed_that_was_not_answered(office: Office, officer: Actor) -> None:
    code = complain(office)
    office.deps.cases.take(officer, code)
    assert office.deps.complaints.close(officer, code).outcome is CaseOutcome.WRONG_STATE


def test_a_further_answer_is_kept_beside_the_first_and_gives_as_long_again(
    office: Office, officer: Actor, clock: FakeClock
) -> None:
    code = answered(office, officer, "Kami periksa besok.")
    clock.pass_time(days=3)
    assert office.deps.complaints.reply(officer, code, "Sudah diganti.").ok
    state = told(office, code)
    assert [step.note for step in state.steps if step.note] == ["Kami periksa besok.", "Sudah diganti."]
    until = due(office, clock.now(), DAYS[LaporClock.CLOSE])
    assert (state.closes, state.contest_until) == (until, until)


def test_an_officer_reopens_what_was_closed_with_a_reason_and_the_answer_stays_in_the_history(
    office: Office, officer: Actor
) -> None:
    code, complaints = answered(office, officer), office.deps.complaints
    complaints.close(officer, code)
    assert complaints.reopen(officer, code, " ").outcome is CaseOutcome.TEXT_MISSING
    assert complaints.reopen(officer, code, "Lampu padam lagi.").ok
    case, state = row(office, code), told(office, code)
    assert (case.state, case.officer_id, case.closed_at) == (State.IN_REVIEW, officer.id, None)
    assert [step.note for step in state.steps if step.note] == ["Lampu sudah diganti.", "Lampu padam lagi."]
    # The citizen's own right is not used up by it.
    assert complaints.reply(officer, code, "Kabel diganti.").ok
    assert told(office, code).contest is Contest.REOPENING


def test_a_colleague_who_reopens_a_confidential_one_does_not_see_who_it_is(office: Office, officer: Actor) -> None:
    code, deps = complain(office, "secret"), office.deps
    deps.cases.take(officer, code)
    deps.complaints.reply(officer, code, "Sudah.")
    colleague = Actor("somebody", officer.role, officer.agency_id)
    assert deps.complaints.reopen(colleague, code, "Belum selesai.").ok
    file = deps.case_files.read(colleague, code)
    assert isinstance(file, CaseFile)
    assert (file.hidden, file.row.officer_id) == (True, None)


def test_a_citizens_reopening_reaches_the_agency_that_answered(
    office: Office, officer: Actor, other: Actor, clock: FakeClock
) -> None:
    code, deps = complain(office), office.deps
    deps.complaints.forward(officer, code, "kelurahan")
    deps.cases.take(other, code)
    deps.complaints.reply(other, code, "Sudah.")
    clock.pass_time(days=1)
    assert office.take(office.kiosk.answer(code, "Belum", SERVICE, "REOPENING").item) == "stored"
    case = row(office, code)
    assert (case.agency_id, case.state, case.stage, case.contest) == (
        "kelurahan",
        "received",
        "tanda-tangan",
        "reopening",
    )
    assert running(office, code) == {LaporClock.ANSWER, LaporClock.FOLLOW_UP}


def test_a_complaint_has_no_verb_of_a_permit_and_a_permit_none_of_a_complaint(office: Office, officer: Actor) -> None:
    code, permit = complain(office), office.case()
    office.deps.cases.take(officer, code)
    office.deps.cases.take(office.officer("kelurahan"), permit)
    own = {Action.FORWARD, Action.FOLLOW_UP, Action.REPLY, Action.CLOSE, Action.REOPEN}
    assert {Action.FORWARD, Action.FOLLOW_UP, Action.REPLY} <= offered(office, officer, code)
    assert not offered(office, officer, code) & PERMITS
    assert not offered(office, office.officer("kelurahan"), permit) & own
    assert office.deps.cases.approve(officer, code, "ya").outcome is CaseOutcome.WRONG_STATE
    assert office.deps.complaints.reply(office.officer("kelurahan"), permit, "ya").outcome is CaseOutcome.WRONG_STATE


# --- what it is about -----------------------------------------------------------------------------------------------


def test_topic_and_kind_are_kept_as_the_forms_choices_and_nothing_else_is(office: Office) -> None:
    def about(topic: str) -> tuple[str, str]:
        head = '<data id="aduan" version="1"><nama>A</nama><jenis>aspirasi</jenis>'
        case = row(office, complain(office, instance=f"{head}<topik>{topic}</topik></data>"))
        return case.classification, case.topic

    assert about("lampu") == ("aspirasi", "lampu")
    assert about("Siti Aminah, Jalan Mawar 3") == ("aspirasi", "")
    assert office.deps.complaint_topics.words(1, "aduan", "en")[1]["lampu"] == "Street lights"
