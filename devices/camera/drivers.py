"""The allow-list of sources of pictures."""

from __future__ import annotations

from dataclasses import dataclass

from devices.camera.file_source import FileSource
from devices.camera.settings import CameraDriver, CameraSettings
from devices.camera.simulated_source import SimulatedSource
from devices.camera.source import FrameSource
from devices.camera.v4l2_source import V4l2Source
from devices.frame.drivers import Drivers


@dataclass(frozen=True, slots=True)
class CameraParts:
    """What drivers are made of; each takes what it needs."""

    settings: CameraSettings
    #: The bench's source.
    simulated: SimulatedSource | None


def _v4l2(parts: CameraParts) -> FrameSource:
    settings = parts.settings
    return V4l2Source(settings.device, settings.width, settings.height, settings.frames_per_second)


def _file(parts: CameraParts) -> FrameSource:
    if parts.settings.file is None:
        raise ValueError("the camera driver 'file' needs a file")
    return FileSource(parts.settings.file, parts.settings.frames_per_second)


def _simulated(parts: CameraParts) -> FrameSource:
    if parts.simulated is None:
        raise ValueError("the simulated camera needs a bench to look at")
    return parts.simulated


def camera_drivers() -> Drivers[CameraParts, FrameSource]:
    """What the setting ``driver`` may name."""
    return Drivers("camera", {CameraDriver.V4L2: _v4l2, CameraDriver.FILE: _file, CameraDriver.SIMULATED: _simulated})
