"""The allow-list of ways to scan."""

from __future__ import annotations

from dataclasses import dataclass

from devices.frame import Clock, StateBoard
from devices.frame.drivers import Drivers
from devices.scanner.settings import WEDGE_LINK, ScannerDriver, ScannerSettings
from devices.scanner.sources.camera_source import CameraSource, PictureSource
from devices.scanner.sources.serial_source import SerialSource
from devices.scanner.sources.simulated_source import SimulatedSource, SimulatedWedge
from devices.scanner.sources.source import Emit, ScanSource
from devices.scanner.sources.wedge_source import WedgeSource


@dataclass(frozen=True, slots=True)
class ScannerParts:
    """What drivers are made of; each takes what it needs."""

    settings: ScannerSettings
    emit: Emit
    board: StateBoard
    clock: Clock
    camera: PictureSource | None
    #: The bench's wedge.
    simulated: SimulatedWedge | None


def _wedge(parts: ScannerParts) -> ScanSource:
    return WedgeSource(parts.settings.device or WEDGE_LINK, parts.emit, parts.board, aim=parts.settings.aim)


def _serial(parts: ScannerParts) -> ScanSource:
    settings = parts.settings
    if settings.device is None:
        raise ValueError("the scanner driver 'serial' needs a device")
    return SerialSource(
        settings.device,
        parts.emit,
        parts.board,
        parts.clock,
        baud_rate=settings.baud_rate,
        terminated=settings.terminated,
        aim=settings.aim,
    )


def _camera(parts: ScannerParts) -> CameraSource:
    if parts.camera is None:
        raise ValueError("the scanner driver 'camera' needs a camera")
    return CameraSource(parts.camera, parts.emit, parts.board, parts.clock)


def _simulated(parts: ScannerParts) -> ScanSource:
    if parts.simulated is None:
        raise ValueError("the simulated scanner needs a bench to hold its cable")
    seen = _camera(parts) if parts.camera is not None else None
    return SimulatedSource(parts.simulated, seen, parts.emit, parts.board)


def scanner_drivers() -> Drivers[ScannerParts, ScanSource]:
    """What the setting ``driver`` may name."""
    return Drivers(
        "scanner",
        {
            ScannerDriver.CAMERA: _camera,
            ScannerDriver.WEDGE: _wedge,
            ScannerDriver.SERIAL: _serial,
            ScannerDriver.SIMULATED: _simulated,
        },
    )
