"""Faults before, in the middle of and after a slip, over real TCP and a real (pseudo) serial line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.printer import JobPhase, Printer, PrinterSettings, PrintOutcome, PrintResult, build_printer
from devices.printer.dialogue import Deadlines
from devices.printer.emulator import EmulatorSettings, Fault, PrinterEmulator
from tests.devices.printer.printer_bench import CODE, HASTE, Waiting, example_slip

FAULTS = (
    Fault.UNPLUGGED,
    Fault.BUSY,
    Fault.GARBAGE,
    Fault.SLOW,
    Fault.SILENT,
    Fault.PAPER_OUT,
    Fault.COVER_OPEN,
)

AGAIN = 3
"""Times that a healthy printer is asked again; on a machine with much else to do it may answer too late for HASTE."""

SPEED = 1_000.0
"""mm a second: a slip takes a tenth of a second, time enough for its middle."""


Pair = tuple[PrinterEmulator, Printer]


@contextmanager
def wired(line: str, folder: Path, deadlines: Deadlines | None) -> Iterator[Pair]:
    """An emulator and our printer, both running, with that line between them."""
    link = folder / "printer.pty"
    settings = EmulatorSettings(speed_mm_s=SPEED, cut_s=0.02)
    over_tcp = line == "tcp"
    with PrinterEmulator(settings, port=0 if over_tcp else None, pty_link=None if over_tcp else link) as emulator:
        ours = (
            PrinterSettings(driver="network", address=f"127.0.0.1:{emulator.port}")
            if over_tcp
            else PrinterSettings(driver="serial", address=str(link))
        )
        printer = build_printer(ours, deadlines=deadlines)
        printer.start()
        yield emulator, printer
        printer.stop()


@pytest.fixture(params=["tcp", "pty"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """With little patience for a printer that will not answer anyway."""
    with wired(request.param, tmp_path, HASTE) as running:
        yield running


@pytest.fixture(params=["tcp", "pty"])
def patient_pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """With the deadlines of a kiosk in service."""
    with wired(request.param, tmp_path, None) as running:
        yield running


def print_with(printer: Printer, at: dict[JobPhase, Callable[[], None]], done: Waiting) -> PrintResult:
    def progress(phase: JobPhase) -> None:
        at.get(phase, lambda: None)()

    number = len(done._results) + 1
    printer.print(example_slip(), job_id="job-1", done=done, progress=progress)
    return done.result(number)


def whole_slips(emulator: PrinterEmulator) -> list[str]:
    return [slip.text for slip in emulator.slips if slip.whole and CODE in slip.text and "[QR" in slip.text]


def judge(emulator: PrinterEmulator, printer: Printer, first: PrintResult, done: Waiting) -> None:
    """What must hold after a first print with a fault, whatever the fault was: heal, print again, count."""
    assert first.outcome is not PrintOutcome.PROBABLY_PRINTED, "this printer answers process ids"
    assert first.outcome is not PrintOutcome.PRINTED or len(whole_slips(emulator)) == 1, "a false PRINTED"
    emulator.clear_faults()
    emulator.refill()
    begun = first.paper_mm > 0
    for _ in range(AGAIN):
        again = print_with(printer, {}, done)
        if again.outcome is PrintOutcome.PRINTED:
            break
        begun = begun or again.paper_mm > 0
    slips = whole_slips(emulator)
    assert again.outcome is PrintOutcome.PRINTED, "lost"
    assert ("COPY" in slips[-1]) is begun
    assert sum("COPY" not in text for text in slips) <= 1, "doubled without COPY"


@pytest.mark.parametrize("fault", FAULTS)
def test_before(pair: Pair, fault: Fault) -> None:
    emulator, printer = pair
    done = Waiting()
    emulator.set_fault(fault)
    first = print_with(printer, {}, done)
    assert first.outcome is not PrintOutcome.PRINTED or fault is Fault.SLOW
    judge(emulator, printer, first, done)


@pytest.mark.parametrize("fault", FAULTS)
def test_in_the_middle(pair: Pair, fault: Fault) -> None:
    emulator, printer = pair
    done = Waiting()
    first = print_with(printer, {JobPhase.PRINTING: lambda: emulator.set_fault(fault)}, done)
    assert first.paper_mm > 0
    judge(emulator, printer, first, done)


@pytest.mark.parametrize("fault", FAULTS)
def test_after(patient_pair: Pair, fault: Fault) -> None:
    emulator, printer = patient_pair
    done = Waiting()
    first = print_with(printer, {}, done)
    emulator.set_fault(fault)
    assert first.outcome is PrintOutcome.PRINTED
    judge(emulator, printer, first, done)


def test_a_printer_that_was_plugged_in_again_is_found(patient_pair: Pair) -> None:
    emulator, printer = patient_pair
    done = Waiting()
    for _ in range(2):
        emulator.set_fault(Fault.UNPLUGGED, True)
        emulator.set_fault(Fault.UNPLUGGED, False)
    assert print_with(printer, {}, done).outcome is PrintOutcome.PRINTED
