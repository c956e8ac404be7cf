"""Each item of the outbox tells why it waits and until when, and heartbeats count the reasons."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from protocol.outbox.waiting import WaitReason
from sync.up.envelopes import REFUSALS, SERVER_ERRORS, SET_ASIDE_S
from tests.kiosk.kiosk_kit import bench
from tests.sync.delivery_kit import Delivery, error
from tests.sync.scripted import Answer, ScriptedServer, stored


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Delivery]:
    at = bench(tmp_path)
    with ScriptedServer(lambda _method, _path, body: stored(json.loads(body)["items"])).running() as peer:
        delivery = Delivery(at, peer)
        at.kiosk.connect(Stateful(delivery))  # type: ignore[arg-type]
        yield delivery
        delivery.duty.teardown()
        at.close()


class Stateful:
    """What the kiosk asks of its line here."""

    def __init__(self, made: Delivery) -> None:
        self.state = made.monitor.state

    def kick(self) -> None: ...


def why(made: Delivery) -> list[tuple[WaitReason, float | None]]:
    """Of each item in turn, and in how many seconds it is tried again."""
    now = made.at.kiosk.clock.now()
    return [
        (one.reason, None if one.until is None else (one.until - now) / timedelta(seconds=1))
        for one in made.at.kiosk.outbox.waiting(10)
    ]


def test_what_nobody_has_tried_yet_goes_next(made: Delivery) -> None:
    made.put(2)
    assert why(made) == [(WaitReason.NEXT, None)] * 2
    assert made.at.kiosk.outbox.reasons() == {WaitReason.NEXT: 2}
    made.duty.turn()
    assert why(made) == [] and made.at.kiosk.outbox.reasons() == {}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (error(401), WaitReason.NOT_KNOWN),
        (error(403, "waiting"), WaitReason.NOT_APPROVED),
        (error(403, "revoked"), WaitReason.SHUT_OUT),
        (error(426), WaitReason.UPDATE),
        (error(429, **{"Retry-After": "90"}), WaitReason.SLOWED),
        (error(503, **{"Retry-After": "90"}), WaitReason.SLOWED),
        (error(500), WaitReason.NO_LINE),
        ((200, {}, b"<html>"), WaitReason.NO_LINE),
    ],
)
def test_what_holds_for_the_line_holds_for_every_item(made: Delivery, answer: Answer, reason: WaitReason) -> None:
    made.put(2)
    made.peer.answer = lambda *_: answer
    pause = made.duty.turn()
    assert [one for one, _ in why(made)] == [reason] * 2
    assert [until for _, until in why(made)] == [pytest.approx(pause)] * 2
    assert made.at.kiosk.outbox.reasons() == {reason: 2}


def test_one_over_a_quota_waits_and_the_others_do_not(made: Delivery) -> None:
    ids = made.put(3)

    def answer(_method: str, _path: str, body: bytes) -> Answer:
        status, headers, content = stored([one for one in json.loads(body)["items"] if one["id"] != ids[1]])
        return status, headers, json.dumps({**json.loads(content), "later": {ids[1]: 120.0}}).encode()

    made.peer.answer = answer
    made.duty.turn()
    assert why(made) == [(WaitReason.QUOTA, pytest.approx(120.0))]
    made.at.clock.advance(121)
    assert why(made) == [(WaitReason.NEXT, None)], "its time has come"


def test_one_that_the_server_fails_at_is_left_out_for_a_while(made: Delivery) -> None:
    ids = made.put(3)

    def answer(_method: str, _path: str, body: bytes) -> Answer:
        items = json.loads(body)["items"]
        return error(500) if ids[0] in [item["id"] for item in items] else stored(items)

    made.peer.answer = answer
    made.turns(3 * SERVER_ERRORS, apart_s=6.0)
    made.put(1)
    made.duty.hurry()
    made.duty.turn()
    ((reason, until),) = why(made)
    assert reason is WaitReason.LEFT_OUT and until is not None and 0 < until < SET_ASIDE_S


def test_one_that_is_refused_says_so_until_it_is_parked_with_what_the_server_said(made: Delivery) -> None:
    made.put(1)
    made.peer.answer = lambda *_: error(422, "invalid")
    made.duty.turn()
    assert why(made) == [(WaitReason.REFUSED_ONCE, pytest.approx(SET_ASIDE_S))]
    made.at.clock.advance(SET_ASIDE_S + 1)
    made.turns(REFUSALS, apart_s=SET_ASIDE_S + 1)
    assert why(made) == [(WaitReason.PARKED, None)]
    assert made.at.kiosk.outbox.reasons() == {WaitReason.PARKED: 1}


def test_attachments_on_their_way_are_told(made: Delivery) -> None:
    (one,) = made.put(1)
    answer = {"id": one, "status": "missing_attachments", "missing": ["b" * 64]}
    made.peer.answer = lambda *_: (200, {}, json.dumps({"answers": [answer], "ack_through": 1}).encode())
    with made.at.store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO attachments (sha256, kiosk_seq, position, size, sealed, delivered) VALUES (?, 1, 0, 4, ?, 0)",
            ("b" * 64, b"blob"),
        )
    assert made.duty._envelopes.deliver() is not None
    assert why(made) == [(WaitReason.ATTACHMENTS, None)]
    assert [item.missing for item in made.at.kiosk.outbox.waiting(10)] == [1]
