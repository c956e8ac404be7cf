"""What every way of scanning owes: a turn that ends, a state that is true, a self-test that tells."""

import os
import pty
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.camera import Camera, CameraSettings, build_camera
from devices.frame import Availability, Condition, FakeClock, StateBoard
from devices.scanner import Scanner, ScannerSettings, build_scanner
from devices.scanner.sources.serial_source import SerialSource
from devices.scanner.sources.source import ScanSource
from devices.scanner.sources.wedge_source import WedgeSource
from devices.simulator.bench import Bench


class SilentKeyboard:
    """An input device on which nobody types."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()

    def fileno(self) -> int:
        return self.reader

    def grab(self) -> None:
        """Nobody else has it."""

    def ungrab(self) -> None:
        """Nobody else wants it."""

    def close(self) -> None:
        os.close(self.reader)
        os.close(self.writer)


@pytest.fixture(params=["wedge", "serial"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ScanSource]:
    board, clock = StateBoard("scanner", FakeClock()), FakeClock()
    if request.param == "wedge":
        (tmp_path / "scanner").touch()
        yield WedgeSource(tmp_path / "scanner", lambda *_: None, board, open_device=lambda _: SilentKeyboard())
        return
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield SerialSource(Path(os.ttyname(slave)), lambda *_: None, board, clock)
    os.close(slave)
    os.close(master)


def test_a_silent_scanner_ends_its_turn(source: ScanSource) -> None:
    source.setup()
    assert source.turn() == 0.0
    source.teardown()


def test_the_self_test_tells_whether_it_is_open(source: ScanSource) -> None:
    assert source.self_test()[0] is False
    source.setup()
    assert source.self_test()[0] is True
    source.teardown()
    assert source.self_test()[0] is False


class Rig:
    """A camera, and a scanner that looks through it."""

    def __init__(self) -> None:
        self.bench, self.clock = Bench(width=320, height=240), FakeClock()
        self.camera: Camera = build_camera(
            CameraSettings(driver="simulated"), clock=self.clock, simulated=self.bench.camera
        )
        self.scanner: Scanner = build_scanner(ScannerSettings(driver="camera"), camera=self.camera, clock=self.clock)

    def run(self, turns: int = 10) -> None:
        for _ in range(turns):
            pause = self.camera.worker.step()
            self.scanner.worker.step()
            self.clock.advance(pause)


def test_a_scanner_by_camera_is_what_its_camera_is() -> None:
    rig = Rig()
    rig.run()
    assert rig.scanner.state().availability is Availability.READY
    rig.bench.plug_camera(False)
    rig.run()
    assert rig.scanner.state().conditions == {Condition.DISCONNECTED}
    rig.bench.repair()
    rig.run(40)
    assert rig.scanner.state().availability is Availability.READY
    rig.scanner.stop()


def test_the_self_test_of_a_scanner_by_camera_decodes_and_looks_at_the_camera() -> None:
    rig, reported = Rig(), []
    rig.scanner.self_test(lambda good, seen: reported.append((good, seen)))
    rig.run()
    rig.scanner.self_test(lambda good, seen: reported.append((good, seen)))
    assert [good for good, _ in reported] == [False, True]
    assert "decoder reads" in reported[1][1]
    assert rig.scanner.preflight() == ()


@pytest.mark.parametrize("driver", ["serial", "simulated", "camera"])
def test_a_driver_without_what_it_needs_is_refused(driver: str) -> None:
    with pytest.raises(ValueError, match="needs"):
        build_scanner(ScannerSettings(driver=driver))
