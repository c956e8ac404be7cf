"""A new sealing key for the city: what kiosks seal from now on, the old keys cannot open, and the new one only that.

Kiosks learn of it through their feed, signed by the city, and take it between two citizens. Old keys stay on the
server: an outbox may hold envelopes that were sealed to them.
"""

from sqlalchemy import Engine

from protocol import sealing_keys
from protocol.messages import FeedType
from server.audit import audit
from server.fleet.kiosk_settings import feed_values
from server.foundation import bus, feed
from server.foundation.actors import Actor
from server.foundation.bus import Bus
from server.foundation.clock import Clock
from server.foundation.keys import CityKeys
from server.storage.named_settings import write_setting


class SealingRotation:
    def __init__(self, engine: Engine, clock: Clock, bus: Bus, keys: CityKeys) -> None:
        self._engine = engine
        self._clock = clock
        self._bus = bus
        self._keys = keys

    def rotate(self, actor: Actor) -> str:
        """The new key's id. A crash before the commit leaves a key that new kiosks use and others hear of next time."""
        key_id = self._keys.make_sealing_key()
        now = self._clock.now()
        document = sealing_keys.write(self._keys.public_sealing_keys(), now, self._keys.badge)
        with self._engine.begin() as connection:
            write_setting(connection, sealing_keys.SETTING, document, actor.id, now)
            kiosks = feed.append_to_all(connection, FeedType.SETTINGS, feed_values(connection), now)
            audit.append(connection, now, [audit.Entry(actor.id, "keys.rotate", f"key:{key_id}")])
        for kiosk_id in kiosks:
            self._bus.publish(bus.feed_topic(kiosk_id))
        return key_id
