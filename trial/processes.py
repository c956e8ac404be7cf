"""Processes that belong together: started in order, stopped in reverse, none left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

ROOT = Path(__file__).resolve().parent.parent
#: Seconds that a process may take to end after SIGTERM, before it is killed.
STOP_SECONDS = 8.0
POLL_SECONDS = 0.05


class NotReady(RuntimeError):
    """Something that was started does not answer; the message names it and its log."""


class Group:
    """Processes of one run. As a context manager it stops whatever is still running."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[tuple[str, subprocess.Popen[bytes], IO[bytes]]] = []
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Starts ``command`` in the project's folder, its output in ``<logs>/<name>.log``.

        In a session of its own, so that Ctrl-C reaches it only through :meth:`stop`, in order.
        """
        log = self.log(name).open("ab")
        process = subprocess.Popen(
            list(command),
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._running.append((name, process, log))
        return process

    def pid(self, name: str) -> int:
        """Of the newest process of that name that was started and not stopped."""
        return next(process.pid for known, process, _ in reversed(self._running) if known == name)

    def ended(self) -> list[str]:
        """Names of those that have ended by themselves."""
        return [name for name, process, _ in self._running if process.poll() is not None]

    def stop_one(self, name: str, *, kill: bool = False) -> int | None:
        """Stops the newest process of that name; its exit code, or None when there is none."""
        for index in reversed(range(len(self._running))):
            if self._running[index][0] == name:
                entry = self._running.pop(index)
                return self._end(entry, kill=kill)
        return None

    def stop(self) -> None:
        """Ends all, the last started first; one that does not end in time is killed, and the others get their turn."""
        while self._running:
            self._end(self._running.pop())

    def _end(self, entry: tuple[str, subprocess.Popen[bytes], IO[bytes]], *, kill: bool = False) -> int:
        _, process, log = entry
        if process.poll() is None:
            process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        log.close()
        return process.returncode


def python(*arguments: str) -> list[str]:
    """A command that runs this interpreter, unbuffered."""
    return [sys.executable, "-u", *arguments]


def wait_until(what: str, ready: Callable[[], bool], group: Group, *, seconds: float = 30.0) -> None:
    """Waits for ``ready()``. Raises NotReady when time runs out or ``what``, a name in the group, has ended."""
    deadline = time.monotonic() + seconds
    while not ready():
        if what in group.ended():
            raise NotReady(f"{what} ended at once; see {group.log(what)}")
        if time.monotonic() > deadline:
            raise NotReady(f"{what} does not answer after {seconds:.0f} s; see {group.log(what)}")
        time.sleep(POLL_SECONDS)


def listening(port: int) -> bool:
    """Whether something on loopback accepts connections at ``port``."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port(preferred: int = 0) -> int:
    """``preferred`` when nobody listens there, else one that the system picks."""
    if preferred and not listening(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
