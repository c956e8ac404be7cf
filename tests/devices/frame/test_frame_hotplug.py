"""Devices that come and go."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from devices.frame import Change, FakeClock, Hotplug
from devices.frame.hotplug import LOOK_EVERY, EventSource, UdevEvents, names_in, udev_if_there


class ScriptedUdev:
    """A udev that speaks when told to."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.speaks = False

    def wait(self, seconds: float) -> bool:
        self.clock.advance(seconds)
        spoke, self.speaks = self.speaks, False
        return spoke


def _watch(folder: Path, source: EventSource | None, clock: FakeClock) -> tuple[Hotplug, list[Change]]:
    heard: list[Change] = []
    return Hotplug(heard.append, [folder], clock=clock, events=lambda: source), heard


def test_what_is_there_at_the_start_is_no_change(tmp_path: Path) -> None:
    (tmp_path / "usb-scanner").touch()
    clock = FakeClock()
    watch, heard = _watch(tmp_path, None, clock)
    watch.worker.step()
    clock.advance(LOOK_EVERY)
    watch.worker.step()
    assert heard == []


def test_udev_s_word_is_followed_by_a_look_at_once(tmp_path: Path) -> None:
    clock = FakeClock()
    source = ScriptedUdev(clock)
    watch, heard = _watch(tmp_path, source, clock)
    watch.worker.step()
    (tmp_path / "usb-scanner").touch()
    source.speaks = True
    watch.worker.step()
    assert heard == [Change(frozenset({tmp_path / "usb-scanner"}), frozenset())]


def test_a_look_finds_what_udev_did_not_tell(tmp_path: Path) -> None:
    clock = FakeClock()
    watch, heard = _watch(tmp_path, None, clock)
    watch.worker.step()
    (tmp_path / "usb-scanner").touch()
    clock.advance(LOOK_EVERY)
    watch.worker.step()
    (tmp_path / "usb-scanner").unlink()
    clock.advance(LOOK_EVERY)
    watch.worker.step()
    assert [len(change.added) - len(change.removed) for change in heard] == [1, -1]


def test_without_udev_it_looks_every_few_seconds(tmp_path: Path) -> None:
    watch, _ = _watch(tmp_path, None, FakeClock())
    assert watch.worker.step() == LOOK_EVERY


def test_a_folder_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert names_in([tmp_path / "none", tmp_path]) == frozenset()


def test_it_runs_and_stops_in_its_own_thread(tmp_path: Path) -> None:
    heard = threading.Event()
    asked = threading.Event()

    class Always:
        def wait(self, seconds: float) -> bool:
            asked.set()
            return True

    watch = Hotplug(lambda _: heard.set(), [tmp_path], events=Always)
    watch.start()
    try:
        assert asked.wait(10)
        (tmp_path / "usb-camera").touch()
        assert heard.wait(10)
    finally:
        watch.stop()
    assert not watch.worker.running


def test_the_machine_s_own_udev_is_asked_where_there_is_one() -> None:
    source = udev_if_there()
    if source is None:
        pytest.skip("no udev on this machine")
    assert source.wait(0.0) in (True, False)


@pytest.mark.parametrize("error", [ImportError("no libudev"), OSError("not allowed")])
def test_without_udev_there_is_no_source_and_it_is_said(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> UdevEvents:
        raise error

    monkeypatch.setattr("devices.frame.hotplug.UdevEvents", fails)
    with caplog.at_level(logging.INFO, logger="devices.frame.hotplug"):
        assert udev_if_there() is None
    assert str(error) in caplog.text


def test_a_udev_that_breaks_is_opened_anew_and_the_looks_go_on(tmp_path: Path) -> None:
    clock = FakeClock()
    opened: list[int] = []

    class Breaks:
        def wait(self, seconds: float) -> bool:
            raise OSError("no buffer space")

    def open_events() -> EventSource | None:
        opened.append(1)
        return Breaks() if len(opened) == 1 else None

    heard: list[Change] = []
    watch = Hotplug(heard.append, [tmp_path], clock=clock, events=open_events)
    watch.worker.step()
    (tmp_path / "usb-scanner").touch()
    watch.worker.step()
    clock.advance(LOOK_EVERY)
    watch.worker.step()
    assert len(opened) == 2
    assert [change.added for change in heard] == [frozenset({tmp_path / "usb-scanner"})]
