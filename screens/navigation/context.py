"""The context of pages: what they know of the kiosk they stand on, as it is now. Knows nothing of Kivy."""

from datetime import datetime

from kiosk.catalogue.catalogue import Catalogue
from kiosk.kiosk import Kiosk
from kiosk.ports import Camera, TrackingCodes
from kiosk.session.identity import KioskIdentity


class PageContext:
    """Looked up anew each time: devices come and go, and packs change, while a page is in sight."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk

    @property
    def identity(self) -> KioskIdentity:
        return self._kiosk.identity

    @property
    def catalogue(self) -> Catalogue:
        """Of the pack in force; a session's own may be the one before."""
        return self._kiosk.catalogue

    @property
    def codes(self) -> TrackingCodes:
        return self._kiosk.codes

    def now(self) -> datetime:
        """With its zone; ``Formatting`` writes it in the city's."""
        return self._kiosk.clock.now()

    @property
    def can_scan(self) -> bool:
        return self._kiosk.health.can_scan()

    @property
    def can_photograph(self) -> bool:
        return self._kiosk.health.can_photograph()

    @property
    def can_print(self) -> bool:
        return self._kiosk.health.can_print()

    @property
    def disk_is_full(self) -> bool:
        """Nothing more can be kept: shown before something is begun."""
        return self._kiosk.health.disk_is_full()

    @property
    def camera(self) -> Camera | None:
        return self._kiosk.ports.camera
