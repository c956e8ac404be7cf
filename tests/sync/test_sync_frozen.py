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


@pytest.fixture
def frozen() -> Iterator[threading.Event]:
    """Set to let go of whatever hangs."""
    thaw = threading.Event()
    yield thaw
    thaw.set()


@pytest.mark.parametrize("patience", [0.2, READ_S])
def test_the_first_heartbeat_that_gets_no_answer_ends_all_works(
    tmp_path: Path, frozen: threading.Event, patience: float
) -> None:
    beats = json.dumps({"server_time": BEGIN.isoformat(), "interval_s": INTERVAL_S, "feed_head": 0}).encode()
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
        presence.turn()
        assert made.monitor.state().condition is LineCondition.ONLINE
        # Never longer than until the next heartbeat would be due, however patient the line is otherwise.
        assert made.client.read_s == min(patience, INTERVAL_S)
        if patience < INTERVAL_S:
            hangs.set()
            at.clock.advance(INTERVAL_S)
            presence.turn()
            assert made.monitor.state().condition is LineCondition.OFFLINE
        frozen.set()
    at.close()
