"""Heartbeats of many kiosks at once: one transaction for all, and none of them pays for another."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from protocol.messages import Heartbeat
from protocol.signing import Verified
from server.api.groups.together import Together
from server.deps import Deps
from server.fleet.alarms import AlarmKind
from server.fleet.heartbeats import Beat
from server.fleet.pace import LOOK_EVERY, Pace
from server.fleet.states import KioskState
from server.foundation import bus
from server.foundation.actors import OPERATOR, SYSTEM
from server.front_door.signing_clock import MARGIN
from server.storage import tables
from server.web.frame.live import rest
from tests.server.conftest import FakeClock
from tests.server.fleet.test_server_alarms import many, statements
from tests.server.fleet.test_server_fleet import enrolled
from tests.server.kiosk_client import TestKiosk, component
from tests.server.running import RunningServer


def said(deps: Deps, kiosk_id: str, **changes: object) -> Beat:
    now = deps.clock.now().isoformat()
    base = TestKiosk("http://nowhere").heartbeat(last_touch_at=now, device_time=now)
    return Beat(kiosk_id, Heartbeat.model_validate({**base, **changes}))


def test_forty_heartbeats_cost_as_many_statements_as_one(deps: Deps) -> None:
    fleet = many(deps, 40)
    with statements(deps) as one:
        deps.heartbeats.take([said(deps, fleet[0])])
    with statements(deps) as all_of_them:
        answers = deps.heartbeats.take([said(deps, kiosk_id) for kiosk_id in fleet])
    assert all(answer is not None for answer in answers)
    # PostgreSQL's driver sends the rows of an INSERT in pieces.
    assert len(all_of_them) <= len(one) + 4


def test_a_large_fleet_is_asked_less_often_and_one_that_falls_silent_is_noticed_within_two_intervals(
    sqlite_deps: Deps,
) -> None:
    """A hundredth of the fleet and of the interval that 10,000 kiosks have."""
    pace = Pace(wanted_s=0.15)
    assert (pace.interval_s, pace.silent_after) == (0.15, timedelta(seconds=0.6))
    now = sqlite_deps.clock.now()
    with sqlite_deps.engine.connect() as connection:
        pace.look(connection, now)
    assert pace.interval_s == 0.15
    many(sqlite_deps, 99)
    with sqlite_deps.engine.connect() as connection:
        pace.look(connection, now + LOOK_EVERY / 2)
        assert pace.interval_s == 0.15
        pace.look(connection, now + LOOK_EVERY)
    assert (pace.interval_s, pace.silent_after) == (0.4, timedelta(seconds=0.8))


def test_the_answer_to_a_heartbeat_asks_for_the_next_one(sqlite_deps: Deps) -> None:
    kiosk_id = enrolled(sqlite_deps)
    (answer,) = sqlite_deps.heartbeats.take([said(sqlite_deps, kiosk_id)])
    assert answer is not None and answer.interval_s == sqlite_deps.settings.heartbeat_s


def test_each_kiosk_of_a_batch_is_judged_by_what_it_said(deps: Deps) -> None:
    fleet = many(deps, 2)
    deps.heartbeats.take(
        [
            said(deps, fleet[0], sessions_today=7),
            said(deps, fleet[1], components=[component("printer", "UNAVAILABLE", ["MEDIA_JAMMED"])]),
            said(deps, fleet[2], outbox={"waiting": 1, "parked": 2}),
        ]
    )
    views = [deps.presence.kiosk(kiosk_id) for kiosk_id in fleet]
    assert [view.state for view in views if view] == [KioskState.FINE, KioskState.TROUBLE, KioskState.WARN]
    assert [view.row.sessions_today for view in views if view] == [7, 0, 0]
    assert [{alarm.kind for alarm in view.alarms} for view in views if view] == [
        set(),
        {AlarmKind.DEVICE},
        {AlarmKind.PARKED},
    ]


def test_who_is_revoked_meanwhile_raises_nothing(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    deps.enrolment.revoke(OPERATOR, kiosk_id, "moved away")
    deps.heartbeats.take([said(deps, kiosk_id, outbox={"waiting": 0, "parked": 1})])
    view = deps.presence.kiosk(kiosk_id)
    assert view is not None and (view.state, view.alarms) == (KioskState.REVOKED, ())


def test_of_two_that_bear_the_same_nonce_the_second_changes_nothing(deps: Deps) -> None:
    """As two processes may get them at the same time: each has looked for the nonce, and neither has found it."""
    kiosk_id, now = enrolled(deps), deps.clock.now()
    signed = Verified(kiosk_id=kiosk_id, nonce="n", created=now, content_digest=None)
    first, again = (replace(said(deps, kiosk_id, sessions_today=n), signed=signed) for n in (1, 2))
    answers = [deps.heartbeats.take([one])[0] is not None for one in (first, again)]
    view = deps.presence.kiosk(kiosk_id)
    assert view is not None and (answers, view.row.sessions_today) == ([True, False], 1)


def test_a_request_that_is_too_old_for_its_nonce_to_be_kept_changes_nothing(deps: Deps, clock: FakeClock) -> None:
    """Its body came so slowly that the nonce may have been there and be forgotten again."""
    kiosk_id = enrolled(deps)
    signed = Verified(kiosk_id=kiosk_id, nonce="n", created=clock.now())
    clock.time = signed.until + timedelta(seconds=1)
    assert deps.heartbeats.take([replace(said(deps, kiosk_id), signed=signed)]) != [None]
    clock.time = signed.until + MARGIN
    with deps.units.begin(SYSTEM) as work:
        deps.signing_clock.sweep(work.connection)
    assert deps.heartbeats.take([replace(said(deps, kiosk_id, sessions_today=9), signed=signed)]) == [None]
    clock.time += timedelta(seconds=1)
    with deps.units.begin(SYSTEM) as work:
        assert deps.signing_clock.sweep(work.connection) == 1
    assert deps.heartbeats.take([replace(said(deps, kiosk_id, sessions_today=9), signed=signed)]) == [None]
    view = deps.presence.kiosk(kiosk_id)
    assert view is not None and view.row.sessions_today == 0


def test_what_cannot_be_answered_is_not_kept_and_may_be_tried_again(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    signed = Verified(kiosk_id=kiosk_id, nonce="n", created=deps.clock.now())
    beat = replace(said(deps, kiosk_id), signed=signed)
    with deps.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE documents RENAME TO elsewhere")
    with pytest.raises(DBAPIError):
        deps.heartbeats.take([beat])
    with deps.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO documents")
    assert deps.heartbeats.take([beat]) != [None]


def test_a_heartbeat_that_is_sent_twice_is_refused_and_changes_nothing(server: RunningServer) -> None:
    kiosk = server.kiosk()
    path, kind = "/v1/heartbeat", {"Content-Type": "application/json"}
    body = Heartbeat.model_validate(kiosk.heartbeat(sessions_today=1)).model_dump_json().encode()
    headers = kiosk.signed_headers("POST", path, body, kind)
    first, again = (kiosk.http.post(server.base + path, data=body, headers=headers, timeout=30) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 401)
    assert again.json()["error"]["code"] == "replayed"


def test_kiosks_that_speak_at_the_same_time_are_all_answered(server: RunningServer) -> None:
    kiosks = [server.kiosk(f"Serentak {number}") for number in range(6)]

    def beat(number: int) -> int:
        return kiosks[number].post("/v1/heartbeat", kiosks[number].heartbeat(sessions_today=number)).status_code

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(beat, range(6))) == {200}
    views = [server.deps.presence.kiosk(kiosk.id) for kiosk in kiosks]
    assert [view.row.sessions_today for view in views if view] == list(range(6))


def test_a_heartbeat_that_cannot_be_stored_fails_alone(server: RunningServer) -> None:
    good, bad = server.kiosk("Baik"), server.kiosk("Buruk")

    def beat(kiosk: TestKiosk, sessions: int) -> int:
        return kiosk.post("/v1/heartbeat", kiosk.heartbeat(sessions_today=sessions)).status_code

    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(beat, good, 3), threads.submit(beat, bad, 10**30)]
    assert [answer.result() for answer in answers] == [200, 422]


# --- gathering -----------------------------------------------------------------------------------------------------


class Writer:
    """Doubles numbers; what it was given at once is in ``batches``."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        if 13 in items:
            raise ValueError("thirteen")
        if 99 in items:
            raise PoolTimeout("no connection")
        return [2 * item for item in items]


def together(writer: Writer, items: Sequence[int], most: int) -> list[int | BaseException]:
    async def put_all() -> list[int | BaseException]:
        gathered: Together[int, int] = Together(writer, lambda item: item % 100, most)
        return await asyncio.gather(*(gathered.put(item) for item in items), return_exceptions=True)

    return asyncio.run(put_all())


def test_what_waits_is_written_together_up_to_the_limit() -> None:
    writer = Writer()
    assert together(writer, [1, 2, 3, 4, 5], 3) == [2, 4, 6, 8, 10]
    assert sorted(map(len, writer.batches)) == [2, 3]


def test_of_one_subject_each_is_written_in_its_turn() -> None:
    writer = Writer()
    assert together(writer, [1, 101, 2], 10) == [2, 202, 4]
    assert writer.batches == [[1, 2], [101]]


def test_what_fails_fails_alone() -> None:
    answers = together(Writer(), [1, 13, 2], 10)
    assert [answers[0], answers[2]] == [2, 4]
    assert isinstance(answers[1], ValueError)


def test_when_the_database_is_away_nobody_waits_for_it_alone_once_more() -> None:
    writer = Writer()
    answers = together(writer, [1, 99, 2], 10)
    assert [type(one) for one in answers] == [PoolTimeout] * 3
    assert writer.batches == [[1, 99, 2]]


def test_a_component_change_is_kept_once(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    for _ in range(2):
        deps.heartbeats.take([said(deps, kiosk_id)])
    with deps.engine.connect() as connection:
        kept = connection.execute(select(func.count()).select_from(tables.component_history)).scalar_one()
    assert kept == 1


# --- who looks again -----------------------------------------------------------------------------------------------


def hinted(deps: Deps, *beats: Beat) -> list[str]:
    """The kiosks whose pages look again after each of these heartbeats."""

    async def listen() -> list[str]:
        await deps.bus.start()
        async with deps.bus.subscribe([bus.FLEET]) as hints:
            for one in beats:
                await asyncio.to_thread(deps.heartbeats.take, [one])
            deps.bus.publish_now(bus.FLEET, "end")
            found: list[str] = []
            while (hint := await hints.get()) is not None and hint.text != "end":
                found.append(hint.text)
        await deps.bus.stop()
        return found

    return asyncio.run(listen())


def test_pages_look_again_for_what_can_be_seen_only(sqlite_deps: Deps) -> None:
    kiosk_id = enrolled(sqlite_deps)
    first, same = said(sqlite_deps, kiosk_id), said(sqlite_deps, kiosk_id, uptime_s=99.0)
    parked = said(sqlite_deps, kiosk_id, outbox={"waiting": 1, "parked": 1})
    assert hinted(sqlite_deps, first, same, parked) == [kiosk_id, kiosk_id]
    assert hinted(sqlite_deps, said(sqlite_deps, kiosk_id, pack_version=2)) == [kiosk_id]


def test_a_page_that_rests_hears_once_of_all_that_came_meanwhile() -> None:
    async def listen() -> list[bool]:
        subscription = bus.Subscription()
        for _ in range(5):
            subscription.offer(bus.Hint(bus.FLEET))
        subscription.offer(None)
        first = await rest(subscription, 60)
        subscription.offer(None)
        return [first, await rest(subscription, 60), await rest(subscription, 0)]

    # Whoever stops the server ends the rest at once.
    assert asyncio.run(listen()) == [True, False, False]
