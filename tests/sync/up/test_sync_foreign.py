"""Whoever answers in the server's place, with whatever status and body, gives nothing up and has nothing done.

A captive portal, a proxy with an error page of its own, an answer that was kept for another request, one that was cut.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.machine.line_state import LineCondition
from kiosk.store.journal import Visit
from kiosk.store.outbox import Envelope, OutboxState, SealedAttachment
from kiosk.store.reports import ReportKind
from protocol import answers
from protocol.messages import ItemKind
from sync.presence import PresenceDuty
from sync.up.envelopes import REFUSALS, SET_ASIDE_S
from tests.kiosk.kiosk_kit import BEGIN, CITY, bench
from tests.sync.delivery_kit import Delivery, error
from tests.sync.scripted import Answer, ScriptedServer, stored

STATUSES = (
    200, 201, 202, 204, 206, 301, 302, 304, 307, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 413, 414, 415,
    417, 421, 422, 423, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 511, 520, 530,
)  # fmt: skip
REJECTED = {"status": "rejected", "reason": "no such form"}


def items(body: bytes) -> list[dict[str, Any]]:
    return list(json.loads(body)["items"])


def batch_answer(body: bytes, **answer: str) -> bytes:
    reported = [{"id": item["id"], "received_at": "2026-03-02T08:00:01Z", **answer} for item in items(body)]
    return json.dumps({"answers": reported, "ack_through": 10}).encode()


#: By name, what stands in the answer to a batch.
BODIES: dict[str, Callable[[bytes], bytes]] = {
    "html": lambda _body: b"<html><title>Sign in</title><form action=/login></form></html>",
    "nothing": lambda _body: b"",
    "other json": lambda _body: b'{"error": "invalid_request", "message": "blocked by policy"}',
    "our error, unproven": lambda _body: b'{"error": {"code": "invalid", "message": "not as agreed: items"}}',
    "our error, cut": lambda _body: b'{"error": {"code": "inva',
    "revoked, unproven": lambda _body: b'{"error": {"code": "revoked", "message": "this kiosk was shut out"}}',
    "all stored, unproven": lambda body: batch_answer(body, status="stored"),
    "all rejected, unproven": lambda body: batch_answer(body, **REJECTED),
    "all stored, cut": lambda body: batch_answer(body, status="stored")[:-9],
    "not text": lambda _body: bytes(range(128, 256)),
}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Delivery]:
    at = bench(tmp_path)
    with ScriptedServer(lambda _method, _path, body: stored(items(body))).running() as peer:
        delivery = Delivery(at, peer)
        yield delivery
        delivery.duty.teardown()
        at.close()


def with_attachment(made: Delivery) -> str:
    """One more envelope, whose attachment the server waits for; its hash."""
    digest = "b" * 64
    with made.at.store.transaction():
        seq = made.at.store.outbox.next_seq()
        made.at.store.outbox.add(
            Envelope(seq, f"0190f3a0-0000-7000-8000-{seq:012d}", ItemKind.SUBMISSION, f"K7M2{seq:08d}", "letter", "3", 1,
                     "k", "a" * 64, b"sealed", BEGIN, "b"),
            [SealedAttachment(digest, 4, b"blob")],
        )  # fmt: skip
        made.at.store.outbox.delivered(seq, BEGIN, (digest,), BEGIN)
    return digest


def nothing_is_lost(made: Delivery, statuses_and_bodies: Iterable[tuple[int, str]]) -> None:
    made.put(1)
    with_attachment(made)
    good = made.peer.answer
    made.peer.key = None
    for status, name in statuses_and_bodies:
        make = BODIES[name]
        made.peer.answer = lambda _m, _p, sent, status=status, make=make: (
            status,
            {"Location": "http://portal.example/", "Upload-Complete": "?1", "Upload-Offset": "0"},
            make(sent) if sent[:1] == b"{" else b"",
        )
        made.turns(REFUSALS, apart_s=SET_ASIDE_S + 1)
        assert made.states() == [OutboxState.WAITING, OutboxState.DELIVERED], (status, name)
        assert not made.monitor.state().online
        assert made.monitor.state().condition is not LineCondition.REVOKED
    made.peer.key = bytes(CITY.badge)
    made.peer.answer = lambda method, path, sent: (
        good(method, path, sent) if path == "/v1/submissions" else (204, {"Upload-Complete": "?1"}, b"")
    )
    made.turns(2, apart_s=SET_ASIDE_S + 1)
    assert made.states() == [OutboxState.ACKNOWLEDGED] * 2


@pytest.mark.parametrize("name", BODIES)
def test_g6_an_answer_that_is_not_ours_parks_and_acknowledges_nothing(made: Delivery, name: str) -> None:
    """Each body with every tenth status, so that each status comes up once."""
    nothing_is_lost(made, ((status, name) for status in STATUSES[list(BODIES).index(name) :: len(BODIES)]))


@pytest.mark.soak
@pytest.mark.parametrize("name", BODIES)
def test_g6_every_status_with_every_body(made: Delivery, name: str) -> None:
    nothing_is_lost(made, ((status, name) for status in STATUSES))


def test_a_proof_for_another_request_is_none(made: Delivery) -> None:
    """An answer that a cache kept: it is the server's own, but to something else."""
    made.put(1)
    other: list[str] = []
    made.peer.answer = lambda _m, _p, body: (422, {"Ekios-Answer": other[0]} if other else {}, error(422, "invalid")[2])
    made.peer.key = None
    made.turns(1)
    proof = answers.Proof(made.at.clock.now(), made.at.clock.now())
    other.append(answers.prove("pyhms=:b3RoZXI=:", 422, proof, bytes(CITY.badge)))
    made.turns(REFUSALS, apart_s=SET_ASIDE_S + 1)
    assert made.states() == [OutboxState.WAITING]


#: What the server itself may say of a batch without saying that an item of it will never do.
NOT_FINAL = ("", "x", "encoding", "signature", "replayed", "busy")


def test_no_other_answer_of_the_server_parks_an_item(made: Delivery) -> None:
    made.put(1)
    for number, status in enumerate(STATUSES):
        if not 200 <= status < 300:
            code = NOT_FINAL[number % len(NOT_FINAL)]
            made.peer.answer = lambda *_, status=status, code=code: error(status, code)
            made.turns(REFUSALS, apart_s=SET_ASIDE_S + 1)
            assert made.states() == [OutboxState.WAITING], (status, code)


@pytest.mark.parametrize(("status", "code"), [(413, "too_large"), (422, "invalid")])
def test_what_the_server_refuses_for_what_it_is_is_parked(made: Delivery, status: int, code: str) -> None:
    made.put(1)
    made.peer.answer = lambda *_: error(status, code)
    made.turns(REFUSALS - 1, apart_s=SET_ASIDE_S + 1)
    assert made.states() == [OutboxState.WAITING]
    made.turns(1)
    assert made.states() == [OutboxState.PARKED]


@pytest.mark.parametrize("code", ["signature", "replayed", "invalid", "too_large"])
def test_a_401_never_parks_however_often_it_comes(made: Delivery, code: str) -> None:
    """It says who the server thinks is speaking, and nothing of what was said."""
    made.put(3)
    good = made.peer.answer
    made.peer.answer = lambda *_: error(401, code)
    made.turns(2 * REFUSALS, apart_s=SET_ASIDE_S + 1)
    assert made.states() == [OutboxState.WAITING] * 3
    assert made.monitor.state().condition is LineCondition.REFUSED
    made.peer.answer = good
    made.turns(2)
    assert made.states() == [OutboxState.ACKNOWLEDGED] * 3


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 403, 404, 409, 413, 422, 451])
def test_small_messages_wait_for_the_server_itself(made: Delivery, status: int) -> None:
    """Visits, ratings, calls for help, results of commands: all were called reported on a portal's word."""
    at = made.at
    at.store.visits.add(Visit("0190f3a0-0000-7000-8000-0000000000aa", "ani", BEGIN, BEGIN, ()))
    at.kiosk.ratings.rate(at.kiosk.catalogue.services[0], 3)
    at.kiosk.help_calls.call("form")
    assert at.store.commands.begin("0190f3a0-0000-7000-8000-0000000000ab", "report")
    at.store.commands.finish("0190f3a0-0000-7000-8000-0000000000ab", ok=True, message="")
    presence = PresenceDuty(
        at.kiosk, made.client, made.monitor, lambda _head: None, bytes(CITY.badge.verify_key), lambda: None
    )

    def waiting() -> list[int]:
        reports = at.store.reports
        return [
            len(at.store.visits.unreported()),
            len(reports.waiting(ReportKind.RATING, 9)),
            len(reports.waiting(ReportKind.HELP_CALL, 9)),
            len(at.store.commands.unreported()),
        ]

    made.peer.key = None
    made.peer.answer = lambda *_: (status, {}, b"<html></html>")
    for _ in range(3):
        presence.turn()
        presence.hurry()
    assert waiting() == [1, 1, 1, 1]
    made.peer.key = bytes(CITY.badge)
    beat = {"server_time": "2026-03-02T08:00:00Z", "interval_s": 15, "feed_head": 0}
    reported: dict[str, Answer] = {
        "/v1/heartbeat": (200, {}, json.dumps(beat).encode()),
        "/v1/ratings": (200, {}, b'{"stored": 1, "refused": 0}'),
    }
    made.peer.answer = lambda _m, path, _b: reported.get(path, (204, {}, b""))
    presence.turn()
    assert waiting() == [0, 0, 0, 0]
