"""The services of one pack: by agency, by life event, by search, and their forms."""

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from forms import Form, FormError, load_form
from kiosk.catalogue.search import ServiceIndex
from kiosk.catalogue.service import Agency, LifeEvent, PackBroken, Service, first_fault, read_service
from kiosk.text import Text
from protocol.packs import MANIFEST, Manifest

logger = logging.getLogger(__name__)

FORM_FILE = "form.xml"
SERVICE_FILE = "service.json"


@dataclass(frozen=True, slots=True)
class AgencyServices:
    agency: Agency
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class EventServices:
    event: LifeEvent
    services: tuple[Service, ...]


class FormBroken(ValueError):
    """The service's form cannot be opened; the service is not offered."""


class Catalogue:
    """Immutable, safe from any thread. A session holds on to its own while a newer pack comes into force."""

    def __init__(
        self,
        *,
        version: int,
        city: str,
        services: tuple[Service, ...],
        life_events: tuple[LifeEvent, ...],
        consent: Text,
        consent_version: str,
        files: Mapping[str, bytes],
        unreadable: tuple[str, ...] = (),
    ) -> None:
        self.version = version
        self.city = city
        #: In the pack's order.
        self.services = services
        self.life_events = life_events
        #: What the citizen agrees to before sending.
        self.consent = consent
        self.consent_version = consent_version
        #: Services of the pack that are not offered, because their description cannot be read here.
        self.unreadable = unreadable
        self._files = files
        self._by_id = {service.id: service for service in services}
        self._forms: dict[str, Form | FormBroken] = {}
        self._lock = threading.Lock()

    @classmethod
    def empty(cls) -> "Catalogue":
        """Of a kiosk that has no pack yet: version 0, no services."""
        return cls(version=0, city="", services=(), life_events=(), consent=Text({}), consent_version="", files={})

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> "Catalogue":
        """From an unpacked pack: bytes by path (``pack.json``, ``services/<id>/service.json`` …).

        A service whose description cannot be read is left out; the others are offered. Forms are opened when they are
        first needed.

        Raises PackBroken: no manifest or a wrong one, or no service at all can be read.
        """
        try:
            manifest = Manifest.model_validate(_members(files, MANIFEST))
        except ValidationError as error:
            raise PackBroken(f"{MANIFEST}: {first_fault(error)}") from error
        services, unreadable = _services(manifest, files)
        return cls(
            version=manifest.version,
            city=manifest.city,
            services=services,
            life_events=tuple(
                LifeEvent(name, Text.read(text), manifest.life_event_pictograms.get(name, ""))
                for name, text in manifest.life_events.items()
            ),
            consent=Text.read(manifest.consent),
            consent_version=manifest.consent_version,
            files=files,
            unreadable=unreadable,
        )

    def get(self, service_id: str) -> Service | None:
        return self._by_id.get(service_id)

    @cached_property
    def by_agency(self) -> tuple[AgencyServices, ...]:
        """Agencies in the order in which the pack first names them."""
        groups: dict[str, list[Service]] = {}
        for service in self.services:
            groups.setdefault(service.agency.id, []).append(service)
        return tuple(AgencyServices(services[0].agency, tuple(services)) for services in groups.values())

    @cached_property
    def by_life_event(self) -> tuple[EventServices, ...]:
        """Life events in the pack's order, those without a service left out."""
        groups = (
            EventServices(event, tuple(service for service in self.services if event.id in service.life_events))
            for event in self.life_events
        )
        return tuple(group for group in groups if group.services)

    def search(self, query: str, language: str, limit: int = 8) -> tuple[Service, ...]:
        """Services that fit what somebody typed, best first; forgives typing errors and searches all languages,
        the citizen's own a little higher. An empty query gives nothing."""
        return tuple(self._by_id[name] for name in self._index.search(query, language, limit))

    def most_used(self, counts: Mapping[str, int], limit: int) -> tuple[Service, ...]:
        """By how often each was used (``counts`` by service id), then in the pack's order."""
        return tuple(sorted(self.services, key=lambda service: -counts.get(service.id, 0))[:limit])

    def form(self, service_id: str) -> Form:
        """The service's form, opened once and kept. Raises FormBroken, KeyError for an unknown service."""
        self._by_id[service_id]
        with self._lock:
            if service_id not in self._forms:
                self._forms[service_id] = self._load(service_id)
            form = self._forms[service_id]
        if isinstance(form, FormBroken):
            raise form
        return form

    def media(self, service_id: str, name: str) -> bytes | None:
        """A picture, sound or table that the service's form names, or None."""
        return self._files.get(f"services/{service_id}/{name}")

    def warm(self) -> tuple[str, ...]:
        """Open all forms now, so that the first touch does not wait. Gives the ids of services with a broken form."""
        return tuple(service.id for service in self.services if not self.form_is_good(service.id))

    def faulty_files(self) -> tuple[tuple[str, str], ...]:
        """What costs a service of this pack, as far as forms were opened: the service's id and the file."""
        with self._lock:
            broken = [service_id for service_id, form in self._forms.items() if isinstance(form, FormBroken)]
        return (*((name, SERVICE_FILE) for name in self.unreadable), *((name, FORM_FILE) for name in broken))

    def form_is_good(self, service_id: str) -> bool:
        try:
            self.form(service_id)
        except FormBroken:
            return False
        return True

    @cached_property
    def _index(self) -> ServiceIndex:
        return ServiceIndex(self.services)

    def _load(self, service_id: str) -> Form | FormBroken:
        folder = f"services/{service_id}/"
        resources = {path.removeprefix(folder): data for path, data in self._files.items() if path.startswith(folder)}
        try:
            return load_form(resources[FORM_FILE], resources)
        except KeyError:
            return FormBroken(f"{service_id}: {FORM_FILE} is missing")
        except FormError as error:
            return FormBroken(f"{service_id}: {error}")
        except Exception as error:
            # A bug of the engine costs this one service, not the kiosk.
            logger.exception("the form of %s cannot be read", service_id)
            return FormBroken(f"{service_id}: {type(error).__name__}")


def _services(manifest: Manifest, files: Mapping[str, bytes]) -> tuple[tuple[Service, ...], tuple[str, ...]]:
    """Those that can be read, and the names of those that cannot."""
    services: list[Service] = []
    faults: dict[str, PackBroken] = {}
    for name in manifest.services:
        try:
            service = read_service(_members(files, f"services/{name}/{SERVICE_FILE}"))
            if service.id != name:
                raise PackBroken(f"service {name}: says that it is {service.id}")
            services.append(service)
        except PackBroken as error:
            logger.error("pack %d: a service is left out: %s", manifest.version, error)
            faults[name] = error
    if faults and not services:
        raise PackBroken(f"none of its services can be read; the first: {next(iter(faults.values()))}")
    return tuple(services), tuple(faults)


def _members(files: Mapping[str, bytes], path: str) -> dict[str, Any]:
    try:
        members = json.loads(files[path])
    except KeyError as error:
        raise PackBroken(f"{path} is missing") from error
    except ValueError as error:
        raise PackBroken(f"{path} is not JSON: {error}") from error
    if not isinstance(members, dict):
        raise PackBroken(f"{path} is not a JSON object")
    return members
