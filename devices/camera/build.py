"""The one place that makes a camera from its settings."""

from __future__ import annotations

from devices.camera.camera import Camera
from devices.camera.document import CaptureLimits
from devices.camera.file_source import FileSource
from devices.camera.settings import CameraDriver, CameraSettings
from devices.camera.simulated_source import SimulatedSource
from devices.camera.source import FrameSource
from devices.camera.v4l2_source import BY_ID, V4l2Source
from devices.frame import Clock, SystemClock


def build_camera(
    settings: CameraSettings, *, clock: Clock | None = None, simulated: SimulatedSource | None = None
) -> Camera:
    """A camera, not yet started. ``simulated`` is the bench's source (`devices.simulator.Bench.camera`).

    Raises ValueError when the settings lack what their driver needs.
    """
    limits = CaptureLimits(settings.least_sharpness, settings.most_darkness, settings.most_glare, settings.target_bytes)
    folders = (BY_ID,) if settings.driver is CameraDriver.V4L2 else ()
    return Camera(_source(settings, simulated), clock=clock or SystemClock(), limits=limits, hotplug_folders=folders)


def _source(settings: CameraSettings, simulated: SimulatedSource | None) -> FrameSource:
    if settings.driver is CameraDriver.SIMULATED:
        if simulated is None:
            raise ValueError("the simulated camera needs a bench to look at")
        return simulated
    if settings.driver is CameraDriver.FILE:
        if settings.file is None:
            raise ValueError("the camera driver 'file' needs a file")
        return FileSource(settings.file, settings.frames_per_second)
    return V4l2Source(settings.device, settings.width, settings.height, settings.frames_per_second)
