"""The job machine: from "queued" to an outcome that can be believed.

``queued -> sending -> printing -> printed | probably printed | not printed | unknown``

A slip is "printed" only when the printer answered the process id behind it (``GS ( H`` function 48). A printer
that cannot do that gets ``GS r`` behind the slip and is asked for its status once more: "probably printed".
"Not printed" means that nothing came out, or a torso at most, and that the printer will not print the rest:
its buffer is known to be empty. Whatever cannot be known is "unknown".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from devices.frame import Clock, Condition
from devices.printer import commands
from devices.printer.dialogue import Deadlines, Dialogue
from devices.printer.memory import PrinterMemory
from devices.printer.status import BLOCKING, PrinterStatus
from devices.printer.transport import Connection, LineFault
from protocol.peripherals import PrintOutcome

ROUNDS = 3
"""Rounds of status questions before a printer that answers wrongly is given up."""

WAITS_FOR = frozenset({Condition.OVERHEATED})
"""What goes away by itself in seconds: the slip is waited for, not cleared."""

Confirmation = Literal["auto", "process_id", "status", "none"]


class JobPhase(StrEnum):
    """Where a job is before it has an outcome."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    PRINTING = "PRINTING"


@dataclass(frozen=True, slots=True)
class PrintResult:
    """How a job ended. ``paper_mm`` is what it took at most: 0 means that certainly nothing came out."""

    job_id: str
    outcome: PrintOutcome
    conditions: frozenset[Condition] = frozenset()
    paper_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of the machine. ``begun``: at least one byte of the slip was handed over."""

    outcome: PrintOutcome
    conditions: frozenset[Condition] = frozenset()
    begun: bool = False


@dataclass(slots=True)
class JobMachine:
    """Runs one slip over one open line."""

    clock: Clock
    deadlines: Deadlines
    memory: PrinterMemory
    next_process_id: Callable[[], bytes]
    confirmation: Confirmation = "auto"
    separator: bytes = b""
    beat: Callable[[], None] = field(default=lambda: None)
    progress: Callable[[JobPhase], None] = field(default=lambda _: None)

    def run(self, connection: Connection, job: bytes, length_mm: float) -> Attempt:
        """Print ``job``; never raises for what a printer or its line can do."""
        talk = Dialogue(connection, self.clock, self.deadlines, self.beat)
        self.progress(JobPhase.SENDING)
        if self.confirmation == "none":
            return self._send_blindly(talk, job)
        try:
            refusal = self._prepare(talk)
        except LineFault as fault:
            return Attempt(PrintOutcome.NOT_PRINTED, frozenset({fault.condition}))
        return refusal or self._print(talk, job, length_mm)

    def _send_blindly(self, talk: Dialogue, job: bytes) -> Attempt:
        try:
            taken = talk.send(job)
        except LineFault as fault:
            return Attempt(PrintOutcome.UNKNOWN, frozenset({fault.condition}), begun=True)
        stuck = frozenset({Condition.NOT_RESPONDING}) if taken < len(job) else frozenset()
        nothing = taken == 0 and bool(job)
        return Attempt(PrintOutcome.NOT_PRINTED if nothing else PrintOutcome.UNKNOWN, stuck, begun=not nothing)

    def _prepare(self, talk: Dialogue) -> Attempt | None:
        """Everything before the first byte of the slip; an Attempt when it must not be sent."""
        status = self._first_status(talk)
        if status is None:
            return Attempt(PrintOutcome.NOT_PRINTED, frozenset({Condition.NOT_RESPONDING}))
        if self.memory.dirty:
            if Condition.CUTTER_ERROR in status.conditions:
                talk.send(commands.RECOVER_AND_CLEAR)
            talk.clear_buffers()
            status = self._first_status(talk)
        if status is None:
            return Attempt(PrintOutcome.NOT_PRINTED, frozenset({Condition.NOT_RESPONDING}))
        if not status.can_print:
            return Attempt(PrintOutcome.NOT_PRINTED, status.conditions)
        return self._mark_begin(talk)

    def _first_status(self, talk: Dialogue) -> PrinterStatus | None:
        for _ in range(ROUNDS):
            if talk.drain() and (status := talk.ask_status()):
                talk.noise = talk.unanswered = 0
                return status
        return None

    def _mark_begin(self, talk: Dialogue) -> Attempt | None:
        """See whether the printer works its buffer off: it answers a process id before the slip is sent."""
        if self.confirmation == "status" or self.memory.answers_process_ids is False:
            talk.send(commands.ASB_OFF)
            return None
        begin = self.next_process_id()
        talk.send(commands.INITIALISE + commands.request_process_id(begin))
        if talk.listen_until(lambda: begin in talk.finished, self.deadlines.begin):
            self.memory.answers_process_ids = True
            talk.hint = talk.status.conditions if talk.status else frozenset()
            talk.send(commands.ASB_ON)
            return None
        status = talk.ask_status()
        if status is None:
            return Attempt(PrintOutcome.NOT_PRINTED, frozenset({Condition.NOT_RESPONDING}))
        if not status.can_print:
            return Attempt(PrintOutcome.NOT_PRINTED, status.conditions)
        if self.memory.answers_process_ids or self.confirmation == "process_id":
            return Attempt(PrintOutcome.NOT_PRINTED, frozenset({Condition.NOT_RESPONDING}))
        self.memory.answers_process_ids = False
        talk.unanswered = 0
        return None

    def _print(self, talk: Dialogue, job: bytes, length_mm: float) -> Attempt:
        by_process_id = self.confirmation != "status" and bool(self.memory.answers_process_ids)
        end = self.next_process_id()
        question = commands.request_process_id(end) if by_process_id else commands.TRANSMIT_PAPER_STATUS
        was_dirty = self.memory.dirty
        slip = (self.separator if was_dirty else b"") + job + question
        begun = False
        self.memory.dirty = True
        try:
            taken = talk.send(slip[:1])
            begun = taken > 0
            self.memory.dirty = was_dirty or begun
            taken += talk.send(slip[1:]) if begun else 0
            if taken < len(slip):
                return self._stuck(talk, begun)
            self.progress(JobPhase.PRINTING)
            attempt = self._await_end(talk, end if by_process_id else None, length_mm)
            if attempt.outcome in (PrintOutcome.PRINTED, PrintOutcome.PROBABLY_PRINTED):
                self.memory.dirty = False
                talk.send(commands.ASB_OFF, self.deadlines.answer)
        except LineFault as fault:
            if end in talk.finished:
                self.memory.dirty = False
                return Attempt(PrintOutcome.PRINTED, begun=True)
            outcome = PrintOutcome.UNKNOWN if begun else PrintOutcome.NOT_PRINTED
            return Attempt(outcome, frozenset({fault.condition}), begun)
        return attempt

    def _stuck(self, talk: Dialogue, begun: bool) -> Attempt:
        """The line takes no more bytes in the middle of a slip."""
        if not begun:
            return Attempt(PrintOutcome.NOT_PRINTED, frozenset({Condition.NOT_RESPONDING}))
        cleared = talk.clear_buffers()
        return Attempt(
            PrintOutcome.NOT_PRINTED if cleared else PrintOutcome.UNKNOWN,
            _conditions(talk, talk.ask_status()),
            begun=True,
        )

    def _await_end(self, talk: Dialogue, end: bytes | None, length_mm: float) -> Attempt:
        """Wait for the mark behind the slip, looking at the status now and then."""

        def reached() -> bool:
            return end in talk.finished if end is not None else talk.paper_answers > 0

        limit = self.deadlines.printing + length_mm / self.deadlines.slowest_mm_per_s
        deadline = self.clock.monotonic() + limit
        while not talk.listen_until(reached, self.deadlines.poll):
            status = talk.ask_status()
            if reached():
                break
            blocked = (status.conditions if status else talk.hint) & (BLOCKING - WAITS_FOR)
            if blocked or self.clock.monotonic() >= deadline:
                return self._give_up(talk, end, status)
        if end is not None:
            return Attempt(PrintOutcome.PRINTED, talk.hint - BLOCKING, begun=True)
        return self._confirm_by_status(talk)

    def _confirm_by_status(self, talk: Dialogue) -> Attempt:
        """The buffer was worked off; without a process id, a printer that stays well has probably printed."""
        trusted = talk.paper_answers == 1 and not talk.noise
        settled = self.clock.monotonic() + self.deadlines.settle
        while True:
            status = talk.ask_status()
            if status is None or not trusted:
                return Attempt(PrintOutcome.UNKNOWN, frozenset({Condition.NOT_RESPONDING}), begun=True)
            if not status.can_print:
                return Attempt(PrintOutcome.UNKNOWN, status.conditions, begun=True)
            if self.clock.monotonic() >= settled:
                return Attempt(PrintOutcome.PROBABLY_PRINTED, status.conditions, begun=True)
            talk.listen_until(lambda: False, self.deadlines.poll)

    def _give_up(self, talk: Dialogue, end: bytes | None, status: PrinterStatus | None) -> Attempt:
        """Blocked, or no mark in time: make the printer forget the rest.

        A late mark is not asked for again: over a serial line a printer may have been switched off and on
        unnoticed, would answer the second question at once, and have lost the slip.
        """
        heard_well = talk.heard_well
        cleared = talk.clear_buffers()
        if end is not None and end in talk.finished:
            return Attempt(PrintOutcome.PRINTED, begun=True)
        certain = cleared and heard_well and end is not None
        outcome = PrintOutcome.NOT_PRINTED if certain else PrintOutcome.UNKNOWN
        return Attempt(outcome, _conditions(talk, status), begun=True)


def _conditions(talk: Dialogue, status: PrinterStatus | None) -> frozenset[Condition]:
    """Why a slip stopped: by the status, else by what the printer said by itself; a well one is just too slow."""
    known = status.conditions if status else talk.hint
    return known if known & BLOCKING else known | {Condition.NOT_RESPONDING}
