"""Serial scanners: over a true pseudo-terminal, and the pure gathering of bytes."""

import os
import pty
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.frame import Availability, Condition, FakeClock, PassingFault, StateBoard
from devices.scanner import Scan, ScanKind, Scanner
from devices.scanner.sources.aim import UNTOLD, split_aim
from devices.scanner.sources.serial_lines import IDLE_SECONDS, LONGEST_INPUT, SerialLines
from devices.scanner.sources.serial_source import SerialSource


def test_lines_are_gathered_over_pieces() -> None:
    lines = SerialLines()
    assert lines.feed(b"99120", 0.0) == ()
    assert lines.feed(b"512\r\nAB\r", 0.05) == ("99120512", "AB")


def test_what_silence_cuts_off_is_no_text() -> None:
    lines = SerialLines()
    lines.feed(b"9912", 0.0)
    assert lines.feed(b"0003\r", IDLE_SECONDS + 0.01) == ("0003",)


def test_without_ends_silence_ends_a_text() -> None:
    lines = SerialLines(terminated=False)
    lines.feed(b"9912", 0.0)
    assert lines.feed(b"", IDLE_SECONDS) == ()
    assert lines.feed(b"", IDLE_SECONDS + 0.01) == ("9912",)


def test_the_greatest_length_counts_and_one_more_is_thrown_away() -> None:
    assert SerialLines().feed(b"1" * LONGEST_INPUT + b"\r", 0.0) == ("1" * LONGEST_INPUT,)
    assert SerialLines().feed(b"1" * (LONGEST_INPUT + 1) + b"\r42\r", 0.0) == ("42",)


def test_bytes_that_are_no_utf8_are_latin_1() -> None:
    assert SerialLines().feed(b"caf\xe9\r", 0.0) == ("café",)


@pytest.mark.parametrize(
    ("sent", "split"),
    [("]C0123", ("Code128", "123")), ("]Q3abc", ("QRCode", "abc")), ("123", (UNTOLD, "123")), ("]?1", (UNTOLD, "]?1"))],
)
def test_aim_identifiers_tell_the_symbology(sent: str, split: tuple[str, str]) -> None:
    assert split_aim(sent) == split


@pytest.fixture
def line() -> Iterator[tuple[int, Path]]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, Path(os.ttyname(slave))
    os.close(slave)
    os.close(master)


@pytest.fixture
def scans() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def board() -> StateBoard:
    return StateBoard("scanner", FakeClock())


def test_a_scan_over_a_true_line(line: tuple[int, Path], scans: list[tuple[str, str]], board: StateBoard) -> None:
    master, path = line
    source = SerialSource(path, lambda *scan: scans.append(scan), board, FakeClock())
    source.setup()
    os.write(master, b"9912051204800003\r")
    source.turn()
    source.teardown()
    assert scans == [("serial", "9912051204800003")]
    assert board.state().availability is Availability.READY


def test_pulled_out_and_put_in_again_it_scans_again(tmp_path: Path) -> None:
    link = tmp_path / "scanner"
    scans: list[Scan] = []
    clock = FakeClock()
    scanner = Scanner(lambda emit, board: SerialSource(link, emit, board, clock), clock=clock)
    scanner.on_scan(scans.append)
    for text in ("9912051204800003", "9912055204800003"):
        master, slave = pty.openpty()
        tty.setraw(slave)
        link.symlink_to(os.ttyname(slave))
        scanner.worker.step()
        os.write(master, text.encode() + b"\r")
        scanner.worker.step()
        link.unlink()
        os.close(slave)
        os.close(master)
        scanner.worker.step()
        assert scanner.state().conditions == {Condition.DISCONNECTED}
    assert [(scan.kind, scan.nik) for scan in scans] == [
        (ScanKind.NIK_CARD, "9912051204800003"),
        (ScanKind.NIK_CARD, "9912055204800003"),
    ]
    scanner.stop()


def test_a_line_has_one_reader(line: tuple[int, Path], board: StateBoard) -> None:
    first = SerialSource(line[1], lambda *_: None, board, FakeClock())
    second = SerialSource(line[1], lambda *_: None, board, FakeClock())
    first.setup()
    with pytest.raises(PassingFault) as caught:
        second.setup()
    first.teardown()
    assert caught.value.condition is Condition.NOT_REACHABLE


def test_a_scanner_that_is_not_there_is_a_passing_fault(tmp_path: Path, board: StateBoard) -> None:
    source = SerialSource(tmp_path / "none", lambda *_: None, board, FakeClock())
    with pytest.raises(PassingFault) as caught:
        source.setup()
    assert caught.value.condition is Condition.DISCONNECTED
    assert source.preflight()
