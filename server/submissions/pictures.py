"""Citizens' pictures, opened in a child with limits: masked for whoever gave no reason to see them, and marked.

Where on a picture a number stands nobody here knows: a card lies as it was laid, and a letter shows its own. So a masked
picture is masked as a whole (decision 166).
"""

import os
import subprocess
import sys
import threading
from typing import Final

import structlog

from server.submissions.picture_child import ANSWER, MARK, MARK_BYTES, MASK, REQUEST

#: What is taken for a picture, when its bytes are of one.
PICTURES: Final = ("image/jpeg", "image/png")
#: Children at the same time; further pictures wait.
AT_ONCE: Final = 2
#: Seconds after which a child is ended, whatever it does.
WALL_SECONDS: Final = 10.0
#: A child is replaced after so many pictures.
PICTURES_EACH: Final = 500

_log = structlog.get_logger("server.submissions.pictures")


class Pictures:
    """Any thread. Children begin when they are needed, and end with ``close``, or with the server."""

    def __init__(self, wall_seconds: float = WALL_SECONDS) -> None:
        self._wall_seconds = wall_seconds
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []

    def masked(self, data: bytes) -> bytes | None:
        """A JPEG on which nothing can be read; None for what cannot be opened."""
        return self._ask(MASK, data) or None

    def mark(self, data: bytes) -> bytes | None:
        """What like pictures have in common, MARK_BYTES; None for a blank picture and for what is none."""
        made = self._ask(MARK, data)
        return made if len(made) == MARK_BYTES else None

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()

    def _ask(self, operation: bytes, data: bytes) -> bytes:
        with self._places:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            child = child or _Child()
            answer = child.ask(operation, data, self._wall_seconds)
            if answer is None or child.asked >= PICTURES_EACH:
                child.end()
            else:
                with self._lock:
                    self._idle.append(child)
        if answer is None:
            _log.warning("pictures.died", bytes=len(data))
        return answer or b""


class _Child:
    def __init__(self) -> None:
        self.asked = 0
        # Without -B it would try to write what it compiled. It gets nothing of the server's surroundings: no keys.
        command = [sys.executable, "-B", "-m", "server.submissions.picture_child"]
        surroundings = {"PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", "")}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=surroundings
        )

    def ask(self, operation: bytes, data: bytes, wall_seconds: float) -> bytes | None:
        """None when it died over it, or was ended because it took too long."""
        self.asked += 1
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        timer = threading.Timer(wall_seconds, process.kill)
        timer.start()
        try:
            process.stdin.write(REQUEST.pack(operation, len(data)) + data)
            process.stdin.flush()
            head = process.stdout.read(ANSWER.size)
            if len(head) < ANSWER.size:
                return None
            (length,) = ANSWER.unpack(head)
            made = process.stdout.read(length)
            return made if len(made) == length else None
        except OSError:
            return None
        finally:
            timer.cancel()

    def end(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        self._process.wait()
