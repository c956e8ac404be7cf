"""Taking a photo beside the screens: the one way to it, which always answers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from kiosk.ports import Camera, CaptureFault, CaptureKind, CaptureProblem, Photo
from screens.background.handover import Handover, work


@dataclass(frozen=True, slots=True)
class CameraFailed:
    """No photo, because the camera's own code failed: shown as a camera that gives no picture."""

    kind: CaptureFault = CaptureFault.NO_FRAME
    photo: Photo | None = None


Shot = Handover[Photo | CaptureProblem]


def shoot(
    camera: Camera, done: Callable[[Photo | CaptureProblem], None], kind: CaptureKind = CaptureKind.DOCUMENT
) -> Shot:
    """Photographs what is before ``camera``; ``done`` gets it on Kivy's thread, unless it is cancelled."""
    return work(partial(camera.capture, kind), done, CameraFailed())
