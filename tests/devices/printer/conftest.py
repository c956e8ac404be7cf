"""Fixtures: a bench on a leaping clock, a running emulator, a running printer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.printer import Printer, PrinterSettings, build_printer
from devices.printer.emulator import EmulatorSettings, PrinterEmulator
from tests.devices.printer.printer_bench import Bench, make_bench


@pytest.fixture
def bench() -> Bench:
    return make_bench()


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[PrinterEmulator]:
    """A running emulator that prints at once, on a free port."""
    with PrinterEmulator(EmulatorSettings(speed_mm_s=math.inf), folder=tmp_path / "slips") as running:
        yield running


@pytest.fixture
def running_printer(emulator: PrinterEmulator) -> Iterator[Printer]:
    """Our printer, started, over TCP to the emulator."""
    device = build_printer(PrinterSettings(address=f"127.0.0.1:{emulator.port}"))
    device.start()
    yield device
    device.stop()
