"""What a scanner's driver must do: the seam behind which wedge, serial, camera and the simulated one stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Emit = Callable[[str, str], None]
"""Takes the symbology (or the way it came) and the text as read."""


class ScanSource(Protocol):
    """A driver. ``setup``, ``turn`` and ``teardown`` are a worker's duty; the rest may be called from any thread."""

    def setup(self) -> None:
        """Open the device; raises PassingFault or PermanentFault."""
        ...

    def turn(self) -> float:
        """Read a little and emit what is complete; returns the seconds until the next turn."""
        ...

    def teardown(self) -> None:
        """Close the device."""
        ...

    def set_active(self, active: bool) -> None:
        """Whether looking for codes is wanted now; drivers that only listen ignore it."""
        ...

    def preflight(self) -> tuple[str, ...]:
        """Problems that can be seen without opening, as sentences for a technician."""
        ...

    def self_test(self) -> tuple[bool, str]:
        """Whether it works as far as can be seen without a code, and what was seen."""
        ...
