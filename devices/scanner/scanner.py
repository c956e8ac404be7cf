"""The scanner as the kiosk sees it: one stream of scans, one state, whatever the driver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from devices.frame import Backoff, Clock, Component, Device, StateBoard
from devices.scanner.hub import ScanHub
from devices.scanner.scan import Scan
from devices.scanner.sources.source import Emit, ScanSource

COMPONENT: Final = "scanner"
BACKOFF: Final = Backoff(first=0.5, longest=10.0)


class Scanner(Device):
    """Runs the driver that ``make_source`` returns. Every method may be called from any thread."""

    def __init__(
        self,
        make_source: Callable[[Emit, StateBoard], ScanSource],
        *,
        clock: Clock,
        hotplug_folders: Sequence[Path] = (),
    ) -> None:
        board = StateBoard(COMPONENT, clock)
        self._hub = ScanHub(clock)
        self._source = make_source(self._hub.emit, board)
        super().__init__(
            Component(
                COMPONENT, self._source, clock=clock, board=board, backoff=BACKOFF, hotplug_folders=hotplug_folders
            )
        )

    def on_scan(self, callback: Callable[[Scan], None]) -> Callable[[], None]:
        """Call ``callback`` with each scan, from the scanner's thread. Returns how to unsubscribe."""
        return self._hub.on_scan(callback)

    def activate(self) -> None:
        """Look for codes with the camera from now on; what lies before it counts anew. Wedge and serial scanners always
        listen."""
        self._source.set_active(True)
        self.worker.wake()

    def deactivate(self) -> None:
        """No longer look for codes with the camera."""
        self._source.set_active(False)

    def diagnostics(self) -> Mapping[str, object]:
        """For a technician or the server: how it runs, and nothing of what was scanned."""
        return {
            "source": type(self._source).__name__,
            "scans": self._hub.count,
            "failures_in_a_row": self.worker.failures,
        }

    def preflight(self) -> tuple[str, ...]:
        return self._source.preflight()

    def self_test(self, done: Callable[[bool, str], None]) -> None:
        done(*self._source.self_test())
