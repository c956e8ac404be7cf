"""Printers, real and emulated, for the tests of this folder."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from devices.frame import FakeClock
from devices.printer import Printer, PrinterSettings, PrintResult, Slip, SlipBuilder
from devices.printer.dialogue import Deadlines
from devices.printer.emulator import EmulatorSettings, PrinterCore
from devices.printer.emulator.loopback import Loopback

CODE = "ABCD-EFGH-JKM7"

HASTE = Deadlines(
    connect=2.0,
    answer=0.1,
    write=0.3,
    begin=0.3,
    printing=0.3,
    slowest_mm_per_s=400.0,
    poll=0.05,
    retry=0.05,
    settle=0.2,
)
"""Deadlines for printers on loopback, so that a silent one is given up in about a second."""


def example_slip() -> Slip:
    """A slip as a kiosk prints it."""
    return (
        SlipBuilder()
        .title("Kota Contoh")
        .text("Dinas Kependudukan", align="center")
        .rule()
        .row("Layanan", "Akta Kelahiran")
        .row("Kode", CODE)
        .row("Waktu", "24 November 2026 14.05")
        .rule()
        .text("Diterima oleh pusat.", bold=True)
        .qr(f"https://kios.example/t/{CODE.replace('-', '')}", "Pindai untuk melihat status")
        .build()
    )


@dataclass
class Bench:
    """Our printer before the emulated one, in one thread on a clock that leaps."""

    core: PrinterCore
    printer: Printer
    loopback: Loopback
    clock: FakeClock
    results: list[PrintResult] = field(default_factory=list)

    def print(self, slip: Slip | None = None, job_id: str = "job-1", *, copy: bool = False) -> PrintResult:
        """Print and turn the worker until the result is there."""
        count = len(self.results)
        self.printer.print(slip or example_slip(), job_id=job_id, copy=copy, done=self.results.append)
        while len(self.results) == count:
            self.clock.advance(self.printer.worker.step())
        return self.results[-1]

    def settle(self) -> None:
        """Let the emulated printer finish what it can."""
        while self.core.busy:
            self.loopback.pass_time(0.02)


def make_bench(
    settings: EmulatorSettings | None = None,
    printer: PrinterSettings | None = None,
    deadlines: Deadlines | None = None,
    script: Callable[[PrinterCore], None] = lambda _: None,
    core: PrinterCore | None = None,
    unfinished: Path | None = None,
    hotplug_folders: tuple[Path, ...] = (),
) -> Bench:
    """A bench; ``script`` is called with the core whenever time has passed. ``core`` None: a new one."""
    clock = FakeClock()
    core = core or PrinterCore(settings, noise=iter(lambda: 0xFF, None).__next__)
    loopback = Loopback(core, clock, lambda: script(core))
    device = Printer(
        printer or PrinterSettings(),
        lambda: loopback,
        clock=clock,
        deadlines=deadlines,
        chance=lambda: 0.5,
        unfinished=unfinished,
        hotplug_folders=hotplug_folders,
    )
    return Bench(core, device, loopback, clock)


class Waiting:
    """Collects results of a printer that runs in its own thread."""

    def __init__(self) -> None:
        self._results: list[PrintResult] = []
        self._changed = threading.Condition()

    def __call__(self, result: PrintResult) -> None:
        with self._changed:
            self._results.append(result)
            self._changed.notify_all()

    def result(self, number: int = 1, seconds: float = 30.0) -> PrintResult:
        """The result of that number, from 1.

        Raises:
            TimeoutError: when it does not come.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._results) >= number, seconds):
                raise TimeoutError(f"no result {number}")
            return self._results[number - 1]
