"""What the city gave at enrolment, in the shape in which the kiosk's core asks for it (see ``kiosk.ports``)."""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from nacl.signing import SigningKey

from kiosk.events import Bus, Event, SessionBegan
from kiosk.ports import BadgeFault, Unsubscribe
from kiosk.settings import Settings
from protocol import badges, sealing, sealing_keys, tracking
from protocol.documents import DocumentRefused
from protocol.messages import City

logger = logging.getLogger(__name__)


class CitySealer:
    """Seals to one public key of the city."""

    def __init__(self, key_id: str, public_key: bytes) -> None:
        self._key_id = key_id
        self._public_key = public_key

    @property
    def key_id(self) -> str:
        return self._key_id

    def seal(self, plain: bytes) -> bytes:
        return sealing.seal(plain, self._public_key)

    def digest(self, sealed: bytes) -> str:
        return sealing.digest(sealed)


class FollowingSealer:
    """Seals to the city's newest key, also to one that was made since the enrolment.

    A new key is taken between two citizens only: all that one sends is sealed to one key.
    """

    def __init__(self, city: City) -> None:
        self._verify_key = city.badge_key
        first = city.sealing_keys[0]
        self._version = len(city.sealing_keys)
        self._sealer = CitySealer(first.key_id, first.public_key)

    @property
    def key_id(self) -> str:
        return self._sealer.key_id

    def seal(self, plain: bytes) -> bytes:
        return self._sealer.seal(plain)

    def digest(self, sealed: bytes) -> str:
        return self._sealer.digest(sealed)

    def follow(self, settings: Settings, bus: Bus) -> Unsubscribe:
        """Looks now, and whenever a session begins. Returns how to stop."""

        def hear(event: Event) -> None:
            if isinstance(event, SessionBegan):
                self.renew(settings.get(sealing_keys.SETTING))

        self.renew(settings.get(sealing_keys.SETTING))
        return bus.subscribe(hear)

    def renew(self, value: Any) -> None:
        """Takes the keys that the feed brought, when this city signed them and they are newer."""
        if value is None:
            return
        try:
            version, keys = sealing_keys.read(value, self._verify_key)
        except DocumentRefused as error:
            logger.error("the sealing keys of the feed are refused: %s", error)
            return
        if version > self._version:
            self._version = version
            self._sealer = CitySealer(keys[0].key_id, keys[0].public_key)


class KioskCodes:
    """Tracking codes of the kiosk with these four characters, whose public page is under ``tracking_base``."""

    def __init__(
        self, kiosk_part: str, tracking_base: str, random_below: Callable[[int], int] = secrets.randbelow
    ) -> None:
        self._kiosk_part = kiosk_part
        self._tracking_base = tracking_base
        self._random_below = random_below

    def mint(self) -> str:
        return tracking.mint(self._kiosk_part, self._random_below)

    def parse(self, text: str) -> str | None:
        return tracking.parse(text)

    def display(self, code: str) -> str:
        return tracking.display(code)

    def address(self, code: str) -> str:
        return tracking.address(self._tracking_base, code)


class KioskSigner:
    """Signs as this kiosk; the key never leaves it."""

    def __init__(self, private_key: bytes) -> None:
        self._key = SigningKey(private_key)

    def __call__(self, content: bytes) -> bytes:
        return self._key.sign(content).signature


class CityBadges:
    """Staff badges that this city signed."""

    def __init__(self, verify_key: bytes) -> None:
        self._verify_key = verify_key

    def read(self, token: str, now: datetime) -> str | BadgeFault:
        try:
            return badges.read(token, self._verify_key, now).staff_id
        except badges.BadgeRefused as refused:
            return refused.fault
