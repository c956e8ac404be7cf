"""Pictures or a video file instead of a camera: for trials and tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from devices.camera.frame import Picture
from devices.frame import Condition, PassingFault, PermanentFault
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
else:
    cv2 = when_wanted("cv2")

PICTURE_SUFFIXES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})
FRAMES_PER_SECOND: Final = 15.0
PICTURE_SECONDS: Final = 2.0
"""Seconds that each picture of a folder is shown."""


class FileSource:
    """Plays ``path`` for ever: one picture, the pictures of a folder in order of name, or a video. Paced, as a file has
    no pace of its own."""

    def __init__(self, path: Path, frames_per_second: float = FRAMES_PER_SECOND) -> None:
        self._path = path
        self._pause = 1.0 / frames_per_second
        self._frames_a_picture = max(1, round(PICTURE_SECONDS * frames_per_second))
        self._video: cv2.VideoCapture | None = None
        self._pictures: list[Picture] = []
        self._count = 0

    @property
    def live(self) -> bool:
        return False

    @property
    def pause(self) -> float:
        return self._pause

    def open(self) -> None:
        if not self._path.exists():
            raise PassingFault(Condition.DISCONNECTED, f"{self._path.name} is not there")
        if self._path.is_dir() or self._path.suffix.lower() in PICTURE_SUFFIXES:
            self._pictures = [picture for file in self._files() if (picture := cv2.imread(str(file))) is not None]
            if not self._pictures:
                raise PermanentFault(Condition.CONFIGURATION_ERROR, f"no picture in {self._path.name}")
            return
        self._video = cv2.VideoCapture(str(self._path))
        if not self._video.isOpened():
            self.close()
            raise PermanentFault(Condition.CONFIGURATION_ERROR, f"{self._path.name} is neither picture nor video")

    def read(self) -> Picture | None:
        if self._video is None:
            index = self._count // self._frames_a_picture % len(self._pictures)
            self._count += 1
            return self._pictures[index]
        found, picture = self._video.read()
        if not found:
            self._video.set(cv2.CAP_PROP_POS_FRAMES, 0)
            found, picture = self._video.read()
        return picture if found else None

    def skip(self) -> bool:
        return self.read() is not None

    def close(self) -> None:
        self._pictures = []
        if self._video is not None:
            self._video.release()
            self._video = None

    def preflight(self) -> tuple[str, ...]:
        return () if self._path.exists() else (f"the camera file {self._path} is not there",)

    def _files(self) -> list[Path]:
        if not self._path.is_dir():
            return [self._path]
        return sorted(file for file in self._path.iterdir() if file.suffix.lower() in PICTURE_SUFFIXES)
