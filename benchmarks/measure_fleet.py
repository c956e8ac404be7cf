"""The fleet at its size: heartbeats a second, and what its pages take with ten thousand kiosks, all of them silent at first.

A process of its own serves; the others sign and send. ``needed`` is what ten thousand kiosks send, one every fifteen
seconds; the server's processes share it on PostgreSQL. ``KIOSKS=1000 python -m benchmarks fleet`` for a smaller fleet.
"""

import json
import multiprocessing
import os
import shutil
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psutil
import requests
from nacl.signing import SigningKey
from sqlalchemy import insert, select

from benchmarks.serving import free_port, served
from protocol.tracking import kiosk_part
from server.app import build_deps, close_deps
from server.deps import Deps
from server.operator.seeding import TRIAL_PASSWORD, seed
from server.settings import ServerSettings
from server.storage import tables
from tests.server import postgres
from tests.server.kiosk_client import TestKiosk, component
from tests.server.web.conftest import Browser

ROOT: Final = Path(__file__).resolve().parents[1]
RESULT: Final = ROOT / "build" / "bench" / "fleet.json"
CITY: Final = ROOT / "tests" / "server" / "city"
KIOSKS: Final = int(os.environ.get("KIOSKS", "10000"))
#: They sign and send; the rest of the fleet only stands in the tables.
SENDERS: Final = 3
SPEAKING: Final = 48
BEATS: Final = 1_500
#: Of the kiosks that only stand in the tables.
FIRST_NUMBER: Final = 10_000
LOOKS: Final = 15
PAGES: Final = (
    "/fleet",
    "/fleet?q=kios+42",
    "/fleet?state=fine&page=7",
    "/fleet?alarm=any",
    "/fleet/alarms",
    "/fleet/map",
    "/wall",
)
#: Surabaya, roughly.
WEST, SOUTH, EAST, NORTH = 112.60, -7.35, 112.82, -7.20
#: One in so many has each of these.
TROUBLES: Final[Sequence[tuple[int, list[dict[str, Any]]]]] = (
    (97, [component("printer", "UNAVAILABLE", ["MEDIA_EMPTY"], {"paper_mm": 0.0})]),
    (61, [component("printer", "READY", ["MEDIA_LOW"], {"paper_mm": 3_000.0})]),
    (1, [component("printer", supplies={"paper_mm": 41_000.0}), component("scanner"), component("camera")]),
)


def populate(deps: Deps, number: int) -> None:
    """So many kiosks that are approved, spread over the city, heard a moment ago."""
    now = datetime.now(UTC)
    with deps.engine.begin() as connection:
        agencies = list(connection.scalars(select(tables.agencies.c.id)))
        first = FIRST_NUMBER
        rows = [
            {
                "id": str(uuid.UUID(int=(1 << 64) + place)),
                "number": first + place,
                "kiosk_part": kiosk_part(first + place),
                "public_key": bytes(32),
                "fingerprint": "0" * 64,
                "name": f"Kios {place:05}",
                "place": f"Kelurahan {place % 154}, lobi",
                "agency_id": agencies[place % len(agencies)],
                "latitude": SOUTH + (NORTH - SOUTH) * (place * 0.618034 % 1),
                "longitude": WEST + (EAST - WEST) * (place * 0.754878 % 1),
                "ring": ("test", "early", "all")[min(2, place % 20)],
                "state": "fine",
                "enrolled_at": now - timedelta(days=90),
                "approved_at": now - timedelta(days=90),
                "hardware": {},
                "last_heartbeat_at": now + timedelta(minutes=5),
                "device_time": now + timedelta(minutes=5),
                "software": "1.0",
                "pack_version": 1,
                "in_service": place % 211 != 0,
                "components": next(parts for every, parts in TROUBLES if place % every == 0),
                "outbox_waiting": place % 7,
                "outbox_parked": 0,
                "sessions_today": place % 60,
                "last_touch_at": now,
                "uptime_s": 86_400.0,
            }
            for place in range(number)
        ]
        connection.execute(insert(tables.kiosks), rows)


def main() -> int:
    measured = _measured("SQLite", None)
    programs = postgres.binaries()
    if programs is not None:
        with postgres.running(programs) as cluster:
            cluster.execute("CREATE DATABASE bench")
            cluster.execute("ALTER SYSTEM SET fsync = on")
            cluster.execute("SELECT pg_reload_conf()")
            measured += _measured("PostgreSQL", cluster.url("bench"))
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps({"kiosks": KIOSKS, "measures": measured}, indent=1))
    print(f"{'database':12} {'what':28} {'a second':>9} {'p50 ms':>9} {'p95 ms':>9} {'kB':>7} {'cpu ms':>7}")
    for one in measured:
        rate, size, work = one.get("a_second"), one.get("kilobytes"), one.get("cpu_ms")
        print(
            f"{one['database']:12} {one['what']:28} {'' if rate is None else f'{rate:.0f}':>9}"
            f" {one['p50_ms']:9.1f} {one['p95_ms']:9.1f} {'' if size is None else f'{size:.0f}':>7}"
            f" {'' if work is None else f'{work:.2f}':>7}"
        )
    print(f"needed for {KIOSKS} kiosks: {KIOSKS / 15:.0f} heartbeats a second over all processes")
    return 0


def _measured(name: str, database: str | None) -> list[dict[str, Any]]:
    folder = Path(tempfile.mkdtemp(prefix="ekios-bench-"))
    try:
        settings = ServerSettings(data=folder / "data", database=database or "", services=CITY, port=free_port())
        deps = build_deps(settings)
        seed(deps, CITY, trial=True)
        populate(deps, KIOSKS)
        keys = _speaking(deps)
        found = [_judging(name, deps)]
        close_deps(deps)
        with served(settings) as process:
            found.append(_heartbeats(name, settings.address, keys, process.pid))
            found += _pages(name, settings.address)
        return found
    finally:
        shutil.rmtree(folder)


def _speaking(deps: Deps) -> list[tuple[str, bytes]]:
    """Ids and keys of those that send heartbeats."""
    with deps.engine.begin() as connection:
        ids = connection.scalars(select(tables.kiosks.c.id).order_by(tables.kiosks.c.id).limit(SPEAKING)).all()
        keys = [(kiosk_id, bytes(SigningKey.generate())) for kiosk_id in ids]
        for kiosk_id, key in keys:
            public = bytes(SigningKey(key).verify_key)
            connection.execute(tables.kiosks.update().where(tables.kiosks.c.id == kiosk_id).values(public_key=public))
    return keys


def _judging(name: str, deps: Deps) -> dict[str, Any]:
    """The look over a fleet of which nobody is late: what every process does every five seconds."""
    return {"database": name, "what": "look over the fleet", **_timed(deps.alarms.check_all, 5)}


def _heartbeats(name: str, address: str, keys: list[tuple[str, bytes]], pid: int) -> dict[str, Any]:
    with multiprocessing.get_context("spawn").Pool(SENDERS * 4) as pool:
        pool.map(_send, [(address, [key], 2) for key in keys])
        begun, worked = time.perf_counter(), _cpu_s(pid)
        took = pool.map(_send, [(address, [key], BEATS // len(keys)) for key in keys], chunksize=1)
        seconds, worked = time.perf_counter() - begun, _cpu_s(pid) - worked
    times = [one for many in took for one in many]
    return {
        "database": name,
        "what": "heartbeats, one process",
        "a_second": len(times) / seconds,
        # What travels to another machine: so many of these fit into a second of a core.
        "cpu_ms": 1000 * worked / len(times),
        **_spread(times),
    }


def _cpu_s(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def _send(order: tuple[str, list[tuple[str, bytes]], int]) -> list[float]:
    address, keys, number = order
    times = []
    for kiosk_id, key in keys:
        kiosk = TestKiosk(address, key=key)
        body = json.dumps(kiosk.heartbeat()).encode()
        for _ in range(number):
            headers = kiosk.signed_headers(
                "POST", "/v1/heartbeat", body, {"Content-Type": "application/json"}, kiosk_id=kiosk_id
            )
            begun = time.perf_counter()
            answer = kiosk.http.post(f"{address}/v1/heartbeat", data=body, headers=headers, timeout=60)
            times.append(1000 * (time.perf_counter() - begun))
            answer.raise_for_status()
    return times


def _pages(name: str, address: str) -> list[dict[str, Any]]:
    browser = Browser(address)
    browser.sign_in("admin", TRIAL_PASSWORD).raise_for_status()
    found = []
    for path in PAGES:
        answer = requests.Response()

        def look(path: str = path) -> None:
            nonlocal answer
            answer = browser.get(path)
            answer.raise_for_status()

        figures = _timed(look, LOOKS)
        found.append({"database": name, "what": path, "kilobytes": len(answer.content) / 1000, **figures})
    return found


def _timed(do: Callable[[], object], number: int) -> dict[str, float]:
    times = []
    for _ in range(number):
        begun = time.perf_counter()
        do()
        times.append(1000 * (time.perf_counter() - begun))
    return _spread(times)


def _spread(times: Sequence[float]) -> dict[str, float]:
    return {"p50_ms": statistics.median(times), "p95_ms": statistics.quantiles(times, n=20)[-1]}
