"""From keys to text, and from an input device to scans."""

import os
import struct
from collections.abc import Iterable
from pathlib import Path

import evdev
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.frame import Availability, Condition, FakeClock, PassingFault, PermanentFault, StateBoard
from devices.scanner import Scan, Scanner
from devices.scanner.sources.wedge_keys import (
    CAPS_LOCK,
    DOWN,
    ENTER,
    LONGEST_INPUT,
    PLAIN,
    SHIFTED,
    SLOWEST_KEYS,
    TAB_KEY,
    KeyEvent,
    WedgeDecoder,
    keys_for,
)
from devices.scanner.sources.wedge_source import EV_KEY, EV_SYN, SYN_DROPPED, WedgeSource

TYPED = "".join(sorted(set(PLAIN.values()) | set(SHIFTED.values())))


def typed(events: Iterable[KeyEvent]) -> list[str]:
    decoder = WedgeDecoder()
    return [text for event in events if (text := decoder.feed(event)) is not None]


@given(st.text(TYPED, min_size=1, max_size=80))
def test_what_a_scanner_types_is_read_back(text: str) -> None:
    assert typed(keys_for(text + "\n")) == [text]


def test_tab_ends_an_input_too() -> None:
    assert typed([*keys_for("12"), KeyEvent(TAB_KEY, DOWN, 0.02)]) == ["12"]


def test_keys_at_the_slowest_pace_count_and_slower_ones_are_thrown_away() -> None:
    two, three = next(iter(keys_for("2"))).code, next(iter(keys_for("3"))).code
    kept = [KeyEvent(two, DOWN, 0), KeyEvent(three, DOWN, SLOWEST_KEYS), KeyEvent(ENTER, DOWN, SLOWEST_KEYS)]
    lost = [
        KeyEvent(two, DOWN, 0),
        KeyEvent(three, DOWN, SLOWEST_KEYS + 0.01),
        KeyEvent(ENTER, DOWN, SLOWEST_KEYS + 0.01),
    ]
    assert typed(kept) == ["23"]
    assert typed(lost) == ["3"]


def test_an_input_of_the_greatest_length_counts_and_one_more_is_thrown_away() -> None:
    assert typed(keys_for("1" * LONGEST_INPUT + "\n")) == ["1" * LONGEST_INPUT]
    assert typed(keys_for("1" * (LONGEST_INPUT + 1) + "\n")) == []


def test_after_a_flood_the_next_input_counts() -> None:
    assert typed(keys_for("1" * (LONGEST_INPUT + 5) + "\n42\n")) == ["42"]


def test_repeats_and_unknown_keys_add_nothing() -> None:
    code = next(iter(keys_for("7"))).code
    events = [KeyEvent(code, DOWN, 0), KeyEvent(code, 2, 0.01), KeyEvent(240, DOWN, 0.02), KeyEvent(ENTER, DOWN, 0.03)]
    assert typed(events) == ["7"]


def test_caps_lock_swaps_letters_only() -> None:
    assert typed([KeyEvent(CAPS_LOCK, DOWN, 0), *keys_for("aB1\n", start=0.01)]) == ["Ab1"]


def test_a_character_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="no key"):
        keys_for("é")


INPUT_EVENT = struct.Struct("llHHi")
"""The kernel's ``struct input_event``: seconds, microseconds, type, code, value."""


def event(kind: int, code: int, value: int, at: float) -> bytes:
    return INPUT_EVENT.pack(int(at), round((at - int(at)) * 1_000_000), kind, code, value)


class PipedDevice:
    """An input device at the end of a true pipe, through which the kernel's own structures come.

    What evdev does beside that needs the kernel's uinput, which machines of tests lack.
    """

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.grabbed = self.closed = False

    def put(self, events: Iterable[bytes]) -> None:
        os.write(self.writer, b"".join(events))

    def fileno(self) -> int:
        return self.reader

    def grab(self) -> None:
        self.grabbed = True

    def ungrab(self) -> None:
        self.grabbed = False

    def read(self) -> Iterable[evdev.InputEvent]:
        data = os.read(self.reader, 1 << 16)
        if not data:
            raise OSError(19, "No such device")
        return [
            evdev.InputEvent(seconds, micros, kind, code, value)
            for seconds, micros, kind, code, value in INPUT_EVENT.iter_unpack(data)
        ]

    def close(self) -> None:
        if not self.closed:
            os.close(self.reader)
        self.closed = True


@pytest.fixture
def device() -> PipedDevice:
    return PipedDevice()


@pytest.fixture
def scans() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def board() -> StateBoard:
    return StateBoard("scanner", FakeClock())


@pytest.fixture
def wedge(device: PipedDevice, scans: list[tuple[str, str]], board: StateBoard, tmp_path: Path) -> WedgeSource:
    link = tmp_path / "scanner"
    link.touch()
    return WedgeSource(link, lambda *scan: scans.append(scan), board, open_device=lambda _: device)


def keyed(text: str) -> list[bytes]:
    """Each key as the kernel sends it: the key, and the mark that a report is complete."""
    reports = [(event(EV_KEY, key.code, key.value, key.at), event(EV_SYN, 0, 0, key.at)) for key in keys_for(text)]
    return [part for report in reports for part in report]


def test_a_grabbed_wedge_gives_its_text(
    wedge: WedgeSource, device: PipedDevice, scans: list[tuple[str, str]], board: StateBoard
) -> None:
    wedge.setup()
    device.put(keyed("EKB1.a\n"))
    wedge.turn()
    assert device.grabbed
    assert scans == [("keyboard", "EKB1.a")]
    assert board.state().availability is Availability.READY


def test_keys_from_before_the_grab_are_dropped(
    wedge: WedgeSource, device: PipedDevice, scans: list[tuple[str, str]]
) -> None:
    device.put(keyed("99"))
    wedge.setup()
    device.put(keyed("12\n"))
    wedge.turn()
    assert scans == [("keyboard", "12")]


def test_an_input_of_which_the_kernel_lost_keys_is_thrown_away(
    wedge: WedgeSource, device: PipedDevice, scans: list[tuple[str, str]]
) -> None:
    wedge.setup()
    device.put([*keyed("12"), event(EV_SYN, SYN_DROPPED, 0, 0.01), *keyed("34\n")])
    wedge.turn()
    assert scans == [("keyboard", "34")]


def test_a_wedge_that_is_pulled_out_is_a_passing_fault(wedge: WedgeSource, device: PipedDevice) -> None:
    wedge.setup()
    os.close(device.writer)
    with pytest.raises(PassingFault) as caught:
        wedge.turn()
    assert caught.value.condition is Condition.DISCONNECTED
    wedge.teardown()
    assert device.closed


def test_pulled_out_and_put_in_again_it_scans_again(tmp_path: Path) -> None:
    link, plugged = tmp_path / "scanner", [PipedDevice(), PipedDevice()]
    link.touch()
    waiting = list(plugged)
    scanner = Scanner(
        lambda emit, board: WedgeSource(link, emit, board, open_device=lambda _: waiting.pop(0)), clock=FakeClock()
    )
    scans: list[Scan] = []
    scanner.on_scan(scans.append)
    scanner.worker.step()
    plugged[0].put(keyed("EKB1.a\n"))
    scanner.worker.step()
    link.unlink()
    os.close(plugged[0].writer)
    scanner.worker.step()
    assert scanner.state().conditions == {Condition.DISCONNECTED}
    link.touch()
    scanner.worker.step()
    plugged[1].put(keyed("EKB1.b\n"))
    scanner.worker.step()
    assert [scan.text for scan in scans] == ["EKB1.a", "EKB1.b"]
    scanner.stop()
    assert all(device.closed for device in plugged)


def test_a_wedge_without_rights_is_a_permanent_fault(board: StateBoard, tmp_path: Path) -> None:
    def refuse(_: Path) -> PipedDevice:
        raise PermissionError

    source = WedgeSource(tmp_path, lambda *_: None, board, open_device=refuse)
    with pytest.raises(PermanentFault):
        source.setup()


def test_preflight_tells_of_a_number_that_moves(board: StateBoard) -> None:
    source = WedgeSource(Path("/dev/input/event-none"), lambda *_: None, board)
    assert "not there" in source.preflight()[0]
