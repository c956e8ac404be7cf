"""Drafts: bytes the server cannot read, few tries, erased when taken or forgotten."""

import base64
import hashlib
import secrets
from datetime import timedelta

import pytest
import requests
from sqlalchemy import select

from protocol.limits import DRAFT_BYTES
from server.deps import Deps
from server.storage.citizen_tables import drafts
from server.submissions.citizen_drafts import DRAFTS_A_KIOSK, LIFE, PAUSE, TRIES, TRIES_IN_ALL, DraftOutcome
from tests.server.cases.test_server_cases import Office
from tests.server.cases.test_server_cases import office as office
from tests.server.conftest import FakeClock
from tests.server.kiosk_client import TestKiosk
from tests.server.running import RunningServer

PROOF = b"p" * 32
HASHED = hashlib.sha256(PROOF).hexdigest()


def put(kiosk: TestKiosk, lookup: str, body: bytes = b"sealed", hashed: str = HASHED) -> requests.Response:
    return kiosk.call("PUT", f"/v1/drafts/{lookup}", body, {"Draft-Proof": hashed})


def opened(kiosk: TestKiosk, lookup: str, proof: bytes = PROOF) -> requests.Response:
    return kiosk.post(f"/v1/drafts/{lookup}/open", {"proof": base64.b64encode(proof).decode()})


@pytest.fixture
def lookup() -> str:
    return secrets.token_hex(16)


def test_it_is_kept_opened_anywhere_and_erased_when_taken(server: RunningServer, lookup: str) -> None:
    here, there = server.kiosk(), server.kiosk()
    assert put(here, lookup).status_code == 201
    assert opened(there, lookup).content == b"sealed"
    assert opened(there, lookup).content == b"sealed"
    body = f'{{"proof": "{base64.b64encode(PROOF).decode()}"}}'.encode()
    assert there.call("DELETE", f"/v1/drafts/{lookup}", body).status_code == 204
    assert opened(there, lookup).status_code == 404


def test_the_same_twice_is_one_and_another_is_refused(server: RunningServer, kiosk: TestKiosk, lookup: str) -> None:
    assert [put(kiosk, lookup).status_code for _ in range(2)] == [201, 200]
    assert put(kiosk, lookup, b"other").status_code == 409
    assert opened(kiosk, lookup).content == b"sealed"


def test_without_a_proof_nothing_is_kept(sqlite_server: RunningServer, lookup: str) -> None:
    kiosk = sqlite_server.kiosk()
    assert put(kiosk, lookup, hashed="x").status_code == 400
    assert put(kiosk, "not-a-name").status_code == 422
    assert opened(kiosk, lookup).status_code == 404


@pytest.mark.parametrize(("size", "status"), [(0, 400), (DRAFT_BYTES, 201), (DRAFT_BYTES + 1, 413)])
def test_its_size_has_a_limit(sqlite_server: RunningServer, lookup: str, size: int, status: int) -> None:
    assert put(sqlite_server.kiosk(), lookup, bytes(size)).status_code == status


def test_wrong_birth_dates_make_a_pause_and_then_erase_it(office: Office, deps: Deps, clock: FakeClock) -> None:
    citizen_drafts, kiosk = deps.citizen_drafts, office.kiosk.id
    citizen_drafts.keep(kiosk, "a" * 32, HASHED, b"sealed")
    for _ in range(TRIES):
        assert citizen_drafts.open(kiosk, "a" * 32, b"wrong").outcome is DraftOutcome.WRONG
    blocked = citizen_drafts.open(kiosk, "a" * 32, PROOF)
    assert (blocked.outcome, blocked.wait) == (DraftOutcome.BLOCKED, PAUSE)
    clock.pass_time(seconds=PAUSE.total_seconds() + 1)
    assert citizen_drafts.open(kiosk, "a" * 32, PROOF).outcome is DraftOutcome.DONE
    for _ in range(TRIES_IN_ALL - TRIES):
        citizen_drafts.open(kiosk, "a" * 32, b"wrong")
        clock.pass_time(seconds=PAUSE.total_seconds() + 1)
    assert citizen_drafts.open(kiosk, "a" * 32, PROOF).outcome is DraftOutcome.UNKNOWN


def test_trying_codes_is_slowed_down(office: Office, deps: Deps) -> None:
    citizen_drafts, kiosk = deps.citizen_drafts, office.kiosk.id
    guesses = deps.settings.quotas.draft_guesses.burst
    outcomes = [citizen_drafts.open(kiosk, f"{number:032}", PROOF).outcome for number in range(guesses + 1)]
    assert outcomes == [DraftOutcome.UNKNOWN] * guesses + [DraftOutcome.BLOCKED]


def test_after_its_days_it_is_gone(office: Office, deps: Deps, clock: FakeClock) -> None:
    citizen_drafts, kiosk = deps.citizen_drafts, office.kiosk.id
    citizen_drafts.keep(kiosk, "b" * 32, HASHED, b"sealed")
    clock.pass_time(seconds=(LIFE - timedelta(seconds=1)).total_seconds())
    assert citizen_drafts.open(kiosk, "b" * 32, PROOF).outcome is DraftOutcome.DONE
    clock.pass_time(seconds=1)
    assert citizen_drafts.open(kiosk, "b" * 32, PROOF).outcome is DraftOutcome.UNKNOWN
    assert citizen_drafts.sweep() == 1
    with deps.engine.connect() as connection:
        assert connection.execute(select(drafts.c.lookup)).all() == []


def test_a_kiosk_may_leave_so_many_and_no_more(office: Office, deps: Deps) -> None:
    citizen_drafts, kiosk = deps.citizen_drafts, office.kiosk.id
    outcomes = {citizen_drafts.keep(kiosk, f"{number:032}", HASHED, b"s").outcome for number in range(DRAFTS_A_KIOSK)}
    assert outcomes == {DraftOutcome.DONE}
    assert citizen_drafts.keep(kiosk, "c" * 32, HASHED, b"s").outcome is DraftOutcome.FULL
