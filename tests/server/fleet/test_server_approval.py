"""A new kiosk waits: until somebody has compared the fingerprints it gets nothing of the city."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from sqlalchemy import select, text

from protocol.messages import EnrolRequest, EnrolResponse, FeedType
from server.api.description import UNSIGNED
from server.deps import Deps
from server.fleet.enrolment import ApproveOutcome
from server.foundation import feed
from server.foundation.actors import OPERATOR
from server.storage import open_storage, tables
from server.storage.engine import upgrade
from tests.server.conftest import FakeClock
from tests.server.kiosk_client import TestKiosk
from tests.server.running import RunningServer, let_in


def waiting(deps: Deps, name: str = "Kios Baru") -> TestKiosk:
    """Enrolled without a line, and not approved."""
    kiosk = TestKiosk("http://nowhere")
    code = deps.enrolment.new_code(OPERATOR, name).code
    request = EnrolRequest.model_construct(code=code, public_key=kiosk.public_key, software="test", hardware={})
    answer = deps.enrolment.enrol(request, "10.0.0.1")
    assert isinstance(answer, EnrolResponse)
    kiosk.enrolment = answer
    return kiosk


def events(deps: Deps, kiosk: TestKiosk) -> list[FeedType]:
    with deps.engine.connect() as connection:
        return [event.type for event in feed.page(connection, kiosk.id, 0).events]


def test_every_signed_path_refuses_a_kiosk_that_waits(sqlite_server: RunningServer) -> None:
    """Also those that are added later: the paths are read from the API's own description."""
    described = requests.get(f"{sqlite_server.base}/v1/openapi.json", timeout=30).json()["paths"]
    kiosk = sqlite_server.waiting_kiosk()
    reported = {}
    for path, operations in described.items():
        for method in operations:
            if path not in UNSIGNED:
                filled = re.sub(r"\{[^}]*\}", "0" * 64, path)
                answer = kiosk.call(method.upper(), filled, b"{}" if method != "get" else b"")
                reported[method, path] = (
                    answer.status_code,
                    "waiting" if method == "head" else answer.json()["error"]["code"],
                )
    assert len(reported) >= 10
    assert set(reported.values()) == {(403, "waiting")}


def test_both_sides_show_the_same_fingerprint_and_that_lets_it_in(server: RunningServer) -> None:
    kiosk = server.waiting_kiosk()
    approved = server.deps.enrolment.approve(OPERATOR, kiosk.id, kiosk.fingerprint)
    assert approved is ApproveOutcome.DONE
    assert [event["type"] for event in kiosk.get("/v1/feed?after=0").json()["events"]] == ["staff", "pack"]


def test_another_fingerprint_lets_nobody_in(deps: Deps) -> None:
    kiosk, other = waiting(deps), waiting(deps, "Kios Lain")
    for wrong in (other.fingerprint, "", kiosk.fingerprint[:-1]):
        assert deps.enrolment.approve(OPERATOR, kiosk.id, wrong) is ApproveOutcome.OTHER_FINGERPRINT
    assert events(deps, kiosk) == []


def test_nothing_of_the_city_is_laid_out_for_a_kiosk_that_waits(deps: Deps) -> None:
    kiosk = waiting(deps)
    with deps.engine.begin() as connection:
        feed.append_to_all(connection, FeedType.SETTINGS, {"idle_s": 60}, deps.clock.now())
    assert deps.device_commands.send(OPERATOR, kiosk.id, "report") is None
    assert events(deps, kiosk) == []
    let_in(deps, kiosk.id)
    assert events(deps, kiosk)[:2] == [FeedType.STAFF, FeedType.PACK]


def test_it_is_approved_once_however_many_do_it_at_once(deps: Deps) -> None:
    kiosk = waiting(deps)
    with ThreadPoolExecutor(8) as pool:
        reported = list(pool.map(lambda _: deps.enrolment.approve(OPERATOR, kiosk.id, kiosk.fingerprint), range(8)))
    assert sorted(reported) == [ApproveOutcome.ALREADY] * 7 + [ApproveOutcome.DONE]
    assert events(deps, kiosk).count(FeedType.STAFF) == 1


def test_one_that_was_refused_never_comes_in(sqlite_server: RunningServer) -> None:
    kiosk, enrolment = sqlite_server.waiting_kiosk(), sqlite_server.deps.enrolment
    assert enrolment.revoke(OPERATOR, kiosk.id, "another fingerprint")
    assert enrolment.approve(OPERATOR, kiosk.id, kiosk.fingerprint) is ApproveOutcome.NO_SUCH_KIOSK
    assert kiosk.get("/v1/feed").json()["error"]["code"] == "revoked"


def test_nobody_is_called_because_a_kiosk_waits(deps: Deps, clock: FakeClock) -> None:
    kiosk = waiting(deps)
    clock.pass_time(days=2)
    deps.alarms.check_all()
    view = deps.presence.kiosk(kiosk.id)
    assert view is not None and view.alarms == ()
    # It is new from its approval on, not from the day on which somebody typed its code.
    let_in(deps, kiosk.id)
    deps.alarms.check_all()
    view = deps.presence.kiosk(kiosk.id)
    assert view is not None and view.alarms == ()


def test_who_approved_it_is_in_the_log(deps: Deps) -> None:
    kiosk = waiting(deps)
    let_in(deps, kiosk.id)
    with deps.engine.connect() as connection:
        log = tables.audit_log.c
        rows = connection.execute(
            select(log.actor, log.action).where(log.object == f"kiosk:{kiosk.id}").order_by(log.seq)
        )
        assert [tuple(row) for row in rows] == [(f"kiosk:{kiosk.id}", "kiosk.enrol"), ("operator", "kiosk.approve")]


def test_keys_that_changed_before_the_answer_came_are_compared_anew(deps: Deps) -> None:
    """The first answer was lost on its way; the second brings a newer sealing key."""
    kiosk = TestKiosk("http://nowhere")
    code = deps.enrolment.new_code(OPERATOR, "Kios").code
    request = EnrolRequest.model_construct(code=code, public_key=kiosk.public_key, software="test", hardware={})
    first = deps.enrolment.enrol(request, "10.0.0.1")
    assert isinstance(first, EnrolResponse)
    let_in(deps, first.kiosk_id)
    deps.sealing_rotation.rotate(OPERATOR)
    again = deps.enrolment.enrol(request, "10.0.0.1")
    assert isinstance(again, EnrolResponse)
    kiosk.enrolment = again
    view = deps.presence.kiosk(kiosk.id)
    assert view is not None and view.row.approved_at is None
    assert deps.enrolment.approve(OPERATOR, kiosk.id, kiosk.fingerprint) is ApproveOutcome.DONE


def test_kiosks_of_an_older_server_stay_in_the_fleet(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = open_storage(url, migrate=False)
    upgrade(engine, "0014")
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO kiosks (id, number, kiosk_part, public_key, fingerprint, name, place, ring, enrolled_at, hardware,"
            " feed_seq, feed_applied, ack_through, software, components) VALUES"
            " ('old', 1, 'AAAA', x'00', '', 'Lama', '', 'all', '2026-01-01 00:00:00', '{}', 0, 0, 0, '', '[]')",
        ):
            connection.execute(text(statement))
    engine.dispose()
    engine = open_storage(url)
    with engine.connect() as connection:
        rows = connection.execute(select(tables.kiosks.c.id).where(*tables.IN_FLEET)).scalars()
        assert list(rows) == ["old"]
    engine.dispose()
