"""How often kiosks are asked for a heartbeat: as often as is wanted, and in a large fleet as often as can be taken."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from server.storage import tables

#: Of a whole fleet: half of what one process takes on one core, so that the other half is left to citizens and officers.
HEARTBEATS_A_SECOND: Final = 250
#: A fleet does not grow so fast that it should be counted more often.
LOOK_EVERY: Final = timedelta(minutes=1)
#: A kiosk is silent after this many of the intervals that are wanted without a heartbeat …
SILENT_INTERVALS: Final = 4
#: … or after this many of those that it was asked for: one that is lost is tried again within seconds.
SILENT_ASKED: Final = 2


class Pace:
    """One for each process; any thread. Until it has looked, the fleet is small."""

    def __init__(self, wanted_s: float) -> None:
        self._wanted_s = wanted_s
        self._interval_s = wanted_s
        self._looked: datetime | None = None

    def look(self, connection: Connection, now: datetime) -> None:
        """Counts the fleet, when that was not done within LOOK_EVERY."""
        if self._looked is not None and timedelta() <= now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        kiosks = connection.scalar(select(func.count()).select_from(tables.kiosks).where(*tables.IN_FLEET)) or 0
        self._interval_s = max(self._wanted_s, kiosks / HEARTBEATS_A_SECOND)

    @property
    def interval_s(self) -> float:
        """What a kiosk is asked for in the answer to a heartbeat."""
        return self._interval_s

    @property
    def silent_after(self) -> timedelta:
        return timedelta(seconds=max(self._wanted_s * SILENT_INTERVALS, self._interval_s * SILENT_ASKED))
