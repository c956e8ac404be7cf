"""The context of pages: what they know of the kiosk they stand on, as it is now. Knows nothing of Kivy."""

from datetime import datetime

from kiosk.cases.lookup import CaseLookup
from kiosk.catalogue.catalogue import Catalogue
from kiosk.catalogue.service import Service
from kiosk.city.open_city import OpenCity
from kiosk.kiosk import Kiosk
from kiosk.machine.health import Reason, ServiceAbility
from kiosk.ports import Camera, TrackingCodes
from kiosk.session.help_calls import HelpCalls
from kiosk.session.identity import KioskIdentity
from kiosk.snapshot import Snapshot
from kiosk.submissions.receipts import Slips


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
    def line_is_down(self) -> bool:
        return Reason.NO_LINE in self._kiosk.health.reasons()

    @property
    def camera(self) -> Camera | None:
        return self._kiosk.ports.camera

    @property
    def online(self) -> bool:
        """Whether the office is reached."""
        line = self._kiosk.line
        return line is not None and line.state().online

    def snapshot(self) -> Snapshot:
        """How everything is at this moment."""
        return self._kiosk.snapshot()

    def monotonic(self) -> float:
        """Seconds that never go back, for what is waited for."""
        return self._kiosk.clock.monotonic()

    def service_ability(self, service: Service) -> ServiceAbility:
        return self._kiosk.service_ability(service)

    def most_used(self, limit: int) -> tuple[Service, ...]:
        """The services that people used most at this kiosk, then the pack's order."""
        return self._kiosk.most_used(limit)

    @property
    def slips(self) -> Slips:
        return self._kiosk.slips

    @property
    def cases(self) -> CaseLookup:
        return self._kiosk.cases

    @property
    def open_city(self) -> OpenCity:
        return self._kiosk.open_city

    @property
    def help_calls(self) -> HelpCalls:
        return self._kiosk.help_calls
