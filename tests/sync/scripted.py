"""A peer that answers as a test tells it, over real HTTP; and a relay that cuts connections."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from protocol import answers
from tests.kiosk.kiosk_kit import CITY

Answer = tuple[int, dict[str, str], bytes]


def stored(items: list[dict[str, Any]], **reasons: str) -> Answer:
    """Every item stored, except those rejected by id."""
    reported = [
        {"id": item["id"], "status": "rejected", "reason": reasons[item["id"]]}
        if item["id"] in reasons
        else {"id": item["id"], "status": "stored", "received_at": "2026-03-02T08:00:01Z"}
        for item in items
    ]
    return 200, {}, json.dumps({"answers": reported, "ack_through": 0}).encode()


class ScriptedServer:
    """With ``key``, the city's seed, each answer proves to be the city's server's; without it somebody else speaks."""

    def __init__(self, answer: Callable[[str, str, bytes], Answer], key: bytes | None = bytes(CITY.badge)) -> None:
        outer = self
        self.answer = answer
        self.key = key
        #: By which it would judge signatures, had it any wish to.
        self.time: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.requests: list[tuple[str, str, bytes]] = []
        #: What the requests had for headers, in the same order.
        self.headers: list[Mapping[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def respond(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.requests.append((self.command, self.path, body))
                outer.headers.append(self.headers)
                status, headers, content = outer.answer(self.command, self.path, body)
                self.send_response(status)
                if outer.key is not None:
                    proof = answers.Proof(outer.time(), outer.time())
                    signature = self.headers.get("Signature", "")
                    self.send_header(answers.HEADER, answers.prove(signature, status, proof, outer.key))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_HEAD = respond

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._http.server_address[1]}"

    def batches(self) -> list[list[dict[str, Any]]]:
        return [json.loads(body)["items"] for _, path, body in self.requests if path == "/v1/submissions"]

    @contextmanager
    def running(self) -> Iterator["ScriptedServer"]:
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            thread.join()
            self._http.server_close()


class CuttingRelay:
    """Passes bytes to a server and cuts each connection after so many bytes upwards, while it has cuts left."""

    def __init__(self, target_port: int, cuts: list[int]) -> None:
        self._target = target_port
        self.cuts = cuts
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._sockets: list[socket.socket] = []

    @contextmanager
    def running(self) -> Iterator["CuttingRelay"]:
        thread = threading.Thread(target=self._accept, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self.drop_all()
            thread.join()

    def drop_all(self) -> None:
        for one in self._sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            self._sockets += [near, far]
            limit = self.cuts.pop(0) if self.cuts else None
            for source, sink, most in ((near, far, limit), (far, near, None)):
                threading.Thread(target=self._pass, args=(source, sink, most), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, most: int | None) -> None:
        passed = 0
        try:
            while piece := source.recv(4096):
                if most is not None and passed + len(piece) >= most:
                    sink.sendall(piece[: most - passed])
                    break
                sink.sendall(piece)
                passed += len(piece)
        except OSError:
            pass
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
