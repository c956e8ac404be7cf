"""The outbox's turns, one by one: no status discards anything, one bad item delays no other."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.events import Received
from kiosk.machine.line_state import LineCondition
from kiosk.store.outbox import Envelope, OutboxState, SealedAttachment
from protocol.limits import BATCH_BYTES, BATCH_ITEMS
from protocol.messages import ItemKind, SubmissionBatch
from sync.up.envelopes import REFUSALS, SERVER_ERRORS, SET_ASIDE_S
from sync.up.outbox import EAGER_S, IDLE_S
from tests.kiosk.kiosk_kit import BEGIN, bench, fill
from tests.sync.delivery_kit import Delivery, error
from tests.sync.scripted import Answer, ScriptedServer, stored


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Delivery]:
    at = bench(tmp_path)
    with ScriptedServer(lambda _method, _path, body: stored(json.loads(body)["items"])).running() as peer:
        delivery = Delivery(at, peer)
        yield delivery
        delivery.duty.teardown()
        at.close()


def test_a_batch_is_what_the_protocol_says(made: Delivery) -> None:
    fill(made.at.kiosk)
    made.at.kiosk.send()
    made.duty.turn()
    body = next(body for _, path, body in made.peer.requests if path == "/v1/submissions")
    (item,) = SubmissionBatch.model_validate_json(body).items
    kept = made.at.store.outbox.get(1)
    assert kept is not None
    assert (item.sealed, item.sha256, item.boot_id) == (kept.sealed, kept.sha256, "boot-1")
    assert [one.sha256 for one in item.attachments] == [one.sha256 for one in made.at.store.outbox.attachments_of(1)]


@pytest.mark.parametrize(
    ("answer", "condition"),
    [
        (error(401), LineCondition.REFUSED),
        (error(403), LineCondition.REFUSED),
        (error(403, "revoked"), LineCondition.REVOKED),
        (error(404), LineCondition.OFFLINE),
        (error(409), LineCondition.OFFLINE),
        (error(426), LineCondition.UPDATE_NEEDED),
        (error(429, **{"Retry-After": "9"}), LineCondition.SLOWED),
        (error(500), LineCondition.OFFLINE),
        (error(502), LineCondition.OFFLINE),
        (error(503, **{"Retry-After": "9"}), LineCondition.SLOWED),
        ((302, {"Location": "http://portal.example/"}, b""), LineCondition.OFFLINE),
        ((200, {"Content-Type": "text/html"}, b"<html>sign in</html>"), LineCondition.OFFLINE),
        ((200, {}, b'{"answers": [], "ack_through": 0}'), LineCondition.OFFLINE),
    ],
)
def test_g6_no_status_discards_anything(made: Delivery, answer: Answer, condition: LineCondition) -> None:
    ids = made.put(3)
    good = made.peer.answer
    made.peer.answer = lambda *_: answer
    made.duty.turn()
    assert made.monitor.state().condition is condition
    assert made.states() == [OutboxState.WAITING] * 3
    made.peer.answer = good
    made.turns(6, apart_s=SET_ASIDE_S + 1)
    assert made.states() == [OutboxState.ACKNOWLEDGED] * 3
    assert {item["id"] for batch in made.peer.batches() for item in batch} == set(ids)


@pytest.mark.parametrize("place", [0, 4, 9])
def test_g5_a_rejected_item_is_parked_and_delays_no_other(made: Delivery, place: int) -> None:
    ids = made.put(10)
    made.peer.answer = lambda _m, _p, body: stored(json.loads(body)["items"], **{ids[place]: "no such form"})
    made.duty.turn()
    expected = [OutboxState.ACKNOWLEDGED] * 10
    expected[place] = OutboxState.PARKED
    assert made.states() == expected
    (parked,) = made.at.kiosk.outbox.parked()
    assert (parked.kiosk_seq, parked.reason) == (place + 1, "no such form")


@pytest.mark.parametrize("place", [0, 4, 9])
@pytest.mark.parametrize(("status", "code"), [(413, "too_large"), (422, "invalid")])
def test_g5_an_item_that_a_whole_batch_is_refused_for_delays_no_other(
    made: Delivery, place: int, status: int, code: str
) -> None:
    ids = made.put(10)

    def answer(_method: str, _path: str, body: bytes) -> Answer:
        items = json.loads(body)["items"]
        return error(status, code) if ids[place] in [item["id"] for item in items] else stored(items)

    made.peer.answer = answer
    made.turns(apart_s=SET_ASIDE_S + 1)
    expected = [OutboxState.ACKNOWLEDGED] * 10
    expected[place] = OutboxState.WAITING
    assert made.states() == expected
    made.turns(REFUSALS, apart_s=SET_ASIDE_S + 1)
    expected[place] = OutboxState.PARKED
    assert made.states() == expected


@pytest.mark.parametrize("place", [0, 4, 9])
def test_g5_an_item_that_the_server_fails_at_delays_no_other(made: Delivery, place: int) -> None:
    ids = made.put(10)

    def answer(_method: str, _path: str, body: bytes) -> Answer:
        items = json.loads(body)["items"]
        return error(500) if ids[place] in [item["id"] for item in items] else stored(items)

    made.peer.answer = answer
    made.turns(3 * SERVER_ERRORS + 10)
    states = made.states()
    assert states.pop(place) is OutboxState.WAITING
    assert states == [OutboxState.ACKNOWLEDGED] * 9


def test_g5_what_is_parked_is_kept_for_ever_and_can_be_carried_away(made: Delivery) -> None:
    (only,) = made.put(1)
    made.peer.answer = lambda _m, _p, body: stored(json.loads(body)["items"], **{only: "no such form"})
    made.duty.turn()
    made.at.disk.bytes_free = 0
    made.turns(3, apart_s=400 * 86_400)
    kept = made.at.store.outbox.get(1)
    assert kept is not None and (kept.state, kept.sealed) == (OutboxState.PARKED, b"sealed")
    assert made.at.store.open_items.seqs() == (1,)


def test_newest_and_oldest_go_in_turns(made: Delivery) -> None:
    made.put(BATCH_ITEMS + 10)
    made.duty.turn()
    first = [item["kiosk_seq"] for item in made.peer.batches()[0]]
    assert len(first) == BATCH_ITEMS
    assert first[:4] == [BATCH_ITEMS + 10, 1, BATCH_ITEMS + 9, 2]


def test_a_batch_keeps_within_its_bytes(made: Delivery) -> None:
    made.put(6, sealed=bytes(300_000))
    made.duty.turn()
    sizes = [len(body) for _, path, body in made.peer.requests if path == "/v1/submissions"]
    assert len(sizes) > 1
    assert max(sizes) <= BATCH_BYTES
    assert made.states() == [OutboxState.ACKNOWLEDGED] * 6


def test_retry_after_is_obeyed_even_when_something_new_comes(made: Delivery) -> None:
    made.put(1)
    made.peer.answer = lambda *_: error(429, **{"Retry-After": "60"})
    pause = made.duty.turn()
    assert pause is not None
    assert pause >= 60
    made.at.clock.advance(59)
    made.duty.turn()
    assert len(made.peer.requests) == 1


def test_something_new_may_try_a_dead_line_soon(made: Delivery) -> None:
    made.put(1)
    made.peer.answer = lambda *_: error(503)
    for _ in range(4):
        made.at.clock.advance(EAGER_S)
        made.duty.turn()
    assert len(made.peer.batches()) >= 4


def test_nothing_to_do_waits_to_be_woken(made: Delivery) -> None:
    assert made.duty.turn() == IDLE_S
    assert made.peer.requests == []


def test_received_is_reported_once(made: Delivery) -> None:
    fill(made.at.kiosk, photo=None)
    made.at.kiosk.send()
    made.duty.turn()
    made.duty.turn()
    assert len(made.at.of(Received)) == 1


def test_an_attachment_goes_on_where_the_server_says(made: Delivery) -> None:
    digest, content = "b" * 64, bytes(range(250)) * 2_000
    with made.at.store.transaction():
        seq = made.at.store.outbox.next_seq()
        base = Envelope(
            seq, f"0190f3a0-0000-7000-8000-{seq:012d}", ItemKind.SUBMISSION, "K7M200000001", "letter", "3", 1, "k",
            "a" * 64, b"sealed", BEGIN, "b",
        )  # fmt: skip
        made.at.store.outbox.add(base, [SealedAttachment(digest, len(content), content)])
    have = bytearray(content[:1_000])

    def answer(method: str, path: str, body: bytes) -> Answer:
        if path == "/v1/submissions":
            (item,) = json.loads(body)["items"]
            one = {"id": item["id"], "status": "missing_attachments", "missing": [digest]}
            return 200, {}, json.dumps({"answers": [one], "ack_through": 1}).encode()
        if method == "PATCH":
            have.extend(body)
        whole = "?1" if len(have) == len(content) else "?0"
        return 204 if method == "PATCH" else 200, {"Upload-Offset": str(len(have)), "Upload-Complete": whole}, b""

    made.peer.answer = answer
    made.duty.turn()
    assert bytes(have) == content
    assert made.states() == [OutboxState.ACKNOWLEDGED]


def test_payloads_are_erased_seven_days_after_they_were_acknowledged(made: Delivery) -> None:
    made.put(1)
    made.turns(1, apart_s=7 * 86_400 - 400)
    made.duty.turn()
    assert made.at.store.outbox.get(1).sealed  # type: ignore[union-attr]
    made.at.clock.advance(500)
    made.duty.turn()
    assert made.at.store.outbox.get(1).sealed == b""  # type: ignore[union-attr]


def test_after_a_restore_everything_that_is_kept_is_sent_again_and_nothing_that_is_not(made: Delivery) -> None:
    made.put(1)
    made.turns(1, apart_s=7 * 86_400 + 1)
    made.duty.turn()
    made.put(1)
    made.duty.turn()
    assert made.states() == [OutboxState.ACKNOWLEDGED] * 2
    assert made.at.store.outbox.send_all_again() == 1
    assert made.states() == [OutboxState.ACKNOWLEDGED, OutboxState.WAITING]


def test_on_a_full_disk_acknowledged_payloads_go_at_once(made: Delivery) -> None:
    made.put(1)
    made.at.disk.bytes_free = 0
    made.duty.turn()
    made.at.clock.advance(1)
    made.duty.turn()
    assert made.at.store.outbox.get(1).sealed == b""  # type: ignore[union-attr]


def test_the_time_of_a_clock_that_is_off_is_learnt_and_the_request_repeated(made: Delivery) -> None:
    made.at.clock.time_of_day += timedelta(days=3650)
    good = made.peer.answer
    answers = iter([error(401)])
    made.peer.answer = lambda method, path, body: next(answers, None) or good(method, path, body)
    made.put(1)
    made.duty.turn()
    assert made.states() == [OutboxState.ACKNOWLEDGED]
    assert abs(made.at.kiosk.clock.offset) > timedelta(days=1)
