"""Guarantees of the line that no other file has a test of its own for; see the table in the design's page on sync."""

import heapq
import itertools
import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runtime.workers import SystemClock, Tries
from server.foundation.actors import OPERATOR
from server.front_door.slots import BATCHES_AT_ONCE, SLOTS_A_SECOND, Crowded, Slots
from sync.backoff import tries
from sync.down.feed import CURSOR
from tests.kiosk.kiosk_kit import BEGIN, PHOTO, bench
from tests.sync.delivery_kit import Delivery
from tests.sync.line_kit import city_server, enrolled, kiosk_on_line, stored, until
from tests.sync.scripted import ScriptedServer
from tests.sync.scripted import stored as acknowledged

CLOSE = timedelta(minutes=1)


class PutClock(SystemClock):
    def __init__(self) -> None:
        self.off = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.off


#: Days by which the device's clock is off while one submission after the other is made.
WALKS = {
    "ten years ahead": [3_650] * 4,
    "ten years behind": [-3_650] * 4,
    "backwards in mid-queue": [0, -1, -30, -3_650],
    "to and fro": [0, 3_650, -3_650, 1],
}


@pytest.mark.parametrize("walk", WALKS)
def test_g8_order_and_dedupe_never_use_the_devices_clock(tmp_path: Path, walk: str) -> None:
    """What was made first is first, each once, and what device, start and server had for a time is all kept."""
    clock = PutClock()
    with city_server(tmp_path / "server") as server:
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server), clock=clock)
        sent, said = [], []
        for days in WALKS[walk]:
            clock.off = timedelta(days=days)
            sent.append(made.send(PHOTO).id)
            said.append(datetime.now(UTC) + clock.off)
        made.line.start()
        until(made.all_acknowledged)
        rows = stored(server.deps)
        assert [row.id for row in rows] == sent
        assert [row.kiosk_seq for row in rows] == [1, 2, 3, 4]
        assert all(abs(row.device_time - moment) < CLOSE for row, moment in zip(rows, said, strict=True))
        assert all(abs(row.received_at - datetime.now(UTC)) < CLOSE for row in rows)
        assert {row.boot_id for row in rows} == {made.at.kiosk.identity.boot_id}
        # Sent once more with yet another clock: the same, and nothing new.
        clock.off = timedelta(days=5_000)
        with made.at.store.transaction() as connection:
            connection.exec_driver_sql("UPDATE outbox SET state = 'WAITING'")
        made.line.retry_now()
        until(made.all_acknowledged)
        assert [tuple(row) for row in stored(server.deps)] == [tuple(row) for row in rows]
        made.stop()


@pytest.mark.parametrize("walk", WALKS)
def test_g8_what_is_sent_first_never_depends_on_the_devices_clock(tmp_path: Path, walk: str) -> None:
    """The newest slip and the oldest go first by the kiosk's own numbers."""
    at = bench(tmp_path)
    with ScriptedServer(lambda _method, _path, body: acknowledged(json.loads(body)["items"])).running() as peer:
        made = Delivery(at, peer)
        for days in WALKS[walk]:
            made.put(1, device_time=BEGIN + timedelta(days=days))
        made.duty.turn()
        assert [item["kiosk_seq"] for item in peer.batches()[0]] == [4, 1, 3, 2]
        made.duty.teardown()
    at.close()


def test_g8_the_feed_goes_by_its_cursor_when_the_devices_clock_runs_backwards(tmp_path: Path) -> None:
    clock = PutClock()
    with city_server(tmp_path / "server") as server:
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server), clock=clock)
        made.line.start()
        for days, idle_s in ((3_650, 100), (-3_650, 110), (0, 120)):
            clock.off = timedelta(days=days)
            server.deps.kiosk_settings.change(OPERATOR, {"idle_s": idle_s})
            until(lambda idle_s=idle_s: made.at.kiosk.settings.number("idle_s") == idle_s)
        with server.deps.engine.connect() as connection:
            head = connection.exec_driver_sql("SELECT feed_seq FROM kiosks").scalar_one()
        until(lambda: made.at.store.marks.get(CURSOR) == head)
        made.stop()


# --- G11 -----------------------------------------------------------------------------------------------------------

KIOSKS = 10_000
#: A second is what one process needs for so many batches of the backlog; on the project's own two cores it was more.
BATCHES_A_SECOND = 50
#: Published: the longest pause of five minutes, and the turns that the server gives out, one after the other.
WITHIN_S = 300 + KIOSKS / SLOTS_A_SECOND


class Fleet:
    """Kiosks with the line's own pauses at a server that takes as many batches at once as the real one, and hands out slots
    as it does. Seconds are counted, not waited for."""

    def __init__(self, down_s: float, seed: int) -> None:
        self._random = random.Random(seed)
        self._down_s = down_s
        self._tie = itertools.count()
        self._now = 0.0
        self._slots = Slots(lambda: self._now)
        self._at_work: list[float] = []
        self.tries: Counter[int] = Counter()
        self.done: list[float] = []

    def run(self) -> None:
        waiting: list[tuple[float, int, Tries]] = []
        for _ in range(KIOSKS):
            # All streams break at the same moment.
            began = self._random.uniform(0, 1)
            heapq.heappush(waiting, (began, next(self._tie), tries(chance=self._random.random)))
        while waiting:
            now, _, backoff = heapq.heappop(waiting)
            retry_after = self._try(now)
            if retry_after is None:
                self.done.append(now - self._down_s)
                continue
            heapq.heappush(waiting, (now + backoff.failed(retry_after or None), next(self._tie), backoff))

    def _try(self, now: float) -> float | None:
        """None: taken; 0: nobody is there; else in how many seconds to come again."""
        if now < self._down_s:
            return 0.0
        self._now = now
        self.tries[int(now - self._down_s)] += 1
        while self._at_work and self._at_work[0] <= now:
            heapq.heappop(self._at_work)
            self._slots.__exit__()
        try:
            self._slots.__enter__()
        except Crowded as crowded:
            return float(crowded.seconds)
        heapq.heappush(self._at_work, now + BATCHES_AT_ONCE / BATCHES_A_SECOND)
        return None


@pytest.mark.parametrize("down_s", [70, 900, 3_600])
def test_g11_ten_thousand_kiosks_recover_from_an_outage_within_bounds(down_s: float) -> None:
    fleet = Fleet(down_s, seed=11)
    fleet.run()
    assert len(fleet.done) == KIOSKS
    assert max(fleet.done) < WITHIN_S
    # Nobody storms the server: however long it was away, all come spread over the longest pause and over their slots.
    assert max(fleet.tries.values()) < KIOSKS / 5
    assert sum(fleet.tries.values()) < 20 * KIOSKS
