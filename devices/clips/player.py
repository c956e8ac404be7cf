"""Plays a clip: a child decodes, a thread keeps the newest frame. The decoder can die without the kiosk."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from devices.frame import children
from devices.frame.children import Child

FRAME: Final = struct.Struct("!II")
"""Width and height, before the pixels in RGBA."""

SHOWN_SIDE: Final = 640
"""Pixels of the longer side of what is handed on; larger clips are made smaller."""


@dataclass(frozen=True, slots=True)
class ClipFrame:
    """A picture in RGBA, from the top; ``sequence`` counts from 1."""

    rgba: bytes
    width: int
    height: int
    sequence: int


class ClipPlayer:
    """One run of one clip, from its begin. ``stop`` ends it at once, and may be called at any time and twice."""

    def __init__(self, data: bytes, command: tuple[str, ...] | None = None) -> None:
        self._newest: ClipFrame | None = None
        self._ended = threading.Event()
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH")) if part)
        self._child = subprocess.Popen(
            command or children.command(Child.CLIP),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "OPENCV_FFMPEG_LOGLEVEL": "-8"},
        )
        self._thread = threading.Thread(target=self._run, args=(data,), name="clip", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether no further frame comes."""
        return self._ended.is_set()

    @property
    def failed(self) -> bool:
        """It ended and showed nothing."""
        return self.ended and self._newest is None

    def frame(self) -> ClipFrame | None:
        """The newest one; the last one stays."""
        return self._newest

    def join(self, seconds: float) -> bool:
        """Waits until it ended; whether it did."""
        return self._ended.wait(seconds)

    def stop(self) -> None:
        self._child.kill()
        self._thread.join()

    def _run(self, data: bytes) -> None:
        child = self._child
        try:
            if child.stdin is not None and child.stdout is not None:
                child.stdin.write(data)
                child.stdin.close()
                self._take(child.stdout)
        except OSError:
            pass  # It died over the file, or was stopped.
        finally:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            child.wait()
            self._ended.set()

    def _take(self, frames: IO[bytes]) -> None:
        sequence = 0
        while len(header := frames.read(FRAME.size)) == FRAME.size:
            width, height = FRAME.unpack(header)
            if not 0 < max(width, height) <= SHOWN_SIDE:
                return
            rgba = frames.read(width * height * 4)
            if len(rgba) < width * height * 4:
                return
            sequence += 1
            self._newest = ClipFrame(rgba, width, height, sequence)
