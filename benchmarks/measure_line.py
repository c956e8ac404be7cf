"""The line on one machine: send to saved, saved to acknowledged, and the outbox beside its peers.

A real server in a thread of this process, a real kiosk, HTTP on loopback. Peers, each with one transaction a row and as
durable as ours: a bare table through ``sqlite3``, which has no state per item, no numbers of its own and no second index;
and persist-queue, whose items are done or not. In turns, because a disk is never as quick twice; the median counts.
Writes ``build/bench/line.json``.
"""

import json
import os
import platform
import sqlite3
import statistics
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import persistqueue

from benchmarks.line_peers import as_result, pouch, print_rows
from benchmarks.line_peers.central import central
from benchmarks.line_peers.ours import ours
from kiosk.events import Event, Received
from kiosk.store import Store
from kiosk.store.outbox import Envelope
from protocol.messages import ItemKind
from tests.kiosk.kiosk_kit import BEGIN, fill
from tests.sync.line_kit import city_server, enrolled, kiosk_on_line, until

SENDS = 200
ROWS = 500
ROUNDS = 5
#: Of an envelope without attachments, as measured for reference figures elsewhere.
ROW_BYTES = 783
_OUTPUT = Path(__file__).resolve().parent.parent / "build" / "bench" / "line.json"


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="bench-line-") as name:
        folder = Path(name)
        result: dict[str, Any] = {
            "machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "sqlite": sqlite3.sqlite_version},
            "visits": _visits(folder, photo=None),
            "visits_with_photo_150_kB": _visits(folder / "photo", photo=os.urandom(150_000)),
            "outbox": _outbox(folder),
        }
    rows = [*ours(), pouch(), central()]
    result["submissions"] = as_result(rows)
    _OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    _OUTPUT.write_text(json.dumps(result, indent=1) + "\n")
    _print(result)
    print_rows(rows)
    return 0


def _visits(folder: Path, photo: bytes | None) -> dict[str, Any]:
    """Milliseconds from "send" to "saved", and from "saved" until the server's answer is durable here."""
    saved_ms, acknowledged_ms = [], []
    received_at: dict[str, float] = {}
    arrived = threading.Condition()

    def hear(event: Event) -> None:
        if isinstance(event, Received):
            with arrived:
                received_at[event.code] = time.perf_counter()
                arrived.notify_all()

    with city_server(folder / "server") as server:
        made = kiosk_on_line(folder / "kiosk", enrolled(server))
        made.at.bus.subscribe(hear)
        made.line.start()
        until(lambda: made.line.state().online)
        for _ in range(SENDS):
            fill(made.at.kiosk, photo=photo)
            began = time.perf_counter()
            saved = made.at.kiosk.send()
            stored = time.perf_counter()
            code = saved.code  # type: ignore[union-attr]
            with arrived:
                arrived.wait_for(partial(received_at.__contains__, code), timeout=30)
            saved_ms.append((stored - began) * 1_000)
            acknowledged_ms.append(max(0.0, received_at[code] - stored) * 1_000)
            made.at.kiosk.end()
        made.stop()
    return {
        "count": SENDS,
        "send_to_saved_ms": _quantiles(saved_ms),
        "saved_to_received_ms": _quantiles(acknowledged_ms),
    }


def _outbox(folder: Path) -> dict[str, Any]:
    """Envelopes a second, one durable transaction each."""
    sealed = os.urandom(ROW_BYTES)
    found: dict[str, list[float]] = {}
    for turn in range(ROUNDS):
        for name, measure in {"store": _ours, "sqlite3": _bare, "persist_queue": _persist_queue}.items():
            found.setdefault(name, []).append(ROWS / measure(folder / f"{name}-{turn}", sealed))
    figures = {name: statistics.median(each) for name, each in found.items()}
    return {
        "rows": ROWS,
        "rounds": ROUNDS,
        **{f"{name}_per_s": round(value) for name, value in figures.items()},
        "ratio": round(figures["store"] / figures["sqlite3"], 3),
        "ratio_persist_queue": round(figures["persist_queue"] / figures["sqlite3"], 3),
    }


def _ours(folder: Path, sealed: bytes) -> float:
    store = Store.open(folder, BEGIN)
    began = time.perf_counter()
    for number in range(ROWS):
        with store.transaction():
            seq = store.outbox.next_seq()
            store.outbox.add(_envelope(seq, sealed, number))
    took = time.perf_counter() - began
    store.close()
    return took


def _bare(folder: Path, sealed: bytes) -> float:
    folder.mkdir()
    raw = sqlite3.connect(folder / "raw.db", isolation_level=None)
    for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("CREATE TABLE outbox (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, sealed BLOB)")
    began = time.perf_counter()
    for number in range(ROWS):
        raw.execute("INSERT INTO outbox VALUES (?, ?, ?)", (number, f"id-{number}", sealed))
    took = time.perf_counter() - began
    raw.close()
    return took


def _persist_queue(folder: Path, sealed: bytes) -> float:
    """As it comes: WAL and ``synchronous = FULL``; an item is waiting, taken, done or failed."""
    queue = persistqueue.SQLiteAckQueue(str(folder), auto_commit=True)
    began = time.perf_counter()
    for _ in range(ROWS):
        queue.put(sealed)
    took = time.perf_counter() - began
    queue.close()
    return took


def _envelope(seq: int, sealed: bytes, number: int) -> Envelope:
    return Envelope(
        kiosk_seq=seq,
        id=f"0190f3a0-0000-7000-8000-{number:012d}",
        kind=ItemKind.SUBMISSION,
        tracking_code=f"K7M2{number:08d}",
        service="letter",
        form_version="3",
        pack_version=1,
        key_id="k",
        sha256="a" * 64,
        sealed=sealed,
        device_time=BEGIN,
        boot_id="bench",
    )


def _quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {name: round(ordered[int(len(ordered) * part)], 2) for name, part in (("p50", 0.5), ("p99", 0.99))}


def _print(result: dict[str, Any]) -> None:
    print(f"{'':28}{'p50 ms':>10}{'p99 ms':>10}")
    for name in ("visits", "visits_with_photo_150_kB"):
        for what in ("send_to_saved_ms", "saved_to_received_ms"):
            figures = result[name][what]
            label = f"{what.removesuffix('_ms')}{' +photo' if 'photo' in name else ''}"
            print(f"{label:28}{figures['p50']:>10}{figures['p99']:>10}")
    outbox = result["outbox"]
    print(
        f"\noutbox, one durable transaction each: {outbox['store_per_s']}/s; bare sqlite3 {outbox['sqlite3_per_s']}/s"
        f" (1 : {outbox['ratio']}); persist-queue {outbox['persist_queue_per_s']}/s (1 : {outbox['ratio_persist_queue']})"
    )


if __name__ == "__main__":
    raise SystemExit(main())
