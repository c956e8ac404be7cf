"""Scanner and camera: frame to RGBA, frames without a card, decoding and documents; beside bare OpenCV and zxing-cpp.

Writes ``build/bench/vision.json``.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from devices.camera.frame import Frame
from devices.camera.portrait import PortraitLimits, take_portrait
from devices.camera.sheet import CaptureLimits, take
from devices.camera.sight import FaceWatch, SheetWatch
from devices.frame import SystemClock
from devices.scanner.drawn_set import SIZES, drawn_pictures
from devices.scanner.measure import frame_without_card
from devices.scanner.reading.reader import StillReader
from devices.simulator.drawing import Pose, Shot, draw_letter, person, place, tabletop
from devices.vision.faces import FaceFinder

ROUNDS = 60
EACH = 1
_OUTPUT = Path(__file__).resolve().parent.parent / "build" / "bench" / "vision.json"

Row = dict[str, float | int | str]


def main() -> int:
    rows = [*_frames(), *_empty(), *_cards(), *_document(), *_live()]
    result = {"machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "opencv": cv2.__version__}}
    _OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    _OUTPUT.write_text(json.dumps({**result, "rows": rows}, indent=1) + "\n")
    print(f"{'vision':<44}{'median ms':>11}{'p95 ms':>9}{'read':>9}")
    for row in rows:
        print(f"{row['what']:<44}{row['median_ms']:>11.2f}{row['p95_ms']:>9.2f}{row.get('read', ''):>9}")
    return 0


def _frames() -> list[Row]:
    picture = tabletop(1280, 720)
    rgba = cv2.COLOR_BGR2RGBA
    clock = SystemClock()
    return [
        _timed("1280×720 frame to RGBA, as a texture takes it", lambda: Frame(picture, 1, clock.now()).rgba),
        _timed("  bare OpenCV: RGBA, flip, tobytes", lambda: cv2.flip(cv2.cvtColor(picture, rgba), 0).tobytes()),
        _timed("  bare OpenCV: flip, tobytes (BGR)", lambda: cv2.flip(picture, 0).tobytes()),
        _timed("1280×720 frame to grey", lambda: Frame(picture, 1, clock.now()).grey),
    ]


def _empty() -> list[Row]:
    return [_row(f"{size[0]}×{size[1]} frame without a card", frame_without_card(size).seconds) for size in SIZES]


def _cards() -> list[Row]:
    pictures = list(drawn_pictures(EACH, seed=3))
    reader = StillReader()
    detector = cv2.QRCodeDetector()
    engines: dict[str, Callable[[np.ndarray], list[str]]] = {
        "drawn cards, our pipeline": lambda grey: [read.text for read in reader.read(grey)],
        "  bare zxing-cpp": lambda grey: [code.text for code in zxingcpp.read_barcodes(grey)],
        "  bare OpenCV (QR only)": lambda grey: [detector.detectAndDecode(grey)[0]],
    }
    rows = []
    for name, engine in engines.items():
        seconds, read = [], 0
        for picture in pictures:
            started = time.perf_counter()
            texts = engine(picture.grey)
            seconds.append(time.perf_counter() - started)
            read += any(picture.text in text for text in texts)
        rows.append({**_row(name, seconds), "read": f"{read}/{len(pictures)}"})
    return rows


def _document() -> list[Row]:
    pose = Pose(tilt=12, swing=-8, turn=4, fills=0.36)
    picture, _ = place(tabletop(1280, 720), draw_letter(), pose, Shot(), np.random.default_rng(0))
    quality = [cv2.IMWRITE_JPEG_QUALITY, 85]
    return [
        _timed("letter found, flattened, measured, JPEG", lambda: take(picture, CaptureLimits())),
        _timed("  bare OpenCV: JPEG of the whole frame", lambda: cv2.imencode(".jpg", picture, quality)),
    ]


def _live() -> list[Row]:
    """What a live picture costs besides being shown: the sheet's corners, or the portrait's, and the hint."""
    pose = Pose(tilt=12, swing=-8, turn=4, fills=0.36)
    sheet, _ = place(tabletop(1280, 720), draw_letter(), pose, Shot(), np.random.default_rng(0))
    sitting = person(1280, 720)
    clock = SystemClock()
    sheets, faces = SheetWatch(CaptureLimits()), FaceWatch(FaceFinder(), PortraitLimits())
    finder = FaceFinder()
    return [
        _timed("sheet followed in a live picture", lambda: sheets.look(Frame(sheet, 1, clock.now()))),
        _timed("face found in a live picture", lambda: faces.look(Frame(sitting, 1, clock.now()))),
        _timed("portrait found, levelled, cut, JPEG", lambda: take_portrait(sitting, finder, PortraitLimits())),
    ]


def _timed(what: str, call: Callable[[], object]) -> Row:
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return _row(what, seconds)


def _row(what: str, seconds: list[float]) -> Row:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {"what": what, "median_ms": statistics.median(ordered) * 1000, "p95_ms": p95 * 1000}


if __name__ == "__main__":
    raise SystemExit(main())
