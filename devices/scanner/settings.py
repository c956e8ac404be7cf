"""Settings of the scanner, and the allow-list of its drivers."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

WEDGE_LINK: Final = Path("/dev/input/ekios-scanner")
"""The link that the udev rule makes."""


class ScannerDriver(StrEnum):
    """Which back end: the kiosk's camera, a keyboard wedge, a serial scanner, or the simulated one."""

    CAMERA = "camera"
    WEDGE = "wedge"
    SERIAL = "serial"
    SIMULATED = "simulated"


class ScannerSettings(BaseModel):
    """What `build_scanner` needs. ``device`` is a link that survives a replug, for wedge and serial."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    driver: ScannerDriver = ScannerDriver.CAMERA
    device: Path | None = None
    baud_rate: int = Field(default=9600, ge=1200, le=4_000_000)
    terminated: bool = True
    """Serial: whether each text ends with a control character (the scanner's suffix)."""
    aim: bool = False
    """Wedge and serial: whether the scanner sends AIM symbology identifiers."""
