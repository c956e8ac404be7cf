"""The outbox on a stick: what waits is carried to the city by hand, and stays here until the server has acknowledged it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk.ports import Clock, Line, Stick, StickOutcome
from kiosk.store import StorageFailed, Store

logger = logging.getLogger(__name__)

_CARRIED: Final = "outbox_carried"


@dataclass(frozen=True, slots=True)
class Carried:
    at: datetime
    items: int


class Carrying:
    """Any thread; one at a time."""

    def __init__(self, store: Store, clock: Clock, stick: Stick | None, line: Callable[[], Line | None]) -> None:
        self._store = store
        self._clock = clock
        self._stick = stick
        self._line = line

    @property
    def possible(self) -> bool:
        """Whether this kiosk takes sticks."""
        return self._stick is not None

    def save(self) -> tuple[StickOutcome, int]:
        """Writes all that is not acknowledged on the stick; what came of it, and how many items it was.

        Nothing of the outbox changes: what arrives twice is a duplicate at the server. Raises StorageFailed.
        """
        line = self._line()
        if self._stick is None or line is None:
            return StickOutcome.NO_STICK, 0
        file = line.outbox_file()
        outcome = self._stick.save(file.name, file.pieces())
        logger.info("the outbox was to be saved on a stick: %s, %d items", outcome, file.items)
        if outcome is StickOutcome.SAVED:
            self._store.marks.set(_CARRIED, {"at": self._clock.now().isoformat(), "items": file.items})
            return outcome, file.items
        return outcome, 0

    def last(self) -> Carried | None:
        """When it was saved last."""
        try:
            kept = self._store.marks.get(_CARRIED)
        except StorageFailed:
            return None
        return None if kept is None else Carried(datetime.fromisoformat(kept["at"]), int(kept["items"]))
