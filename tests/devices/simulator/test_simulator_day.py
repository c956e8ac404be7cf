"""A day of faults for camera and scanner on a leaping clock: everything comes back by itself, and nothing grows."""

import gc
import random
import threading
import tracemalloc
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from PIL import Image

from devices.camera import Camera, CameraSettings, CaptureProblem, Hint, build_camera
from devices.frame import Availability, Condition, FakeClock
from devices.scanner import Scan, ScanKind, Scanner, ScannerSettings, build_scanner
from devices.simulator.bench import Bench
from devices.simulator.drawing.cards import invented_nik
from tests.soaking import SOAK

HOURS = 24 if SOAK else 1
VISITS_AN_HOUR = 3 if SOAK else 2
WATCHED_FOR = 3.0
"""Seconds for which somebody goes on trying to scan with what is broken."""

SHOWN_FOR = 4.0
"""Seconds for which something is held before the camera."""

RECOVERY = 25.0
"""Seconds after which everything must have come back: two of the longest pauses of the back-off."""

GROWTH_KB = 300.0
"""What the devices may hold more after the second half of the day than after the first: caches that fill."""

FAULTS = (
    "unplug camera",
    "freeze camera",
    "slow camera",
    "darkness",
    "unplug scanner",
    "kill decoder",
    "flood",
    "noise",
)


@dataclass
class Day:
    """Citizens who show and type, faults that come and go; the workers are stepped by hand."""

    chance: random.Random = field(default_factory=lambda: random.Random(20261124))
    scans: list[Scan] = field(default_factory=list)
    seen: set[Condition] = field(default_factory=set)
    shown: int = 0
    killed: int = 0

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.bench = Bench(width=640, height=360)
        self.camera: Camera = build_camera(
            CameraSettings(driver="simulated"), clock=self.clock, simulated=self.bench.camera
        )
        self.scanner: Scanner = build_scanner(
            ScannerSettings(driver="simulated"), camera=self.camera, clock=self.clock, simulated=self.bench.wedge
        )
        self.scanner.on_scan(self.scans.append)
        for device in (self.camera, self.scanner):
            device.subscribe(lambda state: self.seen.update(state.conditions))
        self._due = {self.camera: 0.0, self.scanner: 0.0}

    def live(self, seconds: float) -> None:
        """Let ``seconds`` pass; each worker is stepped when it asked to be."""
        end = self.clock.monotonic() + seconds
        while (now := self.clock.monotonic()) < end:
            for device, due in self._due.items():
                if due <= now:
                    self._due[device] = now + max(0.002, device.worker.step())
            self.clock.advance(max(0.002, min(*self._due.values(), end) - now))

    def citizen(self) -> None:
        """Scans a card with the camera, photographs a letter, types with the wedge; each must come through."""
        nik = invented_nik(self.chance)
        self.scans.clear()
        self.scanner.activate()
        self.bench.show_card(nik, self.chance.choice(["QRCode", "Code128", "PDF417"]))
        self.live(SHOWN_FOR)
        self.scanner.deactivate()
        self.bench.type_text(nik)
        self.live(0.5)
        assert [(scan.kind, scan.nik) for scan in self.scans] == [(ScanKind.NIK_CARD, nik)] * 2
        self.camera.start_preview()
        self.bench.show_document("letter")
        self.live(1.5)
        assert self.camera.sight().hint in (Hint.READY, Hint.HOLD_STILL)
        assert not isinstance(self.camera.capture(), CaptureProblem)
        self.camera.stop_preview()
        self.bench.clear()
        self.shown += 1

    def go_wrong(self, fault: str) -> None:
        """Somebody or something does ``fault`` while a card is shown, and leaves it so for a while."""
        self.scanner.activate()
        self.bench.show_card(invented_nik(self.chance))
        self.live(0.2)
        if fault == "kill decoder":
            self.kill_decoder()
        elif fault == "flood":
            self.bench.type_text("9" * 3000)
        elif fault == "noise":
            self.bench.show_picture(_noise(self.chance), whole=True)
        elif fault == "unplug scanner":
            self.bench.plug_scanner(False)
        else:
            self.bench.camera.set_faults(
                unplugged=fault == "unplug camera",
                frozen=fault == "freeze camera",
                slow=fault == "slow camera",
                light=0.0 if fault == "darkness" else 1.0,
            )
        self.live(WATCHED_FOR)
        self.scanner.deactivate()
        self.live(self.chance.uniform(5, 60))
        self.bench.clear()
        self.bench.repair()
        self.live(RECOVERY)

    def kill_decoder(self) -> None:
        for child in psutil.Process().children():
            # One that was killed before lies there until the scanner needs the next.
            gone = child.status() == psutil.STATUS_ZOMBIE
            if not gone and any("zbar_child" in part for part in child.cmdline()):
                child.kill()
                self.killed += 1

    def self_tests(self) -> list[bool]:
        """What camera and scanner say when asked to test themselves, with somebody looking."""
        reported: list[bool] = []
        self.camera.start_preview()
        self.live(0.5)
        for device in (self.camera, self.scanner):
            device.self_test(lambda good, _: reported.append(good))
        self.camera.stop_preview()
        return reported

    def all_ready(self) -> bool:
        return {self.camera.state().availability, self.scanner.state().availability} == {Availability.READY}

    def hours(self, hours: float) -> None:
        end = self.clock.monotonic() + hours * 3600
        for _ in range(round(hours * VISITS_AN_HOUR)):
            self.go_wrong(self.chance.choice(FAULTS))
            assert self.all_ready()
            self.citizen()
        self.live(max(0.0, end - self.clock.monotonic()))


def _noise(chance: random.Random) -> Image.Image:
    return Image.frombytes("L", (160, 90), chance.randbytes(160 * 90))


def held() -> float:
    """KiB that code of the devices has allocated and somebody still holds."""
    gc.collect()
    ours = (tracemalloc.Filter(True, "*/devices/*"), tracemalloc.Filter(False, "*/tests/*"))
    return sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces(ours).traces) / 1024


def handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def running(started: list[threading.Thread]) -> list[str]:
    return [thread.name for thread in started if thread.is_alive()]


@pytest.mark.longer_in_soak
@pytest.mark.timeout(3600)
def test_a_day_of_faults_at_camera_and_scanner(started_here: list[threading.Thread]) -> None:
    day = Day()
    before = handles()
    for fault in FAULTS:  # each at least once, and the caches fill
        day.go_wrong(fault)
        assert day.all_ready()
    day.citizen()
    assert (day.self_tests(), day.scanner.preflight()) == ([True, True], ())
    day.bench.plug_scanner(False)
    assert day.self_tests() == [True, False]
    day.bench.repair()
    day.live(RECOVERY)
    tracemalloc.start()
    try:
        day.hours(HOURS / 2)
        half, handles_then, threads_then = held(), handles(), running(started_here)
        day.hours(HOURS / 2)
        assert held() - half < GROWTH_KB
    finally:
        tracemalloc.stop()
    assert running(started_here) == threads_then
    # Fewer is possible: what earlier tests of this process left may be closed meanwhile.
    assert handles() <= handles_then + 2  # the pipes of a second decoder, when one runs
    assert {Condition.DISCONNECTED, Condition.STALE, Condition.TOO_DARK} <= day.seen
    assert day.shown >= HOURS * VISITS_AN_HOUR
    day.scanner.stop()
    day.camera.stop()
    assert running(started_here) == []
    assert handles() <= before
