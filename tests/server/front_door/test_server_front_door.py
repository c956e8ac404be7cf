"""The front door: whoever says nothing, says too much or is nobody keeps nobody else out, and costs little."""

import json
import os
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import psutil
import pytest
import requests
from pydantic import ValidationError
from requests.adapters import HTTPAdapter

from protocol.drafts import PROOF_HEADER
from protocol.limits import DRAFT_BYTES
from protocol.signing import CLOCK_SKEW, SIGNATURE_LIFE
from server.api.bodies import BodyRoom
from server.fleet.enrolment import ATTEMPTS_PER_ADDRESS
from server.foundation.actors import OPERATOR
from server.front_door import connections
from server.front_door.connections import HEAD_BYTES, LINGER_BYTES
from server.settings import ServerSettings
from tests.server.conftest import CITY
from tests.server.kiosk_client import TestKiosk
from tests.server.operator.test_server_command import ROOT, _wait
from tests.server.postgres import free_port
from tests.server.running import RunningServer, running
from tests.soaking import SOAK

HALF_OPEN = 1_100
#: Bytes of an answer that the systems of both sides cannot hold.
UNTAKEN = 40_000_000
UNVOUCHED = 100 if SOAK else 24
#: What the process may grow by while 0.3 GB (1.2 GB in long runs) that nobody vouched for are thrown at it.
GROWS_AT_MOST = 100_000_000
ANSWERED_WITHIN_S = 30.0
HALF = b"POST /v1/heartbeat HTTP/1.1\r\nHost: kiosk\r\n"
OTHER_ADDRESS = "127.0.0.2"


def port_of(base: str) -> int:
    return int(base.rpartition(":")[2])


def opened(base: str, address: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", port_of(base)), ANSWERED_WITHIN_S, source_address=(address, 0))


def status_of(connection: socket.socket) -> int:
    """The status of the next answer; 0 when the connection ends without one."""
    found = re.match(rb"HTTP/1\.1 (\d+)", _received(connection))
    return int(found[1]) if found else 0


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except ConnectionResetError:
        return b""


def written(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: kiosk", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def healthy(base: str) -> bool:
    return requests.get(f"{base}/healthz", timeout=ANSWERED_WITHIN_S).ok


@contextmanager
def served(settings: ServerSettings, files: int) -> Iterator[tuple[str, int]]:
    """A server in a process of its own, which may open so many ``files``: its address and process."""
    port = free_port()
    arguments = ["serve", "--data", str(settings.data), "--port", str(port), "--services", str(CITY)]
    process = subprocess.Popen(
        [sys.executable, "-m", "server", *arguments],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
    )
    try:
        _wait(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.kill()
        process.wait()


def peak_memory(process: int) -> int:
    """Bytes that it has held at most since it began."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


# --- connections ------------------------------------------------------------------------------------------------


def test_a_thousand_half_open_requests_keep_nobody_out(sqlite_settings: ServerSettings) -> None:
    """More than the process can open files for, of the same address as whoever comes after them."""
    with served(sqlite_settings, files=HALF_OPEN - 100) as (base, _), ExitStack() as kept:
        for _ in range(HALF_OPEN):
            kept.enter_context(opened(base)).sendall(HALF)
        assert healthy(base)


def test_what_waits_makes_room_for_who_comes(sqlite_settings: ServerSettings) -> None:
    with running(sqlite_settings.model_copy(update={"connections_per_address": 3})) as server, ExitStack() as kept:
        waiting = [kept.enter_context(opened(server.base)) for _ in range(3)]
        for one in waiting:
            one.sendall(HALF)
        assert healthy(server.base)
        assert status_of(waiting[0]) == 0
        waiting[2].sendall(b"Content-Length: 0\r\n\r\n")
        assert status_of(waiting[2]) == 426


def test_all_places_together_are_bounded_too(sqlite_settings: ServerSettings) -> None:
    with running(sqlite_settings.model_copy(update={"connections": 3})) as server, ExitStack() as kept:
        waiting = [kept.enter_context(opened(server.base, f"127.0.0.{number}")) for number in range(2, 5)]
        for one in waiting:
            one.sendall(HALF)
        assert healthy(server.base)
        assert status_of(waiting[0]) == 0


def test_what_is_worked_on_is_never_given_up(sqlite_settings: ServerSettings) -> None:
    settings = sqlite_settings.model_copy(update={"connections_per_address": 3})
    with running(settings) as server, ExitStack() as kept:
        kiosk = server.kiosk()
        kiosk.http.close()
        path = "/v1/feed/live?after=0"
        for _ in range(3):
            stream = kept.enter_context(opened(server.base))
            stream.sendall(written("GET", path, kiosk.signed_headers("GET", path)))
            assert status_of(stream) == 200
        refused = kept.enter_context(opened(server.base))
        assert status_of(refused) == 503
        elsewhere = requests.Session()
        elsewhere.mount("http://", _From(OTHER_ADDRESS))
        assert elsewhere.get(f"{server.base}/healthz", timeout=ANSWERED_WITHIN_S).ok


class _From(HTTPAdapter):
    """Requests from another address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: object, **options: object) -> None:
        super().init_poolmanager(*arguments, source_address=(self._address, 0), **options)  # type: ignore[arg-type]


# --- time -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def impatient(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Waits for nobody for long."""
    data = tmp_path_factory.mktemp("impatient") / "data"
    copytree(seeded_sqlite, data)
    with running(ServerSettings(data=data, services=CITY, port=0, head_s=0.5, body_silence_s=0.5)) as one:
        yield one


@pytest.mark.parametrize("said", [b"", b"\r\n", HALF], ids=["nothing", "an empty line", "half a head"])
def test_a_head_that_does_not_come_ends_the_connection(impatient: RunningServer, said: bytes) -> None:
    with opened(impatient.base) as one:
        one.sendall(said)
        assert status_of(one) == 408


def test_a_head_that_comes_byte_by_byte_is_not_waited_for(impatient: RunningServer) -> None:
    """Each byte in time, the whole too late: more than a header can have come before it ends."""
    with opened(impatient.base) as one, pytest.raises(OSError):
        one.settimeout(0.01)
        for byte in HALF + b"X: " + b"x" * HEAD_BYTES:
            one.sendall(bytes([byte]))
            try:
                if not one.recv(1):
                    raise ConnectionResetError
            except TimeoutError:
                continue


def test_a_body_that_does_not_come_ends_the_connection(impatient: RunningServer) -> None:
    with opened(impatient.base) as one:
        one.sendall(written("POST", "/v1/enrol", {"Content-Length": "1000"}) + b"{")
        assert status_of(one) == 408


def test_a_body_that_drips_is_not_waited_for(impatient: RunningServer) -> None:
    """Never silent for long, and yet slower than any line: it ends before the body is whole."""
    with opened(impatient.base) as one:
        one.sendall(written("POST", "/v1/enrol", {"Content-Length": "60000"}))
        one.settimeout(0.05)
        answer = b""
        for _ in range(60_000):
            with suppress(BrokenPipeError, ConnectionResetError):
                one.sendall(b" ")
            try:
                answer = one.recv(1000)
                break
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408")


def test_what_comes_after_a_refusal_is_thrown_away_up_to_its_limit(impatient: RunningServer) -> None:
    """So a client that first sends everything learns the answer, and nobody can send for ever."""
    with opened(impatient.base) as one:
        one.sendall(written("POST", "/v1/operator", {"Content-Length": str(10 * LINGER_BYTES)}))
        assert status_of(one) == 401
        sent = _sent(one, 2 * LINGER_BYTES)
        assert LINGER_BYTES <= sent < 2 * LINGER_BYTES


def test_what_comes_after_a_refusal_is_waited_for_so_long_only(
    impatient: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LINGER_S", 0.3)
    with opened(impatient.base) as one:
        one.sendall(written("POST", "/v1/operator", {"Content-Length": "1000"}))
        assert status_of(one) == 401
        assert status_of(one) == 0


def test_an_answer_that_nobody_takes_is_given_up(impatient: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the system keeps for a connection, and a client that reads its beginning only."""
    monkeypatch.setattr(connections, "STUCK_ANSWER_S", 0.3)
    pack = impatient.deps.packs.rows()[0]
    name = f"{pack.sha256}.{pack.path}"
    file = impatient.deps.packs.target_path(name)
    assert file is not None
    file.write_bytes(bytes(UNTAKEN))
    path = f"/v1/packs/targets/{name}"
    headers = impatient.kiosk().signed_headers("GET", path)
    with opened(impatient.base) as one:
        one.sendall(written("GET", path, headers))
        assert status_of(one) == 200
        assert _given_up(one)
        # What was on its way comes, and not the rest.
        taken = 0
        with suppress(ConnectionResetError):
            while piece := one.recv(1_000_000):
                taken += len(piece)
        assert taken < UNTAKEN


def _given_up(connection: socket.socket) -> bool:
    """Whether the other side closes the connection while nothing is read of it; here that shows only after the rest."""
    end = time.monotonic() + ANSWERED_WITHIN_S
    while time.monotonic() < end:
        theirs = [
            one.status for one in psutil.Process().net_connections("tcp") if one.raddr == connection.getsockname()
        ]
        if psutil.CONN_ESTABLISHED not in theirs:
            return True
        time.sleep(0.02)
    return False


def _sent(connection: socket.socket, most: int) -> int:
    """Bytes that the other side took before it ended the connection."""
    sent, piece = 0, b"x" * 1_000_000
    with suppress(BrokenPipeError, ConnectionResetError):
        while sent < most:
            sent += connection.send(piece)
    return sent


def test_an_idle_connection_is_kept_for_the_next_request(impatient: RunningServer) -> None:
    with opened(impatient.base) as one:
        for _ in range(3):
            one.sendall(written("GET", "/healthz", {}))
            assert status_of(one) == 200


# --- what is read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bytes_", "status"), [(HEAD_BYTES - 200, 200), (HEAD_BYTES, 431)])
def test_a_head_is_read_up_to_its_limit(sqlite_server: RunningServer, bytes_: int, status: int) -> None:
    with opened(sqlite_server.base) as one:
        one.sendall(written("GET", "/healthz", {"X-Long": "x" * bytes_}))
        assert status_of(one) == status


def test_a_head_without_end_is_cut(sqlite_server: RunningServer) -> None:
    with opened(sqlite_server.base) as one:
        one.sendall(HALF + b"X-Long: " + b"x" * HEAD_BYTES)
        assert status_of(one) == 431


def test_a_second_request_before_the_first_is_answered_is_refused(sqlite_server: RunningServer) -> None:
    """And so many of them in one piece cost nothing."""
    with opened(sqlite_server.base) as one:
        one.sendall(written("GET", "/healthz", {}) * 1000)
        assert status_of(one) in (0, 400)


Change = Callable[[RunningServer, TestKiosk, dict[str, str]], dict[str, str]]


def _another_keys(server: RunningServer, kiosk: TestKiosk, headers: dict[str, str]) -> dict[str, str]:
    other = server.kiosk("Kios Lain")
    return other.signed_headers("POST", "/v1/heartbeat", b"{}", kiosk_id=kiosk.id)


def _unknown(server: RunningServer, kiosk: TestKiosk, headers: dict[str, str]) -> dict[str, str]:
    return kiosk.signed_headers("POST", "/v1/heartbeat", b"{}", kiosk_id="00000000-0000-4000-8000-000000000000")


def _old(server: RunningServer, kiosk: TestKiosk, headers: dict[str, str]) -> dict[str, str]:
    return kiosk.signed_headers("POST", "/v1/heartbeat", b"{}", now=datetime.now(UTC) - SIGNATURE_LIFE - 2 * CLOCK_SKEW)


def _future(server: RunningServer, kiosk: TestKiosk, headers: dict[str, str]) -> dict[str, str]:
    return kiosk.signed_headers("POST", "/v1/heartbeat", b"{}", now=datetime.now(UTC) + timedelta(hours=1))


def _without_digest(server: RunningServer, kiosk: TestKiosk, headers: dict[str, str]) -> dict[str, str]:
    """Signed for no body at all."""
    signed = kiosk.signed_headers("POST", "/v1/heartbeat")
    return {name: value for name, value in signed.items() if name.lower() != "content-digest"}


def _odd_digest(server: RunningServer, kiosk: TestKiosk, headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "Content-Digest": "sha-256=:AAAA:"}


def _revoked(server: RunningServer, kiosk: TestKiosk, headers: dict[str, str]) -> dict[str, str]:
    server.deps.enrolment.revoke(OPERATOR, kiosk.id)
    return headers


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda *_: {"Ekios-Protocol": "1"}, 401),
        (_another_keys, 401),
        (_unknown, 401),
        (_old, 401),
        (_future, 401),
        (_without_digest, 401),
        (_odd_digest, 401),
        (_revoked, 403),
    ],
)
def test_nothing_is_read_of_a_body_that_nobody_vouches_for(
    sqlite_server: RunningServer, change: Change, status: int
) -> None:
    """The answer comes although no byte of the body does."""
    kiosk = sqlite_server.kiosk()
    headers = change(sqlite_server, kiosk, kiosk.signed_headers("POST", "/v1/heartbeat", b"{}"))
    with opened(sqlite_server.base) as one:
        one.sendall(written("POST", "/v1/heartbeat", {**headers, "Content-Length": "2"}))
        assert status_of(one) == status


def test_nothing_is_read_of_a_body_whose_signature_was_used(sqlite_server: RunningServer) -> None:
    """But of a heartbeat: many are written down together, each with its nonce, once their bodies are here."""
    kiosk = sqlite_server.kiosk()
    headers = kiosk.signed_headers("POST", "/v1/visits", b"{}")
    requests.post(f"{sqlite_server.base}/v1/visits", data=b"{}", headers=headers, timeout=ANSWERED_WITHIN_S)
    with opened(sqlite_server.base) as one:
        one.sendall(written("POST", "/v1/visits", {**headers, "Content-Length": "2"}))
        assert status_of(one) == 401


def test_a_body_is_waited_for_when_somebody_vouches_for_it(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    body = json.dumps(kiosk.heartbeat()).encode()
    headers = kiosk.signed_headers("POST", "/v1/heartbeat", body)
    with opened(sqlite_server.base) as one:
        one.sendall(
            written("POST", "/v1/heartbeat", {**headers, "Content-Length": str(len(body)), "Expect": "100-continue"})
        )
        assert status_of(one) == 100
        one.sendall(body)
        assert status_of(one) == 200


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/v1/enrol", 65_536),
        ("POST", "/sign-in", 65_536),
        ("PUT", f"/v1/drafts/{'0' * 32}", DRAFT_BYTES),
    ],
)
def test_a_body_that_says_it_is_too_large_is_refused_unread(
    sqlite_server: RunningServer, method: str, path: str, limit: int
) -> None:
    with opened(sqlite_server.base) as one:
        headers = {"Ekios-Protocol": "1", "Content-Length": str(limit + 1)}
        one.sendall(written(method, path, {**headers, "Content-Type": "application/x-www-form-urlencoded"}))
        assert status_of(one) == 413


def test_the_operators_body_is_not_read_before_the_token(sqlite_server: RunningServer) -> None:
    with opened(sqlite_server.base) as one:
        one.sendall(written("POST", "/v1/operator", {"Content-Length": "1000", "Content-Type": "application/json"}))
        assert status_of(one) == 401


TARGETS = (("PUT", f"/v1/drafts/{'0' * 32}"), ("POST", "/v1/operator"), ("POST", "/sign-in"), ("POST", "/v1/enrol"))


@pytest.mark.longer_in_soak
def test_many_large_bodies_cost_no_memory(sqlite_settings: ServerSettings) -> None:
    """Of known and of unknown length in turns; a heartbeat is answered in the middle of them."""
    with served(sqlite_settings, files=4096) as (base, process):
        kiosk = _enrolled(base, sqlite_settings)
        assert kiosk.post("/v1/heartbeat", kiosk.heartbeat()).status_code == 200
        before = peak_memory(process)

        def throw(number: int) -> int:
            method, path = TARGETS[number // 2 % len(TARGETS)]
            reported = {"Content-Length": str(DRAFT_BYTES)} if number % 2 else {"Transfer-Encoding": "chunked"}
            piece = b"x" * 60_000 if number % 2 else b"ea60\r\n" + b"x" * 60_000 + b"\r\n"
            with opened(base) as one:
                try:
                    one.sendall(written(method, path, {"Ekios-Protocol": "1", **reported}))
                    for _ in range(DRAFT_BYTES // 60_000):
                        one.sendall(piece)
                except OSError:
                    return 0
                return status_of(one)

        with ThreadPoolExecutor(20) as pool:
            thrown = pool.map(throw, range(UNVOUCHED))
            assert kiosk.post("/v1/heartbeat", kiosk.heartbeat()).status_code == 200
            statuses = set(thrown)
        assert peak_memory(process) - before < GROWS_AT_MOST
        assert statuses <= {0, 401, 403, 413, 503}, statuses


def _enrolled(base: str, settings: ServerSettings) -> TestKiosk:
    made = subprocess.run(
        [sys.executable, "-m", "server", "enrol-code", "Kios", "--data", str(settings.data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    kiosk = TestKiosk(base)
    kiosk.enrol(made.stdout.split()[1]).raise_for_status()
    command = ["approve", kiosk.id, kiosk.fingerprint, "--data", str(settings.data)]
    subprocess.run([sys.executable, "-m", "server", *command], cwd=ROOT, capture_output=True, check=True)
    return kiosk


def test_large_bodies_share_a_room_and_heartbeats_have_their_own(
    sqlite_settings: ServerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also signed ones: a kiosk that was taken over fills a part of the memory, not all of it."""
    monkeypatch.setattr("server.app.BodyRoom", lambda: BodyRoom(large=300_000, small=70_000))
    with running(sqlite_settings) as server, ExitStack() as kept:
        kiosk = server.kiosk()
        path, body = f"/v1/drafts/{'0' * 32}", os.urandom(200_000)
        slow = kept.enter_context(opened(server.base))
        headers = kiosk.signed_headers("PUT", path, body, {PROOF_HEADER: "0" * 64})
        said = written("PUT", path, {**headers, "Content-Length": str(len(body)), "Expect": "100-continue"})
        slow.sendall(said)
        # It reads now, so its place is taken.
        assert status_of(slow) == 100
        answer = kiosk.call("PUT", path, body, {PROOF_HEADER: "0" * 64})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
        assert int(answer.headers["Retry-After"]) > 0
        assert kiosk.post("/v1/heartbeat", kiosk.heartbeat()).status_code == 200
        slow.sendall(body)
        assert status_of(slow) == 201
        assert kiosk.call("PUT", path, body, {PROOF_HEADER: "0" * 64}).status_code == 200


# --- who is in front --------------------------------------------------------------------------------------------


def tries_of(settings: ServerSettings) -> list[int]:
    """What wrong codes are answered whose sender says that each came from elsewhere."""
    with running(settings) as server:
        body = {"code": "WRONG", "public_key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "software": "1"}
        return [
            requests.post(
                f"{server.base}/v1/enrol",
                json=body,
                headers={"X-Forwarded-For": f"203.0.113.{number}"},
                timeout=ANSWERED_WITHIN_S,
            ).status_code
            for number in range(ATTEMPTS_PER_ADDRESS + 1)
        ]


def test_nobody_is_believed_to_be_a_proxy_by_itself(sqlite_settings: ServerSettings) -> None:
    assert tries_of(sqlite_settings) == [403] * ATTEMPTS_PER_ADDRESS + [429]


@pytest.mark.parametrize("proxies", ["127.0.0.1", "10.0.0.0/8, 127.0.0.0/8"])
def test_a_proxy_that_was_named_is_believed(sqlite_settings: ServerSettings, proxies: str) -> None:
    settings = sqlite_settings.model_copy(update={"trusted_proxies": proxies})
    assert tries_of(settings) == [403] * (ATTEMPTS_PER_ADDRESS + 1)


def test_the_places_of_an_address_do_not_bind_a_proxy(sqlite_settings: ServerSettings) -> None:
    settings = sqlite_settings.model_copy(update={"trusted_proxies": "127.0.0.1", "connections_per_address": 2})
    with running(settings) as server, ExitStack() as kept:
        waiting = [kept.enter_context(opened(server.base)) for _ in range(5)]
        for one in waiting:
            one.sendall(HALF)
        for one in waiting:
            one.sendall(b"\r\n")
            assert status_of(one) == 426


def test_a_proxy_that_cannot_be_is_reported_at_the_start() -> None:
    with pytest.raises(ValidationError, match="trusted_proxies"):
        ServerSettings(trusted_proxies="balaikota.example")
