"""A page on loopback that drives the bench: hold a card, type a code, put the light off, pull a plug."""

from __future__ import annotations

import contextlib
import io
import json
import threading
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import cv2
from PIL import Image, UnidentifiedImageError

from devices.simulator.actions import Actions
from devices.simulator.bench import Bench
from devices.simulator.drawing import (
    CardCode,
    draw_badge,
    draw_card,
    draw_family_card,
    draw_letter,
    draw_marriage_book,
    draw_phone,
    draw_slip,
)

PORT: Final = 9181
LARGEST_JSON: Final = 10_000
LARGEST_UPLOAD: Final = 15_000_000
THUMBNAIL_WIDTH: Final = 260
VIEW_WIDTH: Final = 960
SAMPLE_NIK: Final = "9912055203900001"
PAGE: Final = Path(__file__).with_name("page.html")


class ControlPage:
    """Serves ``bench`` on 127.0.0.1:``port`` (0 takes a free one) between `start` and `stop`."""

    def __init__(self, bench: Bench, port: int = PORT) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, bench, Actions(bench)))
        self._server.daemon_threads = True
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._server.serve_forever, name="bench-page", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread and free the port."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._server.shutdown()
            thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, bench: Bench, actions: Actions, *arguments: object) -> None:
        self._bench = bench
        self._actions = actions
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not self._is_local():
            self._answer(HTTPStatus.FORBIDDEN, b"", "text/plain")
        elif path == "/":
            self._answer(HTTPStatus.OK, PAGE.read_bytes(), "text/html; charset=utf-8")
        elif path == "/state":
            self._json(HTTPStatus.OK, self._state())
        elif path == "/view.jpg":
            self._answer(HTTPStatus.OK, self._view(), "image/jpeg")
        elif path.startswith("/thumbnails/") and path.removeprefix("/thumbnails/") in _SAMPLES:
            self._answer(HTTPStatus.OK, thumbnail(path.removeprefix("/thumbnails/")), "image/png")
        else:
            self._json(HTTPStatus.NOT_FOUND, {"error": "no such page"})

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        length = self.headers.get("Content-Length", "")
        if not self._is_local():
            self._refuse(HTTPStatus.FORBIDDEN, "only from this machine")
        elif not length.isdecimal() or int(length) > LARGEST_UPLOAD:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {LARGEST_UPLOAD:,} bytes")
        elif parts.path == "/picture" and self.headers.get_content_maintype() == "image":
            self._take_picture(self.rfile.read(int(length)), whole="whole" in parse_qs(parts.query))
        elif parts.path.startswith("/do/") and self.headers.get_content_type() == "application/json":
            self._run(parts.path.removeprefix("/do/"), int(length))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "no such action")

    def log_message(self, *_: object) -> None:
        """Quiet: the page asks for a picture twice a second."""

    def _is_local(self) -> bool:
        """Whether the page was asked for by its own name: a foreign page's script cannot drive the bench."""
        host = self.headers.get("Host", "").rpartition(":")[0]
        origin = self.headers.get("Origin")
        return host in ("127.0.0.1", "localhost") and (
            origin is None or urlsplit(origin).hostname in ("127.0.0.1", "localhost")
        )

    def _run(self, name: str, length: int) -> None:
        if length > LARGEST_JSON:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {LARGEST_JSON:,} bytes of JSON")
            return
        try:
            self._actions.run(name, json.loads(self.rfile.read(length) or b"{}"))
        except KeyError:
            self._json(HTTPStatus.NOT_FOUND, {"error": f"no action {name}", "actions": self._actions.names})
        except ValueError as error:
            self._json(HTTPStatus.BAD_REQUEST, {"error": str(error)})
        else:
            self._json(HTTPStatus.OK, self._state())

    def _take_picture(self, data: bytes, *, whole: bool) -> None:
        try:
            with Image.open(io.BytesIO(data)) as picture:
                self._bench.show_picture(picture, whole=whole)
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
            self._json(HTTPStatus.BAD_REQUEST, {"error": f"not a picture that can be shown: {error}"})
        else:
            self._json(HTTPStatus.OK, self._state())

    def _state(self) -> dict[str, object]:
        faults = self._bench.camera.faults
        return {
            "lying": self._bench.lying,
            "light": faults.light >= 1,
            "camera_plugged": not faults.unplugged,
            "camera_frozen": faults.frozen,
            "camera_slow": faults.slow,
            "scanner_plugged": self._bench.wedge.plugged,
        }

    def _view(self) -> bytes:
        faults = self._bench.camera.faults
        scene = self._bench.view()
        height = round(scene.shape[0] * VIEW_WIDTH / scene.shape[1])
        small = cv2.resize(scene, (VIEW_WIDTH, height), interpolation=cv2.INTER_AREA)
        light = 0.0 if faults.unplugged else faults.light
        _, data = cv2.imencode(".jpg", cv2.convertScaleAbs(small, alpha=light), [cv2.IMWRITE_JPEG_QUALITY, 80])
        return bytes(data)

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """Answer without having read the body: the connection cannot be used again."""
        self.close_connection = True
        self._json(status, {"error": why})

    def _json(self, status: HTTPStatus, content: object) -> None:
        self._answer(status, json.dumps(content).encode(), "application/json")

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the browser went on to the next picture
            self.wfile.write(body)


@lru_cache(maxsize=32)
def thumbnail(name: str) -> bytes:
    """A small PNG of one of the sample things."""
    image = _SAMPLES[name]().image
    small = image.resize(
        (THUMBNAIL_WIDTH, round(image.height * THUMBNAIL_WIDTH / image.width)), Image.Resampling.LANCZOS
    )
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


_SAMPLES: Final = {
    "card-QRCode.png": lambda: draw_card(SAMPLE_NIK, CardCode.QR),
    "card-Code128.png": lambda: draw_card(SAMPLE_NIK, CardCode.CODE128),
    "card-PDF417.png": lambda: draw_card(SAMPLE_NIK, CardCode.PDF417),
    "slip.png": lambda: draw_slip("K7M2-9QXF-4TRC"),
    "badge.png": lambda: draw_badge("EKB1.contoh"),
    "phone.png": lambda: draw_phone("K7M2-9QXF-4TRC"),
    "family_card.png": draw_family_card,
    "letter.png": draw_letter,
    "marriage_book.png": draw_marriage_book,
}
