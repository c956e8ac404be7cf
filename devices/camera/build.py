"""The one place that makes a camera from its settings."""

from __future__ import annotations

from devices.camera.camera import Camera
from devices.camera.drivers import CameraParts, camera_drivers
from devices.camera.settings import CameraDriver, CameraSettings
from devices.camera.sheet import CaptureLimits
from devices.camera.simulated_source import SimulatedSource
from devices.camera.v4l2_source import BY_ID
from devices.frame import Clock, SystemClock


def build_camera(
    settings: CameraSettings, *, clock: Clock | None = None, simulated: SimulatedSource | None = None
) -> Camera:
    """A camera, not yet started. ``simulated`` is the bench's source (`devices.simulator.Bench.camera`).

    Raises ValueError when the settings lack what their driver needs.
    """
    limits = CaptureLimits(settings.least_sharpness, settings.most_darkness, settings.most_glare, settings.target_bytes)
    folders = (BY_ID,) if settings.driver is CameraDriver.V4L2 else ()
    source = camera_drivers().build(settings.driver, CameraParts(settings, simulated))
    return Camera(source, clock=clock or SystemClock(), limits=limits, hotplug_folders=folders)
