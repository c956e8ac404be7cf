"""Live at ten thousand: all streams of a fleet on one server process, what they cost at rest, how soon each hears,
and how all come back at once when the server was away.

``KIOSKS=1000 python -m benchmarks live`` for a smaller fleet. The server runs in a process of its own on PostgreSQL, the
streams are held by two others.
"""

import json
import multiprocessing
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import psutil
from nacl.signing import SigningKey
from sqlalchemy import select, update

from benchmarks.fleet.held_streams import Share, addresses, hold
from benchmarks.fleet.outage import back
from benchmarks.measure_fleet import CITY, FIRST_NUMBER, KIOSKS, ROOT, populate
from benchmarks.serving import free_port, served
from server.app import build_deps, close_deps
from server.deps import Deps
from server.foundation.actors import OPERATOR
from server.operator.seeding import TRIAL_PASSWORD, seed
from server.settings import ServerSettings
from server.storage import tables
from tests.server import postgres
from tests.server.web.conftest import Browser

RESULT: Final = ROOT / "build" / "bench" / "live.json"
HOLDERS: Final = 2
REST_S: Final = float(os.environ.get("REST_S", "30"))
#: Commands to single kiosks, so many seconds apart.
COMMANDS: Final = 100
APART_S: Final = 0.05
PATIENCE_S: Final = 120.0


def main() -> int:
    programs = postgres.binaries()
    if programs is None:
        measured = _measured("SQLite", "")
    else:
        with postgres.running(programs) as cluster:
            cluster.execute("CREATE DATABASE bench")
            cluster.execute("ALTER SYSTEM SET fsync = on")
            cluster.execute("SELECT pg_reload_conf()")
            measured = _measured("PostgreSQL", cluster.url("bench"))
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(measured, indent=1))
    for name, value in measured.items():
        print(f"{name:44} {value if isinstance(value, str) else f'{value:,.1f}'}")
    return 0


def _measured(name: str, database: str) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="ekios-live-"))
    try:
        settings = ServerSettings(data=folder / "data", database=database, services=CITY, port=free_port())
        deps = build_deps(settings)
        seed(deps, CITY, trial=True)
        populate(deps, KIOSKS)
        kiosks = _keys(deps)
        code = deps.enrolment.new_code(OPERATOR, "Kios Contoh").code
        form = deps.packs.service(1, "surat")
        close_deps(deps)
        assert form is not None
        version = form.description.form_version
        service = {"id": "surat", "form_id": form.description.form_id, "form_version": version, "pack": "1"}
        found: dict[str, Any]
        with served(settings) as process:
            measured = psutil.Process(process.pid)
            before = measured.memory_info().rss
            begun, worked = time.monotonic(), _cpu_s(measured)
            with _held(settings.address, kiosks) as holders:
                found = {
                    "database": name,
                    "streams": float(len(kiosks)),
                    "opened in s": time.monotonic() - begun,
                    "opening, CPU ms each": 1000 * (_cpu_s(measured) - worked) / len(kiosks),
                    "memory a stream, kB": (measured.memory_info().rss - before) / len(kiosks) / 1000,
                }
                found |= _at_rest(measured, holders) | _spoken(settings.address, measured, holders, kiosks)
        # The server is gone, and with it all streams; then it is back.
        with served(settings):
            return found | back(settings, kiosks, FIRST_NUMBER, code, service)
    finally:
        shutil.rmtree(folder)


def _keys(deps: Deps) -> list[tuple[str, bytes, int]]:
    """All kiosks have the same key, whose public half is theirs: what counts is how many they are."""
    key = SigningKey.generate()
    with deps.engine.begin() as connection:
        kiosk = tables.kiosks.c
        connection.execute(update(tables.kiosks).values(public_key=bytes(key.verify_key)))
        rows = connection.execute(select(kiosk.id, kiosk.feed_seq).order_by(kiosk.id)).all()
    return [(row.id, bytes(key), row.feed_seq) for row in rows]


@contextmanager
def _held(server: str, kiosks: Sequence[tuple[str, bytes, int]]) -> Iterator[list[Connection]]:
    context = multiprocessing.get_context("spawn")
    share = -(-len(kiosks) // HOLDERS)
    pipes, processes = [], []
    for number in range(HOLDERS):
        here, there = context.Pipe()
        mine = kiosks[number * share : (number + 1) * share]
        first = 1 + number * len(set(addresses(0, share)))
        process = context.Process(target=hold, args=(Share(server, mine, first), there), daemon=True)
        process.start()
        pipes.append(here)
        processes.append(process)
    try:
        opened = sum(pipe.recv() for pipe in pipes)
        if opened != len(kiosks):
            raise RuntimeError(f"{opened} of {len(kiosks)} streams were opened")
        yield pipes
    finally:
        for process in processes:
            process.kill()
            process.join()


def _at_rest(process: psutil.Process, holders: Sequence[Connection]) -> dict[str, float]:
    _tallies(holders)
    begun, worked = time.monotonic(), _cpu_s(process)
    time.sleep(REST_S)
    seconds = time.monotonic() - begun
    comments = sum(one["comments"] for one in _tallies(holders))
    return {
        "at rest, share of a core in %": 100 * (_cpu_s(process) - worked) / seconds,
        "at rest, comments a second": comments / seconds,
    }


def _spoken(
    server: str, process: psutil.Process, holders: Sequence[Connection], kiosks: Sequence[tuple[str, bytes, int]]
) -> dict[str, float]:
    browser = Browser(server)
    browser.sign_in("admin", TRIAL_PASSWORD).raise_for_status()
    found: dict[str, float] = {}
    worked, begun = _cpu_s(process), time.monotonic()
    browser.get("/admin/city/settings")
    asked = time.monotonic()
    browser.post("/admin/city/settings", {"idle_s": "75"}).raise_for_status()
    answered = time.monotonic()
    heard = _arrivals(holders, len(kiosks))
    found |= {
        "to all: page answered after ms": 1000 * (answered - asked),
        **_spread("to all: since the answer, ms", [one - answered for one in heard]),
        "to all: CPU s": _cpu_s(process) - worked,
        "to all: heard by": float(len(heard)),
    }
    chance = random.Random(7)
    times = []
    for _ in range(COMMANDS):
        kiosk_id = chance.choice(kiosks)[0]
        begun = time.monotonic()
        browser.post(f"/fleet/kiosks/{kiosk_id}/command", {"command": "report"}).raise_for_status()
        times += [one - begun for one in _arrivals(holders, 1)]
        time.sleep(APART_S)
    return found | _spread("to one: since the touch, ms", times)


def _arrivals(holders: Sequence[Connection], wanted: int) -> list[float]:
    heard: list[float] = []
    end = time.monotonic() + PATIENCE_S
    while len(heard) < wanted and time.monotonic() < end:
        for tally in _tallies(holders):
            heard += tally["arrivals"]
        if len(heard) < wanted:
            time.sleep(0.02)
    return heard


def _tallies(holders: Sequence[Connection]) -> list[dict[str, Any]]:
    for pipe in holders:
        pipe.send("tell")
    tallies = [pipe.recv() for pipe in holders]
    if lost := sum(one["lost"] + one["refused"] for one in tallies):
        raise RuntimeError(f"{lost} streams were lost")
    return tallies


def _spread(name: str, seconds: Sequence[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {f"{name}, missing": float(len(seconds))}
    centiles = statistics.quantiles(seconds, n=100)
    return {
        f"{name}, p50": 1000 * centiles[49],
        f"{name}, p99": 1000 * centiles[98],
        f"{name}, most": 1000 * max(seconds),
    }


def _cpu_s(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)
