"""What a pack holds: services with their forms, in the order in which kiosks list them."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from protocol.packs import MANIFEST, Manifest, ServiceDescription, target_name


@dataclass(frozen=True)
class PackService:
    description: ServiceDescription
    #: ``form.xml`` and whatever else it refers to, by file name.
    files: Mapping[str, bytes]


class Services(Protocol):
    """Who knows what packs hold."""

    def service(self, number: int, service_id: str) -> PackService | None:
        """None when there is no such pack, or it has no such service."""


@dataclass(frozen=True)
class PackContent:
    """What a pack holds, in the order in which kiosks list it."""

    services: tuple[PackService, ...]
    life_events: Mapping[str, dict[str, str]] = field(default_factory=dict)
    life_event_pictograms: Mapping[str, str] = field(default_factory=dict)
    consent: Mapping[str, str] = field(default_factory=dict)
    consent_version: str = "1"

    def service(self, service_id: str) -> PackService | None:
        return next((one for one in self.services if one.description.id == service_id), None)

    def replacing(self, service: PackService) -> "PackContent":
        """With ``service`` in the place of its namesake, or at the end."""
        ids = [one.description.id for one in self.services]
        if service.description.id in ids:
            services = tuple(service if one.description.id == service.description.id else one for one in self.services)
        else:
            services = (*self.services, service)
        return replace(self, services=services)

    def without(self, service_id: str) -> "PackContent":
        services = tuple(one for one in self.services if one.description.id != service_id)
        return replace(self, services=services)


def city_of(folder: Path) -> str:
    """The city of the packs in ``folder``; "" when there is none yet. Packs for another one are taken by no kiosk."""
    numbers = [int(path.stem.removeprefix("pack-")) for path in folder.glob("pack-[0-9]*.zip")]
    if not numbers:
        return ""
    try:
        with zipfile.ZipFile(folder / target_name(max(numbers))) as archive:
            return Manifest.model_validate_json(archive.read(MANIFEST)).city
    except (zipfile.BadZipFile, KeyError, ValidationError):
        return ""


def read_content(manifest: Manifest, files: Mapping[str, bytes]) -> PackContent:
    services = []
    for service_id in manifest.services:
        prefix = f"services/{service_id}/"
        own = {path.removeprefix(prefix): data for path, data in files.items() if path.startswith(prefix)}
        description = ServiceDescription.model_validate_json(own.pop("service.json"))
        services.append(PackService(description, own))
    return PackContent(
        tuple(services),
        manifest.life_events,
        manifest.life_event_pictograms,
        manifest.consent,
        manifest.consent_version,
    )
