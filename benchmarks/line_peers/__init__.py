"""Submissions of eight at once at our server and at its peers, in one run: without an attachment, and with 200 kB.

PouchDB behind express-pouchdb is installed by npm into ``build/bench/line_peers``, in the versions of the lock beside this file. It
does not sync each put. ODK Central runs from its own source where ``EKIOS_ODK_CENTRAL`` names a checkout whose packages are
installed; its Node comes from the same lock, its database is a PostgreSQL of the run's own. A peer that cannot run here
is told by what was measured of it before (KNOWN), and said to be that.
"""

import base64
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from uuid_utils import uuid7

from benchmarks.prepared import Sent, send_all

ROOT: Final = Path(__file__).resolve().parents[2]
HERE: Final = Path(__file__).resolve().parent
INSTALLED: Final = ROOT / "build" / "bench" / "line_peers"
LOCK: Final = "package-lock.json"
AT_ONCE: Final = 8
SUBMISSIONS: Final = 400
WITH_FILES: Final = 160
FILE_BYTES: Final = 200_000
#: A sealed envelope of the sample form, in base64.
ENVELOPE_CHARACTERS: Final = 1_200
#: Submissions a second without an attachment and with one of 200 kB, measured on two cores by the same clients before.
KNOWN: Final = {"PouchDB": (1_862.0, 214.0), "ODK Central": (165.0, 105.0)}


@dataclass(frozen=True)
class Row:
    server: str
    without_a_s: float
    with_file_a_s: float
    note: str = ""


#: Makes the requests of one submission, with or without a file, that count as one.
Making = Callable[[bool], Sequence[bytes]]


def rate(base: str, make: Making, *, file: bool, expected: int) -> float:
    """Submissions a second, of AT_ONCE connections."""
    number = (WITH_FILES if file else SUBMISSIONS) // AT_ONCE
    prepared = [[make(file) for _ in range(number)] for _ in range(AT_ONCE)]
    sent: Sent = send_all(base, prepared, expected)
    return sent.a_second


def plain_request(base: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(base).netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def known(name: str, why: str) -> Row:
    return Row(name, *KNOWN[name], note=f"not run here ({why}); measured before")


# --- PouchDB -------------------------------------------------------------------------------------------------------


def pouch() -> Row:
    if not install():
        return known("PouchDB", "no npm, or its packages cannot be had")
    folder = tempfile.mkdtemp(prefix="ekios-pouch-")
    # The module is found beside its packages.
    server = shutil.copyfile(HERE / "pouch.mjs", INSTALLED / "pouch.mjs")
    process = subprocess.Popen(["node", str(server), folder], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        base = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        send_all(base, [[[plain_request(base, "PUT", "/submissions", b"", {})]]], 201)
        return Row(
            "PouchDB",
            rate(base, lambda file: _pouch_put(base, file), file=False, expected=201),
            rate(base, lambda file: _pouch_put(base, file), file=True, expected=201),
            "LevelDB, not synced per put",
        )
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _pouch_put(base: str, file: bool) -> list[bytes]:
    document = f'{{"sealed": "{"x" * ENVELOPE_CHARACTERS}"'
    if file:
        data = base64.b64encode(secrets.token_bytes(FILE_BYTES)).decode()
        document += f', "_attachments": {{"foto.jpg": {{"content_type": "image/jpeg", "data": "{data}"}}}}'
    headers = {"Content-Type": "application/json"}
    return [plain_request(base, "PUT", f"/submissions/{uuid7()}", f"{document}}}".encode(), headers)]


def install() -> bool:
    """The peers' packages, where that has not been done from the same lock; False when they cannot be had."""
    lock, marker = (HERE / LOCK).read_bytes(), INSTALLED / "installed-lock.json"
    if shutil.which("npm") is None or shutil.which("node") is None:
        return False
    if marker.exists() and marker.read_bytes() == lock:
        return True
    shutil.rmtree(INSTALLED, ignore_errors=True)
    INSTALLED.mkdir(parents=True)
    for name in ("package.json", LOCK):
        shutil.copyfile(HERE / name, INSTALLED / name)
    if subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=INSTALLED, check=False).returncode:
        return False
    marker.write_bytes(lock)
    return True


def node_of_central() -> Path:
    return INSTALLED / "node_modules" / ".bin" / "node"


def source_of_central() -> Path | None:
    found = os.environ.get("EKIOS_ODK_CENTRAL", "")
    return Path(found) if found else None


def print_rows(rows: Sequence[Row]) -> None:
    print(f"\n{'submissions, 8 at once':28}{'a second':>10}{'with 200 kB':>13}")
    for one in rows:
        print(f"{one.server:28}{one.without_a_s:>10,.0f}{one.with_file_a_s:>13,.0f}   {one.note}")


def as_result(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [vars(one) for one in rows]
