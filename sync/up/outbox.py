"""The delivery loop: envelopes before attachments, until nothing waits or the line needs a pause."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from kiosk.kiosk import Kiosk
from runtime.workers import Tries
from sync.backoff import tries
from sync.client import Answer, Client, Outcome
from sync.monitor import Monitor
from sync.up.attachments import AttachmentDelivery
from sync.up.envelopes import EnvelopeDelivery

logger = logging.getLogger(__name__)

LOOP: Final = "outbox"
#: Look again even when nobody said that there is something new.
IDLE_S: Final = 60.0
#: A new submission may try a line that is down, but not more often than this.
EAGER_S: Final = 5.0
_PER_TURN: Final = 20


class OutboxDuty:
    """Belongs to its loop's thread. ``stopping`` is asked between two requests."""

    def __init__(
        self,
        kiosk: Kiosk,
        client: Client,
        monitor: Monitor,
        stopping: Callable[[], bool],
        backoff: Tries | None = None,
    ) -> None:
        self._kiosk = kiosk
        self._client = client
        self._monitor = monitor
        self._stopping = stopping
        self._backoff = backoff or tries()
        clock, failpoint = kiosk.clock, kiosk.ports.failpoint
        self._envelopes = EnvelopeDelivery(kiosk.store, client, clock, kiosk.bus, kiosk.outbox, failpoint)
        self._attachments = AttachmentDelivery(kiosk.store, client, clock, kiosk.outbox, failpoint)
        self._not_before = 0.0

    def turn(self) -> float | None:
        now = self._kiosk.clock.monotonic()
        if now < self._not_before:
            # Woken in the middle of a pause.
            return self._not_before - now
        for _ in range(_PER_TURN):
            if self._stopping():
                return None
            answer = self._envelopes.deliver() or self._attachments.deliver()
            if answer is None:
                self._erase()
                self._went_well()
                return IDLE_S
            self._monitor.report(LOOP, answer)
            if _needs_a_pause(answer):
                return self._pause(answer)
            self._went_well()
        return 0.0

    def setup(self) -> None:
        """The client connects when it is asked something."""

    def teardown(self) -> None:
        self._client.close()

    def hurry(self) -> None:
        """The server can be reached again, or somebody asked: the pause is over."""
        self._not_before = 0.0

    def _went_well(self) -> None:
        self._backoff.succeeded()
        self._kiosk.outbox.waits.pause(None)

    def _pause(self, answer: Answer) -> float:
        pause = self._backoff.failed(answer.retry_after)
        self._kiosk.outbox.waits.pause(pause)
        now = self._kiosk.clock.monotonic()
        # Retry-After is obeyed even when something new comes; a pause of our own only for EAGER_S.
        self._not_before = now + (pause if answer.retry_after is not None else min(pause, EAGER_S))
        return pause

    def _erase(self) -> None:
        """Payloads of what was acknowledged long enough ago, or at once when the disk is nearly full."""
        keep = 0.0 if self._kiosk.health.disk_is_full() else self._kiosk.settings.number("keep_acknowledged_s")
        before = self._kiosk.clock.now() - timedelta(seconds=keep)
        while not self._stopping() and self._kiosk.store.outbox.erase_acknowledged(before):
            self._kiosk.ports.failpoint("outbox.erased")
            self._kiosk.store.give_back_space()


def _needs_a_pause(answer: Answer) -> bool:
    """NOT_FOUND, CONFLICT and REJECTED concern one item, which was set aside; the others can go on."""
    return answer.outcome not in (Outcome.OK, Outcome.NOT_FOUND, Outcome.CONFLICT, Outcome.REJECTED)
