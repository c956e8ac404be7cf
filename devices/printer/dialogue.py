"""Talks with the printer over an open line: sends with a deadline, asks for status, collects answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devices.frame import Clock, Condition
from devices.printer import commands
from devices.printer.answers import Answer, AnswerReader, Automatic, Cleared, Finished, Noise, PaperStatus, RealTime
from devices.printer.status import BLOCKING, PrinterStatus, automatic_conditions
from devices.printer.transport import Connection

CHUNK = 512
"""Bytes handed to the line at once; between chunks the printer's answers are looked at."""

DRAIN_QUIET = 0.02
"""Seconds of silence after which no stale byte is expected any more."""

DRAIN_LIMIT = 0.5
"""Seconds after which draining gives up: a line that never falls silent is noise."""

STUCK_BUT_BLOCKED = 1.0
"""Seconds without progress after which a line is given up when the printer itself said that it is blocked."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds that each step may take."""

    connect: float = 3.0
    answer: float = 1.0
    """for one status answer"""
    write: float = 10.0
    """without the printer taking a single byte"""
    begin: float = 3.0
    """for the mark in front of a slip, when the printer has nothing else to do"""
    printing: float = 12.0
    """for the mark behind a slip, on top of what its length takes"""
    slowest_mm_per_s: float = 20.0
    poll: float = 0.5
    """between two looks at the status while it prints"""
    retry: float = 1.0
    """between two tries to reach the printer before anything of a slip was sent"""
    settle: float = 1.5
    """a printer without process ids must stay well for so long after its buffer was worked off"""


class Dialogue:
    """One open line and what was heard on it."""

    def __init__(
        self, connection: Connection, clock: Clock, deadlines: Deadlines, beat: Callable[[], None] = lambda: None
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._deadlines = deadlines
        self._beat = beat
        self._reader = AnswerReader()
        self._real_time: list[int] = []
        self.finished: set[bytes] = set()
        self.paper_answers = 0
        self.cleared = False
        self.noise = 0
        self.unanswered = 0
        self.hint: frozenset[Condition] = frozenset()
        """what the printer last said by itself (ASB)"""
        self.status: PrinterStatus | None = None
        """the newest whole round of answers"""

    @property
    def heard_well(self) -> bool:
        """No answer was lost and no noise came: silence of the printer can be believed."""
        return not self.noise and not self.unanswered

    def send(self, data: bytes, seconds: float | None = None) -> int:
        """Hand over all bytes; returns how many were taken before the line was stuck for ``seconds``."""
        patience = self._deadlines.write if seconds is None else seconds
        taken = 0
        last_progress = self._clock.monotonic()
        while taken < len(data):
            self._beat()
            count = self._connection.write(data[taken : taken + CHUNK], min(0.1, patience))
            self.listen(0.0)
            now = self._clock.monotonic()
            if count:
                taken += count
                last_progress = now
            elif now - last_progress >= (STUCK_BUT_BLOCKED if self.hint & BLOCKING else patience):
                break
        return taken

    def listen(self, seconds: float) -> bool:
        """Take in what comes within ``seconds``; returns at the first bytes. True when some came."""
        self._beat()
        data = self._connection.read(seconds)
        for answer in self._reader.feed(data):
            self._heard(answer)
        return bool(data)

    def listen_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Listen until ``condition`` holds; False when it does not within ``seconds``."""
        end = self._clock.monotonic() + seconds
        while not condition():
            left = end - self._clock.monotonic()
            if left <= 0:
                return False
            self.listen(min(left, 0.25))
        return True

    def drain(self) -> bool:
        """Throw stale bytes away. False when the line does not fall silent."""
        end = self._clock.monotonic() + DRAIN_LIMIT
        while self._connection.read(DRAIN_QUIET):
            if self._clock.monotonic() >= end:
                return False
        self._reader.forget()
        return True

    def ask_status(self) -> PrinterStatus | None:
        """One round of DLE EOT 1 to 4; None when an answer is missing or something else came with it."""
        answers: list[int] = []
        noise_before = self.noise
        for n in range(1, 5):
            self._real_time.clear()
            if self.send(commands.real_time_status(n), self._deadlines.answer) < 3:
                self.unanswered += 1
                return None
            self.listen_until(lambda: bool(self._real_time), self._deadlines.answer)
            while self.listen(0.0):
                pass
            if len(self._real_time) != 1 or self.noise > noise_before:
                self.unanswered += 1
                return None
            answers.append(self._real_time[0])
        self.status = PrinterStatus(*answers)
        return self.status

    def clear_buffers(self) -> bool:
        """Make the printer forget what it has not printed; True when it said that it did."""
        self.cleared = False
        if self.send(commands.CLEAR_BUFFERS, self._deadlines.answer) < len(commands.CLEAR_BUFFERS):
            return False
        return self.listen_until(lambda: self.cleared, self._deadlines.answer)

    def _heard(self, answer: Answer) -> None:
        match answer:
            case RealTime(byte):
                self._real_time.append(byte)
            case Automatic(status):
                # On a noisy line four bytes can look like a status that nobody sent.
                self.hint = frozenset() if self.noise else automatic_conditions(status)
            case PaperStatus():
                self.paper_answers += 1
            case Finished(process_id):
                self.finished.add(process_id)
            case Cleared():
                self.cleared = True
            case Noise():
                self.noise += 1
                self.hint = frozenset()
