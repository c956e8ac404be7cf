"""How well codes are read: our pipeline beside bare zxing-cpp, pyzbar and OpenCV, on the same pictures in one run.

    python -m devices.scanner.measure FOLDER…

Each folder holds pictures with a text file of the same name beside them (the text of the code), or none where nothing
must be found. The drawn set is made on the way. Decoding alone is timed, not reading files.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import zxingcpp
from pyzbar import pyzbar

from devices.frame import SystemClock
from devices.scanner.drawn_set import SIZES, drawn_pictures, empty_tabletops
from devices.scanner.reading.decode import Grey
from devices.scanner.reading.reader import FrameReader, StillReader
from devices.scanner.reading.second_engine import SecondEngine

PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"})
FRAMES_A_TABLETOP: Final = 45
FRAMES_PER_SECOND: Final = 15
Engine = Callable[[Grey], list[str]]


@dataclass(frozen=True, slots=True)
class Case:
    """A picture and what must be read in it: exactly ``text``, or (``part``) something that contains it, or nothing."""

    grey: Grey
    text: str | None
    part: bool = False

    def right(self, found: str) -> bool:
        return self.text is not None and (self.text in found if self.part else self.text == found)


@dataclass(slots=True)
class Result:
    """What one engine did on one set."""

    read: int = 0
    wrong: int = 0
    #: It raised instead of answering: logged once a kind, counted always.
    failed: int = 0
    reasons: set[str] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)

    def add(self, case: Case, found: list[str], seconds: float) -> None:
        self.seconds.append(seconds)
        self.read += any(case.right(text) for text in found)
        self.wrong += any(not case.right(text) for text in found)

    def fail(self, error: Exception, seconds: float) -> None:
        self.seconds.append(seconds)
        self.failed += 1
        self.reasons.add(f"{type(error).__name__}: {error}".strip())

    @property
    def median_ms(self) -> float:
        return statistics.median(self.seconds) * 1000

    @property
    def p95_ms(self) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] * 1000


def engines(ours: StillReader) -> dict[str, Engine]:
    """Ours and its peers, each given the same grey picture, each with all that it can read."""
    detector = cv2.QRCodeDetector()
    bars = cv2.barcode.BarcodeDetector()

    def opencv(grey: Grey) -> list[str]:
        texts = list(detector.detectAndDecodeMulti(grey)[1])
        return [text for text in texts + list(bars.detectAndDecodeMulti(grey)[1]) if text]

    return {
        "ours": lambda grey: [read.text for read in ours.read(grey)],
        "zxing-cpp": lambda grey: [code.text for code in zxingcpp.read_barcodes(grey, text_mode=_PLAIN)],
        "pyzbar": lambda grey: [code.data.decode("utf-8", "replace") for code in pyzbar.decode(grey)],
        "OpenCV": opencv,
    }


def folder_cases(folder: Path) -> Iterator[Case]:
    """The pictures of ``folder`` that OpenCV can read, with their texts."""
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in PICTURES:
            continue
        grey = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
        if grey is not None:
            yield Case(grey, _expected(file))


def run(cases: Iterable[Case], compared: dict[str, Engine]) -> tuple[int, dict[str, Result]]:
    """The number of cases, and each engine's result on them."""
    results = {name: Result() for name in compared}
    count = 0
    for case in cases:
        count += 1
        for name, engine in compared.items():
            _try(results[name], case, engine)
    return count, results


def _try(result: Result, case: Case, engine: Engine) -> None:
    """One engine on one picture; one that raises has failed at this picture, and the next one is run."""
    started = time.perf_counter()
    try:
        found = engine(case.grey)
    except Exception as error:  # noqa: BLE001 - a peer raises what it likes
        result.fail(error, time.perf_counter() - started)
    else:
        result.add(case, found, time.perf_counter() - started)


def frame_without_card(size: tuple[int, int]) -> Result:
    """Times of the reader of a running camera on empty tabletops, every one of its turns."""
    reader = FrameReader()
    result = Result()
    now = 0.0
    for grey in empty_tabletops(size):
        for _ in range(FRAMES_A_TABLETOP):
            now += 1 / FRAMES_PER_SECOND
            started = time.perf_counter()
            reads = reader.read(grey, now)
            result.add(Case(grey, None), [read.text for read in reads], time.perf_counter() - started)
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="devices.scanner.measure", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--each", type=int, default=3, help="drawn pictures of each condition, code and size")
    parser.add_argument("--seed", type=int, default=1, help="seed of the drawn set")
    given = parser.parse_args(arguments)
    second = SecondEngine(SystemClock())
    try:
        compared = engines(StillReader(second=second.decode))
        print(
            f"{'set':<26}{'pictures':>9}  {'engine':<10}{'read':>6}{'wrong':>7}{'failed':>7}{'median ms':>11}{'p95 ms':>9}"
        )
        for folder in given.folders:
            for part in sorted({file.parent for file in folder.rglob("*") if file.suffix.lower() in PICTURES}):
                _print(part.name, *run(folder_cases(part), compared))
        drawn: dict[str, list[Case]] = {}
        for picture in drawn_pictures(given.each, given.seed):
            name = f"drawn {picture.code} {picture.size[0]}"
            drawn.setdefault(name, []).append(Case(picture.grey, picture.text, part=True))
        for name, cases in sorted(drawn.items()):
            _print(name, *run(cases, compared))
    finally:
        second.close()
    for size in SIZES:
        empty = frame_without_card(size)
        name = f"no card {size[0]}×{size[1]}"
        _print(name, len(empty.seconds), {"running": empty})
    return 0


def _print(name: str, count: int, results: dict[str, Result]) -> None:
    for engine, result in results.items():
        if not result.seconds:
            continue
        times = f"{result.median_ms:>11.1f}{result.p95_ms:>9.1f}"
        counts = f"{result.read:>6}{result.wrong:>7}{result.failed:>7}"
        print(f"{name:<26}{count:>9}  {engine:<10}{counts}{times}", flush=True)
        for reason in sorted(result.reasons):
            print(f"{'':<37}{engine} failed: {reason}", flush=True)
        name = ""


def _expected(file: Path) -> str | None:
    text, raw = file.with_suffix(".txt"), file.with_suffix(".bin")
    if text.exists():
        return text.read_bytes().decode("utf-8", "replace")
    return raw.read_bytes().decode("latin-1") if raw.exists() else None


_PLAIN: Final = zxingcpp.TextMode.Plain

if __name__ == "__main__":
    sys.exit(main())
