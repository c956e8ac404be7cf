"""A thread that does its turn when woken or when its pause is over, with one owner and a clean stop."""

import logging
import threading
from typing import Protocol

logger = logging.getLogger(__name__)

#: After a bug in a turn: long enough not to spin, short enough to go on.
_AFTER_BUG_S = 5.0
_JOIN_S = 10.0


class Duty(Protocol):
    def turn(self) -> float | None:
        """Do what there is to do; gives the seconds until the next turn, None: only when woken."""
        ...

    def close(self) -> None:
        """Called once, from the loop's thread, after the last turn."""
        ...


class Loop:
    """Runs one duty. ``wake`` from any thread; a wake during a turn is not lost."""

    def __init__(self, name: str, duty: Duty) -> None:
        self._name = name
        self._duty = duty
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is not None:
            raise RuntimeError(f"{self._name} runs already")
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def ask_to_stop(self) -> None:
        """No further turn begins; the one in progress finds out by ``stopping``."""
        self._stopping.set()
        self._wake.set()

    def stop(self) -> None:
        """Returns when the turn in progress has ended, or after some seconds: the thread is a daemon."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join(_JOIN_S)
            if self._thread.is_alive():
                logger.warning("%s did not stop in time", self._name)
            self._thread = None

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                pause = self._duty.turn()
            except Exception:
                # One loop's bug must not silence the kiosk for good.
                logger.exception("%s failed", self._name)
                pause = _AFTER_BUG_S
            self._wake.wait(pause)
        self._duty.close()
