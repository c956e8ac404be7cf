"""Settings that the server may change while the kiosk runs: known by name, kept within limits, each with a default."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from kiosk.events import Bus, SettingsChanged
from kiosk.store import Store

_IN_SERVICE: Final = "in_service"


@dataclass(frozen=True, slots=True)
class Number:
    default: float
    minimum: float
    maximum: float


#: Seconds, millimetres or bytes, as the name says.
NUMBERS: Final[Mapping[str, Number]] = MappingProxyType(
    {
        "idle_s": Number(90, 30, 900),
        # WCAG 2.2.1: at least 20 seconds to say that more time is needed.
        "idle_warning_s": Number(30, 20, 120),
        "received_wait_s": Number(2.0, 0.0, 10.0),
        "paper_roll_mm": Number(80_000, 5_000, 200_000),
        "paper_low_mm": Number(4_000, 500, 50_000),
        "slip_mm": Number(180, 60, 600),
        # The default holds the largest visit there can be, which is written twice, and the last part (kiosk.machine.room).
        "disk_reserve_bytes": Number(704_000_000, 100_000_000, 100_000_000_000),
        # Longer than a server's last backup is old when it is restored: what came after it is sent again.
        "keep_acknowledged_s": Number(604_800, 0, 2_592_000),
        "volume": Number(0.7, 0.0, 1.0),
    }
)
REGION_PREFIXES: Final = "region_prefixes"
NEXT_KIOSK: Final = "next_kiosk"


class Settings:
    """A value outside its limits is brought to the nearest limit; one of another type is ignored. Any thread."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self._store = store
        self._bus = bus
        self._lock = threading.Lock()
        self._values: Mapping[str, Any] = MappingProxyType(store.settings.all())
        self._in_service = bool(store.marks.get(_IN_SERVICE, True))

    def number(self, name: str) -> float:
        """The number under a name of NUMBERS."""
        limits = NUMBERS[name]
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return limits.default
        return min(max(float(value), limits.minimum), limits.maximum)

    @property
    def region_prefixes(self) -> tuple[str, ...]:
        """First digits of regions that a NIK is expected from; empty: no warning."""
        value = self._values.get(REGION_PREFIXES)
        if not isinstance(value, list | tuple):
            return ()
        return tuple(item for item in value if isinstance(item, str) and item.isdigit() and 2 <= len(item) <= 6)

    @property
    def next_kiosk(self) -> Mapping[str, str]:
        """Where the next working kiosk is, by language; empty when nobody said."""
        value = self._values.get(NEXT_KIOSK)
        if not isinstance(value, Mapping):
            return MappingProxyType({})
        return {str(language): text for language, text in value.items() if isinstance(text, str)}

    def get(self, name: str, default: Any = None) -> Any:
        """Any other setting, as the server sent it."""
        return self._values.get(name, default)

    def store_new(self, values: Mapping[str, Any]) -> None:
        """Keep what the server sent; joins the caller's transaction. Call ``reload`` once that is committed."""
        self._store.settings.replace(values)

    def reload(self) -> None:
        """Use what is in the database and tell who listens which names changed."""
        new = MappingProxyType(self._store.settings.all())
        with self._lock:
            old, self._values = self._values, new
        changed = frozenset(name for name in {*old, *new} if old.get(name) != new.get(name))
        if changed:
            self._bus.publish(SettingsChanged(changed))

    @property
    def in_service(self) -> bool:
        return self._in_service

    def set_in_service(self, value: bool) -> None:
        """Holds at once, also when StorageFailed says that a restart will not know it."""
        self._in_service = value
        self._store.marks.set(_IN_SERVICE, value)
