"""Settings that the server may change while the kiosk runs: known by name, kept within limits, each with a default."""

import threading
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from kiosk.events import Bus, SettingsChanged
from kiosk.store import Store
from protocol.kiosk_settings import NUMBERS

_IN_SERVICE: Final = "in_service"


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
        setting = NUMBERS[name]
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return setting.default
        return setting.clamp(float(value))

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
