"""Where pictures come from: what a camera driver must do, and no more."""

from __future__ import annotations

from typing import Protocol

from devices.camera.frame import Picture


class FrameSource(Protocol):
    """A driver. All methods but ``preflight`` are called from the camera's thread only."""

    @property
    def live(self) -> bool:
        """Whether two equal pictures in a row mean that something hangs (a sensor's noise never repeats)."""
        ...

    @property
    def pause(self) -> float:
        """Seconds between two reads; 0 when ``read`` itself waits for the next picture."""
        ...

    def open(self) -> None:
        """Open the device; raises PassingFault (not there, busy) or PermanentFault (can never work)."""
        ...

    def read(self) -> Picture | None:
        """The next picture, or None when there was none. Waits at most a few seconds."""
        ...

    def skip(self) -> bool:
        """Throw the next picture away without decoding it; False when there was none."""
        ...

    def close(self) -> None:
        """Release the device; may be called when nothing is open."""
        ...

    def preflight(self) -> tuple[str, ...]:
        """Problems that can be seen without opening, as sentences for a technician."""
        ...
