"""What a fresh data folder begins with: a city's agencies and services from text, and people to try it with.

The format of the folder is described in docs/operate.md: ``city.toml``, and for each service ``service.toml``,
``form.md`` and the files it names.
"""

import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import Connection, func, insert, select

from protocol.packs import ServiceDescription
from server.catalogue import description_problems
from server.catalogue.form_conversion import convert_form
from server.catalogue.media import media_problem
from server.catalogue.originals import Original, keep
from server.catalogue.pack_content import PackContent, PackService
from server.catalogue.service_drafts import Severity
from server.deps import Deps
from server.foundation.actors import OPERATOR, SYSTEM, Role
from server.people.officers import OfficerOutcome
from server.people.passwords import Passwords
from server.storage import tables

#: Borders of the city's districts, for the map; a city without the file has none until it uploads one.
DISTRICTS: Final = "districts.geojson"
#: For trials only; shown at the sign-in page of a trial.
TRIAL_PASSWORD: Final = "coba-ekios-2026"
TRIAL_PIN: Final = "271828"
#: Of the account that a city begins with.
ADMINISTRATOR: Final = "admin"
_SOURCES: Final = ("service.toml", "form.md")

_log = structlog.get_logger("server.operator.seeding")


class SeedRefused(ValueError):
    """The folder is not a city; the message names the file and what is wrong with it."""


@dataclass(frozen=True)
class CitySource:
    name: str
    agencies: dict[str, dict[str, str]]
    content: PackContent
    #: The spreadsheets that the forms were made from, by service.
    sources: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class TrialAccount:
    user_name: str
    name: str
    role: Role
    agency_id: str | None


@dataclass(frozen=True)
class Seeded:
    pack: int
    accounts: tuple[TrialAccount, ...]
    #: Of the administrator of a city that is no trial: user name and password, to be handed out. None: there was one.
    administrator: tuple[str, str] | None = None


def city_name(folder: Path) -> str:
    """The city's name alone, without converting a form."""
    return str(_toml(folder / "city.toml")["name"])


def read_city(folder: Path) -> CitySource:
    """The whole folder, each form converted and loaded. Raises SeedRefused."""
    city = _toml(folder / "city.toml")
    agencies = {name: dict(texts) for name, texts in city["agencies"].items()}
    services = tuple(_read_service(folder / name, agencies) for name in city["services"])
    content = PackContent(
        services,
        life_events=city.get("life_events", {}),
        life_event_pictograms=city.get("life_event_pictograms", {}),
        consent=city.get("consent", {}),
        consent_version=str(city.get("consent_version", "1")),
    )
    sources = {
        one.description.id: (folder / name / "form.md").read_bytes()
        for name, one in zip(city["services"], services, strict=True)
    }
    return CitySource(city["name"], agencies, content, sources)


def seed(deps: Deps, folder: Path, *, trial: bool) -> Seeded | None:
    """Fills an empty server; None when it is not empty. ``trial`` adds accounts and a field worker; else there is an
    administrator afterwards, who lets all others in."""
    with deps.engine.connect() as connection:
        if connection.execute(select(func.count()).select_from(tables.packs)).scalar_one():
            return None
    city = read_city(folder)
    with deps.units.begin(SYSTEM) as work:
        connection = work.connection
        for position, (agency_id, name) in enumerate(city.agencies.items()):
            known = connection.execute(select(tables.agencies.c.id).where(tables.agencies.c.id == agency_id)).first()
            if known is None:
                connection.execute(insert(tables.agencies).values(id=agency_id, name=name, position=position))
    if (districts := folder / DISTRICTS).exists():
        deps.city_map.change(SYSTEM, districts.read_bytes())
    accounts = trial_accounts(city) if trial else ()
    if trial:
        encoded = Passwords().hash(TRIAL_PASSWORD)
        with deps.units.begin(SYSTEM) as work:
            for account in accounts:
                _add_officer(work.connection, account, encoded, work.now)
        deps.staff.add(SYSTEM, "petugas-1", "Budi Santoso", TRIAL_PIN)
        deps.staff.add(SYSTEM, "pengawas-1", "Sri Wahyuni", TRIAL_PIN, role="supervisor")
    # The pack comes last: a folder whose seeding was cut short is seeded again.
    published = deps.packs.publish(city.content, SYSTEM, note="seed")
    with deps.units.begin(SYSTEM) as work:
        for service in city.content.services:
            original = Original(f"{service.description.id}.md", "md", city.sources[service.description.id])
            keep(work, service, original, published.number)
    _log.info("seeding.done", services=len(city.content.services), pack=published.number)
    return Seeded(published.number, accounts, None if trial else _administrator(deps))


def _administrator(deps: Deps) -> tuple[str, str] | None:
    if deps.officers.administered():
        return None
    outcome, password = deps.officers.add(OPERATOR, ADMINISTRATOR, "Administrator", Role.ADMIN, None)
    return (ADMINISTRATOR, password) if outcome is OfficerOutcome.DONE else None


def trial_accounts(city: CitySource) -> tuple[TrialAccount, ...]:
    """One officer for each agency, a supervisor for the first, and one of every other role."""
    first = next(iter(city.agencies))
    officers = tuple(
        TrialAccount(agency_id, f"Petugas {name['id']}", Role.OFFICER, agency_id)
        for agency_id, name in city.agencies.items()
    )
    return (
        *officers,
        TrialAccount("penyelia", f"Penyelia {city.agencies[first]['id']}", Role.SUPERVISOR, first),
        TrialAccount("admin", "Admin Kota", Role.ADMIN, None),
        TrialAccount("lapangan", "Pengelola Petugas Lapangan", Role.STAFF_MANAGER, None),
        TrialAccount("pusat", "Pusat Komando", Role.COMMAND, None),
    )


def _read_service(folder: Path, agencies: dict[str, dict[str, str]]) -> PackService:
    members = _toml(folder / "service.toml")
    agency = members.get("agency")
    if agency not in agencies:
        raise SeedRefused(f"{folder.name}/service.toml: no agency is called {agency!r}")
    media = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name not in _SOURCES}
    faults = {file: problem for file, data in media.items() if (problem := media_problem(file, data)) is not None}
    refused = [problem.message for problem in faults.values() if problem.severity is Severity.ERROR]
    if refused:
        raise SeedRefused(f"{folder.name}: {'; '.join(refused)}")
    media = {file: data for file, data in media.items() if file not in faults}
    converted = convert_form((folder / "form.md").read_bytes(), "md", members.get("id", folder.name), media)
    problems = "; ".join(
        f"{one.sheet}:{one.row or ''} {one.message}" for one in converted.problems if one.severity is Severity.ERROR
    )
    if problems or converted.xml is None or converted.form is None:
        raise SeedRefused(f"{folder.name}/form.md: {problems}")
    description = ServiceDescription.model_validate(
        {
            **members,
            "agency": {"id": agency, "name": agencies[agency]},
            "form_id": converted.form.id,
            "form_version": converted.form.version,
        }
    )
    if unfit := description_problems.of_description(description, converted.form):
        said = "; ".join(f"{one.column}: {one.message}" for one in unfit)
        raise SeedRefused(f"{folder.name}/service.toml: {said}")
    return PackService(description, {"form.xml": converted.xml.encode(), **converted.resources})


def _add_officer(connection: Connection, account: TrialAccount, encoded: str, now: datetime) -> None:
    known = connection.execute(
        select(tables.officers.c.id).where(tables.officers.c.user_name == account.user_name)
    ).first()
    if known is not None:
        return
    connection.execute(
        insert(tables.officers).values(
            id=str(uuid.uuid4()),
            user_name=account.user_name,
            name=account.name[:200],
            password_hash=encoded,
            role=account.role.value,
            agency_id=account.agency_id,
            active=True,
            created_at=now,
        )
    )


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SeedRefused(f"{path.name}: {error}") from error
