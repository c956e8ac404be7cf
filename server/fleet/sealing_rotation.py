"""A new sealing key for the city: what kiosks seal from now on, the old keys cannot open, and the new one only that.

Kiosks learn of it through their feed, signed by the city, and take it between two citizens. Old keys stay on the
server: an outbox may hold envelopes that were sealed to them.
"""

from protocol import sealing_keys
from server.fleet.kiosk_settings import tell_all
from server.foundation.actors import Actor
from server.foundation.keys import CityKeys
from server.storage.named_settings import write_setting
from server.work.unit_of_work import UnitsOfWork


class SealingRotation:
    def __init__(self, units: UnitsOfWork, keys: CityKeys) -> None:
        self._units = units
        self._keys = keys

    def rotate(self, actor: Actor) -> str:
        """The new key's id. A crash before the commit leaves a key that new kiosks use and others hear of next time."""
        key_id = self._keys.make_sealing_key()
        with self._units.begin(actor) as work:
            document = sealing_keys.write(self._keys.public_sealing_keys(), work.now, self._keys.badge)
            write_setting(work.connection, sealing_keys.SETTING, document, actor.id, work.now)
            tell_all(work)
            work.audit("keys.rotate", f"key:{key_id}")
        return key_id
