"""The one place that makes a scanner from its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from devices.frame import Clock, StateBoard, SystemClock
from devices.scanner.drivers import ScannerParts, scanner_drivers
from devices.scanner.scanner import Scanner
from devices.scanner.settings import WEDGE_LINK, ScannerDriver, ScannerSettings
from devices.scanner.sources.camera_source import PictureSource
from devices.scanner.sources.simulated_source import SimulatedWedge
from devices.scanner.sources.source import Emit, ScanSource

HOTPLUG_FOLDERS: Final = {
    ScannerDriver.WEDGE: (WEDGE_LINK.parent, Path("/dev/input/by-id")),
    ScannerDriver.SERIAL: (Path("/dev/serial/by-id"),),
}
"""Where the names of plugged-in scanners appear."""


def build_scanner(
    settings: ScannerSettings,
    *,
    camera: PictureSource | None = None,
    clock: Clock | None = None,
    simulated: SimulatedWedge | None = None,
) -> Scanner:
    """A scanner, not yet started. ``camera`` is needed by the driver "camera" and used by "simulated";
    ``simulated`` is the bench's wedge (`devices.simulator.Bench.wedge`).

    Raises ValueError when what the driver needs is missing.
    """
    time = clock or SystemClock()

    def make(emit: Emit, board: StateBoard) -> ScanSource:
        parts = ScannerParts(settings, emit, board, time, camera, simulated)
        return scanner_drivers().build(settings.driver, parts)

    return Scanner(make, clock=time, hotplug_folders=HOTPLUG_FOLDERS.get(settings.driver, ()))
