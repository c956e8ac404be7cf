"""What the city gave at enrolment, in the shape in which the kiosk's core asks for it (see ``kiosk.ports``)."""

import secrets
from collections.abc import Callable
from datetime import datetime

from sync.protocol import badges, sealing, tracking


class CitySealer:
    """Seals to the city's newest public key."""

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


class CityBadges:
    """Staff badges that this city signed."""

    def __init__(self, verify_key: bytes) -> None:
        self._verify_key = verify_key

    def read(self, token: str, now: datetime) -> str | None:
        try:
            return badges.read(token, self._verify_key, now).staff_id
        except badges.BadgeRefused:
            return None
