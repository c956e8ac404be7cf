"""The emulator's control page and its JSON interface, for people and for tests. Meant for loopback only.

``GET /`` the page, ``GET /state`` what the printer is like, ``GET /slips/latest.png`` and ``/slips/latest.txt``
(or a number for one of the newest), ``POST /faults/<name>`` with ``{"on": true}``, ``POST /refill`` with an
optional ``{"length_mm": 80000}``, ``POST /power-cycle``, ``POST /clear-faults``.
"""

from __future__ import annotations

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from devices.printer.emulator.emulator import PrinterEmulator, png
from devices.printer.emulator.faults import Fault
from devices.printer.emulator.mechanism import PrintedSlip

MAX_BODY = 4_096
"""Bytes of a request's body that are read."""

LONGEST_ROLL_MM = 1_000_000.0
POLL_SECONDS = 0.05
"""Between two looks whether the page is to stop."""


class ControlPage:
    """Serves the page until stopped. Port 0 takes a free one.

    Raises:
        OSError: from the constructor, when the port is taken.
    """

    def __init__(self, emulator: PrinterEmulator, host: str = "127.0.0.1", port: int = 0) -> None:
        handler = type("Handler", (_Handler,), {"emulator": emulator})
        self._server = ThreadingHTTPServer((host, port), handler)
        self._server.daemon_threads = True
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> None:
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), name="printer-emulator-page", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()

    def __enter__(self) -> ControlPage:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def state_of(emulator: PrinterEmulator) -> dict[str, object]:
    """What the page shows."""
    slips = emulator.slips
    return {
        "faults": {fault.value: fault in emulator.faults for fault in Fault},
        "offline": emulator.core.offline,
        "paper_mm": round(emulator.paper_mm),
        "printed_mm": round(emulator.printed_mm),
        "slips": emulator.slip_count,
        "latest": slips[-1].number if slips else None,
        "addresses": list(emulator.addresses),
    }


class _BadRequest(Exception):
    """What was asked cannot be done; the message goes back."""


class _Handler(BaseHTTPRequestHandler):
    emulator: PrinterEmulator
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/":
            page = files("devices.printer.emulator").joinpath("control.html").read_bytes()
            self._answer(HTTPStatus.OK, page, "text/html; charset=utf-8")
        elif path == "/state":
            self._json(HTTPStatus.OK, state_of(self.emulator))
        elif path.startswith("/slips/"):
            self._slip(path.removeprefix("/slips/"))
        else:
            self._json(HTTPStatus.NOT_FOUND, {"error": "no such page"})

    def do_POST(self) -> None:
        # Read before anything is answered, or the rest of the body would be taken for the next request.
        try:
            body = self._body()
            self._act(urlsplit(self.path).path, body)
        except _BadRequest as problem:
            self._json(HTTPStatus.BAD_REQUEST, {"error": str(problem)})
        else:
            self._json(HTTPStatus.OK, state_of(self.emulator))

    def _act(self, path: str, body: dict[str, Any]) -> None:
        emulator = self.emulator
        if path == "/refill":
            emulator.refill(_length(body.get("length_mm")))
        elif path == "/power-cycle":
            emulator.power_cycle()
        elif path == "/clear-faults":
            emulator.clear_faults()
        elif path.startswith("/faults/"):
            name = path.removeprefix("/faults/")
            if name not in {fault.value for fault in Fault}:
                raise _BadRequest(f"no fault {name!r}")
            on = body.get("on", True)
            if not isinstance(on, bool):
                raise _BadRequest("on is true or false")
            emulator.set_fault(Fault(name), on)
        else:
            raise _BadRequest("no such action")

    def _body(self) -> dict[str, Any]:
        declared = self.headers.get("Content-Length", "0")
        length = int(declared) if declared.isdigit() else MAX_BODY + 1
        if length > MAX_BODY:
            self.close_connection = True
            raise _BadRequest("too much")
        raw = self.rfile.read(length)
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            raise _BadRequest("not JSON") from None
        if not isinstance(body, dict):
            raise _BadRequest("not an object")
        return body

    def _slip(self, name: str) -> None:
        stem, _, kind = name.partition(".")
        slip = self._find(stem)
        if slip is None:
            self._json(HTTPStatus.NOT_FOUND, {"error": "no such slip"})
        elif kind == "png":
            self._answer(HTTPStatus.OK, png(slip), "image/png")
        elif kind == "txt":
            self._answer(HTTPStatus.OK, slip.text.encode(), "text/plain; charset=utf-8")
        else:
            self._json(HTTPStatus.NOT_FOUND, {"error": "slips are .png or .txt"})

    def _find(self, stem: str) -> PrintedSlip | None:
        slips = self.emulator.slips
        if stem == "latest":
            return slips[-1] if slips else None
        return next((slip for slip in slips if str(slip.number) == stem), None)

    def _json(self, status: HTTPStatus, value: object) -> None:
        self._answer(status, json.dumps(value).encode(), "application/json")

    def _answer(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the page asks for the state every second."""


def _length(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LONGEST_ROLL_MM:
        raise _BadRequest("length_mm is a length in millimetres")
    return float(value)
