"""A camera that looks at a simulated tabletop, with every fault that real cameras have; all can be set while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from devices.camera.frame import Picture
from devices.frame import Condition, PassingFault
from runtime.when_wanted import when_wanted

if TYPE_CHECKING:
    import cv2
    import numpy as np
else:
    cv2 = when_wanted("cv2")
    np = when_wanted("numpy")

FRAMES_PER_SECOND: Final = 15.0
SLOW_PAUSE: Final = 1.2
NOISE: Final = 2.0
"""Grey levels of a sensor's noise; without it a picture that stands still would look frozen."""

ROW_SHIFTS: Final = 16
ROWS_A_SHIFT: Final = 7
"""The noise is moved by so many rows from one picture to the next, so that no two in a row are equal."""


@dataclass(frozen=True, slots=True)
class CameraFaults:
    """What is wrong with it: pulled out, hanging on its last picture, few pictures, or the light is off (0–1)."""

    unplugged: bool = False
    frozen: bool = False
    slow: bool = False
    light: float = 1.0


class SimulatedSource:
    """Shows whatever ``view`` returns (BGR, a new or the same picture), with noise, and obeys ``faults``."""

    def __init__(self, view: Callable[[], Picture], *, seed: int = 0) -> None:
        self._view = view
        self._faults = CameraFaults()
        self._lock = threading.Lock()
        self._opened = False
        self._last: Picture | None = None
        self._rng = np.random.default_rng(seed)
        #: Higher than a picture by all shifts.
        self._noise: Picture | None = None
        self._count = 0

    @property
    def faults(self) -> CameraFaults:
        with self._lock:
            return self._faults

    def set_faults(self, **changes: bool | float) -> None:
        """Change some of :class:`CameraFaults` by name; takes effect with the next picture."""
        with self._lock:
            self._faults = replace(self._faults, **changes)  # type: ignore[arg-type]

    @property
    def live(self) -> bool:
        return True

    @property
    def pause(self) -> float:
        return SLOW_PAUSE if self.faults.slow else 1.0 / FRAMES_PER_SECOND

    def open(self) -> None:
        if self.faults.unplugged:
            raise PassingFault(Condition.DISCONNECTED, "simulated camera is unplugged")
        self._opened = True

    def read(self) -> Picture | None:
        faults = self.faults
        if not self._opened or faults.unplugged:
            # As V4L2 does: the handle is dead until it is opened anew, also when the plug is back.
            self._opened = False
            return None
        if faults.frozen and self._last is not None:
            return self._last
        self._last = self._with_noise(self._view(), faults.light)
        return self._last

    def skip(self) -> bool:
        if self.faults.unplugged:
            self._opened = False
        return self._opened

    def close(self) -> None:
        self._opened = False
        self._last = None

    def preflight(self) -> tuple[str, ...]:
        return ()

    def _with_noise(self, picture: Picture, light: float) -> Picture:
        height, width, channels = picture.shape
        higher = height + ROW_SHIFTS * ROWS_A_SHIFT
        if self._noise is None or self._noise.shape != (higher, width, channels):
            drawn = self._rng.standard_normal((higher, width, channels), dtype=np.float32)
            self._noise = np.abs(drawn * NOISE).astype(np.uint8)
        self._count += 1
        top = self._count % ROW_SHIFTS * ROWS_A_SHIFT
        lit = picture if light >= 1 else cv2.convertScaleAbs(picture, alpha=max(0.0, light))
        noisy: Picture = cv2.add(lit, self._noise[top : top + height])
        return noisy
