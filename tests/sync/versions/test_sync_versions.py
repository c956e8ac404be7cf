"""Which version a kiosk speaks: the newest that the server understands, whichever of the two was updated first."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from protocol import PROTOCOL_VERSION, VERSION_HEADER
from protocol.line import versions
from sync.client import Outcome
from sync.enrolment import EnrolProblem, EnrolRefused, enrol
from tests.kiosk.kiosk_kit import Bench, bench
from tests.sync.delivery_kit import Delivery
from tests.sync.scripted import Answer, ScriptedServer


class Peer:
    """A server that understands some versions, and names them unless it is of the time when none did."""

    def __init__(self, *understood: int) -> None:
        self.understood = understood
        self.http = ScriptedServer(self._answer)

    def _answer(self, _method: str, _path: str, _body: bytes) -> Answer:
        said = self.http.headers[-1][VERSION_HEADER]
        named = {} if self.understood == (1,) else {VERSION_HEADER: versions.named(self.understood)}
        if int(said) in self.understood:
            return 200, named, b"{}"
        message = f"update {said}" + "!" * 500
        return 426, named, json.dumps({"error": {"code": "version", "message": message}}).encode()

    @property
    def spoken(self) -> list[str]:
        """The versions of the requests that came."""
        return [headers[VERSION_HEADER] for headers in self.http.headers]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    one = bench(tmp_path)
    yield one
    one.close()


@pytest.fixture
def meet(at: Bench) -> Iterator[Callable[[Peer], Delivery]]:
    running = []

    def met(peer: Peer) -> Delivery:
        context = peer.http.running()
        context.__enter__()
        running.append(context)
        return Delivery(at, peer.http)

    yield met
    for context in running:
        context.__exit__(None, None, None)


NOW, BEFORE, NEXT = PROTOCOL_VERSION, PROTOCOL_VERSION - 1, PROTOCOL_VERSION + 1


@pytest.mark.parametrize(
    ("understood", "spoken"),
    [((NOW, BEFORE), [NOW, NOW]), ((NEXT, NOW), [NOW, NOW]), ((BEFORE,), [NOW, BEFORE, BEFORE])],
)
def test_the_newest_that_both_understand_is_spoken(
    meet: Callable[[Peer], Delivery], understood: tuple[int, ...], spoken: list[int]
) -> None:
    peer = Peer(*understood)
    made = meet(peer)
    assert [made.client.get("/v1/feed").outcome for _ in range(2)] == [Outcome.OK, Outcome.OK]
    assert peer.spoken == [str(version) for version in spoken]


def test_a_kiosk_follows_a_server_that_is_updated_or_set_back(meet: Callable[[Peer], Delivery]) -> None:
    peer = Peer(BEFORE)
    made = meet(peer)
    assert made.client.get("/v1/feed").ok
    peer.understood = (NOW, BEFORE)
    # The first answer names both, from the second request on the newer one is spoken.
    assert made.client.get("/v1/feed").ok and made.client.get("/v1/feed").ok
    peer.understood = (BEFORE,)
    assert made.client.get("/v1/feed").ok
    assert peer.spoken == [str(one) for one in (NOW, BEFORE, BEFORE, NOW, NOW, BEFORE)]


def test_without_a_common_version_it_waits_for_an_update_and_says_what_the_server_said(
    meet: Callable[[Peer], Delivery],
) -> None:
    peer = Peer(NEXT + 1, NEXT)
    made = meet(peer)
    answer = made.client.get("/v1/feed")
    assert (answer.outcome, answer.code) == (Outcome.UPDATE_NEEDED, "version")
    assert f"update {NOW}" in answer.detail and len(answer.detail) < 250
    assert peer.spoken == [str(NOW)]


def test_somebody_else_talks_no_kiosk_into_another_version(meet: Callable[[Peer], Delivery]) -> None:
    peer = Peer(BEFORE)
    peer.http.key = None
    made = meet(peer)
    assert made.client.get("/v1/feed").outcome is Outcome.FOREIGN
    assert peer.spoken == [str(NOW)]


@pytest.mark.parametrize(
    ("understood", "problem"), [((BEFORE,), EnrolProblem.BAD_ANSWER), ((NEXT,), EnrolProblem.UPDATE_NEEDED)]
)
def test_enrolling_agrees_too_and_says_which_side_to_update(
    at: Bench, understood: tuple[int, ...], problem: EnrolProblem
) -> None:
    """The answer of the first is no city's, but it was reached: the code was spoken in the version that is understood."""
    peer = Peer(*understood)
    with peer.http.running():
        refused = enrol(peer.http.base, "ABC", software="x", hardware={})
    assert isinstance(refused, EnrolRefused) and refused.problem is problem
    assert peer.spoken == [str(one) for one in ((NOW, BEFORE) if understood == (BEFORE,) else (NOW,))]


@pytest.mark.parametrize(
    ("header", "best"),
    [("2, 1", NOW), ("1", 1), (" 3,2 ", 2), ("", None), ("x, 1", 1), ("9" * 5000, None), (None, 1), ("²", None)],
)
def test_what_a_server_names_is_read_whatever_it_is(header: str | None, best: int | None) -> None:
    assert versions.common(header) == best
