"""One connection for all threads, in the order in which they came.

SQLAlchemy's own pool hands a returned connection to whoever asks first: under load a thread that asks again at once
starves those that wait.
"""

import threading
from collections import deque
from typing import Any, Final

from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool


class FairLock:
    """A lock that is handed on to the thread that has waited longest."""

    def __init__(self) -> None:
        self._mutex: Final = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    def acquire(self, timeout: float) -> bool:
        """False when ``timeout`` seconds passed before its turn came."""
        with self._mutex:
            if not self._held:
                self._held = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=timeout):
            return True
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        # It was handed over in the moment in which the time ran out.
        return True

    def release(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


class OneConnectionPool(QueuePool):
    def __init__(self, creator: Any, **options: Any) -> None:
        super().__init__(creator, **{**options, "pool_size": 1, "max_overflow": 0})
        self._turns = FairLock()

    def _do_get(self) -> ConnectionPoolEntry:
        if not self._turns.acquire(self.timeout()):
            raise PoolTimeout("the one connection was not free in time")
        try:
            return super()._do_get()
        except BaseException:
            self._turns.release()
            raise

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        try:
            super()._do_return_conn(record)
        finally:
            self._turns.release()
