"""Brings one job to the printer: opens the line anew, runs the job machine, tries again while nothing was sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from devices.frame import Clock, Condition
from devices.printer.dialogue import Deadlines
from devices.printer.job import Attempt, Confirmation, JobMachine, JobPhase
from devices.printer.memory import PrinterMemory
from devices.printer.process_ids import ProcessIds
from devices.printer.status import BLOCKING
from devices.printer.transport import LineFault, Transport
from protocol.peripherals import PrintOutcome

TRIES = 2
"""Tries to reach a printer before any byte of the slip was sent."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """To one printer. ``stopping`` ends the trying, ``beat`` is a sign of life in between."""

    clock: Clock
    deadlines: Deadlines
    memory: PrinterMemory
    process_ids: ProcessIds
    confirmation: Confirmation
    separator: bytes
    beat: Callable[[], None]
    stopping: Callable[[], bool]

    def deliver(
        self, transport: Transport, data: bytes, length_mm: float, progress: Callable[[JobPhase], None]
    ) -> Attempt:
        """The outcome of the last try; never raises for what a printer or its line can do."""
        attempt = self._once(transport, data, length_mm, progress)
        for _ in range(TRIES - 1):
            certain = attempt.begun or attempt.outcome is not PrintOutcome.NOT_PRINTED
            blocked = attempt.conditions & (BLOCKING - {Condition.OFFLINE})
            if certain or blocked or self.stopping():
                break
            self.clock.wait(threading.Event(), self.deadlines.retry)
            attempt = self._once(transport, data, length_mm, progress)
        return attempt

    def _once(
        self, transport: Transport, data: bytes, length_mm: float, progress: Callable[[JobPhase], None]
    ) -> Attempt:
        machine = JobMachine(
            clock=self.clock,
            deadlines=self.deadlines,
            memory=self.memory,
            next_process_id=self.process_ids.next,
            confirmation=self.confirmation,
            separator=self.separator,
            beat=self.beat,
            progress=progress,
        )
        try:
            connection = transport.open(self.deadlines.connect)
        except LineFault as fault:
            return Attempt(PrintOutcome.NOT_PRINTED, frozenset({fault.condition}))
        try:
            return machine.run(connection, data, length_mm)
        finally:
            connection.close()
