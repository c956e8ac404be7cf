"""Jobs that wait for the printer, and the memory of those of which anything was sent."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from devices.printer.job import JobPhase, PrintResult
from devices.printer.slips.slip import Slip

MAX_QUEUED = 8
"""Jobs that wait; a kiosk serves one citizen at a time."""

MAX_REMEMBERED = 1_000
"""Job ids of which a part was sent: printing one of them again makes a copy."""


@dataclass(frozen=True, slots=True)
class Job:
    """A slip to print, and who wants to hear of it."""

    slip: Slip
    job_id: str
    copy: bool
    done: Callable[[PrintResult], None]
    progress: Callable[[JobPhase], None]


class Queue:
    """First come, first printed; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: deque[Job] = deque()
        self._closed = False

    def __len__(self) -> int:
        with self._lock:
            return len(self._jobs)

    def put(self, job: Job) -> bool:
        """False when :data:`MAX_QUEUED` wait already, or nobody will ever print; then the job is not taken."""
        with self._lock:
            taken = not self._closed and len(self._jobs) < MAX_QUEUED
            if taken:
                self._jobs.append(job)
            return taken

    def next(self) -> Job | None:
        with self._lock:
            return self._jobs.popleft() if self._jobs else None

    def open(self) -> None:
        """Take jobs again."""
        with self._lock:
            self._closed = False

    def close(self) -> tuple[Job, ...]:
        """Take no more jobs; those that waited, for somebody to tell their owners."""
        with self._lock:
            self._closed = True
            waiting = tuple(self._jobs)
            self._jobs.clear()
            return waiting


class Begun:
    """Ids of jobs of which at least a byte was sent; the oldest are forgotten. For the printer's thread only."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, job_id: object) -> bool:
        return job_id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, job_id: str) -> None:
        self._ids[job_id] = None
        self._ids.move_to_end(job_id)
        while len(self._ids) > MAX_REMEMBERED:
            self._ids.popitem(last=False)
