"""A budget of requests per key that all servers of a city spend from together: a bucket in the database that fills by itself."""

import hashlib
import hmac
from datetime import timedelta
from typing import Final, Protocol

from sqlalchemy import select

from server.foundation.actors import SYSTEM
from server.storage import tables
from server.storage.transactions import insert_or_replace, take_turns
from server.work.unit_of_work import UnitsOfWork


class Spending(Protocol):
    def spend(self, key: str) -> float:
        """Takes one from the budget of ``key``: 0 when there was one, else the seconds to wait (nothing is taken)."""


class SharedBudget:
    """``count`` requests at once for one key, and as many again in ``seconds``. Of keys, which may be addresses of people, only
    an HMAC is kept, and only until its bucket is full again."""

    def __init__(self, units: UnitsOfWork, name: str, count: int, seconds: float, secret: bytes) -> None:
        self._units = units
        self._name: Final = name
        self._each = timedelta(seconds=seconds / count)
        self._full = timedelta(seconds=seconds)
        self._secret = secret

    def spend(self, key: str) -> float:
        subject = hmac.new(self._secret, f"budget {self._name} {key}".encode(), hashlib.sha256).hexdigest()
        bucket = tables.quotas.c
        with self._units.begin(SYSTEM) as work:
            take_turns(work.connection, f"budget {subject}")
            used_until = work.connection.execute(
                select(bucket.used_until).where(bucket.subject == subject, bucket.quota == self._name)
            ).scalar()
            used_until = work.now if used_until is None else max(used_until, work.now)
            if used_until > work.now + 2 * self._full:
                # Another server's clock, or this one's, was put back: what was used is not known.
                used_until = work.now
            wait = used_until + self._each - self._full - work.now
            if wait > timedelta():
                return wait.total_seconds()
            values = {"subject": subject, "quota": self._name, "used_until": used_until + self._each}
            insert_or_replace(work.connection, tables.quotas, values)
        return 0.0
