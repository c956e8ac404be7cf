"""Work that may take a moment, done beside the screens, and its answer handed back to Kivy's thread."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from kivy.clock import Clock

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)


class Handover(Generic[Answer]):
    """One piece of work. ``done`` gets its answer on Kivy's thread, unless it was cancelled (the screen is gone).

    ``otherwise`` is the answer when the work raises: a screen that waits is never left waiting. The error is logged.
    """

    def __init__(self, job: Callable[[], Answer], done: Callable[[Answer], None], otherwise: Answer) -> None:
        self._job = job
        self._answer = otherwise
        self._done: Callable[[Answer], None] | None = done
        self._trigger = Clock.create_trigger(self._deliver)
        self._thread = threading.Thread(target=self._work, name="screens-handover", daemon=True)

    def start(self) -> "Handover[Answer]":
        self._thread.start()
        return self

    def cancel(self) -> None:
        self._done = None

    def _work(self) -> None:
        try:
            self._answer = self._job()
        except Exception:
            logger.exception("work beside the screens failed")
        self._trigger()

    def _deliver(self, _seconds: float) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(self._answer)
