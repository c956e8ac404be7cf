"""A camera by Video4Linux, behind the part of OpenCV that drives it: order of wishes, loss, reopening.

The machine of the tests has no camera, so what OpenCV does with one is played; links and character devices are true.
"""

import logging
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.camera import Picture
from devices.camera.camera import FROZEN_AFTER, LOST_AFTER_FAILED_READS, Camera
from devices.camera.v4l2_source import V4l2Source
from devices.frame import Availability, Condition, FakeClock, PassingFault
from devices.frame.hotplug import LOOK_EVERY


class PlayedCapture:
    """A capture that gives a new picture with every read, until it is unplugged."""

    def __init__(self, *, opened: bool = True, size: tuple[int, int] = (64, 48)) -> None:
        self.wishes: list[int] = []
        self.size = size
        self.opened = opened
        self.released = False
        self.unplugged = False
        self.hangs = False
        self.count = 0

    def isOpened(self) -> bool:
        return self.opened

    def set(self, prop: int, value: float) -> bool:
        self.wishes.append(prop)
        return True

    def get(self, prop: int) -> float:
        return {cv2.CAP_PROP_FRAME_WIDTH: self.size[0], cv2.CAP_PROP_FRAME_HEIGHT: self.size[1]}[prop]

    def read(self) -> "tuple[bool, Picture | None]":
        if self.unplugged:
            return False, None
        self.count += 0 if self.hangs else 1
        return True, np.full((48, 64, 3), 60 + self.count % 100, np.uint8)

    def grab(self) -> bool:
        return not self.unplugged

    def release(self) -> None:
        self.released = True


class Plug:
    """A camera's link under by-id, and every capture that was opened through it."""

    def __init__(self, folder: Path) -> None:
        self.link = folder / "usb-Maker_Camera_123-video-index0"
        self.captures: list[PlayedCapture] = []
        self.opened_paths: list[Path] = []
        self.put_in()

    def put_in(self) -> None:
        self.link.symlink_to("/dev/null")  # a character device that anybody may open

    def pull_out(self) -> None:
        self.link.unlink()
        self.captures[-1].unplugged = True

    def open(self, path: Path) -> PlayedCapture:
        self.opened_paths.append(path)
        self.captures.append(PlayedCapture())
        return self.captures[-1]


@pytest.fixture
def plug(tmp_path: Path) -> Plug:
    return Plug(tmp_path)


@pytest.fixture
def camera(plug: Plug) -> Camera:
    source = V4l2Source(None, 64, 48, 15, by_id=plug.link.parent, open_capture=plug.open)
    camera = Camera(source, clock=FakeClock())
    camera.start_preview()
    return camera


def run(camera: Camera, seconds: float) -> None:
    """A picture lasts 1/15 s; the source itself waits for it, so the clock is moved here."""
    clock = camera.board._clock
    end = clock.monotonic() + seconds
    while clock.monotonic() < end:
        clock.advance(max(camera.worker.step(), 1 / 15))


def test_the_device_is_found_by_id_and_opened_by_what_the_link_means(plug: Plug, camera: Camera) -> None:
    run(camera, 1)
    assert plug.opened_paths == [Path("/dev/null")]
    assert camera.state().availability is Availability.READY


def test_motion_jpeg_is_asked_for_before_size_and_rate(plug: Plug, camera: Camera) -> None:
    run(camera, 1)
    assert plug.captures[0].wishes[:4] == [
        cv2.CAP_PROP_FOURCC,
        cv2.CAP_PROP_FRAME_WIDTH,
        cv2.CAP_PROP_FRAME_HEIGHT,
        cv2.CAP_PROP_FPS,
    ]


def test_a_size_that_the_driver_did_not_take_is_read_back(plug: Plug, caplog: pytest.LogCaptureFixture) -> None:
    source = V4l2Source(None, 1280, 720, 15, by_id=plug.link.parent, open_capture=plug.open)
    with caplog.at_level(logging.WARNING):
        source.open()
    assert "64×48 instead of 1280×720" in caplog.text


def test_a_camera_in_use_is_a_passing_fault(plug: Plug) -> None:
    busy = PlayedCapture(opened=False)
    source = V4l2Source(None, 64, 48, 15, by_id=plug.link.parent, open_capture=lambda _: busy)
    with pytest.raises(PassingFault) as caught:
        source.open()
    assert caught.value.condition is Condition.NOT_REACHABLE
    source.close()
    assert busy.released


def test_an_unplugged_camera_is_released_and_opened_anew_when_it_is_back(plug: Plug, camera: Camera) -> None:
    run(camera, 1)
    plug.pull_out()
    run(camera, LOST_AFTER_FAILED_READS / 15 + 0.1)
    assert camera.state().conditions == {Condition.DISCONNECTED}
    assert camera.latest() is None
    assert plug.captures[0].released
    plug.put_in()
    run(camera, 15)
    assert camera.state().availability is Availability.READY
    assert len(plug.captures) == 2


def test_a_read_that_gives_the_last_picture_for_ever_is_stale(plug: Plug, camera: Camera) -> None:
    run(camera, 1)
    plug.captures[0].hangs = True
    run(camera, FROZEN_AFTER + 0.2)
    assert Condition.STALE in camera.state().conditions
    assert plug.captures[0].released


def test_without_a_viewer_pictures_are_thrown_away_undecoded(plug: Plug, camera: Camera) -> None:
    camera.stop_preview()
    run(camera, 1)
    decoded = plug.captures[0].count
    run(camera, 10)
    assert plug.captures[0].count - decoded <= 11


def test_plugging_in_ends_the_wait_after_a_fault_that_would_not_pass(plug: Plug) -> None:
    plug.link.unlink()
    plug.link.touch()  # no character device: a permanent fault
    clock = FakeClock()
    source = V4l2Source(None, 64, 48, 15, by_id=plug.link.parent, open_capture=plug.open)
    camera = Camera(source, clock=clock, hotplug_folders=(plug.link.parent,))
    camera.hotplug._open_events = lambda: None
    camera.hotplug.worker.step()
    camera.worker.step()
    assert camera.worker.halted
    for hand in (plug.link.unlink, plug.put_in):
        hand()
        clock.advance(LOOK_EVERY)
        camera.hotplug.worker.step()
    run(camera, 1)
    assert camera.state().availability is Availability.READY
    camera.stop()
