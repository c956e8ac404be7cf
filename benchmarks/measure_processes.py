"""What a second server process adds: single submissions of eight kiosks to one server and to two, on one PostgreSQL.

Turn by turn in one run, so that what else the machine does burdens both alike. Requests are signed beforehand and sent with little
more than a socket; what they cost all the same, and what PostgreSQL costs, is measured and told: on two cores both
take their share from the second server, so beside the ratio that was seen stands the most that this machine allows.
"""

import http.client
import json
import os
import secrets
import shutil
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy.engine import make_url

from benchmarks.serving import free_port, let_in, served
from server.app import build_deps, close_deps
from server.foundation.actors import OPERATOR
from server.operator.seeding import seed
from server.settings import ServerSettings
from tests.server import postgres
from tests.server.kiosk_client import TestKiosk

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench" / "processes.json"
CITY = ROOT / "tests" / "server" / "city"
KIOSKS = 8
#: Of each kiosk in a turn; the first turn of each way warms and is not counted.
EACH = 25
TURNS = 3
SERVICE = {"id": "surat", "form_id": "surat", "form_version": "1", "pack": "1"}


@dataclass(frozen=True)
class Turn:
    items_s: float
    #: Milliseconds of processor time for an item.
    server_ms: float
    database_ms: float
    client_ms: float

    @property
    def all_ms(self) -> float:
        return self.server_ms + self.database_ms + self.client_ms


def main() -> int:
    programs = postgres.binaries()
    if programs is None:
        print("PostgreSQL is not installed")
        return 1
    with postgres.running(programs) as cluster:
        cluster.execute("CREATE DATABASE bench")
        cluster.execute("ALTER SYSTEM SET fsync = on")
        cluster.execute("SELECT pg_reload_conf()")
        turns = _both(cluster.url("bench"))
    one, two = (_middle(turns[number]) for number in (1, 2))
    cores = os.cpu_count() or 1
    # One process is at most one core's worth of Python; all together are at most the machine.
    allowed = min(2.0, cores * one.server_ms / one.all_ms)
    result = {
        "cores": cores,
        "one": one.__dict__,
        "two": two.__dict__,
        "ratio": two.items_s / one.items_s,
        "allowed_here": allowed,
    }
    print(
        f"{'servers':8} {'items/s':>9} {'server ms':>10} {'database ms':>12} {'client ms':>10}   (processor time an item)"
    )
    for name, turn in (("one", one), ("two", two)):
        print(f"{name:8} {turn.items_s:9.0f} {turn.server_ms:10.2f} {turn.database_ms:12.2f} {turn.client_ms:10.2f}")
    print(
        f"two serve {result['ratio']:.2f} times one; {cores} cores, shared with database and client, allow {allowed:.2f}"
    )
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1))
    return 0


def _both(database: str) -> dict[int, list[Turn]]:
    folder = Path(tempfile.mkdtemp(prefix="ekios-bench-"))
    try:
        first = ServerSettings(data=folder / "one", database=database, services=CITY, port=free_port())
        deps = build_deps(first)
        seed(deps, CITY, trial=False)
        codes = [deps.enrolment.new_code(OPERATOR, f"Kios {number}").code for number in range(KIOSKS)]
        close_deps(deps)
        second = first.model_copy(update={"data": folder / "two", "port": free_port()})
        second.data.mkdir(mode=0o700)
        shutil.copytree(first.data / "keys", second.data / "keys")
        with ExitStack() as stack:
            processes = [stack.enter_context(served(settings)).pid for settings in (first, second)]
            kiosks = [TestKiosk(first.address) for _ in codes]
            for kiosk, code in zip(kiosks, codes, strict=True):
                kiosk.enrol(code).raise_for_status()
            let_in(first, kiosks)
            postmaster = _postgresql(database)
            found: dict[int, list[Turn]] = {1: [], 2: []}
            for _ in range(TURNS + 1):
                for number in found:
                    ports = [one.port for one in (first, second)][:number]
                    found[number].append(_turn(kiosks, ports, processes, postmaster))
        return {number: turns[1:] for number, turns in found.items()}
    finally:
        shutil.rmtree(folder)


def _turn(kiosks: list[TestKiosk], ports: list[int], servers: list[int], postmaster: int) -> Turn:
    prepared = [_prepared(kiosk) for kiosk in kiosks]
    before = _spent(servers, postmaster)
    began = time.perf_counter()
    with ThreadPoolExecutor(KIOSKS) as threads:
        list(threads.map(_send, prepared, [ports[number % len(ports)] for number in range(KIOSKS)]))
    took = time.perf_counter() - began
    items = KIOSKS * EACH
    spent = zip(_spent(servers, postmaster), before, strict=True)
    server, database, client = (1000 * (later - earlier) / items for later, earlier in spent)
    return Turn(items / took, server, database, client)


def _prepared(kiosk: TestKiosk) -> list[tuple[bytes, dict[str, str]]]:
    made = []
    for _ in range(EACH):
        # Of a person each: submissions of one wait for each other, whatever the server.
        nik = f"3578{secrets.randbelow(100):02d}4107{secrets.randbelow(100):02d}{secrets.randbelow(10_000):04d}"
        identity = {"nik": nik, "how": "typed"}
        body = json.dumps({"items": [kiosk.envelope(SERVICE, inside={"identity": identity}).item]}).encode()
        made.append((body, kiosk.signed_headers("POST", "/v1/submissions", body, {"Content-Type": "application/json"})))
    return made


def _send(requests: list[tuple[bytes, dict[str, str]]], port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for body, headers in requests:
        connection.request("POST", "/v1/submissions", body, headers)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        assert [one["status"] for one in answer["answers"]] == ["stored"], answer
    connection.close()


def _postgresql(database: str) -> int:
    """The process that all of its others come from, by its port."""
    port = str(make_url(database).port)
    found = (one for one in psutil.process_iter(["name", "cmdline"]) if one.info["name"] == "postgres")
    return int(next(one.pid for one in found if port in (one.info["cmdline"] or ())))


def _spent(servers: list[int], postmaster: int) -> tuple[float, float, float]:
    """Seconds of processor time so far: of the servers, of PostgreSQL, and of this process."""
    server = sum(_seconds(psutil.Process(pid)) for pid in servers)
    main = psutil.Process(postmaster)
    database = sum(_seconds(one) for one in (main, *main.children()))
    return server, database, _seconds(psutil.Process())


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _middle(turns: list[Turn]) -> Turn:
    names = ("items_s", "server_ms", "database_ms", "client_ms")
    return Turn(*(statistics.median(getattr(one, name) for one in turns) for name in names))
