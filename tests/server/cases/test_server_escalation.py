"""Late cases are raised to the agency's supervisors: once for each due date, in the log, and to be seen."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.cases.states import CaseOutcome
from server.deps import Deps
from server.foundation.actors import OPERATOR
from server.people.agency_heads import HeadOutcome
from server.people.officers import OfficerOutcome
from server.storage import tables
from tests.server.case_kit import Office, enrolled_kiosk
from tests.server.conftest import FakeClock


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


def due(office: Office, code: str, clock: FakeClock, seconds: float) -> None:
    """Moves the clock to so many seconds after the case's due time; its stage has longer."""
    clock.time = office.row(code).due_at
    office.put(code, stage_due_at=clock.time + timedelta(days=30))
    clock.pass_time(seconds=seconds)


def stage_due(office: Office, code: str, clock: FakeClock, seconds: float) -> None:
    clock.time = office.row(code).stage_due_at
    clock.pass_time(seconds=seconds)


def logged(office: Office, code: str) -> list[dict[str, object]]:
    log = tables.audit_log.c
    with office.deps.engine.connect() as connection:
        return list(
            connection.execute(
                select(log.details).where(log.object == f"case:{code}", log.action == "case.escalate")
            ).scalars()
        )


def test_at_its_due_time_a_case_is_not_late_and_a_moment_later_it_is(office: Office, clock: FakeClock) -> None:
    code = office.case()
    due(office, code, clock, 0)
    at_the_limit = office.deps.escalation.escalate_late()
    clock.pass_time(seconds=0.001)
    assert (at_the_limit, office.deps.escalation.escalate_late()) == (0, 1)


def test_a_late_case_is_raised_once_to_its_agencys_supervisors(office: Office, clock: FakeClock) -> None:
    code = office.case()
    due(office, code, clock, 1)
    assert [office.deps.escalation.escalate_late() for _ in range(2)] == [1, 0]
    to = [office.officer("penyelia").id]
    assert logged(office, code) == [{"agency": "kelurahan", "rung": "supervisors", "to": to}]


def test_a_stage_that_takes_too_long_is_raised_as_a_late_case_is(office: Office, clock: FakeClock) -> None:
    code = office.case()
    stage_due(office, code, clock, 0)
    at_the_limit = office.deps.escalation.escalate_late()
    clock.pass_time(seconds=0.001)
    assert (at_the_limit, office.deps.escalation.escalate_late(), office.deps.escalation.escalate_late()) == (0, 1, 0)
    assert clock.time < office.row(code).due_at


def test_each_stage_is_raised_anew(office: Office, clock: FakeClock) -> None:
    code, officer = office.case(), office.officer("kelurahan")
    stage_due(office, code, clock, 1)
    assert office.deps.escalation.escalate_late() == 1
    office.deps.cases.take(officer, code)
    office.deps.cases.advance(officer, code)
    assert office.deps.escalation.escalate_late() == 0
    office.put(code, due_at=clock.time + timedelta(days=60))
    stage_due(office, code, clock, 1)
    assert office.deps.escalation.escalate_late() == 1


def test_a_late_stage_leaves_as_it_was_since_when_the_case_is_raised(office: Office, clock: FakeClock) -> None:
    code = office.case()
    due(office, code, clock, 1)
    assert office.deps.escalation.escalate_late() == 1
    first = office.row(code).escalated_at
    stage_due(office, code, clock, 1)
    assert office.deps.escalation.escalate_late() == 1
    assert (office.row(code).escalated_at, office.row(code).stage_escalated_at) == (first, clock.time)


def test_what_was_approved_is_raised_when_it_is_not_ready_in_time(office: Office, clock: FakeClock) -> None:
    stages = [{"id": "putus", "name": {"id": "Putus"}, "working_days": 3, "does": "decide"}]
    stages += [{"id": "siap", "name": {"id": "Siap"}, "working_days": 1, "does": "hand_out"}]
    code, officer = office.case_of(office.changed_service(stages=stages)), office.officer("kelurahan")
    office.deps.cases.take(officer, code)
    office.deps.cases.approve(officer, code)
    stage_due(office, code, clock, 1)
    assert office.deps.escalation.escalate_late() == 1
    office.deps.cases.ready(officer, code)
    clock.pass_time(days=90)
    assert office.deps.escalation.escalate_late() == 0


def test_an_agency_without_a_supervisor_is_raised_to_its_head_and_without_one_to_the_city(
    office: Office, clock: FakeClock
) -> None:
    supervisor, officer, admin = (office.officer(one) for one in ("penyelia", "kelurahan", "admin"))
    stranger = office.officer("kominfo")
    deps, codes = office.deps, [office.case() for _ in range(2)]
    assert deps.officers.set_active(OPERATOR, supervisor.id, False) is OfficerOutcome.DONE
    assert deps.agency_heads.appoint(OPERATOR, "kelurahan", stranger.id) is HeadOutcome.NO_SUCH_OFFICER
    assert deps.agency_heads.appoint(OPERATOR, "nowhere", "") is HeadOutcome.NO_SUCH_AGENCY
    assert deps.agency_heads.appoint(OPERATOR, "kelurahan", officer.id) is HeadOutcome.DONE
    office.put(codes[1], due_at=None, stage_due_at=None)
    due(office, codes[0], clock, 1)
    deps.escalation.escalate_late()
    assert deps.agency_heads.appoint(OPERATOR, "kelurahan", "") is HeadOutcome.DONE
    office.put(codes[1], due_at=clock.time)
    clock.pass_time(seconds=1)
    deps.escalation.escalate_late()
    assert [logged(office, code)[0]["to"] for code in codes] == [[officer.id], [admin.id]]
    assert [logged(office, code)[0]["rung"] for code in codes] == ["head", "city"]
    # Being told of it opens nothing.
    assert deps.case_files.read(admin, codes[1]) is CaseOutcome.OUT_OF_SCOPE


def test_a_decided_case_is_not_raised(office: Office, clock: FakeClock) -> None:
    code, officer = office.case(), office.officer("kelurahan")
    assert office.deps.cases.take(officer, code).ok
    assert office.deps.cases.reject(officer, code, "Bukan warga kota").ok
    due(office, code, clock, 1)
    assert office.deps.escalation.escalate_late() == 0


def test_a_case_that_waits_for_its_citizen_is_not_raised(office: Office, clock: FakeClock) -> None:
    code, officer = office.case(), office.officer("kelurahan")
    assert office.deps.cases.take(officer, code).ok
    assert office.deps.cases.ask(officer, code, "Nama lengkap?").ok
    due(office, code, clock, 1)
    assert office.deps.escalation.escalate_late() == 0


def test_after_an_answer_the_new_due_time_counts(office: Office, clock: FakeClock) -> None:
    code, officer = office.case(), office.officer("kelurahan")
    assert office.deps.cases.take(officer, code).ok
    due(office, code, clock, 1)
    assert office.deps.escalation.escalate_late() == 1
    assert office.deps.cases.ask(officer, code, "Nama lengkap?").ok
    clock.pass_time(days=7)
    answer = office.kiosk.answer(code, "Siti", {"id": "surat", "form_id": "surat", "form_version": "1", "pack": "1"})
    assert office.take(answer.item) == "stored"
    due(office, code, clock, 1)
    assert (office.deps.escalation.escalate_late(), len(logged(office, code))) == (1, 2)


def test_the_citizen_sees_nothing_of_it(office: Office, clock: FakeClock) -> None:
    code = office.case()
    due(office, code, clock, 1)
    before = office.events()
    office.deps.escalation.escalate_late()
    assert office.events() == before
