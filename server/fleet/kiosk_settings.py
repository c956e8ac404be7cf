"""Settings that administrators change for all kiosks at once; the feed carries them.

A kiosk brings a value that is out of its own limits to the nearest one, so a wrong number here cannot break it. What is
not set here stays what the kiosk's program has.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from protocol import sealing_keys
from protocol.kiosk_settings import OFFERED
from protocol.messages import FeedType
from server.foundation.actors import Actor
from server.storage.named_settings import read_setting, write_setting
from server.work.unit_of_work import UnitsOfWork

_NAME: Final = "kiosks"


class KioskSettings:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def values(self) -> dict[str, float]:
        """What is set, by name."""
        with self._units.engine.connect() as connection:
            return in_force(connection)

    def change(self, actor: Actor, values: Mapping[str, float | None]) -> tuple[str, ...]:
        """Sets numbers; None is the kiosk's own. Gives the names whose value cannot be: nothing was changed then."""
        wrong = tuple(name for name, value in values.items() if not _fits(name, value))
        if wrong:
            return wrong
        chosen = {name: value for name, value in values.items() if value is not None}
        with self._units.begin(actor) as work:
            if chosen == in_force(work.connection):
                return ()
            write_setting(work.connection, _NAME, chosen, actor.id, work.now)
            work.to_kiosks(FeedType.SETTINGS, feed_values(work.connection))
            work.audit("kiosks.settings", "kiosks", chosen)
        return ()


def in_force(connection: Connection) -> dict[str, float]:
    kept = read_setting(connection, _NAME)
    return {str(name): float(value) for name, value in kept.items()} if isinstance(kept, dict) else {}


def feed_values(connection: Connection) -> dict[str, Any]:
    """Everything that the ``settings`` event carries: a kiosk replaces what it had by it."""
    keys = read_setting(connection, sealing_keys.SETTING)
    return {**in_force(connection), **({} if keys is None else {sealing_keys.SETTING: keys})}


def _fits(name: str, value: float | None) -> bool:
    setting = OFFERED.get(name)
    return setting is not None and (value is None or setting.allows(value))
