"""How fast the server takes submissions, on SQLite and PostgreSQL, beside what the machine can do at all.

Real HTTP on loopback to a server in a process of its own, signed and sealed envelopes prepared beforehand. Beside it,
in the same run: the disk's limit, the same envelopes as bare rows with ``synchronous=FULL`` in one transaction each or
fifty in one; and the smallest FastAPI server that could pass for one: no signature, no opening, no case, no feed, no
log, one synced row each. ``of the disk`` is what part of the bare rows' rate is reached.
"""

import json
import shutil
import socket
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import requests
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Column, Engine, LargeBinary, MetaData, String, Table, create_engine, event, text

from benchmarks.serving import free_port, let_in, served
from server.app import build_deps, close_deps
from server.foundation.actors import OPERATOR
from server.operator.seeding import seed
from server.settings import ServerSettings
from tests.server import postgres
from tests.server.kiosk_client import Envelope, TestKiosk

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "build" / "bench" / "server.json"
CITY = ROOT / "tests" / "server" / "city"
SINGLE = 400
AT_ONCE = 8
BATCHES = 24
BATCH = 50
#: A sealed envelope of the sample form.
ENVELOPE_BYTES = 1_000
LIMIT_ROWS = 2_000
#: The three ways, as they are called in the table and in the result.
ONE, MANY, BATCHED = "one at a time", f"{AT_ONCE} kiosks at once", f"batches of {BATCH}"


def main() -> int:
    measured = [*_disk_limit(), *_peer(), *_ours("SQLite", None)]
    programs = postgres.binaries()
    if programs is not None:
        with postgres.running(programs) as cluster:
            cluster.execute("CREATE DATABASE bench")
            cluster.execute("CREATE DATABASE bare")
            cluster.execute("ALTER SYSTEM SET fsync = on")
            cluster.execute("SELECT pg_reload_conf()")
            measured += _postgresql_limit(cluster)
            measured += _ours("PostgreSQL", cluster.url("bench"))
    _print(measured)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps({"measures": measured}, indent=1))
    return 0


def _print(measured: list[dict[str, Any]]) -> None:
    limits = {(one["disk"], one["way"]): one["items_s"] for one in measured if one["server"].startswith("bare rows")}
    print(f"{'server':26} {'way':20} {'items/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'of the disk':>12} {'memory':>8}")
    for one in measured:
        limit = limits.get((one["disk"], ONE if one["way"] == MANY else one["way"]))
        part = f"{one['items_s'] / limit:11.1%}" if limit else ""
        memory = f"{one['memory_mb']:5.0f} MB" if "memory_mb" in one else ""
        print(
            f"{one['server']:26} {one['way']:20} {one['items_s']:9.0f} {one['p50_ms']:8.2f} {one['p99_ms']:8.2f}"
            f" {part:>12} {memory:>8}"
        )


# --- ours ----------------------------------------------------------------------------------------------------------


def _ours(name: str, database: str | None) -> list[dict[str, Any]]:
    folder = Path(tempfile.mkdtemp(prefix="ekios-bench-"))
    try:
        settings = ServerSettings(data=folder / "data", database=database or "", services=CITY, port=free_port())
        deps = build_deps(settings)
        seed(deps, CITY, trial=False)
        codes = [deps.enrolment.new_code(OPERATOR, f"Kios {number}").code for number in range(AT_ONCE)]
        form = deps.packs.service(1, "surat")
        close_deps(deps)
        assert form is not None
        document = form.description
        service = {"id": "surat", "form_id": document.form_id, "form_version": document.form_version, "pack": "1"}
        with served(settings) as process:
            kiosks = [TestKiosk(settings.address) for _ in codes]
            for kiosk, code in zip(kiosks, codes, strict=True):
                kiosk.enrol(code).raise_for_status()
            let_in(settings, kiosks)
            measured = []
            for way, number, items, at_once in (
                (ONE, SINGLE, 1, 1),
                (MANY, SINGLE, 1, AT_ONCE),
                (BATCHED, BATCHES, BATCH, 1),
            ):
                send = _sender(kiosks, service, number, items)
                measured.append(_measure(name, way, number, items, at_once, send, disk=name))
                measured[-1]["memory_mb"] = round(psutil.Process(process.pid).memory_info().rss / 1e6)
        return measured
    finally:
        shutil.rmtree(folder)


def _sender(kiosks: list[TestKiosk], service: dict[str, str], number: int, items: int) -> Callable[[int], None]:
    """Sends the n-th of ``number`` prepared batches; each kiosk has a connection of its own."""
    prepared: list[tuple[TestKiosk, list[Envelope]]] = [
        (kiosks[turn % AT_ONCE], [kiosks[turn % AT_ONCE].envelope(service) for _ in range(items)])
        for turn in range(number)
    ]
    locks = {kiosk.id: threading.Lock() for kiosk in kiosks}

    def send(turn: int) -> None:
        kiosk, envelopes = prepared[turn]
        with locks[kiosk.id]:
            statuses = kiosk.statuses(*envelopes)
        assert statuses == ["stored"] * items

    return send


# --- the limits of the machine -------------------------------------------------------------------------------------


def _disk_limit() -> list[dict[str, Any]]:
    """SQLite's own driver, the same bytes, WAL and FULL: nothing that keeps its promise can be faster."""
    with tempfile.TemporaryDirectory(prefix="ekios-bench-") as folder:
        bare = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
            bare.execute(f"PRAGMA {pragma}").fetchall()
        bare.execute("CREATE TABLE items (id TEXT PRIMARY KEY, sealed BLOB)")

        def insert(first: int, items: int) -> None:
            bare.execute("BEGIN")
            rows = [(f"{items}-{first}-{place}", bytes(ENVELOPE_BYTES)) for place in range(items)]
            bare.executemany("INSERT INTO items VALUES (?, ?)", rows)
            bare.execute("COMMIT")

        measured = [
            _measure(
                "bare rows, SQLite", ONE, LIMIT_ROWS, 1, 1, lambda turn: insert(turn, 1), disk="SQLite", pool=False
            ),
            _measure(
                "bare rows, SQLite",
                BATCHED,
                LIMIT_ROWS // BATCH,
                BATCH,
                1,
                lambda turn: insert(turn, BATCH),
                disk="SQLite",
                pool=False,
            ),
        ]
        bare.close()
    return measured


def _postgresql_limit(cluster: postgres.Cluster) -> list[dict[str, Any]]:
    with psycopg.connect(f"host=127.0.0.1 port={cluster.port} user=ekios dbname=bare") as bare:
        bare.execute("CREATE TABLE items (id text PRIMARY KEY, sealed bytea)")
        bare.commit()

        def insert(first: int, items: int) -> None:
            rows = [(f"{items}-{first}-{place}", bytes(ENVELOPE_BYTES)) for place in range(items)]
            with bare.cursor() as cursor:
                cursor.executemany("INSERT INTO items VALUES (%s, %s)", rows)
            bare.commit()

        name = "bare rows, PostgreSQL"
        batches = LIMIT_ROWS // BATCH
        return [
            _measure(name, ONE, LIMIT_ROWS, 1, 1, lambda turn: insert(turn, 1), disk="PostgreSQL", pool=False),
            _measure(name, BATCHED, batches, BATCH, 1, lambda turn: insert(turn, BATCH), disk="PostgreSQL", pool=False),
        ]


def _measure(
    server: str,
    way: str,
    number: int,
    items: int,
    at_once: int,
    send: Callable[[int], None],
    *,
    disk: str,
    pool: bool = True,
) -> dict[str, Any]:
    """``disk`` names the limit that it is compared with; ``pool`` False calls from this thread alone."""
    times = []

    def timed(index: int) -> None:
        begun = time.perf_counter()
        send(index)
        times.append(1000 * (time.perf_counter() - begun))

    begun = time.perf_counter()
    if pool:
        with ThreadPoolExecutor(at_once) as threads:
            list(threads.map(timed, range(number)))
    else:
        for index in range(number):
            timed(index)
    took = time.perf_counter() - begun
    return {
        "server": server,
        "way": way,
        "disk": disk,
        "requests_s": number / took,
        "items_s": number * items / took,
        "p50_ms": statistics.median(times),
        "p99_ms": statistics.quantiles(times, n=100)[98],
    }


# --- the peer ------------------------------------------------------------------------------------------------------


def _peer() -> list[dict[str, Any]]:
    folder = Path(tempfile.mkdtemp(prefix="ekios-bench-"))
    try:
        with _bare(folder) as base:
            session = requests.Session()
            body = {"sealed": "x" * 1200}

            def send(number: int) -> None:
                session.post(f"{base}/items/{number}", json=body, timeout=30).raise_for_status()

            def send_more(number: int) -> None:
                requests.post(f"{base}/items/m{number}", json=body, timeout=30).raise_for_status()

            name = "bare server (SQLite)"
            return [
                _measure(name, ONE, SINGLE, 1, 1, send, disk="SQLite"),
                _measure(name, MANY, SINGLE, 1, AT_ONCE, send_more, disk="SQLite"),
            ]
    finally:
        shutil.rmtree(folder)


@contextmanager
def _bare(folder: Path) -> Iterator[str]:
    metadata = MetaData()
    items = Table("items", metadata, Column("id", String, primary_key=True), Column("sealed", LargeBinary))
    engine = _synced(folder / "bare.db")
    metadata.create_all(engine)
    app = FastAPI()

    @app.post("/items/{item_id}")
    def take(item_id: str, body: dict[str, str] | None = None) -> dict[str, str]:
        with engine.begin() as connection:
            connection.execute(items.insert().values(id=item_id, sealed=str(body).encode()))
        return {"status": "stored"}

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        engine.dispose()


def _synced(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", pool_size=1, max_overflow=0, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return engine
