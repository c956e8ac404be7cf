"""How many life cycles of cases a second: opened, taken, asked about, answered, approved; in an empty city and in a full one.

Kiosks and officers work side by side over HTTP: what kiosks send is signed and sealed beforehand, officers press the buttons of
the case's page. ``EKIOS_CYCLES_CASES`` cases stand in the full city (100,000; a million takes half an hour to make), and
``EKIOS_CYCLES_TIMES`` cycles are done in each (400). What was made is kept in ``EKIOS_CYCLES_FOLDER`` when that is set, and used
again. Beside them: single submissions with and without a picture of 200 kB in the same cities, and the server's memory
at rest (its keeper of the keys included).
"""

import json
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil

from benchmarks.measure_office import Desk
from benchmarks.office_city import fill
from benchmarks.prepared import Line, Sent, send_all, submission, upload
from benchmarks.serving import ROOT, free_port, let_in, served
from server.app import build_deps, close_deps
from server.foundation.actors import OPERATOR
from server.operator.seeding import seed
from server.settings import ServerSettings
from tests.server import postgres
from tests.server.kiosk_client import Envelope, TestKiosk

RESULT = ROOT / "build" / "bench" / "cycles.json"
CITY = ROOT / "tests" / "server" / "city"
CASES = int(os.environ.get("EKIOS_CYCLES_CASES", "100000"))
TIMES = int(os.environ.get("EKIOS_CYCLES_TIMES", "400"))
FOLDER = os.environ.get("EKIOS_CYCLES_FOLDER", "")
#: Kiosks, and officers beside them.
AT_ONCE = 8
PICTURE_BYTES = 200_000
SERVICE = {"id": "surat", "form_id": "surat", "form_version": "1", "pack": "1"}
OFFICER = "kelurahan"
RESTS_S = 2.0


@dataclass
class City:
    settings: ServerSettings
    kiosks: list[TestKiosk]
    process: psutil.Process

    @property
    def base(self) -> str:
        return self.settings.address

    def memory_mib(self) -> float:
        """Of the server and its children."""
        family = [self.process, *self.process.children(recursive=True)]
        return float(sum(one.memory_info().rss for one in family)) / 2**20


def main() -> int:
    measured = _cities("SQLite", "", "")
    programs = postgres.binaries()
    if programs is not None:
        with postgres.running(programs) as cluster:
            for name in ("empty", "full"):
                cluster.execute(f"CREATE DATABASE {name}")
            cluster.execute("ALTER SYSTEM SET fsync = on")
            cluster.execute("SELECT pg_reload_conf()")
            measured += _cities("PostgreSQL", cluster.url("empty"), cluster.url("full"))
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps({"measures": measured}, indent=1))
    return 0


def _cities(name: str, empty: str, full: str) -> list[dict[str, Any]]:
    measured = []
    for cases, database in ((0, empty), (CASES, full)):
        with _city(name, database, cases) as city:
            time.sleep(RESTS_S)
            rest = city.memory_mib()
            for what, sent in (
                ("submissions", _submissions(city, 0)),
                (f"with {PICTURE_BYTES // 1000} kB", _submissions(city, PICTURE_BYTES)),
                ("life cycles", _cycles(city)),
            ):
                measured.append(_told(name, cases, what, sent, rest))
    return measured


def _told(name: str, cases: int, what: str, sent: Sent, rest: float) -> dict[str, Any]:
    told = {
        "server": name,
        "cases": cases,
        "what": what,
        "a_second": sent.a_second,
        "p50_ms": 1000 * statistics.median(sent.seconds),
        "p95_ms": 1000 * statistics.quantiles(sent.seconds, n=20)[18],
        "rest_mib": rest,
    }
    print(
        f"{name:12} {cases:>9,} cases  {what:14} {told['a_second']:7.0f}/s  p50 {told['p50_ms']:7.1f} ms"
        f"  p95 {told['p95_ms']:7.1f} ms  at rest {rest:4.0f} MiB",
        flush=True,
    )
    return told


# --- the city ------------------------------------------------------------------------------------------------------


@contextmanager
def _city(name: str, database: str, cases: int) -> Iterator[City]:
    kept = Path(FOLDER) / f"{name}-{cases}" if FOLDER and not database else None
    folder = Path(tempfile.mkdtemp(prefix="ekios-cycles-"))
    try:
        settings = ServerSettings(data=folder / "data", database=database, services=CITY, port=free_port())
        if kept is not None and kept.exists():
            shutil.copytree(kept, settings.data)
        else:
            _make(settings, cases)
            if kept is not None:
                shutil.copytree(settings.data, kept)
        deps = build_deps(settings)
        codes = [deps.enrolment.new_code(OPERATOR, f"Kios {place}").code for place in range(AT_ONCE)]
        close_deps(deps)
        with served(settings) as process:
            kiosks = [TestKiosk(settings.address) for _ in codes]
            for kiosk, code in zip(kiosks, codes, strict=True):
                kiosk.enrol(code).raise_for_status()
            let_in(settings, kiosks)
            yield City(settings, kiosks, psutil.Process(process.pid))
    finally:
        shutil.rmtree(folder)


def _make(settings: ServerSettings, cases: int) -> None:
    begun = time.monotonic()
    deps = build_deps(settings)
    seed(deps, CITY, trial=True)
    if cases:
        fill(deps, cases, 100, of=SERVICE["id"])
    close_deps(deps)
    print(f"{cases:,} cases made in {time.monotonic() - begun:.0f} s", flush=True)


# --- what is done --------------------------------------------------------------------------------------------------


def _submissions(city: City, picture: int) -> Sent:
    def one(kiosk: TestKiosk) -> list[bytes]:
        pictures = [kiosk.attachment(os.urandom(picture))] if picture else []
        envelope = kiosk.envelope(SERVICE, pictures)
        return [submission(kiosk, envelope), *(upload(kiosk, each) for each in pictures)]

    return send_all(city.base, [[one(kiosk) for _ in range(TIMES // AT_ONCE)] for kiosk in city.kiosks], 200)


@dataclass(frozen=True)
class Cycle:
    opened: bytes
    answered: bytes
    code: str


def _cycles(city: City) -> Sent:
    """Each of the threads is a kiosk, and the officer who decides what comes from it."""
    desks = [Desk(city.base).sign_in(OFFICER) for _ in city.kiosks]
    for desk in desks:
        desk.get("/office")  # The token of the session's forms.
    work = [[_cycle(kiosk) for _ in range(TIMES // AT_ONCE)] for kiosk in city.kiosks]
    begin, seconds = threading.Barrier(AT_ONCE + 1), list[float]()

    def do(desk: Desk, cycles: Sequence[Cycle]) -> None:
        line = Line(city.base)
        cookie = "; ".join(f"{one.name}={one.value}" for one in desk.http.cookies)
        begin.wait()
        for cycle in cycles:
            begun = time.perf_counter()
            assert line.send(cycle.opened).statuses == ["stored"]
            for version, action, note in ((1, "take", ""), (2, "ask", "Mohon alamat yang lengkap.")):
                _press(line, desk, cookie, cycle.code, action, version, note)
            assert line.send(cycle.answered).statuses == ["stored"]
            _press(line, desk, cookie, cycle.code, "approve", 4, "Setuju.")
            seconds.append(time.perf_counter() - begun)
        line.close()

    threads = [threading.Thread(target=do, args=pair) for pair in zip(desks, work, strict=True)]
    for thread in threads:
        thread.start()
    begin.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    assert len(seconds) == TIMES // AT_ONCE * AT_ONCE
    return Sent(seconds, took)


def _cycle(kiosk: TestKiosk) -> Cycle:
    envelope: Envelope = kiosk.envelope(SERVICE)
    answer = kiosk.answer(envelope.code, "Jalan Melati 7, RT 03.", SERVICE)
    return Cycle(submission(kiosk, envelope), submission(kiosk, answer), envelope.code)


def _press(line: Line, desk: Desk, cookie: str, code: str, action: str, version: int, note: str) -> None:
    """A button of the case's page."""
    body = urlencode({"csrf": desk.csrf, "version": version, "note": note}).encode()
    lines = (
        f"POST /office/cases/{code}/{action} HTTP/1.1",
        f"Host: {urlsplit(desk.base).netloc}",
        f"Cookie: {cookie}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    )
    answer = line.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    assert answer.status == 303, (action, answer.status)


if __name__ == "__main__":
    raise SystemExit(main())
