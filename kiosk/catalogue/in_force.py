"""Which pack is in force, and when the next one is: never in the middle of a session."""

import threading
from collections.abc import Callable

from kiosk.catalogue.catalogue import Catalogue


class PackInForce:
    """Any thread. ``in_session`` tells whether somebody is here; it is asked under ``lock``, which the kiosk holds when a session
    begins or ends. ``renewed`` is called after a switch."""

    def __init__(
        self, lock: threading.RLock, in_session: Callable[[], bool], renewed: Callable[[Catalogue], None]
    ) -> None:
        self._lock = lock
        self._in_session = in_session
        self._renewed = renewed
        self._current = Catalogue.empty()
        self._next: Catalogue | None = None

    @property
    def current(self) -> Catalogue:
        with self._lock:
            return self._current

    def install(self, catalogue: Catalogue) -> None:
        """At once, or with the ``switch`` after the session."""
        with self._lock:
            self._next = catalogue
        self.switch()

    def switch(self) -> None:
        """To the pack that waits, unless there is none or somebody is here."""
        with self._lock:
            if self._next is None or self._in_session():
                return
            current = self._current = self._next
            self._next = None
        self._renewed(current)
