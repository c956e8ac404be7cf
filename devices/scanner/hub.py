"""Where all scans come together and go out to those who listen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from devices.frame import Clock
from devices.scanner.recognition import recognise
from devices.scanner.scan import Scan

logger = logging.getLogger(__name__)


class ScanHub:
    """Recognises what was read and tells every listener; a listener's failure stops nobody else."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._listeners: list[Callable[[Scan], None]] = []
        self._count = 0

    @property
    def count(self) -> int:
        """Scans passed on so far."""
        return self._count

    def on_scan(self, callback: Callable[[Scan], None]) -> Callable[[], None]:
        """Call ``callback`` with each scan, from the scanner's thread. Returns how to unsubscribe."""
        with self._lock:
            self._listeners.append(callback)

        def unsubscribe() -> None:
            with self._lock:
                if callback in self._listeners:
                    self._listeners.remove(callback)

        return unsubscribe

    def emit(self, symbology: str, raw: str) -> None:
        """Pass on what a device read; what is empty after cleaning is dropped."""
        scan = recognise(symbology, raw, self._clock.now())
        if not scan.text:
            return
        with self._lock:
            self._count += 1
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(scan)
            except Exception:
                # A listener's bug must not take the scanner down. The text is personal and stays out of the log.
                logger.exception("a listener of the scanner failed")
