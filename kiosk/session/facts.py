"""What the steps of a session ask: of the service, of what was chosen, of the form."""

from collections.abc import Callable

from kiosk.catalogue.service import Identification, Service
from kiosk.session.form_pages import FormPages
from kiosk.session.privacy import Privacy
from protocol.line.base import ServiceKind


class SessionFacts:
    """``service`` raises ValueError when none is chosen."""

    def __init__(self, service: Callable[[], Service], privacy: Callable[[], Privacy | None], pages: FormPages) -> None:
        self._service = service
        self._privacy = privacy
        self._pages = pages

    @property
    def complaint(self) -> bool:
        return self._service().kind is ServiceKind.COMPLAINT

    @property
    def asks_nik(self) -> bool:
        return self._service().identification is Identification.NIK

    @property
    def costs(self) -> bool:
        return self._service().costs

    @property
    def asks_consent(self) -> bool:
        return self._service().consent

    @property
    def privacy(self) -> Privacy | None:
        return self._privacy()

    @property
    def editing(self) -> bool:
        return self._pages.editing

    @property
    def has_pages(self) -> bool:
        return bool(self._pages.all())
