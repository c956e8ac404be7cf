"""The whole way on one machine: start, touch, send, seen in the officer's inbox; memory of kiosk and server.

A real server and a real kiosk in processes of their own, touches by X events on a virtual screen, the office's inbox
open in the distribution's Chromium. Beside it the physical limits in the same run: a durable write to the same disk, and
a bare answer over loopback. Writes ``build/bench/way.json``.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import psutil
import requests

from trial import display
from trial.demo.browsers import Browsers, Officer
from trial.processes import ROOT, Group, python
from trial.run import City

OUT: Final = ROOT / "build" / "bench" / "way.json"
SENDS: Final = 100
STARTS: Final = 3
LIMIT_ROUNDS: Final = 100
SECONDS: Final = 240


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="bench-way-") as name, Group(Path(name) / "logs") as group:
        city = City(Path(name), group)
        city.start_server()
        city.start_printer()
        screen = display.start_virtual(group)
        settings = city.kiosk_settings(DISPLAY=screen, SDL_VIDEODRIVER="x11")
        _enrol(city, settings)
        starts = [_kiosk(settings, screen, sends=0)["start_ms"] for _ in range(STARTS)]
        with Browsers(city.server_url, Path(name)) as browsers:
            officer = Officer(browsers, "kelurahan")
            officer.watch()
            run = _kiosk(settings, screen, sends=SENDS)
            seen = officer.watched()
        server_mb = _memory_of(group.pid("server"))
        limits = {
            "durable write of 1 kB": _spread(_durable_writes(Path(name))),
            "bare answer over loopback": _spread(_bare_answers(city.server_url)),
        }
    sends = run["sends"]
    result = {
        "start to first usable screen, ms": _spread(starts),
        "touch to visible answer, ms": _spread(run["touch_ms"]),
        "touch to the next page, ms": _spread(run["page_ms"]),
        "send to saved, ms": _spread(each["saved_ms"] for each in sends),
        "send to received, ms": _spread((run["received"][each["code"]] - each["at"]) * 1000 for each in sends),
        "send to visible in the office, ms": _spread((seen[each["code"]] - each["at"]) * 1000 for each in sends),
        "limit: durable write of 1 kB, ms": limits["durable write of 1 kB"],
        "limit: bare answer over loopback, ms": limits["bare answer over loopback"],
    }
    memory = {
        "kiosk before": run["memory_mb"]["before"],
        f"kiosk after {SENDS} submissions": run["memory_mb"]["after"],
        "server": server_mb,
    }
    print(f"{'':40}{'p50':>9}{'p99':>9}{'n':>6}")
    for label, spread in result.items():
        print(f"{label:40}{spread['p50']:9.1f}{spread['p99']:9.1f}{spread['n']:6.0f}")
    for who, figures in memory.items():
        print(f"memory of the {who}, MB: {figures['unique']:.0f} its own, {figures['resident']:.0f} resident")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({**result, "memory, MB": memory}, indent=1))
    return 0


def _enrol(city: City, settings: dict[str, str]) -> None:
    """A first start: it is taken in, fetches its pack and ends."""
    city.start_kiosk(settings)
    deadline = time.monotonic() + SECONDS
    while not list((city.data / "kiosk" / "packs").glob("**/*")):
        if time.monotonic() > deadline:
            raise TimeoutError("the kiosk did not get its pack")
        time.sleep(0.2)
    city.group.stop_one("kiosk")


def _kiosk(settings: dict[str, str], screen: str, sends: int) -> dict[str, Any]:
    """Runs the kiosk once; what it reported, and ``start_ms`` from before its process was made."""
    began = time.time()
    done = subprocess.run(
        python("-m", "benchmarks.way_kiosk", screen, str(sends)),
        cwd=ROOT,
        env={**os.environ, **settings, "KIVY_LOG_MODE": "PYTHON"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the kiosk failed: {done.stderr[-2000:]}")
    facts: dict[str, Any] = {}
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            facts |= json.loads(line)
    return facts | {"start_ms": (facts["usable_at"] - began) * 1000}


def _memory_of(pid: int) -> dict[str, float]:
    """Megabytes of a process and its children."""
    process = psutil.Process(pid)
    figures = [each.memory_full_info() for each in (process, *process.children(recursive=True))]
    return {"unique": sum(each.uss for each in figures) / 1e6, "resident": sum(each.rss for each in figures) / 1e6}


def _durable_writes(folder: Path) -> Iterable[float]:
    with (folder / "limit").open("wb", buffering=0) as file:
        for _ in range(LIMIT_ROUNDS):
            began = time.perf_counter()
            file.write(bytes(1_000))
            os.fsync(file.fileno())
            yield (time.perf_counter() - began) * 1000


def _bare_answers(url: str) -> Iterable[float]:
    with requests.Session() as http:
        for _ in range(LIMIT_ROUNDS):
            began = time.perf_counter()
            http.get(f"{url}/healthz", timeout=5)
            yield (time.perf_counter() - began) * 1000


def _spread(values: Iterable[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "n": len(ordered),
        "p50": statistics.median(ordered),
        "p99": ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))],
    }


if __name__ == "__main__":
    sys.exit(main())
