"""The printer emulator's own control page, reached from the bench's: one page for a whole kiosk's devices."""

from __future__ import annotations

import http.client
import json
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

PRINTER_PAGE: Final = "http://127.0.0.1:9180"
TIMEOUT: Final = 2.0
LARGEST_ANSWER: Final = 4_000_000
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost"})

Answer = tuple[int, str, bytes]
"""Status, content type, body."""


class PrinterLink:
    """Passes requests on to the emulator's page at ``address`` (on loopback).

    Raises ValueError for an address elsewhere.
    """

    def __init__(self, address: str = PRINTER_PAGE) -> None:
        parts = urlsplit(address)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.port is None:
            raise ValueError(f"the printer's page is on loopback (http://127.0.0.1:9180), not {address!r}")
        self.address = f"http://{parts.hostname}:{parts.port}"
        self._host, self._port = parts.hostname or "", parts.port

    def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        """What the emulator answered, or 503 with a reason when it does not run."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body or None, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read(LARGEST_ANSWER)
            return answer.status, answer.getheader("Content-Type", "application/json"), content
        except (OSError, http.client.HTTPException):
            reason = json.dumps({"error": "the simulated printer does not run"}).encode()
            return HTTPStatus.SERVICE_UNAVAILABLE, "application/json", reason
        finally:
            connection.close()
