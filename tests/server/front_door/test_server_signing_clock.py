"""The time that signatures are judged by: what was sent once has no effect a second time, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from multiprocessing.pool import ThreadPool

import pytest
import requests

from protocol import answers
from protocol.signing import CLOCK_SKEW, SIGNATURE_LIFE
from server.operator.chores import sweep_nonces
from server.settings import ServerSettings
from tests.server.kiosk_client import TestKiosk
from tests.server.running import RunningServer, running

PATH = "/v1/feed?after=0"
#: From the earliest to the latest moment at which one signature is good.
WINDOW = SIGNATURE_LIFE + 2 * CLOCK_SKEW


class PutClock:
    """The machine's clock, put forward or back by hand."""

    def __init__(self) -> None:
        self.off = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.off


def send(server: RunningServer, headers: dict[str, str]) -> requests.Response:
    return requests.get(server.base + PATH, headers=headers, timeout=30)


def code(answer: requests.Response) -> str:
    return "ok" if answer.ok else str(answer.json()["error"]["code"])


def judged(answer: requests.Response, headers: dict[str, str], server: RunningServer) -> datetime:
    """By what time the answer says that it was judged."""
    keys = server.deps.keys
    proof = answers.read(
        answer.headers.get(answers.HEADER), headers["Signature"], answer.status_code, keys.badge_public
    )
    assert proof is not None
    return proof.judged


def fresh(server: RunningServer, kiosk: TestKiosk) -> requests.Response:
    """A new request of a kiosk that learns the time from a refusal and signs anew."""
    headers = kiosk.signed_headers("GET", PATH)
    answer = send(server, headers)
    if answer.ok:
        return answer
    return send(server, kiosk.signed_headers("GET", PATH, now=judged(answer, headers, server)))


@pytest.mark.parametrize("edge", [-1, 1])
def test_a_signature_is_accepted_once_at_each_end_of_its_time(sqlite_settings: ServerSettings, edge: int) -> None:
    """What is forgotten is too old: sweeping at every moment of the window never lets a replay through."""
    clock = PutClock()
    with running(sqlite_settings, clock=clock) as server:
        kiosk = server.kiosk()
        off = CLOCK_SKEW - timedelta(seconds=2) if edge > 0 else timedelta(seconds=2) - SIGNATURE_LIFE - CLOCK_SKEW
        headers = kiosk.signed_headers("GET", PATH, now=clock.now() + off)
        assert code(send(server, headers)) == "ok"
        answered = set()
        for _ in range(14):
            sweep_nonces(server.deps)
            answered.add(code(send(server, headers)))
            clock.off += WINDOW / 12
        assert answered == {"replayed", "signature"}


#: Hours by which the machine's clock is put forward or back, one after the other.
STEPS = {
    "back by minutes": [-0.2],
    "back by a day": [-24],
    "forward and back": [24, -24],
    "a year forward and back": [8_760, -8_760],
    "back and forward": [-3, 3],
    "to and fro": [2, -1, 3, -4, 1, -1],
}


@pytest.mark.parametrize("name", STEPS)
def test_no_step_of_the_servers_clock_lets_a_replay_through_or_cuts_a_kiosk_off(
    settings: ServerSettings, name: str
) -> None:
    clock = PutClock()
    with running(settings, clock=clock) as server:
        kiosk = server.kiosk()
        sent: list[tuple[dict[str, str], timedelta]] = []
        for hours in (0, *STEPS[name]):
            clock.off += timedelta(hours=hours)
            for _ in range(2):
                headers = kiosk.signed_headers("GET", PATH)
                answer = send(server, headers)
                if not answer.ok:
                    headers = kiosk.signed_headers("GET", PATH, now=judged(answer, headers, server))
                    answer = send(server, headers)
                assert answer.ok, answer.text
                sent.append((headers, clock.off))
                clock.off += WINDOW * 2
                # What is old by now is forgotten.
                sweep_nonces(server.deps)
        for headers, off in sent:
            # It is that time of day again.
            clock.off = off
            assert code(send(server, headers)) in ("replayed", "signature")
        assert fresh(server, kiosk).ok


def test_a_restart_with_the_clock_put_back_lets_no_replay_through(settings: ServerSettings) -> None:
    clock = PutClock()
    with running(settings, clock=clock) as server:
        kiosk = server.kiosk()
        headers = kiosk.signed_headers("GET", PATH)
        assert send(server, headers).ok
        clock.off += WINDOW * 2
        sweep_nonces(server.deps)
    clock.off = timedelta(0)
    with running(settings, clock=clock) as server:
        assert code(send(server, headers)) == "signature"
        kiosk.base = server.base
        assert fresh(server, kiosk).ok


def test_of_two_processes_one_takes_a_request(postgresql_settings: ServerSettings) -> None:
    """Also when the other's clock is hours behind: both judge by the time that they share."""
    behind = PutClock()
    with running(postgresql_settings) as one:
        sweep_nonces(one.deps)
        behind.off = timedelta(hours=-5)
        with running(postgresql_settings, clock=behind) as other:
            kiosk = one.kiosk()
            sent = [kiosk.signed_headers("GET", PATH) for _ in range(8)]
            calls = [(server, headers) for headers in sent for server in (one, other, one, other)]
            with ThreadPool(8) as pool:
                taken = pool.starmap(lambda server, headers: code(send(server, headers)), calls)
            assert taken.count("ok") == len(sent)
            assert set(taken) == {"ok", "replayed"}


def test_what_is_too_old_for_good_is_forgotten(settings: ServerSettings) -> None:
    clock = PutClock()
    with running(settings, clock=clock) as server:
        assert send(server, server.kiosk().signed_headers("GET", PATH)).ok
        with server.deps.engine.begin() as connection:
            assert server.deps.signing_clock.sweep(connection) == 0
        clock.off += WINDOW + timedelta(minutes=2)
        with server.deps.engine.begin() as connection:
            assert server.deps.signing_clock.sweep(connection) == 1
