"""The one place that makes a scanner from its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from devices.frame import Clock, StateBoard, SystemClock
from devices.scanner.scanner import Scanner
from devices.scanner.settings import WEDGE_LINK, ScannerDriver, ScannerSettings
from devices.scanner.sources.camera_source import CameraSource, PictureSource
from devices.scanner.sources.serial_source import SerialSource
from devices.scanner.sources.simulated_source import SimulatedSource, SimulatedWedge
from devices.scanner.sources.source import Emit, ScanSource
from devices.scanner.sources.wedge_source import WedgeSource

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
        return _source(settings, emit, board, time, camera, simulated)

    return Scanner(make, clock=time, hotplug_folders=HOTPLUG_FOLDERS.get(settings.driver, ()))


def _source(
    settings: ScannerSettings,
    emit: Emit,
    board: StateBoard,
    clock: Clock,
    camera: PictureSource | None,
    simulated: SimulatedWedge | None,
) -> ScanSource:
    if settings.driver is ScannerDriver.WEDGE:
        return WedgeSource(settings.device or WEDGE_LINK, emit, board, aim=settings.aim)
    if settings.driver is ScannerDriver.SERIAL:
        if settings.device is None:
            raise ValueError("the scanner driver 'serial' needs a device")
        return SerialSource(
            settings.device,
            emit,
            board,
            clock,
            baud_rate=settings.baud_rate,
            terminated=settings.terminated,
            aim=settings.aim,
        )
    if settings.driver is ScannerDriver.SIMULATED:
        if simulated is None:
            raise ValueError("the simulated scanner needs a bench to hold its cable")
        seen = CameraSource(camera, emit, board, clock) if camera is not None else None
        return SimulatedSource(simulated, seen, emit, board)
    if camera is None:
        raise ValueError("the scanner driver 'camera' needs a camera")
    return CameraSource(camera, emit, board, clock)
