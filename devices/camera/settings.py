"""Settings of the camera, and the allow-list of its drivers."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class CameraDriver(StrEnum):
    """Which back end: a real camera, pictures or a video, or the simulated tabletop."""

    V4L2 = "v4l2"
    FILE = "file"
    SIMULATED = "simulated"


class CameraSettings(BaseModel):
    """What `build_camera` needs.

    ``device`` is a link under /dev/v4l/by-id, never /dev/videoN: numbers move on a replug.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    driver: CameraDriver = CameraDriver.V4L2
    device: Path | None = None
    file: Path | None = None
    width: int = Field(default=1280, ge=160, le=7680)
    height: int = Field(default=720, ge=120, le=4320)
    frames_per_second: float = Field(default=15.0, ge=1, le=60)
    target_bytes: int = Field(default=300_000, ge=20_000, le=5_000_000)
    least_sharpness: float = Field(default=40.0, ge=0)
    most_darkness: float = Field(default=0.65, ge=0, le=1)
    most_glare: float = Field(default=0.004, ge=0, le=1)
