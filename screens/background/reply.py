"""An answer that comes from another thread, handed to Kivy's; dropped when the screen that asked is gone."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from kivy.clock import Clock

Answer = TypeVar("Answer")


class Reply(Generic[Answer]):
    """``ask`` starts the work and is given what to call with its answer, once, from any thread."""

    def __init__(self, ask: Callable[[Callable[[Answer], None]], None], done: Callable[[Answer], None]) -> None:
        self._done: Callable[[Answer], None] | None = done
        self._answers: list[Answer] = []
        self._lock = threading.Lock()
        self._trigger = Clock.create_trigger(self._deliver)
        ask(self._answered)

    def cancel(self) -> None:
        self._done = None

    def _answered(self, answer: Answer) -> None:
        with self._lock:
            self._answers.append(answer)
        self._trigger()

    def _deliver(self, _seconds: float) -> None:
        with self._lock:
            answers, self._answers = self._answers, []
        done, self._done = self._done, None
        if done is not None and answers:
            done(answers[0])
