"""A page on loopback that drives the bench: hold a card, type a code, put the light off, pull a plug, take the paper out."""

from __future__ import annotations

import contextlib
import io
import json
import re
import threading
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from devices.frame import PassingFault
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
    person,
)
from devices.simulator.printer_link import PRINTER_PAGE, PrinterLink

PORT: Final = 9181
LARGEST_JSON: Final = 10_000
LARGEST_UPLOAD: Final = 15_000_000
THUMBNAIL_WIDTH: Final = 260
VIEW_WIDTH: Final = 960
SAMPLE_NIK: Final = "9912055203900001"
PAGE: Final = Path(__file__).with_name("page.html")
TEXTS: Final = Path(__file__).with_name("texts.json")
PRINTER_READS: Final = frozenset({"/printer/state", "/printer/slips/latest.png"})
PRINTER_ACTS: Final = re.compile(r"/printer/(faults/[a-z_]{1,30}|refill|power-cycle|clear-faults)")
"""What is passed on to the printer emulator's own page."""

SPOKEN: Final = re.compile(r"/voice/(\d{1,9})")
"""The sound of a line of the transcript, by its number."""


class ControlPage:
    """Serves ``bench`` on 127.0.0.1:``port`` (0 takes a free one) between `start` and `stop`.

    ``printer_page`` is the address of the printer emulator's own page, which this one drives as well.
    """

    def __init__(self, bench: Bench, port: int = PORT, *, printer_page: str = PRINTER_PAGE) -> None:
        handler = partial(_Handler, bench, Actions(bench), PrinterLink(printer_page))
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
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

    def __init__(self, bench: Bench, actions: Actions, printer: PrinterLink, *arguments: object) -> None:
        self._bench = bench
        self._actions = actions
        self._printer = printer
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not self._is_local():
            self._answer(HTTPStatus.FORBIDDEN, b"", "text/plain")
        elif path == "/":
            self._answer(HTTPStatus.OK, PAGE.read_bytes(), "text/html; charset=utf-8")
        elif path == "/texts.json":
            self._answer(HTTPStatus.OK, TEXTS.read_bytes(), "application/json")
        elif path in PRINTER_READS:
            self._pass_on("GET", path)
        elif path == "/state":
            self._json(HTTPStatus.OK, self._state())
        elif path == "/view.jpg":
            self._answer(HTTPStatus.OK, self._view(), "image/jpeg")
        elif (spoken := SPOKEN.fullmatch(path)) is not None:
            self._say(int(spoken[1]))
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
        elif PRINTER_ACTS.fullmatch(parts.path) and self.headers.get_content_type() == "application/json":
            self._pass_on("POST", parts.path, int(length))
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

    def _pass_on(self, method: str, path: str, length: int = 0) -> None:
        if length > LARGEST_JSON:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {LARGEST_JSON:,} bytes of JSON")
            return
        body = self.rfile.read(length) if length else b""
        status, content_type, content = self._printer.ask(method, path.removeprefix("/printer"), body)
        self._answer(HTTPStatus(status), content, content_type)

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
            "item": self._bench.item,
            "light": faults.light >= 1,
            "glare": self._bench.shines,
            "camera_plugged": not faults.unplugged,
            "camera_frozen": faults.frozen,
            "camera_slow": faults.slow,
            "scanner_plugged": self._bench.wedge.plugged,
            "printer_page": self._printer.address,
            "stick": self._bench.stick.state() if self._bench.stick is not None else None,
            "voice": self._bench.voice.state() if self._bench.voice is not None else None,
        }

    def _say(self, number: int) -> None:
        try:
            sound = self._bench.voice.sound(number) if self._bench.voice is not None else None
        except PassingFault as fault:
            self._json(HTTPStatus.SERVICE_UNAVAILABLE, {"error": fault.detail})
        except KeyError:
            self._json(HTTPStatus.NOT_FOUND, {"error": "this line is not kept any more"})
        else:
            if sound is None:
                self._json(HTTPStatus.NOT_FOUND, {"error": "this kiosk has no voice"})
            else:
                self._answer(HTTPStatus.OK, sound, "audio/wav")

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
    image = _SAMPLES[name]()
    size = (THUMBNAIL_WIDTH, round(image.height * THUMBNAIL_WIDTH / image.width))
    small = image.resize(size, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


def _people(*who: tuple[float, float]) -> Image.Image:
    """People by (place, turn), as RGB."""
    scene = None
    for place, turn in who:
        scene = person(400, 300, head=0.62, x=place, turn=turn, ground=scene)
    return Image.fromarray(np.ascontiguousarray(np.asarray(scene)[:, :, ::-1]))


_SAMPLES: Final = {
    "card-QRCode.png": lambda: draw_card(SAMPLE_NIK, CardCode.QR).image,
    "card-Code128.png": lambda: draw_card(SAMPLE_NIK, CardCode.CODE128).image,
    "card-PDF417.png": lambda: draw_card(SAMPLE_NIK, CardCode.PDF417).image,
    "slip.png": lambda: draw_slip("K7M2-9QXF-4TRC").image,
    "badge.png": lambda: draw_badge("EKB1.contoh").image,
    "phone.png": lambda: draw_phone("K7M2-9QXF-4TRC").image,
    "family_card.png": lambda: draw_family_card().image,
    "letter.png": lambda: draw_letter().image,
    "marriage_book.png": lambda: draw_marriage_book().image,
    "person.png": lambda: _people((0.5, 0.0)),
    "person-aside.png": lambda: _people((0.5, 1.0)),
    "two.png": lambda: _people((0.3, 0.0), (0.72, 0.0)),
}
