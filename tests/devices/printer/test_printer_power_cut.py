"""The kiosk loses its power in the middle of a print, and prints again after its start."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.printer import PrintOutcome
from devices.printer.emulator import EmulatorSettings, PrinterEmulator
from devices.printer.memory import PrinterMemory
from tests.devices.printer.kiosk_process import Cut, run_kiosk
from tests.devices.printer.printer_bench import example_slip, make_bench

CUTS = [cut for cut in Cut if cut is not Cut.NEVER]


@pytest.fixture
def quick() -> Iterator[PrinterEmulator]:
    with PrinterEmulator(EmulatorSettings(speed_mm_s=1_000.0, cut_s=0.02)) as emulator:
        yield emulator


@pytest.mark.parametrize("cut", CUTS, ids=[cut.name for cut in CUTS])
def test_no_power_cut_makes_two_slips_of_which_none_is_a_copy(quick: PrinterEmulator, tmp_path: Path, cut: Cut) -> None:
    ended, (code,) = run_kiosk(tmp_path, quick.port, cut)
    assert ended == -signal.SIGKILL
    ended, (_, outcome) = run_kiosk(tmp_path, quick.port, code=code)
    assert (ended, outcome) == (0, PrintOutcome.PRINTED)
    slips = [slip.text for slip in quick.slips if slip.whole and code in slip.text]
    assert slips
    assert "COPY" in slips[-1]
    assert sum("COPY" not in text for text in slips) <= 1


def test_what_a_power_cut_left_in_the_printer_is_not_the_next_citizen_s(tmp_path: Path) -> None:
    file = tmp_path / "unfinished"
    before = make_bench(unfinished=file)
    before.core.receive(b"slip of another citizen\n")
    before.core.tick(0.001)
    PrinterMemory(file).dirty = True
    after = make_bench(core=before.core, unfinished=file)
    assert after.print(example_slip()).outcome is PrintOutcome.PRINTED
    assert "another citizen" not in after.core.slips[-1].text
    assert not file.exists()


def test_an_unfinished_slip_is_remembered_until_one_is_printed(tmp_path: Path) -> None:
    file = tmp_path / "unfinished"
    PrinterMemory(file).dirty = True
    assert PrinterMemory(file).dirty
    PrinterMemory(file).dirty = False
    assert not PrinterMemory(file).dirty


def test_a_folder_that_is_gone_does_not_stop_the_printer(tmp_path: Path) -> None:
    bench = make_bench(unfinished=tmp_path / "none" / "unfinished")
    assert bench.print().outcome is PrintOutcome.PRINTED
