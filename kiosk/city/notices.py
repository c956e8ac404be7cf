"""What the city wants to tell everybody at the kiosk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from kiosk.events import Bus, NoticesChanged
from kiosk.machine.last_known import LastKnown, StorageWatch
from kiosk.ports import Clock
from kiosk.store import Store
from kiosk.store.journal import StoredNotice
from kiosk.text import Text


@dataclass(frozen=True, slots=True)
class Notice:
    text: Text
    #: None: until it is replaced.
    until: datetime | None


class Notices:
    def __init__(self, store: Store, clock: Clock, bus: Bus, watch: StorageWatch) -> None:
        self._store = store
        self._clock = clock
        self._bus = bus
        self._current: LastKnown[tuple[StoredNotice, ...]] = LastKnown("notices", (), watch)

    def keep(self, n: int, text: Mapping[str, str], until: datetime | None) -> None:
        """Joins the caller's transaction; call ``changed`` once that is committed."""
        self._store.notices.add(StoredNotice(n, text, until))

    def changed(self) -> None:
        self._bus.publish(NoticesChanged())

    def current(self) -> tuple[Notice, ...]:
        """Newest first; those that have ended are gone. Those of before when the store fails."""
        now = self._clock.now()
        stored = self._current.read(partial(self._store.notices.current, now))
        return tuple(
            Notice(Text.read(notice.text), notice.until)
            for notice in stored
            if notice.until is None or notice.until >= now
        )
