"""Late cases are raised to the agency's supervisors: once for each due date, in the log, and to be seen."""

import pytest
from sqlalchemy import select

from server.deps import Deps
from server.storage import tables
from tests.server.case_kit import Office, enrolled_kiosk
from tests.server.conftest import FakeClock


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


def due(office: Office, code: str, clock: FakeClock, seconds: float) -> None:
    """Moves the clock to so many seconds after the case's due time."""
    with office.deps.engine.connect() as connection:
        case = select(tables.cases.c.due_at).where(tables.cases.c.tracking_code == code)
        clock.time = connection.execute(case).scalar_one()
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
    assert logged(office, code) == [{"agency": "kelurahan", "to": [office.officer("penyelia").id]}]


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
