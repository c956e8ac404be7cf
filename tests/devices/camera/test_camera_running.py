"""The running camera: newest frame, and every fault noticed and gone by itself. Driven by a fake clock."""

import gc
import threading
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from devices.camera import CameraSettings, CaptureProblem, SimulatedSource, build_camera
from devices.camera.camera import IDLE_LOOK, LOST_AFTER_FAILED_READS, OLD_AFTER, Camera
from devices.camera.file_source import FileSource
from devices.camera.photo import CaptureFault
from devices.camera.v4l2_source import V4l2Source
from devices.frame import Availability, Condition, FakeClock, PassingFault, PermanentFault


class Rig:
    """A camera on a simulated scene, stepped by hand."""

    def __init__(self) -> None:
        scene = np.full((120, 160, 3), 128, np.uint8)
        self.clock = FakeClock()
        self.source = SimulatedSource(lambda: scene)
        self.camera = Camera(self.source, clock=self.clock)
        self.camera.start_preview()

    def run(self, seconds: float) -> None:
        """Step the worker until ``seconds`` have passed."""
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end:
            self.clock.advance(max(self.camera.worker.step(), 0.001))

    def seen(self) -> tuple[Availability, frozenset[Condition]]:
        state = self.camera.state()
        return state.availability, state.conditions


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.run(1)
    return rig


def test_a_running_camera_is_ready_and_gives_the_newest_frame(rig: Rig) -> None:
    first = rig.camera.latest()
    rig.run(0.2)
    second = rig.camera.latest()
    assert rig.seen() == (Availability.READY, frozenset())
    assert first is not None
    assert second is not None
    assert second.sequence > first.sequence


def test_a_frame_is_rgba_from_the_top(rig: Rig) -> None:
    frame = rig.camera.latest()
    assert frame is not None
    assert frame.rgba.nbytes == len(frame.rgba) == frame.width * frame.height * 4
    assert tuple(frame.rgba[:4]) == (*(int(v) for v in frame.picture[0, 0, ::-1]), 255)


def test_a_frame_is_converted_once_and_not_copied(rig: Rig) -> None:
    frame = rig.camera.latest()
    assert frame is not None
    assert frame.rgba is frame.rgba


def test_an_unplugged_camera_is_lost_and_comes_back(rig: Rig) -> None:
    rig.source.set_faults(unplugged=True)
    rig.run(LOST_AFTER_FAILED_READS * 0.1)
    assert rig.seen() == (Availability.UNAVAILABLE, frozenset({Condition.DISCONNECTED}))
    assert rig.camera.latest() is None
    rig.source.set_faults(unplugged=False)
    rig.run(15)
    assert rig.seen() == (Availability.READY, frozenset())


def test_a_frozen_camera_is_stale_and_does_not_flicker_back(rig: Rig) -> None:
    seen = []
    rig.source.set_faults(frozen=True)
    rig.run(0.1)
    rig.camera.subscribe(lambda state: seen.append(state.availability))
    rig.run(30)
    assert rig.seen() == (Availability.UNAVAILABLE, frozenset({Condition.STALE}))
    assert Availability.READY not in seen


def test_a_black_picture_is_too_dark_but_ready(rig: Rig) -> None:
    rig.source.set_faults(light=0.0)
    rig.run(0.5)
    assert rig.seen() == (Availability.READY, frozenset({Condition.TOO_DARK}))
    rig.source.set_faults(light=1.0)
    rig.run(0.5)
    assert rig.seen() == (Availability.READY, frozenset())


def test_a_slow_camera_stays_ready(rig: Rig) -> None:
    rig.source.set_faults(slow=True)
    rig.run(10)
    assert rig.seen() == (Availability.READY, frozenset())
    assert rig.camera.latest() is not None


def test_an_old_frame_is_no_frame(rig: Rig) -> None:
    rig.clock.advance(OLD_AFTER - 0.5)
    assert rig.camera.latest() is not None
    rig.clock.advance(1)
    assert rig.camera.latest() is None


def test_without_a_viewer_one_picture_a_second_is_decoded(rig: Rig) -> None:
    rig.camera.stop_preview()
    rig.run(1)
    before = rig.camera.latest()
    rig.run(10)
    after = rig.camera.latest()
    assert before is not None
    assert after is not None
    assert after.sequence - before.sequence <= 10 / IDLE_LOOK + 1


def test_capture_without_a_picture_says_so() -> None:
    taken = Rig().camera.capture()
    assert isinstance(taken, CaptureProblem)
    assert taken.kind is CaptureFault.NO_FRAME


def test_the_self_test_tells_what_it_saw(rig: Rig) -> None:
    reported: list[tuple[bool, str]] = []
    rig.camera.self_test(lambda good, seen: reported.append((good, seen)))
    assert reported == [(True, "160×120, READY")]


def test_a_day_of_faults_leaves_nothing_behind(rig: Rig, started_here: list[threading.Thread]) -> None:
    process = psutil.Process()
    rig.run(60)
    gc.collect()
    before = process.num_fds()
    memory = process.memory_info().rss
    for hour in range(24):
        rig.source.set_faults(unplugged=hour % 4 == 0, frozen=hour % 4 == 1, slow=hour % 4 == 2)
        rig.run(60)
        rig.source.set_faults(unplugged=False, frozen=False, slow=False)
        rig.run(30)
        assert rig.seen() == (Availability.READY, frozenset())
    gc.collect()
    assert process.num_fds() == before
    assert [thread.name for thread in started_here if thread.is_alive()] == []
    assert process.memory_info().rss - memory < 30_000_000


def test_a_started_camera_stops_cleanly() -> None:
    source = SimulatedSource(lambda: np.full((60, 80, 3), 128, np.uint8))
    camera = build_camera(CameraSettings(driver="simulated"), simulated=source)
    ready = threading.Event()
    camera.subscribe(lambda state: ready.set() if state.availability is Availability.READY else None)
    camera.start()
    assert ready.wait(10)
    camera.stop()
    assert not camera.worker.running
    assert camera.latest() is None


def test_pictures_of_a_folder_are_shown(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((40, 50, 3), 200, np.uint8))
    clock = FakeClock()
    camera = build_camera(CameraSettings(driver="file", file=tmp_path), clock=clock)
    for _ in range(5):
        clock.advance(camera.worker.step())
    frame = camera.latest()
    assert frame is not None
    assert (frame.width, frame.height) == (50, 40)
    assert camera.state().availability is Availability.READY
    camera.stop()


def test_a_video_starts_again_at_its_end(tmp_path: Path) -> None:
    file = tmp_path / "v.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for level in (40, 120, 200):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    source = FileSource(file)
    source.open()
    assert all(source.read() is not None for _ in range(7))
    source.close()


def test_a_file_that_is_no_picture_is_a_permanent_fault(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_bytes(b"no video")
    with pytest.raises(PermanentFault):
        FileSource(tmp_path / "x.mp4").open()
    with pytest.raises(PassingFault):
        FileSource(tmp_path / "none.png").open()


def test_a_camera_that_is_not_plugged_in_is_a_passing_fault(tmp_path: Path) -> None:
    source = V4l2Source(None, 640, 480, 15, by_id=tmp_path)
    with pytest.raises(PassingFault):
        source.open()
    assert source.preflight() == ("no camera under /dev/v4l/by-id",)


def test_what_is_no_camera_is_a_permanent_fault(tmp_path: Path) -> None:
    (tmp_path / "cam-video-index0").touch()
    with pytest.raises(PermanentFault):
        V4l2Source(None, 640, 480, 15, by_id=tmp_path).open()


@pytest.mark.parametrize("driver", ["simulated", "file"])
def test_a_driver_without_what_it_needs_is_refused(driver: str) -> None:
    with pytest.raises(ValueError, match="needs"):
        build_camera(CameraSettings(driver=driver))
