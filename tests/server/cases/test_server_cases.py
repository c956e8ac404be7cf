"""Cases: scope, states, and one transaction for case, history, feed and log."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from protocol.limits import NOTE_CHARACTERS
from protocol.messages import CasePublicState as State
from server.audit import verification as audit_verify
from server.cases.states import CaseFile, CaseOutcome
from server.deps import Deps
from server.foundation.actors import Actor
from server.storage import tables
from tests.server.case_kit import SERVICE, Office, enrolled_kiosk
from tests.server.conftest import FakeClock
from tests.server.kiosk_client import NIK


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


@pytest.fixture
def officer(office: Office) -> Actor:
    return office.officer("kelurahan")


@pytest.fixture
def supervisor(office: Office) -> Actor:
    return office.officer("penyelia")


def test_the_whole_way_of_a_case(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, office.case()
    assert cases.take(officer, code).ok
    assert cases.advance(officer, code).ok
    assert cases.approve(officer, code, "Selamat").ok
    assert cases.ready(officer, code).ok
    assert cases.collected(officer, code).ok
    assert office.events() == ["received", "in_review", "in_review", "approved", "ready", "collected"]
    state = office.deps.case_files.public_state(code)
    assert state is not None
    assert [step.state for step in state.steps][-3:] == [State.APPROVED, State.READY, State.COLLECTED]


def test_each_action_writes_one_step_one_entry_and_one_event(office: Office, officer: Actor) -> None:
    code = office.case()
    office.deps.cases.take(officer, code)
    assert (office.count(code), len(office.events())) == ((2, 2), 2)


def test_a_refused_action_writes_nothing(office: Office, officer: Actor) -> None:
    code = office.case()
    assert office.deps.cases.approve(officer, code).outcome is CaseOutcome.NOT_TAKEN
    assert (office.count(code), len(office.events())) == ((1, 1), 1)


def test_only_one_of_many_takes_a_case(office: Office, officer: Actor, supervisor: Actor) -> None:
    code = office.case()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda who: office.deps.cases.take(who, code).outcome, [officer, supervisor] * 4))
    assert sorted(results) == [CaseOutcome.ALREADY_TAKEN] * 4 + [CaseOutcome.DONE] * 4
    assert office.count(code)[0] == 2


@pytest.mark.parametrize("who", ["kominfo", "admin", "pusat", "lapangan"])
def test_whoever_is_not_of_the_agency_is_out_of_scope(office: Office, who: str) -> None:
    code, stranger = office.case(), office.officer(who)
    cases = office.deps.cases
    outcomes = {
        cases.take(stranger, code).outcome,
        cases.ask(stranger, code, "?").outcome,
        cases.approve(stranger, code).outcome,
        cases.reject(stranger, code, "no").outcome,
        cases.advance(stranger, code).outcome,
        cases.send_back(stranger, code).outcome,
        cases.ready(stranger, code).outcome,
        cases.collected(stranger, code).outcome,
        cases.cancel(stranger, code, "no").outcome,
        cases.give_back(stranger, code).outcome,
        cases.assign(stranger, code, stranger.id).outcome,
        office.deps.case_files.read(stranger, code),
    }
    assert outcomes == {CaseOutcome.OUT_OF_SCOPE}
    assert list(office.deps.case_files.find_by_nik(stranger, NIK)) == []


def test_a_code_that_nobody_has_is_not_found(office: Office, officer: Actor) -> None:
    assert office.deps.cases.take(officer, "000000000000").outcome is CaseOutcome.NOT_FOUND
    assert office.deps.case_files.read(officer, "000000000000") is CaseOutcome.NOT_FOUND
    assert office.deps.case_files.public_state("000000000000") is None


def test_reading_opens_the_content_and_is_logged_with_its_reason(office: Office, officer: Actor) -> None:
    code = office.case()
    file = office.deps.case_files.read(officer, code, "citizen called")
    assert isinstance(file, CaseFile)
    assert "Siti Aminah" in file.content.instance
    with office.deps.engine.connect() as connection:
        entry = connection.execute(select(tables.audit_log).where(tables.audit_log.c.action == "case.read")).one()
    assert (entry.actor, entry.details) == (officer.id, {"reason": "citizen called"})


def test_a_question_stops_the_clock_and_the_answer_starts_it(office: Office, officer: Actor, clock: FakeClock) -> None:
    cases, code = office.deps.cases, office.case()
    cases.take(officer, code)
    before = office.deps.case_files.public_state(code)
    assert cases.ask(officer, code, "Nomor rumah?").ok
    asked = office.deps.case_files.public_state(code)
    clock.pass_time(days=14)
    assert office.take(office.kiosk.answer(code, "Nomor 12", SERVICE).item) == "stored"
    answered = office.deps.case_files.public_state(code)
    assert before and asked and answered and before.due and answered.due
    assert (asked.state, asked.note, asked.due) == (State.QUESTION, "Nomor rumah?", None)
    assert (answered.state, answered.note) == (State.IN_REVIEW, "")
    assert answered.due > before.due + timedelta(days=7)


def test_question_and_answer_stand_in_the_file(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, office.case()
    cases.take(officer, code)
    cases.ask(officer, code, "Nomor rumah?")
    office.take(office.kiosk.answer(code, "Nomor 12", SERVICE).item)
    file = office.deps.case_files.read(officer, code)
    assert isinstance(file, CaseFile)
    assert [(one.direction, one.text) for one in file.messages] == [("ask", "Nomor rumah?"), ("answer", "Nomor 12")]


def test_an_answer_to_no_case_is_rejected(office: Office) -> None:
    item = office.kiosk.answer("00010000000N", "?", SERVICE).item
    assert office.take(item) == "rejected"


def test_an_answer_that_nobody_asked_for_is_kept_and_changes_no_state(office: Office, officer: Actor) -> None:
    code = office.case()
    assert office.take(office.kiosk.answer(code, "Tambahan", SERVICE).item) == "stored"
    file = office.deps.case_files.read(officer, code)
    assert isinstance(file, CaseFile)
    assert (file.state.state, file.messages[0].text) == (State.RECEIVED, "Tambahan")


def test_nothing_is_decided_while_attachments_are_on_their_way(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, office.case(office.kiosk.attachment(b"photo"))
    cases.take(officer, code)
    outcomes = [cases.approve(officer, code).outcome, cases.reject(officer, code, "no").outcome]
    assert outcomes == [CaseOutcome.INCOMPLETE] * 2


def test_a_case_that_was_taken_early_is_in_review_once_complete(office: Office, officer: Actor) -> None:
    attachment = office.kiosk.attachment(b"photo")
    code = office.case(attachment)
    office.deps.cases.take(officer, code)
    store = office.deps.attachments
    store.append(office.kiosk.id, attachment.sha256, 0, len(attachment.sealed), attachment.sealed)
    state = office.deps.case_files.public_state(code)
    assert state is not None
    assert state.state is State.IN_REVIEW


def test_a_rejection_tells_the_citizen_why_and_ends_the_case(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, office.case()
    cases.take(officer, code)
    assert cases.reject(officer, code, "  ").outcome is CaseOutcome.TEXT_MISSING
    assert cases.reject(officer, code, "Foto tidak terbaca").ok
    state = office.deps.case_files.public_state(code)
    assert state is not None
    assert (state.state, state.note, state.due) == (State.REJECTED, "Foto tidak terbaca", None)
    assert cases.approve(officer, code).outcome is CaseOutcome.WRONG_STATE


def test_a_text_for_the_citizen_has_a_limit(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, office.case()
    cases.take(officer, code)
    assert cases.ask(officer, code, "x" * (NOTE_CHARACTERS + 1)).outcome is CaseOutcome.TEXT_TOO_LONG
    assert cases.ask(officer, code, "x" * NOTE_CHARACTERS).ok


def test_the_workflow_has_an_end(office: Office, officer: Actor) -> None:
    cases, code = office.deps.cases, office.case()
    cases.take(officer, code)
    assert cases.advance(officer, code).ok
    assert cases.advance(officer, code).outcome is CaseOutcome.NO_SUCH_STAGE
    assert cases.send_back(officer, code).ok
    assert cases.send_back(officer, code).outcome is CaseOutcome.NO_SUCH_STAGE


def test_a_case_that_was_given_back_is_anybodys(office: Office, officer: Actor, supervisor: Actor) -> None:
    cases, code = office.deps.cases, office.case()
    cases.take(officer, code)
    assert cases.give_back(officer, code).ok
    assert cases.take(supervisor, code).ok


def test_a_supervisor_assigns_to_the_own_agency_only(office: Office, officer: Actor, supervisor: Actor) -> None:
    cases, code = office.deps.cases, office.case()
    stranger = office.officer("kominfo")
    assert cases.assign(officer, code, officer.id).outcome is CaseOutcome.OUT_OF_SCOPE
    assert cases.assign(supervisor, code, stranger.id).outcome is CaseOutcome.NO_SUCH_OFFICER
    assert cases.assign(supervisor, code, officer.id).ok
    assert cases.approve(officer, code).ok


def test_a_colleagues_case_is_not_ones_own_but_a_supervisors(office: Office, officer: Actor, supervisor: Actor) -> None:
    cases, first, second = office.deps.cases, office.case(), office.case()
    cases.take(supervisor, first)
    cases.take(officer, second)
    assert cases.approve(officer, first).outcome is CaseOutcome.ALREADY_TAKEN
    assert cases.approve(supervisor, second).ok


def test_cases_are_found_by_nik_and_the_search_is_logged_without_it(office: Office, officer: Actor) -> None:
    code = office.case()
    assert [row.tracking_code for row in office.deps.case_files.find_by_nik(officer, NIK)] == [code]
    with office.deps.engine.connect() as connection:
        logged = str(connection.execute(select(tables.audit_log.c.details)).all())
    assert NIK not in logged


def test_a_dump_of_the_database_holds_neither_name_nor_nik(office: Office, officer: Actor) -> None:
    code = office.case()
    office.deps.cases.take(officer, code)
    office.deps.cases.ask(officer, code, "Nomor rumah?")
    office.take(office.kiosk.answer(code, "canary-answer", SERVICE).item)
    with office.deps.engine.connect() as connection:
        dump = "".join(str(row) for table in tables.metadata.sorted_tables for row in connection.execute(select(table)))
    assert [word for word in (NIK, "Siti Aminah", "canary-answer") if word in dump] == []


def test_the_log_holds_after_all_that(office: Office, officer: Actor) -> None:
    code = office.case()
    office.deps.cases.take(officer, code)
    with office.deps.engine.connect() as connection:
        assert audit_verify.verify(connection, office.deps.keys.audit_public).holds
