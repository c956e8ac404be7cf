"""The USB driver, over a pseudo terminal that stands for the kernel's printer node: opened, polled and lost alike."""

from __future__ import annotations

import os
import pty
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.frame import Condition
from devices.printer import JobPhase, PrinterSettings, PrintOutcome, build_printer
from devices.printer.emulator import EmulatorSettings, Fault, PrinterEmulator
from devices.printer.transport import LineFault, UsbTransport
from devices.printer.transport.usb import STAYS
from tests.devices.printer.printer_bench import CODE, HASTE, Waiting, example_slip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The printer's side, and the node that we open."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    (tmp_path / "lp0").symlink_to(os.ttyname(theirs))
    os.close(theirs)
    yield ours, tmp_path / "lp0"
    os.close(ours)


def test_it_is_found_by_itself(node: tuple[int, Path]) -> None:
    line = UsbTransport("auto", node[1].parent).open(1.0)
    assert line.write(b"abc", 1.0) == 3
    assert os.read(node[0], 10) == b"abc"
    line.close()


def test_the_link_of_the_udev_rule_comes_before_any_other(node: tuple[int, Path]) -> None:
    folder = node[1].parent
    (folder / "lp1").touch()
    node[1].rename(folder / STAYS)
    line = UsbTransport("auto", folder).open(1.0)
    assert line.write(b"abc", 1.0) == 3
    assert os.read(node[0], 10) == b"abc"
    line.close()


@pytest.mark.parametrize("folder", [".", "none"])
def test_none_is_not_reachable(tmp_path: Path, folder: str) -> None:
    with pytest.raises(LineFault) as caught:
        UsbTransport("auto", tmp_path / folder).open(1.0)
    assert caught.value.condition is Condition.NOT_REACHABLE


def test_answers_are_read(node: tuple[int, Path]) -> None:
    line = UsbTransport(str(node[1])).open(1.0)
    os.write(node[0], b"\x12")
    assert line.read(5.0) == b"\x12"
    line.close()


def test_a_silent_one_is_read_as_nothing(node: tuple[int, Path]) -> None:
    line = UsbTransport(str(node[1])).open(1.0)
    assert line.read(0.01) == b""
    line.close()


def test_one_that_never_reads_ends_the_write_and_says_what_it_took(node: tuple[int, Path]) -> None:
    line = UsbTransport(str(node[1])).open(1.0)
    taken = [line.write(bytes(65_536), 0.01) for _ in range(3)]
    assert 0 < taken[0] < 65_536
    assert taken[-1] == 0
    os.set_blocking(node[0], False)
    with pytest.raises(BlockingIOError):
        while os.read(node[0], 65_536):
            pass
    line.close()


def test_every_way_of_opening_is_closed_again(node: tuple[int, Path], tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        UsbTransport(str(node[1])).open(1.0).close()
        with pytest.raises(LineFault):
            UsbTransport(str(tmp_path / "none")).open(1.0)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_pulled_one_is_disconnected(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    name = os.ttyname(theirs)
    os.close(theirs)
    line = UsbTransport(name).open(1.0)
    os.close(ours)
    with pytest.raises(LineFault) as caught:
        line.read(5.0)
    line.close()
    assert caught.value.condition is Condition.DISCONNECTED


@pytest.mark.parametrize("fault", [Fault.UNPLUGGED, Fault.PAPER_OUT, Fault.SILENT])
def test_a_fault_in_the_middle_makes_a_copy_of_the_second_print(tmp_path: Path, fault: Fault) -> None:
    link = tmp_path / "lp0"
    done = Waiting()
    with PrinterEmulator(EmulatorSettings(speed_mm_s=1_000.0, cut_s=0.02), port=None, pty_link=link) as emulator:
        printer = build_printer(PrinterSettings(driver="usb", address=str(link)), deadlines=HASTE)
        printer.start()

        def meddle(phase: JobPhase) -> None:
            if phase is JobPhase.PRINTING:
                emulator.set_fault(fault)

        printer.print(example_slip(), job_id="job-1", done=done, progress=meddle)
        done.result(1)
        emulator.clear_faults()
        emulator.refill()
        printer.stop()
        calm = build_printer(PrinterSettings(driver="usb", address=str(link)))
        calm.start()
        calm.print(example_slip(), job_id="job-1", copy=True, done=done)
        assert done.result(2).outcome is PrintOutcome.PRINTED
        calm.stop()
        slips = [slip.text for slip in emulator.slips if slip.whole and CODE in slip.text]
    assert "COPY" in slips[-1]
    assert sum("COPY" not in text for text in slips) <= 1
