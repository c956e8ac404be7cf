"""What would be lost with a kiosk that nobody hears: what it had not delivered when it was heard last.

All that it had delivered is safe. What was entered at it afterwards only the kiosk itself knows: while it is on line an item
leaves it within a second, so that the one of the citizen who stood before it then is all that can be missing in the number.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

_BETWEEN: Final = ";"


@dataclass(frozen=True)
class AtStake:
    heard_at: datetime
    #: Items that were not acknowledged, those that were refused included.
    items: int
    #: When the oldest of them was made; None when there was none.
    oldest_at: datetime | None

    @classmethod
    def of(cls, kiosk: Any) -> "AtStake | None":
        """Of a row of ``kiosks``; None when it never said anything."""
        if kiosk.last_heartbeat_at is None:
            return None
        items = (kiosk.outbox_waiting or 0) + (kiosk.outbox_parked or 0)
        return cls(kiosk.last_heartbeat_at, items, kiosk.outbox_oldest_at if items else None)

    def detail(self) -> str:
        """As an alarm keeps it."""
        oldest = self.oldest_at.isoformat(timespec="seconds") if self.oldest_at is not None else ""
        return _BETWEEN.join((self.heard_at.isoformat(timespec="seconds"), str(self.items), oldest))

    @classmethod
    def read(cls, detail: str) -> "AtStake | None":
        """What ``detail`` gave; None of an alarm that was raised before this was kept, or of a kiosk never heard."""
        heard, _, rest = detail.partition(_BETWEEN)
        items, _, oldest = rest.partition(_BETWEEN)
        if not items.isdigit():
            return None
        return cls(datetime.fromisoformat(heard), int(items), datetime.fromisoformat(oldest) if oldest else None)
