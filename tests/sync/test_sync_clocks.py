"""Clocks that differ: a kiosk is never cut off for the time it has, at its start or later, and catches up with the server's.

The real server and a real line; the clocks run, and a test puts them forward or back.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.machine.high_water import STANDS, CorrectedClock
from runtime.workers import SystemClock
from server.foundation.actors import OPERATOR, Actor, Role
from server.settings import ServerSettings
from server.storage import tables
from sync.client import Answer, Client, Outcome
from sync.signing_time import SigningTime
from tests.kiosk.kiosk_kit import BEGIN, CITY, Bench, bench
from tests.server.running import RunningServer, running
from tests.sync.line_kit import OnLine, city_server, enrolled, kiosk_on_line, publish, stored, until

#: Seconds that a kiosk's clock is ahead; those below 30 s were once refused and never corrected.
OFF = tuple(sign * off for off in (1, 5, 6, 15, 29, 31, 60, 300, 3_600) for sign in (1, -1))
CLOSE = timedelta(seconds=3)


class PutClock(SystemClock):
    """Runs, and is put forward or back by hand. ``monotonic`` is not."""

    def __init__(self, off_s: float = 0) -> None:
        self.off = timedelta(seconds=off_s)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.off


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with city_server(tmp_path_factory.mktemp("clocks") / "server") as one:
        yield one


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    one = bench(tmp_path / "bench")
    yield one
    one.close()


class Kiosk:
    """Only what speaks to the server: requests are counted by what came of them."""

    def __init__(self, server: RunningServer, at: Bench, clock: PutClock) -> None:
        self.clock = CorrectedClock(clock, at.store)
        self.signing_time = SigningTime(self.clock)
        self.client = Client(enrolled(server), self.clock, self.signing_time)

    def ask(self) -> Answer:
        return self.client.get("/v1/feed", {"after": "0"})


@pytest.mark.parametrize("off_s", OFF)
def test_a_clock_that_is_off_at_the_start_cuts_nobody_off(server: RunningServer, at: Bench, off_s: float) -> None:
    kiosk = Kiosk(server, at, PutClock(off_s))
    assert kiosk.ask().outcome is Outcome.OK
    assert abs(kiosk.signing_time.now() - datetime.now(UTC)) < CLOSE
    assert abs(kiosk.clock.now() - datetime.now(UTC)) < CLOSE or 0 < off_s <= STANDS.total_seconds()
    kiosk.client.close()


@pytest.mark.parametrize("off_s", OFF)
def test_a_clock_that_is_put_in_mid_run_cuts_nobody_off(server: RunningServer, at: Bench, off_s: float) -> None:
    clock = PutClock()
    kiosk = Kiosk(server, at, clock)
    assert kiosk.ask().outcome is Outcome.OK
    clock.off = timedelta(seconds=off_s)
    assert kiosk.ask().outcome is Outcome.OK
    clock.off = timedelta(0)
    assert kiosk.ask().outcome is Outcome.OK
    kiosk.client.close()


@pytest.mark.parametrize("off_s", [6, -15, 31, 300, -3_600, 3_600])
def test_all_that_a_kiosk_does_goes_on_with_a_clock_that_is_off(
    server: RunningServer, tmp_path: Path, off_s: float
) -> None:
    before = {row.id for row in stored(server.deps)}
    made = kiosk_on_line(tmp_path / "kiosk", enrolled(server), clock=PutClock(off_s))
    made.line.start()
    saved = made.send()
    until(made.all_acknowledged)
    until(lambda: made.at.store.packs.newest_first())
    assert {row.id for row in stored(server.deps)} - before == {saved.id}
    assert made.line.state().online
    made.stop()


@pytest.mark.parametrize("off_s", OFF)
def test_a_time_that_was_learnt_wrongly_is_learnt_anew(server: RunningServer, at: Bench, off_s: float) -> None:
    """Whoever set it: the next refusal of the server itself puts it right, within one request."""
    kiosk = Kiosk(server, at, PutClock())
    kiosk.signing_time.learn(datetime.now(UTC) + timedelta(seconds=10 * off_s))
    assert kiosk.ask().outcome is Outcome.OK
    assert abs(kiosk.signing_time.now() - datetime.now(UTC)) < CLOSE
    kiosk.client.close()


@pytest.mark.parametrize("steps", [[-6], [6, -6], [-15, -15], [31, -31], [-60, 60], [300, -600], [86_400, -86_400]])
def test_a_step_of_the_servers_clock_loses_no_kiosk_of_the_fleet(tmp_path: Path, steps: list[int]) -> None:
    clock = PutClock()
    settings = ServerSettings(data=tmp_path / "server", port=0, city=CITY.name, heartbeat_s=1.0)
    with running(settings, clock=clock) as server:
        publish(server.deps)
        fleet = [kiosk_on_line(tmp_path / f"kiosk-{n}", enrolled(server, f"Kios {n}")) for n in range(3)]
        for made in fleet:
            made.line.start()
        until(lambda: all(made.line.state().online for made in fleet))
        sent = set()
        for step in steps:
            clock.off += timedelta(seconds=step)
            sent |= {made.send(photo=None).id for made in fleet}
            until(lambda: all(made.all_acknowledged() for made in fleet))
            notice = server.deps.device_commands.send(OPERATOR, fleet[0].enrolment.kiosk_id, "report")
            until(lambda notice=notice: _done(server, notice))
        assert {row.id for row in stored(server.deps)} == sent
        assert all(made.line.state().online for made in fleet)
        for made in fleet:
            made.stop()


def _done(server: RunningServer, command: str | None) -> bool:
    with server.deps.engine.connect() as connection:
        rows = connection.execute(tables.commands.select().where(tables.commands.c.id == command)).all()
    return [row.result_ok for row in rows] == [True]


# --- the time of day at the kiosk ------------------------------------------------------------------------------------


@pytest.mark.parametrize("back_s", [1, 6, 29, 300])
def test_a_time_that_is_put_back_by_minutes_stands_until_it_is_right(at: Bench, back_s: int) -> None:
    clock = at.kiosk.clock
    before = clock.now()
    clock.learn(BEGIN - timedelta(seconds=back_s))
    reported = []
    for _ in range(2 * back_s):
        reported.append(clock.now())
        at.clock.advance(1)
    assert reported == sorted(reported)
    assert reported[0] == before
    assert clock.now() == BEGIN + timedelta(seconds=back_s)


def test_a_time_that_was_further_ahead_is_right_at_once(at: Bench) -> None:
    clock = at.kiosk.clock
    before = clock.now()
    clock.learn(before - STANDS - timedelta(seconds=1))
    assert clock.now() == before - STANDS - timedelta(seconds=1)


def test_what_the_feed_tells_last_counts_also_when_its_times_run_backwards(tmp_path: Path) -> None:
    """An officer moves a case before and after the server's clock was put back by an hour."""
    clock = PutClock()
    settings = ServerSettings(data=tmp_path / "server", port=0, city=CITY.name, heartbeat_s=1.0)
    with running(settings, clock=clock) as server:
        publish(server.deps)
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
        made.line.start()
        saved = made.send(photo=None)
        until(made.all_acknowledged)
        until(lambda: _state(made, saved.code) == "received")
        clock.off = timedelta(hours=-1)
        server.deps.officers.add(OPERATOR, "ani", "Ani", Role.OFFICER, "civil")
        (ani,) = server.deps.officers.rows()
        assert server.deps.cases.take(Actor(ani.id, Role.OFFICER, "civil"), saved.code).ok
        until(lambda: _state(made, saved.code) == "in_review")
        made.stop()


def _state(made: OnLine, code: str) -> str:
    receipt = made.at.store.receipts.get(code)
    assert receipt is not None
    return receipt.state
