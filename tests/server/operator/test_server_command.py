"""The operator's command, with a server running and without; health; the description of the API."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from protocol.drafts import PROOF_HEADER
from server.settings import ServerSettings
from tests import forked
from tests.server.conftest import CITY
from tests.server.kiosk_client import TestKiosk
from tests.server.postgres import free_port
from tests.server.running import running

pytestmark = pytest.mark.begins_first

ROOT = Path(__file__).parents[3]
STARTS_WITHIN_S = 60.0
STOPS_WITHIN_S = 30.0


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return forked.command("server", *arguments)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, "subprocess.Popen[bytes]"]]:
    """``serve --trial`` on an empty folder, as ``make run`` does it."""
    data, port = tmp_path_factory.mktemp("command") / "data", free_port()
    arguments = ["serve", "--data", str(data), "--port", str(port), "--trial", "--services", str(CITY)]
    process = subprocess.Popen([sys.executable, "-m", "server", *arguments], cwd=ROOT, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    _wait(base, process)
    yield data, base, process
    process.kill()
    process.wait()


def test_a_fresh_folder_is_seeded_and_healthy(started: tuple[Path, str, object]) -> None:
    assert requests.get(f"{started[1]}/healthz", timeout=10).json() == {
        "ok": True,
        "storage": True,
        "migrations": True,
        "disk": True,
        "keys": True,
        "store": True,
        "hints": True,
        "pack": 1,
    }


def test_orders_go_through_the_running_server(started: tuple[Path, str, object]) -> None:
    data, base, _ = started
    made = command("enrol-code", "Kios Balai Kota", "--data", str(data))
    assert made.returncode == 0, made.stderr
    kiosk = TestKiosk(base)
    assert kiosk.enrol(made.stdout.split()[1]).status_code == 200
    other = command("approve", "Kios Balai Kota", "0000 0000 0000 0000 0000 0000", "--data", str(data))
    assert (other.returncode, "not its fingerprint" in other.stderr) == (1, True)
    assert kiosk.get("/v1/feed").json()["error"]["code"] == "waiting"
    approved = command("approve", "Kios Balai Kota", kiosk.fingerprint, "--data", str(data))
    assert approved.returncode == 0, approved.stderr
    assert kiosk.get("/v1/feed").status_code == 200
    revoked = command("revoke", "Kios Balai Kota", "--data", str(data))
    assert revoked.returncode == 0, revoked.stderr
    assert kiosk.get("/v1/feed").status_code == 403


def test_an_order_that_cannot_be_is_refused_in_words(started: tuple[Path, str, object]) -> None:
    refused = command("badge", "nobody", "--data", str(started[0]))
    assert (refused.returncode, "nobody" in refused.stderr) == (1, True)


def test_the_operators_path_needs_the_token(started: tuple[Path, str, object]) -> None:
    order = {"command": "enrol-code", "arguments": {"name": "Kios"}}
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = requests.post(f"{started[1]}/v1/operator", json=order, headers=headers, timeout=10)
        assert answer.status_code == 401


def test_a_second_server_on_the_same_folder_is_refused(started: tuple[Path, str, object]) -> None:
    second = command("serve", "--data", str(started[0]), "--port", str(free_port()))
    assert (second.returncode, "in use" in second.stderr) == (1, True)


def test_it_stops_with_a_live_stream_open_and_tidies_up(sqlite_settings: ServerSettings) -> None:
    port = free_port()
    arguments = ["serve", "--data", str(sqlite_settings.data), "--port", str(port), "--services", str(CITY)]
    process = subprocess.Popen([sys.executable, "-m", "server", *arguments], cwd=ROOT, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    _wait(base, process)
    kiosk = TestKiosk(base)
    kiosk.enrol(command("enrol-code", "Kios", "--data", str(sqlite_settings.data)).stdout.split()[1])
    command("approve", "Kios", kiosk.fingerprint, "--data", str(sqlite_settings.data))
    path = "/v1/feed/live?after=0"
    with requests.get(base + path, headers=kiosk.signed_headers("GET", path), stream=True, timeout=30) as stream:
        next(stream.iter_lines())
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(STOPS_WITHIN_S) == 0
    assert not (sqlite_settings.data / "address").exists()


def test_without_a_server_the_order_is_carried_out_here(sqlite_settings: ServerSettings) -> None:
    (sqlite_settings.data / "address").write_text(f"http://127.0.0.1:{free_port()}\n")
    made = command("enrol-code", "Kios", "--data", str(sqlite_settings.data))
    assert "code:" in made.stdout, made.stderr


def test_a_full_disk_refuses_new_work_and_the_feed_goes_on(sqlite_settings: ServerSettings) -> None:
    with running(sqlite_settings.model_copy(update={"disk_reserve_bytes": 2**62})) as server:
        kiosk = server.kiosk()
        answer = kiosk.send(kiosk.envelope(server.service()))
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "disk_full")
        assert int(answer.headers["Retry-After"]) > 0
        draft = kiosk.call("PUT", f"/v1/drafts/{'a' * 32}", b"sealed", {PROOF_HEADER: "b" * 64})
        assert (draft.status_code, draft.json()["error"]["code"]) == (503, "disk_full")
        assert kiosk.get("/v1/feed").status_code == 200
        assert requests.get(f"{server.base}/healthz", timeout=10).status_code == 503


def _wait(base: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            requests.get(f"{base}/healthz", timeout=5)
            return
        except requests.ConnectionError:
            assert process.poll() is None and time.monotonic() < end, "the server did not start"
            time.sleep(0.05)
