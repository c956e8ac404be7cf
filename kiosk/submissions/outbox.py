"""The outbox as field staff see it: how much waits, and what was refused and why."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.events import Bus, OutboxChanged
from kiosk.machine.last_known import LastKnown, StorageWatch
from kiosk.store import Store
from kiosk.store.outbox import OutboxCounts


@dataclass(frozen=True, slots=True)
class ParkedItem:
    kiosk_seq: int
    code: str
    service: str
    made_at: datetime
    #: From the server; no personal data.
    reason: str


class OutboxView:
    def __init__(self, store: Store, bus: Bus, watch: StorageWatch) -> None:
        self._store = store
        self._bus = bus
        self._counts = LastKnown("outbox", OutboxCounts(0, 0, None), watch)
        self._parked = LastKnown[tuple[ParkedItem, ...]]("parked", (), watch)

    def counts(self) -> OutboxCounts:
        """As they were last when the store fails."""
        return self._counts.read(self._store.outbox.counts)

    def parked(self) -> tuple[ParkedItem, ...]:
        """Oldest first; as they were last when the store fails."""
        return self._parked.read(self._read_parked)

    def _read_parked(self) -> tuple[ParkedItem, ...]:
        return tuple(
            ParkedItem(item.kiosk_seq, item.tracking_code, item.service, item.device_time, item.reason)
            for item in self._store.outbox.parked()
        )

    def try_again(self, kiosk_seq: int) -> bool:
        """Put a parked item back into the queue. False when it is not parked. StorageFailed: it stays parked."""
        moved = self._store.outbox.unpark(kiosk_seq)
        if moved:
            self.changed()
        return moved

    def try_all_again(self) -> int:
        """Put all parked items back into the queue; gives how many. StorageFailed: they stay parked."""
        moved = self._store.outbox.unpark_all()
        if moved:
            self.changed()
        return moved

    def changed(self) -> None:
        """Tell who listens how the outbox stands."""
        counts = self.counts()
        self._bus.publish(OutboxChanged(counts.waiting, counts.parked))
