"""Objections and reopenings: who may, until when, what they do to a case, and that nobody's words are lost."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import Row, select

from protocol.limits import ANSWER_CHARACTERS
from protocol.messages import CasePublicState as State
from protocol.messages import CaseState, Contest
from server.cases.contests import OBJECTION_DAYS, OBJECTION_DECIDED_DAYS, REOPENING_DAYS
from server.cases.lookups import WATCHED
from server.cases.states import CaseOutcome
from server.foundation import feed
from server.foundation.actors import Actor
from server.foundation.clock import load_calendar
from server.storage import tables
from tests.server.case_kit import SERVICE, Office, enrolled_kiosk
from tests.server.cases.test_server_cases import office as office
from tests.server.cases.test_server_cases import officer as officer
from tests.server.cases.test_server_cases import supervisor as supervisor
from tests.server.conftest import FakeClock
from tests.server.kiosk_client import NIK

COMPLAINT: Final = {"id": "aduan", "form_id": "aduan", "form_version": "1", "pack": "1"}


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Any:
    """What is asked here hardly depends on the database: the first test is run on both."""
    return request.getfixturevalue(getattr(request, "param", "sqlite_settings"))


def refused(office: Office, officer: Actor) -> str:
    """The code of a case that was refused."""
    code = office.case()
    assert office.deps.cases.take(officer, code).ok
    assert office.deps.cases.reject(officer, code, "Alamat di luar wilayah").ok
    return code


def say(office: Office, code: str, kind: str, text: str = "Alamat saya di wilayah ini", **inside: object) -> str:
    service = {**SERVICE, "id": row(office, code).service_id}
    return office.take(office.kiosk.answer(code, text, service, kind, **inside).item)


def row(office: Office, code: str) -> Row[Any]:
    with office.deps.engine.connect() as connection:
        return connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).one()


def seen(office: Office, code: str) -> CaseState:
    """By a kiosk that asks for it."""
    state = office.deps.case_files.shown_to_kiosk(office.kiosk.id, code)
    assert state is not None
    return state


def logged(office: Office, code: str) -> list[str]:
    log = tables.audit_log.c
    with office.deps.engine.connect() as connection:
        return list(
            connection.execute(select(log.action).where(log.object == f"case:{code}").order_by(log.seq)).scalars()
        )


def working_days(office: Office, start: datetime, days: int) -> datetime:
    with office.deps.engine.connect() as connection:
        return load_calendar(connection, office.deps.settings.time_zone).due(start, days)


@pytest.mark.parametrize("settings", ["sqlite_settings", "postgresql_settings"], indirect=True)
def test_an_objection_begins_the_case_again_with_a_clock_of_its_own(
    office: Office, officer: Actor, clock: FakeClock
) -> None:
    code = refused(office, officer)
    before, offered = row(office, code), seen(office, code)
    assert (offered.contest, offered.contest_until) == (
        Contest.OBJECTION,
        working_days(office, clock.now(), OBJECTION_DAYS),
    )
    clock.pass_time(days=3)
    assert say(office, code, "OBJECTION") == "stored"
    after = row(office, code)
    due = working_days(office, clock.now(), OBJECTION_DECIDED_DAYS)
    assert (after.state, after.officer_id, after.due_at, after.closed_at) == (State.RECEIVED, None, due, None)
    assert after.first_due_at == before.due_at
    state = seen(office, code)
    assert (state.contested, state.contest, state.due) == (Contest.OBJECTION, None, due)
    assert [step.contest for step in state.steps] == [None, None, None, Contest.OBJECTION]
    assert logged(office, code)[-1] == "case.objection"
    assert office.events()[-1] == "received"


def test_it_is_not_decided_by_whoever_refused(office: Office, officer: Actor, supervisor: Actor) -> None:
    cases, code = office.deps.cases, refused(office, officer)
    say(office, code, "OBJECTION")
    assert cases.take(officer, code).outcome is CaseOutcome.OWN_DECISION
    assert cases.assign(supervisor, code, officer.id).outcome is CaseOutcome.OWN_DECISION
    assert cases.take(supervisor, code).ok
    assert cases.approve(supervisor, code, "Keberatan dikabulkan").ok
    state = seen(office, code)
    assert (state.state, state.contested, state.contest) == (State.APPROVED, None, None)


def test_it_is_possible_once(office: Office, officer: Actor, supervisor: Actor) -> None:
    cases, code = office.deps.cases, refused(office, officer)
    say(office, code, "OBJECTION")
    assert cases.take(supervisor, code).ok
    assert cases.reject(supervisor, code, "Tetap di luar wilayah").ok
    assert seen(office, code).contest is None
    assert say(office, code, "OBJECTION", "Sekali lagi") == "stored"
    assert row(office, code).state == State.REJECTED
    assert logged(office, code)[-2:] == ["case.objection_without_effect", "case.objection"]
    assert [one.text for one in seen(office, code).messages or ()][-1] == "Sekali lagi"


@pytest.mark.parametrize(("late", "state"), [(0, State.RECEIVED), (1, State.REJECTED)])
def test_the_last_second_counts_by_when_it_was_said(
    office: Office, officer: Actor, clock: FakeClock, late: int, state: State
) -> None:
    code = refused(office, officer)
    until = seen(office, code).contest_until
    assert until is not None
    clock.pass_time(days=90)
    said = until + timedelta(seconds=late)
    assert say(office, code, "OBJECTION", made_at=said.isoformat()) == "stored"
    assert row(office, code).state == state
    assert "Alamat saya di wilayah ini" in [one.text for one in seen(office, code).messages or ()]


def test_a_clock_that_runs_behind_gives_no_more_time_than_the_server_has(
    office: Office, officer: Actor, clock: FakeClock
) -> None:
    """A time in the future is no later than now."""
    code = refused(office, officer)
    said = clock.now() + timedelta(days=400)
    assert say(office, code, "OBJECTION", made_at=said.isoformat()) == "stored"
    assert row(office, code).state == State.RECEIVED


def test_what_is_written_to_a_refused_case_moves_no_deadline(office: Office, officer: Actor, clock: FakeClock) -> None:
    code = refused(office, officer)
    until = seen(office, code).contest_until
    clock.pass_time(days=5)
    assert say(office, code, "ANSWER", "Ada yang kurang") == "stored"
    assert seen(office, code).contest_until == until


def test_a_closed_case_is_opened_again(office: Office, officer: Actor, clock: FakeClock) -> None:
    cases, code = office.deps.cases, office.case()
    for done in (cases.take(officer, code), cases.approve(officer, code), cases.ready(officer, code)):
        assert done.ok
    assert seen(office, code).contest is None
    assert cases.collected(officer, code).ok
    offered = seen(office, code)
    assert offered.contest is Contest.REOPENING
    assert offered.contest_until == working_days(office, clock.now(), REOPENING_DAYS)
    assert say(office, code, "REOPENING", "Nama pada surat salah") == "stored"
    assert (row(office, code).state, row(office, code).contest) == (State.RECEIVED, "reopening")
    # What was wrong is put right by whoever did it.
    assert cases.take(officer, code).ok
    assert logged(office, code)[-2:] == ["case.reopening", "case.take"]


def test_a_complaint_that_was_answered_is_opened_again(office: Office) -> None:
    cases, officer = office.deps.cases, office.officer("kominfo")
    envelope = office.kiosk.envelope(COMPLAINT, inside={"privacy": "secret"})
    assert office.take(envelope.item) == "stored"
    code = envelope.code
    assert cases.take(officer, code).ok
    assert office.deps.complaints.reply(officer, code, "Lampu sudah diganti").ok
    assert seen(office, code).contest is Contest.REOPENING
    assert say(office, code, "REOPENING", "Masih mati, hubungi saya") == "stored"
    told = seen(office, code).messages or ()
    assert [(one.kind, one.text, one.withheld) for one in told] == [
        ("decision", "Lampu sudah diganti", False),
        ("reopening", "", True),
    ]
    file = office.deps.case_files.read(office.officer("kominfo"), code)
    assert not isinstance(file, CaseOutcome)
    assert [message.withheld for message in file.messages] == [True]


@pytest.mark.parametrize("kind", ["OBJECTION", "REOPENING"])
def test_where_there_is_nothing_to_contest_it_is_kept_as_a_message(office: Office, officer: Actor, kind: str) -> None:
    code = office.case()
    assert office.deps.cases.take(officer, code).ok
    assert say(office, code, kind, "Mengapa lama?") == "stored"
    case = row(office, code)
    assert (case.state, case.officer_id, case.contest) == (State.IN_REVIEW, officer.id, "")
    assert [(one.kind, one.text) for one in seen(office, code).messages or ()] == [(kind.lower(), "Mengapa lama?")]


@pytest.mark.parametrize(
    ("text", "status"),
    [("", "rejected"), ("a" * ANSWER_CHARACTERS, "stored"), ("a" * (ANSWER_CHARACTERS + 1), "rejected")],
)
def test_it_says_something_and_not_too_much(office: Office, officer: Actor, text: str, status: str) -> None:
    assert say(office, refused(office, officer), "OBJECTION", text) == status


def test_whoever_asks_for_a_case_is_told_all_that_was_written(office: Office, officer: Actor, clock: FakeClock) -> None:
    cases, code = office.deps.cases, office.case()
    assert cases.take(officer, code).ok
    assert cases.ask(officer, code, "Berapa NIK Anda?").ok
    say(office, code, "ANSWER", f"NIK saya {NIK}")
    clock.pass_time(seconds=1)
    assert cases.reject(officer, code, "Tidak dapat").ok
    told = seen(office, code).messages or ()
    assert [one.kind for one in told] == ["ask", "answer", "decision"]
    assert NIK not in told[1].text
    assert told[1].text.startswith("NIK saya ")
    public = office.deps.case_files.public_state(code)
    assert public is not None
    assert public.messages is None


def test_a_kiosk_at_which_somebody_looks_at_the_case_hears_of_it(
    office: Office, officer: Actor, clock: FakeClock
) -> None:
    code, other = office.case(), enrolled_kiosk(office.deps, "Lain")

    def heard() -> list[str]:
        with office.deps.engine.connect() as connection:
            page = feed.page(connection, other.id, 0)
        return [event.data["state"] for event in page.events if event.type == "case"]

    assert office.deps.cases.take(officer, code).ok
    assert heard() == []
    assert office.deps.case_files.shown_to_kiosk(other.id, code) is not None
    clock.time += WATCHED
    assert office.deps.cases.ask(officer, code, "Nama jalan?").ok
    assert heard() == ["question"]
    clock.pass_time(seconds=1)
    assert office.deps.cases.cancel(officer, code, "Diminta warga").ok
    assert heard() == ["question"]
