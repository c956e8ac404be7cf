"""How fast the server takes submissions: SQLite and PostgreSQL, beside a bare insert without any of our promises.

Real HTTP on loopback, signed and sealed envelopes prepared beforehand. The peer is the smallest FastAPI server that
could pass for one: no signature, no opening, no case, no feed, no log, one synced row each.
"""

import json
import shutil
import socket
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
import requests
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Column, Engine, LargeBinary, MetaData, String, Table, create_engine, event, text

from server.app import build_deps, close_deps
from server.seeding import seed
from server.settings import ServerSettings
from tests.server import postgres
from tests.server.kiosk_client import Envelope, TestKiosk
from tests.server.running import RunningServer, running

RESULT = Path("build/bench/server.json")
CITY = Path(__file__).resolve().parents[1] / "tests" / "server" / "city"
SINGLE = 200
AT_ONCE = 8
BATCHES = 20
BATCH = 50


def main() -> int:
    measured = [*_peer(), *_ours("SQLite", None)]
    programs = postgres.binaries()
    if programs is not None:
        with postgres.running(programs) as cluster:
            cluster.execute("CREATE DATABASE bench")
            cluster.execute("ALTER SYSTEM SET fsync = on")
            cluster.execute("SELECT pg_reload_conf()")
            measured += _ours("PostgreSQL", cluster.url("bench"))
    print(f"{'server':24} {'way':22} {'requests/s':>11} {'items/s':>9} {'p50 ms':>8} {'p99 ms':>8}")
    for one in measured:
        print(
            f"{one['server']:24} {one['way']:22} {one['requests_s']:11.0f} {one['items_s']:9.0f}"
            f" {one['p50_ms']:8.1f} {one['p99_ms']:8.1f}"
        )
    memory = psutil.Process().memory_info().rss / 1e6
    print(f"memory of this process with client and server: {memory:.0f} MB")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps({"measures": measured, "memory_mb": round(memory)}, indent=1))
    return 0


def _ours(name: str, database: str | None) -> list[dict[str, Any]]:
    folder = Path(tempfile.mkdtemp(prefix="ekios-bench-"))
    try:
        settings = ServerSettings(data=folder / "data", database=database or "", services=CITY, port=0)
        deps = build_deps(settings)
        seed(deps, CITY, trial=False)
        close_deps(deps)
        with running(settings) as server:
            return [
                _measure(name, "one at a time", SINGLE, 1, 1, _sender(server, SINGLE, 1)),
                _measure(name, f"{AT_ONCE} kiosks at once", SINGLE, 1, AT_ONCE, _sender(server, SINGLE, 1)),
                _measure(name, f"batches of {BATCH}", BATCHES, BATCH, 1, _sender(server, BATCHES, BATCH)),
            ]
    finally:
        shutil.rmtree(folder)


def _sender(server: RunningServer, requests_: int, items: int) -> Callable[[int], None]:
    """Sends the n-th of ``requests_`` prepared batches; each thread is a kiosk with a connection of its own."""
    kiosks = [server.kiosk(f"Kios {number}") for number in range(AT_ONCE)]
    service = server.service()
    prepared: list[tuple[TestKiosk, list[Envelope]]] = [
        (kiosks[number % AT_ONCE], [kiosks[number % AT_ONCE].envelope(service) for _ in range(items)])
        for number in range(requests_)
    ]
    locks = {kiosk.id: threading.Lock() for kiosk in kiosks}

    def send(number: int) -> None:
        kiosk, envelopes = prepared[number]
        with locks[kiosk.id]:
            statuses = kiosk.statuses(*envelopes)
        assert statuses == ["stored"] * items

    return send


def _measure(
    server: str, way: str, number: int, items: int, at_once: int, send: Callable[[int], None]
) -> dict[str, Any]:
    times = []

    def timed(index: int) -> None:
        begun = time.perf_counter()
        send(index)
        times.append(1000 * (time.perf_counter() - begun))

    begun = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(timed, range(number)))
    took = time.perf_counter() - begun
    return {
        "server": server,
        "way": way,
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

            name = "bare insert (SQLite)"
            return [
                _measure(name, "one at a time", SINGLE, 1, 1, send),
                _measure(name, f"{AT_ONCE} at once", SINGLE, 1, AT_ONCE, send_more),
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
