"""A kiosk that prints, as a process of its own, so that its power can be cut."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from devices.printer import JobPhase, Printer, PrinterSettings, PrintResult, Slip, SlipBuilder, build_printer
from kiosk.events import Event, SlipPrinted
from kiosk.session.outcomes import Saved
from tests.forked import PROCESSES
from tests.kiosk.kiosk_kit import bench, fill

ENDS_WITHIN_S = 60.0


class Cut(StrEnum):
    """When the kiosk's power goes; the printer keeps its own."""

    NEVER = "never"
    BEFORE = "before the printer hears of the slip"
    SENDING = "while the slip is sent"
    PRINTING = "when the slip is sent and not yet out"
    OUT = "when the slip is out and that is not yet recorded"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingPrinter:
    """A real printer in a kiosk whose power goes at one moment of the print."""

    def __init__(self, printer: Printer, cut: Cut) -> None:
        self._printer = printer
        self._cut = cut

    def __getattr__(self, name: str) -> Any:
        return getattr(self._printer, name)

    def print(
        self, slip: Slip | SlipBuilder, *, job_id: str, copy: bool = False, done: Callable[[PrintResult], None]
    ) -> None:
        def progress(phase: JobPhase) -> None:
            if (phase, self._cut) in ((JobPhase.SENDING, Cut.SENDING), (JobPhase.PRINTING, Cut.PRINTING)):
                die()

        def finished(result: PrintResult) -> None:
            if self._cut is Cut.OUT:
                die()
            done(result)

        if self._cut is Cut.BEFORE:
            die()
        self._printer.print(slip, job_id=job_id, copy=copy, done=finished, progress=progress)


def live(folder: Path, port: int, cut: Cut, code: str, messages: Any) -> None:
    """Send a submission when there is no ``code`` yet, print its slip, tell code and outcome."""
    printer = build_printer(PrinterSettings(address=f"127.0.0.1:{port}"), unfinished=folder / "slip.unfinished")
    at = bench(folder, printer=DyingPrinter(printer, cut))  # type: ignore[arg-type]
    heard = threading.Event()
    outcomes: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, SlipPrinted):
            outcomes.append(event.outcome)
            heard.set()

    at.bus.subscribe(hear)
    if not code:
        fill(at.kiosk)
        saved = at.kiosk.send()
        assert isinstance(saved, Saved)
        code = saved.code
    messages.send(code)
    printer.start()
    at.kiosk.slips.print(code)
    heard.wait(ENDS_WITHIN_S)
    printer.stop()
    at.close()
    messages.send(outcomes[0])


def run_kiosk(folder: Path, port: int, cut: Cut = Cut.NEVER, code: str = "") -> tuple[int, list[str]]:
    """Its exit code (-9: the power was cut), and what it sent: the code, then the outcome."""
    receiver, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=live, args=(folder, port, cut, code, sender))
    process.start()
    sender.close()
    messages: list[str] = []
    try:
        while receiver.poll(ENDS_WITHIN_S):
            messages.append(receiver.recv())
    except EOFError:
        pass
    process.join(ENDS_WITHIN_S)
    return process.exitcode or 0, messages
