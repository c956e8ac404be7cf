"""A real camera through Video4Linux, by OpenCV.

Opened by its link under /dev/v4l/by-id. MJPG is asked for before size and rate, as most cameras reach their rates only
compressed, and what the driver made of the wishes is read back.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from devices.camera.frame import Picture
from devices.frame import Condition, PassingFault, PermanentFault
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
else:
    cv2 = when_wanted("cv2")

logger = logging.getLogger(__name__)

BY_ID: Final = Path("/dev/v4l/by-id")
SELECT_TIMEOUT_VARIABLE: Final = "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"
SELECT_TIMEOUT_SECONDS: Final = "2"
"""OpenCV waits ten seconds for a picture by default: longer than anybody looks at a frozen preview."""


class Capture(Protocol):
    """What is used of ``cv2.VideoCapture``."""

    def isOpened(self) -> bool: ...

    def set(self, prop: int, value: float) -> bool: ...

    def get(self, prop: int) -> float: ...

    def read(self) -> tuple[bool, Picture | None]: ...

    def grab(self) -> bool: ...

    def release(self) -> None: ...


def open_v4l2(device: Path) -> Capture:
    """OpenCV's capture of ``device``, by Video4Linux and nothing else."""
    os.environ.setdefault(SELECT_TIMEOUT_VARIABLE, SELECT_TIMEOUT_SECONDS)
    return cv2.VideoCapture(str(device), cv2.CAP_V4L2)


class V4l2Source:
    """The camera behind ``device``; None takes the first one under /dev/v4l/by-id."""

    def __init__(
        self,
        device: Path | None,
        width: int,
        height: int,
        rate: float,
        *,
        by_id: Path = BY_ID,
        open_capture: Callable[[Path], Capture] = open_v4l2,
    ) -> None:
        self._device = device
        self._wanted = (width, height, rate)
        self._by_id = by_id
        self._open_capture = open_capture
        self._capture: Capture | None = None

    @property
    def live(self) -> bool:
        return True

    @property
    def pause(self) -> float:
        return 0.0

    def open(self) -> None:
        device = self._find()
        if device is None:
            raise PassingFault(Condition.DISCONNECTED, "no camera is plugged in")
        target = device.resolve()
        if not target.is_char_device():
            raise PermanentFault(Condition.CONFIGURATION_ERROR, f"{device} is not a camera")
        if not os.access(target, os.R_OK | os.W_OK):
            raise PermanentFault(
                Condition.CONFIGURATION_ERROR, f"no right to use {device}: add the user to group video"
            )
        capture = self._open_capture(target)
        self._capture = capture
        if not capture.isOpened():
            raise PassingFault(Condition.NOT_REACHABLE, f"{device.name} does not open: is it in use?")
        width, height, rate = self._wanted
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        capture.set(cv2.CAP_PROP_FPS, rate)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        given = (int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
        if given != (width, height):
            logger.warning("camera gives %d×%d instead of %d×%d", *given, width, height)

    def read(self) -> Picture | None:
        if self._capture is None:
            return None
        found, picture = self._capture.read()
        return picture if found else None

    def skip(self) -> bool:
        return self._capture is not None and bool(self._capture.grab())

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def preflight(self) -> tuple[str, ...]:
        device = self._find()
        if device is None:
            return ("no camera under /dev/v4l/by-id",)
        if not device.exists():
            return (f"the camera {device} is not plugged in",)
        if not os.access(device, os.R_OK | os.W_OK):
            return (f"no right to use {device}: add the user to group video",)
        return ()

    def _find(self) -> Path | None:
        if self._device is not None:
            return self._device if self._device.exists() else None
        found = sorted(self._by_id.glob("*-video-index0")) if self._by_id.is_dir() else []
        return found[0] if found else None
