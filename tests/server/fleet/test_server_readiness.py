"""Readiness reports: only what the kiosk itself signed is taken, and it is verified again whenever it is shown."""

import base64
from typing import Any

import pytest
from nacl.signing import SigningKey
from sqlalchemy import select, update
from uuid_utils import uuid7

from protocol.field import readiness
from protocol.field.readiness import CHECKS_MOST, CheckOutcome, ReadinessCheck, ReadinessReport, ReportRefused
from protocol.field.visits import VisitPhoto
from server.deps import Deps
from server.fleet.field_work.photos import VisitPhotos
from server.fleet.field_work.readiness import ReadinessReports, TakeOutcome
from server.storage import tables
from tests.server.conftest import FakeClock
from tests.server.fleet.test_server_fleet import enrolled
from tests.server.running import RunningServer

KEY = SigningKey(b"\x05" * 32)
GOOD = ReadinessCheck(name="printer", outcome=CheckOutcome.GOOD)
DEAD = ReadinessCheck(name="touch", outcome=CheckOutcome.BAD, detail="top_left 4")
UNTESTED = ReadinessCheck(name="clock", outcome=CheckOutcome.UNTESTED)


def report(kiosk_id: str, made_at: Any, *checks: ReadinessCheck) -> ReadinessReport:
    return ReadinessReport(
        id=str(uuid7()),
        kiosk_id=kiosk_id,
        made_at=made_at,
        staff_id="petugas-1",
        software="test 1",
        pack_version=3,
        checks=checks or (GOOD,),
    )


def sent(made: ReadinessReport, key: SigningKey = KEY) -> readiness.SignedReadiness:
    return on_the_line(*readiness.signed(made, lambda content: key.sign(content).signature))


def on_the_line(body: bytes, signature: bytes) -> readiness.SignedReadiness:
    return readiness.SignedReadiness(body=base64.b64encode(body), signature=base64.b64encode(signature))


@pytest.fixture
def kiosk_id(deps: Deps) -> str:
    return known(deps)


@pytest.fixture
def kiosk_on_sqlite(sqlite_deps: Deps) -> str:
    return known(sqlite_deps)


def known(deps: Deps) -> str:
    """A kiosk of the fleet, whose key is KEY."""
    made = enrolled(deps)
    with deps.engine.begin() as connection:
        key = bytes(KEY.verify_key)
        connection.execute(update(tables.kiosks).where(tables.kiosks.c.id == made).values(public_key=key))
    return made


def test_what_the_kiosk_signed_is_taken_once_and_shown_with_its_verdict(
    deps: Deps, clock: FakeClock, kiosk_id: str
) -> None:
    good, bad = report(kiosk_id, clock.now()), report(kiosk_id, clock.now(), GOOD, DEAD, UNTESTED)
    assert deps.readiness.take(kiosk_id, sent(good)) is TakeOutcome.TAKEN
    assert deps.readiness.take(kiosk_id, sent(good)) is TakeOutcome.KNOWN
    clock.pass_time(minutes=1)
    assert deps.readiness.take(kiosk_id, sent(bad)) is TakeOutcome.TAKEN
    shown = deps.readiness.of(kiosk_id, 5)
    assert {one.id: one.report.ready for one in shown if one.report is not None} == {good.id: True, bad.id: False}


def test_a_changed_byte_anywhere_is_refused(sqlite_deps: Deps, clock: FakeClock, kiosk_on_sqlite: str) -> None:
    whole = sent(report(kiosk_on_sqlite, clock.now(), GOOD, DEAD))
    for place in range(0, len(whole.body), 7):
        changed = bytearray(whole.body)
        changed[place] ^= 1
        assert (
            sqlite_deps.readiness.take(kiosk_on_sqlite, on_the_line(bytes(changed), whole.signature))
            is TakeOutcome.REFUSED
        )
    for place in range(len(whole.signature)):
        changed = bytearray(whole.signature)
        changed[place] ^= 1
        assert (
            sqlite_deps.readiness.take(kiosk_on_sqlite, on_the_line(whole.body, bytes(changed))) is TakeOutcome.REFUSED
        )
    assert sqlite_deps.readiness.of(kiosk_on_sqlite, 5) == []


def test_another_kiosks_report_and_another_kiosks_signature_are_refused(
    sqlite_deps: Deps, clock: FakeClock, kiosk_on_sqlite: str
) -> None:
    elsewhere = report(enrolled(sqlite_deps), clock.now())
    assert sqlite_deps.readiness.take(kiosk_on_sqlite, sent(elsewhere)) is TakeOutcome.REFUSED
    own = report(kiosk_on_sqlite, clock.now())
    assert sqlite_deps.readiness.take(kiosk_on_sqlite, sent(own, SigningKey(b"\x06" * 32))) is TakeOutcome.REFUSED


def test_what_was_signed_for_another_purpose_is_no_report(clock: FakeClock) -> None:
    made = report(str(uuid7()), clock.now())
    body = made.model_dump_json().encode()
    with pytest.raises(ReportRefused):
        readiness.verified(body, KEY.sign(body).signature, bytes(KEY.verify_key))


def test_a_row_that_was_altered_in_the_database_is_shown_as_not_valid(
    sqlite_deps: Deps, clock: FakeClock, kiosk_on_sqlite: str
) -> None:
    sqlite_deps.readiness.take(kiosk_on_sqlite, sent(report(kiosk_on_sqlite, clock.now(), DEAD)))
    kept = tables.readiness_reports
    with sqlite_deps.engine.begin() as connection:
        body = connection.execute(select(kept.c.body)).scalar_one()
        connection.execute(update(kept).values(body=bytes(body).replace(b'"bad"', b'"good"')))
    (shown,) = sqlite_deps.readiness.of(kiosk_on_sqlite, 5)
    assert shown.report is None


def test_of_one_kiosk_the_newest_are_kept(sqlite_deps: Deps, clock: FakeClock, kiosk_on_sqlite: str) -> None:
    made, reports = [], ReadinessReports(sqlite_deps.units, most=2)
    for _ in range(3):
        clock.pass_time(minutes=1)
        made.append(report(kiosk_on_sqlite, clock.now()))
        assert reports.take(kiosk_on_sqlite, sent(made[-1])) is TakeOutcome.TAKEN
    shown = [one.id for one in reports.of(kiosk_on_sqlite, 10)]
    assert shown == [one.id for one in reversed(made[1:])]


@pytest.mark.parametrize(("number", "fits"), [(1, True), (CHECKS_MOST, True), (CHECKS_MOST + 1, False), (0, False)])
def test_a_report_has_some_checks_and_not_too_many(number: int, fits: bool, clock: FakeClock) -> None:
    document = report(str(uuid7()), clock.now()).model_dump(mode="json") | {"checks": [GOOD.model_dump()] * number}
    try:
        ReadinessReport.model_validate(document)
    except ValueError:
        assert not fits
    else:
        assert fits


def test_over_the_line_a_kiosk_reports_and_a_forgery_is_answered_for_good(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    made = report(kiosk.id, sqlite_server.deps.clock.now())
    whole = sent(made, SigningKey(kiosk.key))
    assert kiosk.post("/v1/readiness", whole.model_dump(mode="json", round_trip=True)).status_code == 204
    forged = on_the_line(whole.body, b"\0" * 64).model_dump(mode="json", round_trip=True)
    answer = kiosk.post("/v1/readiness", forged)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert kiosk.get("/v1/feed?after=0").ok


def test_of_one_kiosks_photos_the_newest_are_kept(sqlite_deps: Deps, clock: FakeClock, kiosk_on_sqlite: str) -> None:
    photos, visits = VisitPhotos(sqlite_deps.units, most=2), [str(uuid7()) for _ in range(3)]
    for visit_id in visits:
        clock.pass_time(minutes=1)
        sent = VisitPhoto(visit_id=visit_id, jpeg=base64.b64encode(b"\xff\xd8\xff"))
        assert photos.take(kiosk_on_sqlite, sent)
    assert photos.of_visits(visits) == set(visits[1:])
