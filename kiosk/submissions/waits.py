"""Why an item of the outbox waits, and until when.

What the line left out for a while is kept here alone, in memory: a restart tries everything anew. What holds for the whole
line comes before what holds for one item, since without a line nothing of it is tried.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kiosk.machine.line_state import LineCondition
from kiosk.ports import Clock
from protocol.outbox.waiting import WaitReason

#: The part of an item that is its envelope; its attachments go by their hashes.
ENVELOPE: Final = ""
#: What holds for all while the line is so; nothing of the kind while it works, or was not tried yet.
OF_LINE: Final[Mapping[LineCondition, WaitReason]] = MappingProxyType(
    {
        LineCondition.OFFLINE: WaitReason.NO_LINE,
        LineCondition.SLOWED: WaitReason.SLOWED,
        LineCondition.REFUSED: WaitReason.NOT_KNOWN,
        LineCondition.WAITING: WaitReason.NOT_APPROVED,
        LineCondition.REVOKED: WaitReason.SHUT_OUT,
        LineCondition.UPDATE_NEEDED: WaitReason.UPDATE,
    }
)


@dataclass(frozen=True, slots=True)
class Hold:
    reason: WaitReason
    #: On the monotonic clock.
    until: float


class Waits:
    """Written by the outbox's loop, read by any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._holds: dict[tuple[int, str], Hold] = {}
        self._next_try: float | None = None

    # --- of one item -----------------------------------------------------------------------------------------------

    def hold(self, kiosk_seq: int, reason: WaitReason, seconds: float, part: str = ENVELOPE) -> None:
        """Leave it out for so long, so that the others go on."""
        with self._lock:
            self._holds[kiosk_seq, part] = Hold(reason, self._clock.monotonic() + seconds)

    def envelopes(self) -> Mapping[int, Hold]:
        """By their numbers, the envelopes that are left out now."""
        return {seq: hold for (seq, part), hold in self._standing().items() if part == ENVELOPE}

    def parts(self) -> frozenset[str]:
        """Hashes of attachments that are left out now."""
        return frozenset(part for _, part in self._standing() if part != ENVELOPE)

    def of(self, kiosk_seq: int) -> Hold | None:
        """What holds it; of several parts that which ends first."""
        mine = [hold for (seq, _), hold in self._standing().items() if seq == kiosk_seq]
        return min(mine, key=lambda hold: hold.until, default=None)

    # --- of all ----------------------------------------------------------------------------------------------------

    def pause(self, seconds: float | None) -> None:
        """The line tries nothing for so long; None: it goes on."""
        with self._lock:
            self._next_try = None if seconds is None else self._clock.monotonic() + seconds

    @property
    def next_try(self) -> float | None:
        """When the line tries again, on the monotonic clock; None when it does not pause."""
        with self._lock:
            return self._next_try

    def _standing(self) -> dict[tuple[int, str], Hold]:
        now = self._clock.monotonic()
        with self._lock:
            self._holds = {key: hold for key, hold in self._holds.items() if hold.until > now}
            return dict(self._holds)
