"""Quotas: a kiosk or a citizen that floods is slowed and reported, loses nothing, and is never shut out for good."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import requests
from sqlalchemy import func, select

from protocol.limits import BATCH_ITEMS
from protocol.reports import RATINGS_AT_ONCE
from protocol.tracking import mint
from server.app import build_deps, close_deps
from server.cases.lookups import ANSWERS_A_QUESTION, REMEMBERED, forget
from server.deps import Deps
from server.fleet.alarms import OVER_QUOTA_FOR, AlarmKind
from server.fleet.quotas import Allowance, Quota, QuotaSettings
from server.settings import ServerSettings
from server.storage import tables
from server.storage.citizen_tables import ratings
from server.submissions.intake import OverQuota, Sender
from tests.server.case_kit import SERVICE, Office, enrolled_kiosk
from tests.server.conftest import FakeClock
from tests.server.kiosk_client import TestKiosk
from tests.server.open_city.test_server_ratings import rating
from tests.server.running import RunningServer, running


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


def sender(kiosk: TestKiosk) -> Sender:
    assert kiosk.enrolment is not None
    return Sender(kiosk.id, kiosk.enrolment.kiosk_part)


def junk(number: int) -> list[dict[str, Any]]:
    return [{"id": str(uuid.uuid4()), "sha256": "0" * 64} for _ in range(number)]


def alarms(deps: Deps, kiosk: TestKiosk) -> dict[str, str]:
    view = deps.presence.kiosk(kiosk.id)
    assert view is not None
    return {alarm.kind: alarm.detail for alarm in view.alarms}


def another_nik(number: int) -> dict[str, Any]:
    return {"identity": {"nik": f"{3578014107900000 + number}", "how": "typed"}}


@contextmanager
def _deps(settings: ServerSettings, clock: FakeClock, **quotas: Allowance) -> Iterator[Deps]:
    """With other quotas."""
    built = build_deps(settings.model_copy(update={"quotas": QuotaSettings(**quotas)}), clock=clock)
    yield built
    close_deps(built)


# --- the bucket ----------------------------------------------------------------------------------------------------


def test_so_many_at_once_then_as_many_as_come_back(deps: Deps, clock: FakeClock, office: Office) -> None:
    allowed = deps.settings.quotas.help_calls
    spent = [deps.quotas.spend(office.kiosk.id, Quota.HELP_CALLS) for _ in range(allowed.burst + 1)]
    assert spent[:-1] == [0] * allowed.burst
    each = 3600 / allowed.an_hour
    assert spent[-1] == each
    clock.pass_time(seconds=each - 1)
    assert deps.quotas.spend(office.kiosk.id, Quota.HELP_CALLS) == 1
    clock.pass_time(seconds=1)
    assert [deps.quotas.spend(office.kiosk.id, Quota.HELP_CALLS) for _ in range(2)] == [0, each]


def test_what_was_refused_costs_nothing(deps: Deps, clock: FakeClock, office: Office) -> None:
    allowed = deps.settings.quotas.ratings
    assert deps.quotas.spend(office.kiosk.id, Quota.RATINGS, allowed.burst) == 0
    for _ in range(20):
        assert deps.quotas.spend(office.kiosk.id, Quota.RATINGS, RATINGS_AT_ONCE) > 0
    clock.pass_time(hours=RATINGS_AT_ONCE / allowed.an_hour)
    assert deps.quotas.spend(office.kiosk.id, Quota.RATINGS, RATINGS_AT_ONCE) == 0


def test_more_than_ever_fits_goes_when_the_bucket_is_full(deps: Deps, clock: FakeClock, office: Office) -> None:
    burst = deps.settings.quotas.help_calls.burst
    assert deps.quotas.spend(office.kiosk.id, Quota.HELP_CALLS, burst + 5) == 0
    assert deps.quotas.spend(office.kiosk.id, Quota.HELP_CALLS) > 3600 / deps.settings.quotas.help_calls.an_hour


def test_a_servers_clock_that_is_put_back_shuts_nobody_out(deps: Deps, clock: FakeClock, office: Office) -> None:
    clock.pass_time(days=1)
    deps.quotas.spend(office.kiosk.id, Quota.HELP_CALLS)
    clock.pass_time(days=-1)
    assert deps.quotas.spend(office.kiosk.id, Quota.HELP_CALLS) == 0


def test_quotas_and_kiosks_do_not_touch_each_other_and_full_buckets_are_forgotten(
    deps: Deps, clock: FakeClock, office: Office
) -> None:
    other = enrolled_kiosk(deps, "Kios Lain")
    assert deps.quotas.spend(office.kiosk.id, Quota.HELP_CALLS, 10) == 0
    assert deps.quotas.spend(office.kiosk.id, Quota.HELP_CALLS) > 0
    assert deps.quotas.spend(other.id, Quota.HELP_CALLS) == 0
    assert deps.quotas.spend(office.kiosk.id, Quota.LOOKUPS) == 0
    assert deps.quotas.sweep() == 0
    clock.pass_time(hours=2)
    assert deps.quotas.sweep() == 3


# --- submissions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entries", [1_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_after_thousands_of_junk_entries_an_honest_one_goes_through(
    deps: Deps, clock: FakeClock, office: Office, entries: int
) -> None:
    taken = 0
    for _ in range(entries // BATCH_ITEMS):
        try:
            taken += len(deps.intake.take(sender(office.kiosk), junk(BATCH_ITEMS)).answers)
        except OverQuota:
            continue
    assert taken == deps.settings.quotas.submissions.burst
    assert alarms(deps, office.kiosk)[AlarmKind.OVER_QUOTA] == Quota.SUBMISSIONS
    honest = office.kiosk.envelope(SERVICE)
    with pytest.raises(OverQuota) as refused:
        deps.intake.take(sender(office.kiosk), [honest.item])
    assert refused.value.seconds <= 10
    elsewhere = enrolled_kiosk(deps, "Kios Lain")
    (answer,) = deps.intake.take(sender(elsewhere), [elsewhere.envelope(SERVICE).item]).answers
    assert answer.status == "stored"
    clock.pass_time(seconds=refused.value.seconds)
    assert office.take(honest.item) == "stored"


def test_a_batch_is_taken_as_far_as_the_quota_goes(sqlite_settings: ServerSettings, clock: FakeClock) -> None:
    with _deps(sqlite_settings, clock, submissions=Allowance(burst=2, an_hour=60)) as deps:
        kiosk = enrolled_kiosk(deps)
        sent = [kiosk.envelope(SERVICE, inside=another_nik(number)) for number in range(4)]
        answer = deps.intake.take(sender(kiosk), [one.item for one in sent])
        assert [one.status for one in answer.answers] == ["stored", "stored"]
        assert answer.later == {sent[2].id: 60.0, sent[3].id: 60.0}
        again = deps.intake.take(sender(kiosk), [one.item for one in sent])
        assert [one.status for one in again.answers] == ["duplicate", "duplicate"], "what is here costs nothing"
        clock.pass_time(minutes=2)
        last = deps.intake.take(sender(kiosk), [one.item for one in sent])
        assert [one.status for one in last.answers] == ["duplicate", "duplicate", "stored", "stored"]


def test_one_nik_that_floods_waits_and_its_neighbours_do_not(deps: Deps, clock: FakeClock, office: Office) -> None:
    burst = deps.settings.quotas.nik.burst
    flood = [office.kiosk.envelope(SERVICE).item for _ in range(burst + 1)]
    neighbour = office.kiosk.envelope(SERVICE, inside=another_nik(7))
    answer = deps.intake.take(sender(office.kiosk), [*flood, neighbour.item])
    assert [one.status for one in answer.answers] == ["stored"] * (burst + 1)
    assert answer.answers[-1].id == neighbour.id
    assert set(answer.later) == {flood[-1]["id"]}
    assert alarms(deps, office.kiosk)[AlarmKind.OVER_QUOTA] == Quota.NIK
    alone = deps.intake.take(sender(office.kiosk), [flood[-1]])
    assert (alone.answers, set(alone.later)) == ((), {flood[-1]["id"]}), "no 429: others in front of it go on"
    clock.pass_time(seconds=alone.later[flood[-1]["id"]])
    assert office.take(flood[-1]) == "stored"


def test_a_nik_spread_over_kiosks_is_still_one(deps: Deps, office: Office) -> None:
    other, burst = enrolled_kiosk(deps, "Kios Lain"), deps.settings.quotas.nik.burst
    deps.intake.take(sender(office.kiosk), [office.kiosk.envelope(SERVICE).item for _ in range(burst)])
    assert deps.intake.take(sender(other), [other.envelope(SERVICE).item]).later


def test_no_nik_stands_in_the_quotas_nor_what_a_case_is_found_by(deps: Deps, office: Office) -> None:
    office.case()
    with deps.engine.connect() as connection:
        subjects = set(connection.execute(select(tables.quotas.c.subject)).scalars())
        index = connection.execute(select(tables.cases.c.nik_index)).scalar_one()
    assert len(subjects) == 2
    assert not subjects & {index, "3578014107900003"}


def test_an_anonymous_complaint_leaves_no_trace_of_a_nik(deps: Deps, office: Office) -> None:
    office.take(office.kiosk.envelope(SERVICE, inside={"privacy": "anonymous"}).item)
    with deps.engine.connect() as connection:
        assert list(connection.execute(select(tables.quotas.c.subject)).scalars()) == [office.kiosk.id]


# --- over the quota: reported, and alarmed ------------------------------------------------------------------------------


def _rate(kiosk: TestKiosk) -> requests.Response:
    return kiosk.post("/v1/ratings", {"items": [rating()]})


def _call(kiosk: TestKiosk) -> requests.Response:
    call = {"id": str(uuid.uuid4()), "asked_at": "2026-11-24T02:00:00+00:00", "place": "home"}
    return kiosk.post("/v1/help-calls", call)


def _look_up(kiosk: TestKiosk) -> requests.Response:
    return kiosk.get("/v1/cases/K7M29QXF4TRC")


def _leave_draft(kiosk: TestKiosk) -> requests.Response:
    return kiosk.call("PUT", f"/v1/drafts/{uuid.uuid4().hex}", b"sealed", {"Draft-Proof": "0" * 64})


def _guess_draft(kiosk: TestKiosk) -> requests.Response:
    return kiosk.post(f"/v1/drafts/{uuid.uuid4().hex}/open", {"proof": "AAAA"})


def _submit(kiosk: TestKiosk) -> requests.Response:
    return kiosk.post("/v1/submissions", {"items": junk(1)})


@pytest.fixture(scope="module")
def narrow(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Two of everything."""
    data = tmp_path_factory.mktemp("narrow") / "data"
    copytree(seeded_sqlite, data)
    two = Allowance(burst=2, an_hour=1)
    quotas = QuotaSettings(**{quota.value: two for quota in Quota})
    with running(ServerSettings(data=data, port=0, quotas=quotas)) as server:
        yield server


@pytest.mark.parametrize(
    ("ask", "quota"),
    [
        (_submit, Quota.SUBMISSIONS),
        (_rate, Quota.RATINGS),
        (_look_up, Quota.LOOKUPS),
        (_leave_draft, Quota.DRAFTS),
        (_guess_draft, Quota.DRAFT_GUESSES),
        (_call, Quota.HELP_CALLS),
    ],
)
def test_at_the_limit_all_is_well_and_above_it_429_says_for_how_long(
    narrow: RunningServer, ask: Callable[[TestKiosk], requests.Response], quota: Quota
) -> None:
    kiosk = narrow.kiosk()
    assert [ask(kiosk).status_code == 429 for _ in range(2)] == [False, False]
    refused = ask(kiosk)
    assert (refused.status_code, 0 < int(refused.headers["Retry-After"]) <= 3600) == (429, True)
    assert set(refused.json()["error"]) == {"code", "message"}
    assert alarms(narrow.deps, kiosk)[AlarmKind.OVER_QUOTA] == quota
    assert kiosk.post("/v1/heartbeat", kiosk.heartbeat()).status_code == 200, "the kiosk itself is not shut out"


def test_two_thousand_ratings_do_not_make_an_index(server: RunningServer, kiosk: TestKiosk) -> None:
    for _ in range(2_000 // RATINGS_AT_ONCE):
        kiosk.post("/v1/ratings", {"items": [rating() for _ in range(RATINGS_AT_ONCE)]})
    with server.deps.engine.connect() as connection:
        kept = connection.execute(select(func.count()).where(ratings.c.kiosk_id == kiosk.id)).scalar_one()
    assert kept == server.deps.settings.quotas.ratings.burst


def test_the_alarm_ends_an_hour_after_the_last_refusal(deps: Deps, clock: FakeClock, office: Office) -> None:
    deps.quotas.spend(office.kiosk.id, Quota.HELP_CALLS, 10)
    deps.quotas.spend(office.kiosk.id, Quota.HELP_CALLS)
    clock.pass_time(seconds=(OVER_QUOTA_FOR - timedelta(seconds=1)).total_seconds())
    deps.alarms.check_all()
    assert AlarmKind.OVER_QUOTA in alarms(deps, office.kiosk)
    clock.pass_time(seconds=2)
    deps.alarms.check_all()
    assert AlarmKind.OVER_QUOTA not in alarms(deps, office.kiosk)


# --- answers -------------------------------------------------------------------------------------------------------


def test_a_kiosk_answers_for_its_own_cases_and_those_it_was_shown(deps: Deps, office: Office) -> None:
    code, other = office.case(), enrolled_kiosk(deps, "Kios Lain")
    stranger = Office(deps, other)
    assert stranger.take(other.answer(code, "Nomor 12", SERVICE).item) == "rejected"
    assert deps.case_files.shown_to_kiosk(other.id, code) is not None
    assert stranger.take(other.answer(code, "Nomor 12", SERVICE).item) == "stored"
    assert office.take(office.kiosk.answer(code, "Nomor 14", SERVICE).item) == "stored"


def test_whether_a_code_exists_is_not_revealed_to_who_was_not_shown_it(deps: Deps, office: Office) -> None:
    code, other = office.case(), enrolled_kiosk(deps, "Kios Lain")
    answers = [
        deps.intake.take(sender(other), [other.answer(one, "?", SERVICE).item]).answers[0].reason
        for one in (code, mint("0001", lambda _: 7))
    ]
    assert answers[0] == answers[1]


def test_an_answer_under_another_service_is_rejected(deps: Deps, office: Office) -> None:
    code = office.case()
    wrong = office.kiosk.answer(code, "Nomor 12", {**SERVICE, "id": "aduan"})
    assert office.take(wrong.item) == "rejected"


def test_a_question_takes_so_many_answers_and_the_next_one_as_many_again(
    deps: Deps, clock: FakeClock, office: Office
) -> None:
    code, officer = office.case(), office.officer("kelurahan")
    for _ in range(ANSWERS_A_QUESTION):
        assert office.take(office.kiosk.answer(code, "ya", SERVICE).item) == "stored"
    assert office.take(office.kiosk.answer(code, "ya", SERVICE).item) == "rejected"
    clock.pass_time(seconds=1)
    deps.cases.take(officer, code)
    assert deps.cases.ask(officer, code, "Nomor rumah?").ok
    assert office.take(office.kiosk.answer(code, "ya", SERVICE).item) == "stored"


def test_what_a_kiosk_was_shown_is_forgotten_in_time(deps: Deps, clock: FakeClock, office: Office) -> None:
    code, other = office.case(), enrolled_kiosk(deps, "Kios Lain")
    deps.case_files.shown_to_kiosk(other.id, code)
    clock.pass_time(seconds=REMEMBERED.total_seconds() - 1)
    with deps.engine.begin() as connection:
        assert forget(connection, clock.now()) == 0
        assert forget(connection, clock.now() + timedelta(seconds=2)) == 1


def test_answers_have_a_quota_of_their_own(sqlite_settings: ServerSettings, clock: FakeClock) -> None:
    with _deps(sqlite_settings, clock, answers=Allowance(burst=1, an_hour=60)) as deps:
        office = Office(deps, enrolled_kiosk(deps))
        code = office.case()
        assert office.take(office.kiosk.answer(code, "satu", SERVICE).item) == "stored"
        with pytest.raises(OverQuota):
            office.take(office.kiosk.answer(code, "dua", SERVICE).item)
        assert office.case(), "submissions go on"
