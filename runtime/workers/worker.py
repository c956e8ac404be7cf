"""A supervised worker: set-up, turns, tear-down; back-off after faults; a heartbeat.

The supervised work is a :class:`Duty`. Its faults are of two kinds: a *passing* one (unplugged, busy) is tried
again after a growing pause, a *permanent* one (settings that cannot work) waits until somebody calls
:meth:`Worker.restart`. A bug in the duty is logged with its trace and treated as passing, so that one of them
never takes the kiosk with it.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from typing import Protocol

from runtime.workers.backoff import Backoff
from runtime.workers.clock import Clock, SystemClock

logger = logging.getLogger(__name__)

LONGEST_IDLE = 3600.0
"""Seconds a worker sleeps when it has nothing to wait for (a permanent fault); `wake` ends it earlier."""

STALE_AFTER = 30.0
"""Seconds without a heartbeat after which a worker counts as stuck."""

STOP_DEADLINE = 10.0
"""Seconds that `stop` waits for the thread to end."""


class PassingFault(Exception):
    """May be gone at the next try: unplugged, busy, silent."""


class PermanentFault(Exception):
    """Will not go away by itself: a driver that does not exist, an address that cannot be."""


class Owner(Protocol):
    """Whom a worker belongs to, and who hears how it fares. Called from the worker's thread, but for ``stopped``."""

    @property
    def name(self) -> str:
        """Of the thread, and in the log."""
        ...

    def failed(self, error: Exception) -> None:
        """A passing or a permanent fault, or a bug in the duty, which was logged."""
        ...

    def stopped(self) -> None: ...


class Duty(Protocol):
    """What a worker does. All three are called from the worker's thread only."""

    def setup(self) -> None:
        """Open what is needed; raises :class:`PassingFault` or :class:`PermanentFault`."""
        ...

    def turn(self) -> float | None:
        """Do one short piece of work; returns the seconds until the next one (0: at once, None: only when woken).

        A turn is bounded: a blocking read needs a time-out well under :data:`STALE_AFTER`, or calls
        :meth:`Worker.beat` in between.
        """
        ...

    def teardown(self) -> None:
        """Close everything; called after every set-up that was begun, also after one that failed."""
        ...


class Worker:
    """Runs a duty in a thread of its own and keeps it running.

    Tests and simulations call :meth:`step` themselves instead of :meth:`start`; the code that runs is the same.
    """

    def __init__(
        self,
        duty: Duty,
        owner: Owner,
        *,
        clock: Clock | None = None,
        backoff: Backoff | None = None,
        chance: Callable[[], float] = random.random,
        stale_after: float = STALE_AFTER,
    ) -> None:
        self._duty = duty
        self._owner = owner
        self._clock = clock or SystemClock()
        self._backoff = backoff or Backoff()
        self._chance = chance
        self._stale_after = stale_after
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_set_up = False
        self._halted = False
        self._failures = 0
        self._last_beat = self._clock.monotonic()

    @property
    def failures(self) -> int:
        """Faults in a row; 0 when the last turn went well."""
        return self._failures

    @property
    def halted(self) -> bool:
        """True after a permanent fault, until `restart`."""
        return self._halted

    @property
    def stopping(self) -> bool:
        """True once `stop` was called; a long turn looks at it between its pieces."""
        return self._stopping.is_set()

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    @property
    def stale(self) -> bool:
        """True when the thread runs but has given no sign of life for too long: it hangs in a call."""
        return self.running and self._clock.monotonic() - self._last_beat > self._stale_after

    def beat(self) -> None:
        """A sign of life from inside a long turn."""
        self._last_beat = self._clock.monotonic()

    def start(self) -> None:
        """Start the thread; does nothing when it runs."""
        if self.running:
            return
        self._stopping.clear()
        self._halted = False
        self._thread = threading.Thread(target=self._loop, name=self._owner.name, daemon=True)
        self._thread.start()

    def stop(self) -> bool:
        """End the thread after the turn it is in and tear the duty down. False when it did not end in time."""
        self.ask_to_stop()
        thread, self._thread = self._thread, None
        if thread is None:
            self._teardown()
        elif thread is not threading.current_thread():
            thread.join(STOP_DEADLINE)
        ended = thread is None or not thread.is_alive()
        if not ended:
            logger.error("%s does not end: it hangs in a call", self._owner.name)
        self._owner.stopped()
        return ended

    def ask_to_stop(self) -> None:
        """No further turn begins; the one in progress finds out by `stopping`."""
        self._stopping.set()
        self._wake.set()

    def wake(self) -> None:
        """End the pause between two turns now; safe from any thread."""
        self._wake.set()

    def restart(self) -> None:
        """Forget faults and try again now: after a hot-plug event, or when settings were changed."""
        self._halted = False
        self._failures = 0
        self._wake.set()

    def step(self) -> float:
        """Set up if needed and do one turn; returns the seconds until the next step is due."""
        self.beat()
        if self._halted:
            return LONGEST_IDLE
        try:
            if not self._is_set_up:
                self._is_set_up = True
                self._duty.setup()
            pause = self._duty.turn()
        except PermanentFault as fault:
            self._halted = True
            self._after(fault)
            return LONGEST_IDLE
        except PassingFault as fault:
            self._after(fault)
        except Exception as error:
            # The supervised boundary: a bug is logged and the work tried again.
            logger.exception("%s: a bug in its work", self._owner.name)
            self._after(error)
        else:
            self._failures = 0
            self.beat()
            return LONGEST_IDLE if pause is None else pause
        return self._backoff.pause(self._failures, self._chance())

    def _after(self, error: Exception) -> None:
        self._teardown()
        self._failures += 1
        self._owner.failed(error)

    def _teardown(self) -> None:
        if not self._is_set_up:
            return
        self._is_set_up = False
        try:
            self._duty.teardown()
        except Exception:
            # Closing what was lost may fail in any way; the next set-up starts anew.
            logger.exception("%s: a bug in its tear-down", self._owner.name)

    def _loop(self) -> None:
        try:
            while not self._stopping.is_set():
                pause = self.step()
                self._last_beat += max(0.0, pause)
                if pause > 0:
                    self._clock.wait(self._wake, pause)
                self._wake.clear()
        finally:
            self._teardown()
