"""Reads of the store that must not fail: the home screen and the heartbeat are made of them."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from kiosk.store import StorageFailed, StorageProblem

Value = TypeVar("Value")


class StorageWatch(Protocol):
    """Whoever follows how reading goes; ``what`` says what is read."""

    def reading_failed(self, what: str, problem: StorageProblem) -> None: ...

    def reading_works(self, what: str) -> None: ...


class LastKnown(Generic[Value]):
    """What was read last, and before anything was read ``value``. Any thread."""

    def __init__(self, what: str, value: Value, watch: StorageWatch) -> None:
        self._what = what
        self._value = value
        self._watch = watch

    def read(self, reader: Callable[[], Value]) -> Value:
        """What ``reader`` gives, or what it gave last when the store fails."""
        try:
            value = reader()
        except StorageFailed as error:
            self._watch.reading_failed(self._what, error.problem)
            return self._value
        self._value = value
        self._watch.reading_works(self._what)
        return value
