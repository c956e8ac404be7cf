"""The second engine, pyzbar, in a process of its own.

libzbar can abort the whole process (an assertion and a double free are known), so it runs in a child that may die:
the picture is then unread, a new child is started for the next one, and after too many deaths it rests for a while.
"""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
from pathlib import Path
from typing import Final

from devices.frame import Clock, children
from devices.frame.children import Child
from devices.scanner.reading.decode import Grey, Read, Symbology

ANSWER_DEADLINE: Final = 2.0
"""Seconds for one picture; a child that takes longer is killed."""

MOST_DEATHS: Final = 3
REST_SECONDS: Final = 60.0
"""After MOST_DEATHS in a row the engine rests this long."""

HEADER: Final = struct.Struct("!II")
"""Width and height, before the grey pixels."""

_SYMBOLOGIES: Final = {"QRCODE": Symbology.QR_CODE, "CODE128": Symbology.CODE_128, "CODE39": Symbology.CODE_39}


class SecondEngine:
    """Asks the child for the codes in a picture. One thread at a time may use it; ``close`` ends the child."""

    def __init__(self, clock: Clock, command: tuple[str, ...] | None = None) -> None:
        self._clock = clock
        self._command = command or children.command(Child.BARCODES)
        self._child: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._resting_until = float("-inf")

    @property
    def deaths(self) -> int:
        """Children that died or hung in a row."""
        return self._deaths

    def decode(self, grey: Grey) -> tuple[Read, ...]:
        """What pyzbar reads in ``grey``; nothing when the child died over it or the engine rests."""
        if self._clock.monotonic() < self._resting_until:
            return ()
        try:
            answer = self._ask(grey)
        except (OSError, TimeoutError, EOFError, ValueError):
            self._bury()
            return ()
        self._deaths = 0
        return tuple(read for entry in answer if (read := _as_read(entry)) is not None)

    def close(self) -> None:
        """End the child and collect it."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        child.wait()

    def _ask(self, grey: Grey) -> list[object]:
        child = self._child or self._spawn()
        if child.stdin is None or child.stdout is None:
            raise OSError("the child has no pipes")
        height, width = grey.shape[:2]
        child.stdin.write(HEADER.pack(width, height) + grey.tobytes())
        child.stdin.flush()
        ready, _, _ = select.select([child.stdout], [], [], ANSWER_DEADLINE)
        if not ready:
            raise TimeoutError
        line = child.stdout.readline()
        if not line:
            raise EOFError
        answer = json.loads(line)
        return answer if isinstance(answer, list) else []

    def _spawn(self) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).parents[3])
        path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH")) if part)
        self._child = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        return self._child

    def _bury(self) -> None:
        self.close()
        self._deaths += 1
        if self._deaths >= MOST_DEATHS:
            self._resting_until = self._clock.monotonic() + REST_SECONDS
            self._deaths = 0


def _as_read(entry: object) -> Read | None:
    """The read in one entry of the child's answer.

    libzbar drops the upper half of Code 128 and guesses the character set of a QR, so only plain ASCII is believed.
    """
    if not isinstance(entry, dict):
        return None
    symbology = _SYMBOLOGIES.get(str(entry.get("type")))
    text, points = entry.get("text"), entry.get("points")
    if symbology is None or not isinstance(text, str) or not text.isascii() or not text:
        return None
    if not isinstance(points, list) or len(points) != 4:
        return None
    (a, b, c, d) = ((float(x), float(y)) for x, y in points)
    return Read(symbology, text, (a, b, c, d))
