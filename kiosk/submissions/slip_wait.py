"""The two seconds in which the server's answer still reaches the slip."""

import threading

from kiosk.events import Bus, Event, Received, SlipDue
from kiosk.ports import Clock
from kiosk.settings import Settings
from kiosk.store import Store


class SlipWait:
    """For each send one SlipDue: when Received comes, or when ``received_wait_s`` have passed. Any thread."""

    def __init__(self, store: Store, clock: Clock, bus: Bus, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._settings = settings
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def expect(self, code: str) -> None:
        """A submission has just been stored under this code."""
        with self._lock:
            self._until[code] = self._clock.monotonic() + self._settings.number("received_wait_s")
        receipt = self._store.receipts.get(code)
        if receipt is not None and receipt.received_at is not None:
            # The line was faster than we are.
            self.hear(Received(code, receipt.received_at))

    def hear(self, event: Event) -> None:
        if isinstance(event, Received):
            with self._lock:
                waited = self._until.pop(event.code, None)
            if waited is not None:
                self._bus.publish(SlipDue(event.code, event.at))

    def tick(self) -> None:
        now = self._clock.monotonic()
        with self._lock:
            over = [code for code, until in self._until.items() if until <= now]
            for code in over:
                del self._until[code]
        for code in over:
            self._bus.publish(SlipDue(code, None))
