"""An answer that takes a moment, handed back to Kivy's thread: of somebody who is asked, or of work done beside the screens."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from kivy.clock import Clock

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)


class Handover(Generic[Answer]):
    """``done`` gets one answer, on Kivy's thread, unless it is cancelled first (the screen that waited is gone).

    Whoever waits keeps it: Kivy's clock does not.
    """

    def __init__(self, done: Callable[[Answer], None]) -> None:
        self._done: Callable[[Answer], None] | None = done
        self._answers: list[Answer] = []
        self._trigger = Clock.create_trigger(self._deliver)

    def answer(self, answer: Answer) -> None:
        """From any thread. Only the first answer counts."""
        self._answers.append(answer)
        self._trigger()

    def cancel(self) -> None:
        self._done = None

    def _deliver(self, _seconds: float) -> None:
        answers, self._answers = self._answers, []
        done, self._done = self._done, None
        if done is not None:
            done(answers[0])


def ask(request: Callable[[Callable[[Answer], None]], None], done: Callable[[Answer], None]) -> Handover[Answer]:
    """``request`` is given what to call with its answer, from any thread."""
    asked = Handover(done)
    request(asked.answer)
    return asked


def work(job: Callable[[], Answer], done: Callable[[Answer], None], otherwise: Answer) -> Handover[Answer]:
    """``job`` runs on a thread of its own.

    ``otherwise`` is the answer when it raises: a screen that waits is never left waiting. The error is logged.
    """
    handed = Handover(done)

    def run() -> None:
        try:
            answer = job()
        except Exception:
            logger.exception("work beside the screens failed")
            answer = otherwise
        handed.answer(answer)

    threading.Thread(target=run, name="screens-handover", daemon=True).start()
    return handed
