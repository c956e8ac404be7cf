"""The camera: real, from files, or simulated; the newest picture, and photographs of documents."""

from devices.camera.build import build_camera
from devices.camera.camera import Camera
from devices.camera.frame import Frame, Picture
from devices.camera.photo import CaptureProblem, Photo
from devices.camera.portrait import PortraitFormat, PortraitLimits
from devices.camera.settings import CameraDriver, CameraSettings
from devices.camera.sight import Sight
from devices.camera.simulated_source import CameraFaults, SimulatedSource
from devices.camera.source import FrameSource
from protocol.peripherals import CaptureFault, CaptureKind, Hint

__all__ = [
    "Camera",
    "CameraDriver",
    "CameraFaults",
    "CameraSettings",
    "CaptureFault",
    "CaptureKind",
    "CaptureProblem",
    "Frame",
    "FrameSource",
    "Hint",
    "Photo",
    "Picture",
    "PortraitFormat",
    "PortraitLimits",
    "Sight",
    "SimulatedSource",
    "build_camera",
]
