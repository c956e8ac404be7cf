"""The outbox as field staff see it: how much waits, why and until when, and what was refused and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.events import Bus, OutboxChanged
from kiosk.machine.last_known import LastKnown, StorageWatch
from kiosk.machine.line_state import LineState
from kiosk.ports import Clock
from kiosk.store import Store
from kiosk.store.open_items import OpenItem
from kiosk.store.outbox import OutboxCounts, OutboxState
from kiosk.submissions.waits import OF_LINE, Waits
from protocol.outbox.waiting import WaitReason


@dataclass(frozen=True, slots=True)
class ParkedItem:
    kiosk_seq: int
    code: str
    service: str
    made_at: datetime
    #: From the server; no personal data.
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """What the server has not acknowledged, and why."""

    kiosk_seq: int
    code: str
    service: str
    made_at: datetime
    reason: WaitReason
    #: When it is tried again; None: at once, or not before somebody did something.
    until: datetime | None
    #: Of a parked one what the server said; no personal data.
    said: str
    #: Attachments that the server still lacks.
    missing: int


class OutboxView:
    def __init__(
        self, store: Store, bus: Bus, watch: StorageWatch, clock: Clock, line_state: Callable[[], LineState]
    ) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._line_state = line_state
        #: What the line has left out for a while.
        self.waits = Waits(clock)
        self._reasons = LastKnown[Mapping[WaitReason, int]]("reasons", {}, watch)
        self._waiting = LastKnown[tuple[WaitingItem, ...]]("waiting", (), watch)
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

    def reasons(self) -> Mapping[WaitReason, int]:
        """How many items wait for which reason; as they were last when the store fails."""
        return self._reasons.read(self._count_reasons)

    def waiting(self, limit: int) -> tuple[WaitingItem, ...]:
        """What the server has not acknowledged, oldest first; as it was last when the store fails."""
        return self._waiting.read(lambda: tuple(map(self._explained, self._store.open_items.oldest(limit))))

    def _count_reasons(self) -> Mapping[WaitReason, int]:
        held = self.waits.envelopes()
        counts, still_held = self._store.open_items.counts(held)
        found = {WaitReason.PARKED: counts.get(OutboxState.PARKED, 0)}
        waiting, delivered = counts.get(OutboxState.WAITING, 0), counts.get(OutboxState.DELIVERED, 0)
        line = OF_LINE.get(self._line_state().condition)
        if line is not None:
            found[line] = waiting + delivered
        else:
            found[WaitReason.ATTACHMENTS] = delivered
            found[WaitReason.NEXT] = waiting - len(still_held)
            for seq in still_held:
                found[held[seq].reason] = found.get(held[seq].reason, 0) + 1
        return {reason: number for reason, number in found.items() if number}

    def _explained(self, item: OpenItem) -> WaitingItem:
        reason, until = self._why(item)
        return WaitingItem(
            item.kiosk_seq,
            item.tracking_code,
            item.service,
            item.device_time,
            reason,
            None if until is None else self._clock.now() + timedelta(seconds=until - self._clock.monotonic()),
            item.reason,
            item.missing,
        )

    def _why(self, item: OpenItem) -> tuple[WaitReason, float | None]:
        """And until when, on the monotonic clock."""
        if item.state is OutboxState.PARKED:
            return WaitReason.PARKED, None
        line = OF_LINE.get(self._line_state().condition)
        if line is not None:
            return line, self.waits.next_try
        hold = self.waits.of(item.kiosk_seq)
        if hold is not None:
            return hold.reason, hold.until
        return (WaitReason.ATTACHMENTS if item.state is OutboxState.DELIVERED else WaitReason.NEXT), None

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
