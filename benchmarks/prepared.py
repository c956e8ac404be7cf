"""Signed requests made beforehand, and sent over bare sockets: a measure's own share of the processor is small.

``requests`` takes a millisecond and more for each, which two cores that server and clients share would spend on the wrong side.
"""

import json
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from tests.server.kiosk_client import Attachment, Envelope, TestKiosk

_READ: Final = 1 << 16


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    @property
    def statuses(self) -> list[str]:
        """Of a batch's items."""
        return [one["status"] for one in json.loads(self.body)["answers"]]


@dataclass(frozen=True)
class Sent:
    """What came of many requests; ``seconds`` of each, ``took`` of all."""

    seconds: list[float]
    took: float

    @property
    def a_second(self) -> float:
        return len(self.seconds) / self.took


class Line:
    """One kiosk's connection, kept alive."""

    def __init__(self, base: str) -> None:
        at = urlsplit(base)
        assert at.hostname is not None and at.port is not None
        self._socket = socket.create_connection((at.hostname, at.port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._came = b""

    def send(self, request: bytes) -> Answer:
        self._socket.sendall(request)
        while (end := self._came.find(b"\r\n\r\n")) < 0:
            self._more()
        head, self._came = self._came[:end], self._came[end + 4 :]
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(self._came) < length:
            self._more()
        body, self._came = self._came[:length], self._came[length:]
        return Answer(int(head.split(b" ", 2)[1]), body)

    def close(self) -> None:
        self._socket.close()

    def _more(self) -> None:
        piece = self._socket.recv(_READ)
        if not piece:
            raise ConnectionError("the server hung up")
        self._came += piece


def request(
    kiosk: TestKiosk, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """As bytes, signed; good for as long as its signature."""
    signed = kiosk.signed_headers(method, path, body, headers)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(kiosk.base).netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in signed.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def submission(kiosk: TestKiosk, *envelopes: Envelope) -> bytes:
    body: dict[str, Any] = {"items": [one.item for one in envelopes]}
    return request(kiosk, "POST", "/v1/submissions", json.dumps(body).encode(), {"Content-Type": "application/json"})


def upload(kiosk: TestKiosk, attachment: Attachment) -> bytes:
    """A whole attachment in one request."""
    headers = {
        "Upload-Offset": "0",
        "Upload-Length": str(len(attachment.sealed)),
        "Content-Type": "application/octet-stream",
    }
    return request(kiosk, "PATCH", f"/v1/attachments/{attachment.sha256}", attachment.sealed, headers)


def send_all(base: str, requests: Sequence[Sequence[Sequence[bytes]]], expected: int) -> Sent:
    """``requests``: of each kiosk, what it sends one after the other; each a row of requests that count as one together.

    Raises AssertionError for an answer of another status than ``expected`` or 204.
    """
    lines = [Line(base) for _ in requests]
    times: list[float] = []
    wrong: list[Answer] = []
    begin = threading.Barrier(len(lines) + 1)

    def work(line: Line, mine: Sequence[Sequence[bytes]]) -> None:
        begin.wait()
        for row in mine:
            begun = time.perf_counter()
            for one in row:
                answer = line.send(one)
                if answer.status not in (expected, 204):
                    wrong.append(answer)
                    return
            times.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(lines, requests, strict=True)]
    for thread in threads:
        thread.start()
    begin.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    for line in lines:
        line.close()
    assert not wrong, wrong[0]
    return Sent(times, took)
