"""The scanner: a keyboard wedge, a serial line, the camera, or simulated; one stream of scans."""

from devices.scanner.build import build_scanner
from devices.scanner.scan import Scan
from devices.scanner.scanner import Scanner
from devices.scanner.settings import ScannerDriver, ScannerSettings
from devices.scanner.sources.simulated_source import SimulatedWedge
from protocol.peripherals import ScanKind

__all__ = [
    "Scan",
    "ScanKind",
    "Scanner",
    "ScannerDriver",
    "ScannerSettings",
    "SimulatedWedge",
    "build_scanner",
]
