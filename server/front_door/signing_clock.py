"""The time by which signatures are judged: it never goes back, whatever the machine's clock does.

A nonce is forgotten once its signature is too old. Were the clock put back after that, the signature would be young again
and could be sent once more. So what counts is not the time of day but a time of its own, kept in the database: the time of
day moved on by whatever the clock was ever put back. Kiosks learn it from each answer (``protocol.answers``), so a
clock that is put right costs them one refused request, and nobody is cut off.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection, delete

from protocol.answers import Proof
from protocol.signing import Verified
from server.foundation.actors import SYSTEM
from server.foundation.clock import Clock
from server.storage import tables
from server.storage.named_settings import read_setting, write_setting
from server.storage.transactions import insert_each_new, insert_new, take_turns

SETTING: Final = "signing_clock"
#: A nonce is kept for so much longer than its signature is good: a request may be under way while others are forgotten.
MARGIN: Final = timedelta(minutes=1)

_log = structlog.get_logger("server.front_door.signing_clock")


class SigningClock:
    """One for each process; what they share stands in the database."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        #: How far ahead of the time of day, and the mark behind which it never goes. Replaced as a whole: any thread reads it.
        self._kept: tuple[timedelta, datetime | None] = (timedelta(0), None)

    def now(self, connection: Connection) -> datetime:
        """The time by which a request is judged in this transaction."""
        self._read(connection)
        return self._now()

    def proof(self) -> Proof:
        """For an answer: the times as this process read them last."""
        return Proof(self._clock.now(), self._now())

    def remember(self, connection: Connection, verified: Verified) -> bool:
        """Writes a request's nonce down; False when it was used before."""
        values = {"kiosk_id": verified.kiosk_id, "nonce": verified.nonce, "expires_at": verified.until}
        return insert_new(connection, tables.nonces, values)

    def remember_all(self, connection: Connection, requests: Sequence[Verified]) -> frozenset[str]:
        """As :meth:`remember` for at most one request of each kiosk, in one statement; whose request is new.

        One that was judged so long ago that its nonce may be forgotten again (a body that came in drops) is not.
        """
        if not requests:
            return frozenset()
        since = self.now(connection) - MARGIN / 2
        rows = [
            {"kiosk_id": one.kiosk_id, "nonce": one.nonce, "expires_at": one.until}
            for one in requests
            if one.until >= since
        ]
        if not rows:
            return frozenset()
        return frozenset(insert_each_new(connection, tables.nonces, tables.nonces.c.kiosk_id, rows))

    def sweep(self, connection: Connection) -> int:
        """Moves the mark on and forgets nonces whose signatures lie behind it for good; gives how many."""
        take_turns(connection, SETTING)
        self._read(connection)
        ahead, now = self._kept[0], self._now()
        put_back = now - (self._clock.now() + ahead)
        if put_back > timedelta(0):
            _log.warning("signing_clock.put_back", seconds=put_back.total_seconds())
            ahead += put_back
        self._kept = (ahead, now)
        value = {"ahead_s": ahead.total_seconds(), "mark": now.isoformat()}
        write_setting(connection, SETTING, value, SYSTEM.id, self._clock.now())
        gone = delete(tables.nonces).where(tables.nonces.c.expires_at < now - MARGIN)
        return connection.execute(gone).rowcount

    def _read(self, connection: Connection) -> None:
        kept = read_setting(connection, SETTING)
        if kept is not None:
            self._kept = (timedelta(seconds=kept["ahead_s"]), datetime.fromisoformat(kept["mark"]))

    def _now(self) -> datetime:
        ahead, mark = self._kept
        now = self._clock.now() + ahead
        return now if mark is None else max(now, mark)
