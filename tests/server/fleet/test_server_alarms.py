"""What time alone raises and clears, in one look over the whole fleet."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text, update

from protocol.reports import HelpCall
from server.app import build_deps, close_deps
from server.deps import Deps
from server.fleet.alarms import AT_ONCE, OVER_QUOTA_FOR, UNUSED_AFTER, AlarmKind
from server.foundation.actors import OPERATOR
from server.settings import ServerSettings
from server.storage import tables
from tests.server.conftest import FakeClock
from tests.server.fleet.test_server_fleet import WORKING, alarms, beat, enrolled


@contextmanager
def statements(deps: Deps) -> Iterator[list[str]]:
    """What was asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(deps.engine, "before_cursor_execute", note)
    yield asked
    event.remove(deps.engine, "before_cursor_execute", note)


def fall_silent(deps: Deps, clock: FakeClock) -> None:
    clock.time += deps.alarms.silent_after + timedelta(seconds=1)


def many(deps: Deps, number: int) -> list[str]:
    """So many kiosks of the fleet besides one that enrolled; their ids."""
    first = enrolled(deps)
    kiosk = tables.kiosks
    with deps.engine.begin() as connection:
        row = dict(connection.execute(select(kiosk).where(kiosk.c.id == first)).one()._mapping)
        copies = [
            row | {"id": f"kiosk-{one}", "number": 1000 + one, "kiosk_part": f"~{one:03d}", "public_key": bytes(32)}
            for one in range(number)
        ]
        connection.execute(kiosk.insert(), copies)
    return [first, *(copy["id"] for copy in copies)]


def test_a_revoked_kiosk_has_no_alarm_any_more(deps: Deps, clock: FakeClock) -> None:
    kiosk_id = enrolled(deps)
    beat(deps, kiosk_id)
    fall_silent(deps, clock)
    deps.alarms.check_all()
    assert alarms(deps, kiosk_id) == {AlarmKind.SILENT}
    deps.enrolment.revoke(OPERATOR, kiosk_id, "moved away")
    assert alarms(deps, kiosk_id) == set()
    deps.alarms.check_all()
    assert alarms(deps, kiosk_id) == set()


def test_an_alarm_of_a_kiosk_that_was_revoked_before_is_cleared(deps: Deps, clock: FakeClock) -> None:
    kiosk_id = enrolled(deps)
    fall_silent(deps, clock)
    deps.alarms.check_all()
    with deps.engine.begin() as connection:
        connection.execute(update(tables.kiosks).where(tables.kiosks.c.id == kiosk_id).values(revoked_at=clock.now()))
    assert deps.alarms.check_all() == 1
    assert alarms(deps, kiosk_id) == set()


def test_a_whole_fleet_that_falls_silent_costs_as_many_questions_as_one_kiosk(deps: Deps, clock: FakeClock) -> None:
    fleet = many(deps, 40)
    # Once a minute it is counted as well.
    deps.alarms.check_all()
    with statements(deps) as quiet:
        assert deps.alarms.check_all() == 0
    fall_silent(deps, clock)
    with statements(deps) as asked:
        assert deps.alarms.check_all() == len(fleet)
    with statements(deps) as again:
        assert deps.alarms.check_all() == 0
    assert len(asked) < len(quiet) + 11
    assert len(again) == len(quiet)
    assert all(alarms(deps, one) == {AlarmKind.SILENT} for one in (fleet[0], fleet[-1]))


def test_more_kiosks_than_are_judged_at_once_are_all_judged(
    deps: Deps, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert AT_ONCE > 7
    monkeypatch.setattr("server.fleet.alarms.AT_ONCE", 7)
    fleet = many(deps, 20)
    fall_silent(deps, clock)
    assert deps.alarms.check_all() == len(fleet)


def test_each_thing_that_time_alone_brings_and_ends_is_seen(deps: Deps, clock: FakeClock) -> None:
    clock.time = WORKING - UNUSED_AFTER + timedelta(minutes=30)
    kiosk_id = enrolled(deps)
    touched = (clock.now() - timedelta(hours=1)).isoformat()
    beat(deps, kiosk_id, last_touch_at=touched, uptime_s=100_000)
    with deps.engine.begin() as connection:
        connection.execute(
            update(tables.kiosks)
            .where(tables.kiosks.c.id == kiosk_id)
            .values(over_quota="ratings", over_quota_at=clock.now())
        )
    deps.help_calls.take(
        kiosk_id, HelpCall(id="0190f3a0-0000-7000-8000-000000000001", place="form", asked_at=clock.now())
    )
    deps.alarms.check_all()
    assert alarms(deps, kiosk_id) == {AlarmKind.OVER_QUOTA, AlarmKind.HELP}
    clock.time += UNUSED_AFTER - timedelta(minutes=30)
    beat(deps, kiosk_id, last_touch_at=touched, uptime_s=100_000)
    assert clock.now() - timedelta(hours=3) > WORKING - UNUSED_AFTER - OVER_QUOTA_FOR
    assert alarms(deps, kiosk_id) == {AlarmKind.UNUSED, AlarmKind.HELP}
    with deps.engine.begin() as connection:
        connection.execute(tables.alarms.delete().where(tables.alarms.c.kind == AlarmKind.UNUSED))
    deps.alarms.check_all()
    assert alarms(deps, kiosk_id) == {AlarmKind.UNUSED, AlarmKind.HELP}
    with deps.engine.connect() as connection:
        called = connection.execute(
            select(tables.alarms.c.id).where(tables.alarms.c.kind == AlarmKind.HELP)
        ).scalar_one()
    deps.alarms.acknowledge(OPERATOR, called)
    deps.alarms.check_all()
    assert alarms(deps, kiosk_id) == {AlarmKind.UNUSED}


@pytest.fixture
def postgresql_deps(postgresql_settings: ServerSettings, clock: FakeClock) -> Iterator[Deps]:
    built = build_deps(postgresql_settings, clock=clock)
    yield built
    close_deps(built)


def test_a_heartbeat_that_comes_during_the_look_leaves_no_alarm(postgresql_deps: Deps, clock: FakeClock) -> None:
    deps = postgresql_deps
    kiosk_id = enrolled(deps)
    fall_silent(deps, clock)
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as thread:
        with deps.engine.begin() as connection:
            kiosk = tables.kiosks
            connection.execute(update(kiosk).where(kiosk.c.id == kiosk_id).values(last_heartbeat_at=clock.now()))
            look = thread.submit(deps.alarms.check_all)
            with deps.engine.connect() as other:
                while not other.execute(waiting).scalar_one() and not look.done():
                    other.rollback()
        assert look.result() == 0
    assert alarms(deps, kiosk_id) == set()
