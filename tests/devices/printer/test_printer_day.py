"""A day of faults on a leaping clock: nothing is lost, doubled or called printed falsely; nothing grows."""

from __future__ import annotations

import gc
import logging
import math
import random
import threading
import tracemalloc
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devices.printer import PrinterSettings, PrintOutcome, PrintResult, SlipBuilder, build_printer
from devices.printer.emulator import EmulatorSettings, Fault, PrinterCore, PrinterEmulator
from tests.devices.printer.printer_bench import Bench, Waiting, example_slip, make_bench
from tests.soaking import SOAK

HOURS = 24.0 if SOAK else 1.0
STARTS = 24 if SOAK else 2
"""Starts of a printer over each real line, spread over the day; even."""

EVERY_CITIZEN_S = 30.0
FAULT_EVERY_S = 15.0
FAULT_LASTS_S = (0.3, 20.0)

GROWTH_KB = 300.0
"""What the devices may hold more after the second half of the day than after the first: caches that fill."""


@dataclass
class Day:
    """Citizens who print, faults that come and go, staff who refill; and the count of what came out."""

    chance: random.Random = field(default_factory=lambda: random.Random(20261124))
    heals_at: float = 0.0
    next_fault: float = FAULT_EVERY_S
    first_prints: dict[str, int] = field(default_factory=dict)
    copies: dict[str, int] = field(default_factory=dict)
    printed: list[str] = field(default_factory=list)
    outcomes: set[PrintOutcome] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.bench: Bench = make_bench(EmulatorSettings(roll_mm=8_000.0), script=self.meddle)
        self.bench.core._on_slip = self.count

    def count(self, slip: object) -> None:
        text = str(getattr(slip, "text", ""))
        whole = "job " in text and "[QR" in text
        if whole:
            name = text.split("job ", 1)[1].split()[0]
            tally = self.copies if "COPY" in text else self.first_prints
            tally[name] = tally.get(name, 0) + 1

    def meddle(self, core: PrinterCore) -> None:
        now = self.bench.clock.monotonic()
        if core.faults and now >= self.heals_at:
            for fault in list(core.faults):
                core.set_fault(fault, False)
        if now >= self.next_fault:
            fault = self.chance.choice(list(Fault))
            core.set_fault(fault, True)
            self.heals_at = now + self.chance.uniform(*FAULT_LASTS_S)
            self.next_fault = now + self.chance.expovariate(1 / FAULT_EVERY_S)
        if self.chance.random() < 0.000_02:
            core.power_cycle()
        if core.mechanism.paper_mm < 1:
            core.refill()

    def pass_until(self, moment: float) -> None:
        while self.bench.clock.monotonic() < moment:
            self.bench.loopback.pass_time(min(1.0, moment - self.bench.clock.monotonic()))

    def citizen(self, number: int) -> None:
        name = f"j{number}"
        slip = SlipBuilder().title("Kota").text(f"job {name} end").qr(f"https://kios.example/t/{name}").build()
        if self.note(self.bench.print(slip, job_id=name)) is not PrintOutcome.PRINTED:
            self.note(self.bench.print(slip, job_id=name))

    def note(self, result: PrintResult) -> PrintOutcome:
        """Keep what is judged at the end, and no result: the day measures what the devices keep."""
        self.bench.results.clear()
        self.outcomes.add(result.outcome)
        if result.outcome is PrintOutcome.PRINTED:
            self.printed.append(result.job_id)
        return result.outcome

    def run(self, hours: float, first: int) -> int:
        """``hours`` of citizens; the number of the next one."""
        end = self.bench.clock.monotonic() + hours * 3600
        number = first
        while self.bench.clock.monotonic() < end:
            self.citizen(number)
            number += 1
            self.bench.printer.worker.step()
            self.pass_until(self.bench.clock.monotonic() + self.chance.expovariate(1 / EVERY_CITIZEN_S))
        return number


def held() -> float:
    """KiB that code of the devices has allocated and somebody still holds."""
    gc.collect()
    ours = (tracemalloc.Filter(True, "*/devices/*"), tracemalloc.Filter(False, "*/tests/*"))
    return sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces(ours).traces) / 1024


def handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def real_life(folder: Path) -> None:
    """A printer over each real line from start to stop, with its threads, sockets, terminals and hot-plug watch."""
    for serial in (False, True):
        link = folder / "printer.pty"
        with PrinterEmulator(
            EmulatorSettings(speed_mm_s=math.inf), port=None if serial else 0, pty_link=link if serial else None
        ) as emulator:
            settings = (
                PrinterSettings(driver="serial", address=str(link))
                if serial
                else PrinterSettings(address=f"127.0.0.1:{emulator.port}")
            )
            printer = build_printer(settings, unfinished=folder / "slip.unfinished")
            printer.start()
            done = Waiting()
            printer.print(example_slip(), job_id="job", done=done)
            emulator.set_fault(Fault.UNPLUGGED)
            done.result()
            emulator.clear_faults()
            printer.print(example_slip(), job_id="job", done=done)
            assert done.result(2).outcome is PrintOutcome.PRINTED
            printer.stop()


@pytest.mark.longer_in_soak
def test_a_day_of_faults(tmp_path: Path, started_here: list[threading.Thread]) -> None:
    day = Day()
    real_life(tmp_path)
    # The test run itself keeps every line that is logged, and would be measured.
    logging.disable(logging.CRITICAL)
    tracemalloc.start()
    try:
        number = 0
        before, open_before = 0.0, 0
        for start in range(STARTS):
            if start == STARTS // 2:
                before, open_before = held(), handles()
            number = day.run(HOURS / STARTS, number)
            real_life(tmp_path)
        after, open_after = held(), handles()
    finally:
        tracemalloc.stop()
        logging.disable(logging.NOTSET)
    assert len(day.outcomes) >= 3, "the day had too few faults to prove anything"
    assert all(day.first_prints.get(name, 0) + day.copies.get(name, 0) >= 1 for name in day.printed)
    assert all(count == 1 for count in day.first_prints.values())
    assert after - before < GROWTH_KB
    assert [thread.name for thread in started_here if thread.is_alive()] == []
    # Fewer is possible: what earlier tests of this process left may be closed meanwhile.
    assert open_after <= open_before
