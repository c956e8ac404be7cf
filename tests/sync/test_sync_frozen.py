"""A server that hangs: nothing is refused and nothing is cut, and the kiosk must not say that all is well."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.machine.line_state import LineCondition
from sync.client import READ_S
from sync.presence import PresenceDuty
from tests.kiosk.kiosk_kit import BEGIN, CITY, bench
from tests.sync.delivery_kit import Delivery
from tests.sync.scripted import Answer, ScriptedServer

INTERVAL_S = 15
#: Sums of parts of seconds are not exact.
ROUNDED_S = 0.001


@pytest.fixture
def frozen() -> Iterator[threading.Event]:
    """Set to let go of whatever hangs."""
    thaw = threading.Event()
    yield thaw
    thaw.set()


@pytest.mark.parametrize(
    ("patience", "interval"), [(0.2, INTERVAL_S), (READ_S, 5), (READ_S, INTERVAL_S), (READ_S, 600)]
)
def test_the_first_heartbeat_that_gets_no_answer_ends_all_works(
    tmp_path: Path, frozen: threading.Event, patience: float, interval: int
) -> None:
    beats = json.dumps({"server_time": BEGIN.isoformat(), "interval_s": interval, "feed_head": 0}).encode()
    hangs = threading.Event()

    def answer(_method: str, _path: str, _body: bytes) -> Answer:
        if hangs.is_set():
            frozen.wait()
        return 200, {}, beats

    at = bench(tmp_path)
    with ScriptedServer(answer).running() as peer:
        made = Delivery(at, peer)
        made.client.read_s = patience
        presence = PresenceDuty(
            at.kiosk, made.client, made.monitor, lambda _: None, bytes(CITY.badge.verify_key), lambda: None
        )
        pause = presence.turn()
        assert made.monitor.state().condition is LineCondition.ONLINE
        # It may hang from now on: until the next heartbeat, and while its answer is waited for.
        assert pause is not None
        assert pause + made.client.read_s <= interval + ROUNDED_S
        if patience < 1:
            hangs.set()
            at.clock.advance(pause)
            presence.turn()
            assert made.monitor.state().condition is LineCondition.OFFLINE
        frozen.set()
    at.close()
