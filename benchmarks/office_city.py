"""A city's database as it stands after years: cases of several agencies, most of them of one, and a fleet of kiosks.

Rows are written past the server, because by its own door a million cases would take half a day; each is what the server writes
(sealed content and headline, keyed terms), made from some hundred people so that it is made quickly. That makes names, texts
and NIKs more frequent than in a city, which is harder for the search, not easier.
"""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any, Final

from sqlalchemy import Table, select, text

from protocol import tracking
from protocol.messages import Content, Identity
from protocol.packs import ServiceDescription
from server.cases.finding import headlines
from server.cases.finding.terms import terms_of
from server.deps import Deps
from server.storage import tables
from server.submissions.case_opening import first_step
from tests.server.case_kit import enrolled_kiosk

GIVEN: Final = [
    "Siti",
    "Budi",
    "Dewi",
    "Agus",
    "Sri",
    "Ahmad",
    "Nur",
    "Muhammad",
    "Rina",
    "Hadi",
    "Wati",
    "Joko",
    "Ayu",
    "Eko",
    "Lina",
    "Rudi",
    "Maya",
    "Dian",
    "Tono",
    "Yuni",
]
FAMILY: Final = [
    "Aminah",
    "Santoso",
    "Lestari",
    "Wijaya",
    "Wahyuni",
    "Fauzi",
    "Pratama",
    "Hidayat",
    "Kusuma",
    "Saputra",
    "Utami",
    "Halim",
    "Susanto",
]
PLACES: Final = [
    "Kenanga",
    "Melati",
    "Mawar",
    "Anggrek",
    "Diponegoro",
    "Sudirman",
    "Pahlawan",
    "Pemuda",
    "Kartini",
    "Gajahmada",
]
#: Of ten cases: of the first agency, and still open.
MAIN_SHARE: Final = 6
OPEN_SHARE: Final = 5
YEARS_DAYS: Final = 700
VOCABULARY: Final = 5_000
CHUNK: Final = 5_000
_CLOSED: Final = ("collected", "collected", "collected", "rejected", "cancelled")
_OPEN: Final = ("received", "received", "in_review", "in_review", "in_review", "question", "approved", "ready")


@dataclass(frozen=True)
class Person:
    name: str
    nik: str
    content: bytes
    headline: bytes
    terms: Mapping[str, tuple[int, ...]]
    nik_index: str


#: A row of ``cases``, and whose it is.
Row = tuple[dict[str, Any], Person]


@dataclass(frozen=True)
class OfficeCity:
    agency: str
    #: Some of the agency's cases, and all people whose cases there are.
    codes: tuple[str, ...]
    people: tuple[Person, ...]


def fill(deps: Deps, cases: int, kiosks: int, people: int = 600, *, of: str = "domisili") -> OfficeCity:
    """``of``: the service that most of them are of, and whose agency is the full one."""
    chance = random.Random(20261130)
    kiosk = enrolled_kiosk(deps, "Kios Bench").id
    with deps.engine.connect() as connection:
        found = deps.catalogue.newest(connection)
        pattern = connection.execute(select(tables.kiosks).where(tables.kiosks.c.id == kiosk)).one()._asdict()
        pack = deps.packs.newest(connection)
        officers = connection.execute(select(tables.officers.c.id, tables.officers.c.agency_id)).all()
    services = [one for one in found.values() if one.id in (of, "pengaduan", "usaha", "kelahiran")]
    agencies = {one.agency.id for one in services}
    main = next(one for one in services if one.id == of)
    known = tuple(_person(deps, chance, number, agencies) for number in range(people))
    holders: dict[str, list[str]] = {}
    for officer in officers:
        holders.setdefault(officer.agency_id or "", []).append(officer.id)
    now = datetime.now(UTC)
    _bulk(deps, tables.kiosks, (_kiosk(pattern, number, now) for number in range(kiosks)))
    codes: list[str] = []
    for batch in _chunks(_cases(cases, now, kiosk, pack, main, services, known, holders), CHUNK):
        _bulk(deps, tables.submissions, (_submission(case) for case, _ in batch))
        _bulk(deps, tables.cases, (case for case, _ in batch))
        _bulk(deps, tables.case_steps, (first_step(case) for case, _ in batch))
        _bulk(deps, tables.case_terms, (term for case, person in batch for term in _terms(case, person)))
        codes += [case["tracking_code"] for case, _ in batch if case["agency_id"] == main.agency.id][:20]
    with deps.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    return OfficeCity(main.agency.id, tuple(codes), known)


def _person(deps: Deps, chance: random.Random, number: int, agencies: Iterable[str]) -> Person:
    name = f"{chance.choice(GIVEN)} {chance.choice(GIVEN)} {chance.choice(FAMILY)}"
    nik = f"3578014107{number % 100:02}{number:04}"
    # One in five tells a story, as complaints do.
    story = " ".join(f"kata{chance.randrange(VOCABULARY)}" for _ in range(30)) if number % 5 == 0 else ""
    instance = (
        f'<data id="domisili" version="1"><pemohon><nik>{nik}</nik><nama>{name}</nama><telepon>08123{number:07}</telepon>'
        f"</pemohon><alamat><jalan>Jalan {chance.choice(PLACES)} {number}</jalan></alamat><keperluan>bank</keperluan>"
        f"<uraian>{story}</uraian></data>"
    )
    content = Content.model_construct(
        id="0190a000-0000-7000-8000-000000000000",
        kiosk_id="0190a000-0000-7000-8000-000000000000",
        kiosk_seq=1,
        tracking_code="K7M29QXF4TRC",
        service="domisili",
        form_id="domisili",
        form_version="1",
        pack_version=1,
        language="id",
        made_at=datetime.now(UTC),
        identity=Identity(nik=nik, how="typed"),
        instance=instance,
    )
    terms = terms_of(content)
    return Person(
        name,
        nik,
        deps.vault.close(content.model_dump_json().encode()),
        headlines.sealed(headlines.headline_of(content), deps.vault),
        {agency: tuple({deps.vault.term(agency, kind, term) for kind, term in terms}) for agency in agencies},
        deps.vault.nik_index(nik),
    )


def _cases(
    total: int,
    now: datetime,
    kiosk: str,
    pack: int,
    main: ServiceDescription,
    services: Sequence[ServiceDescription],
    people: Sequence[Person],
    holders: Mapping[str, Sequence[str]],
) -> Iterator[Row]:
    chance = random.Random(7)
    for number in range(total):
        opened = now - timedelta(days=YEARS_DAYS * (total - number) / total)
        service = main if chance.randrange(10) < MAIN_SHARE else chance.choice(services)
        person, agency = chance.choice(people), service.agency.id
        still = chance.randrange(10) < OPEN_SHARE
        state = chance.choice(_OPEN if still else _CLOSED)
        case = {
            "tracking_code": _code(number),
            "kiosk_id": kiosk,
            "submission_id": f"{number:08x}-0000-7000-8000-000000000000",
            "service_id": service.id,
            "agency_id": agency,
            "pack_version": pack,
            "form_id": service.form_id,
            "form_version": service.form_version,
            "language": "id",
            "state": state,
            "stage": chance.choice(service.stages).id,
            "officer_id": None if state == "received" else chance.choice(holders[agency]),
            "opened_at": opened,
            "made_at": opened,
            "updated_at": opened,
            "due_at": now + timedelta(days=chance.randrange(-200, 200)),
            "stage_due_at": now + timedelta(days=chance.randrange(-200, 200)),
            "escalated_at": now if chance.randrange(4) == 0 else None,
            "closed_at": None if still else opened + timedelta(days=3),
            "complete": True,
            "note": "",
            "violations": [],
            "content": person.content,
            "headline": person.headline,
            "nik_index": person.nik_index,
            "privacy": "",
            "contest": "",
            "fee_rupiah": 0,
            "steps": 1,
        }
        yield case, person


def _submission(case: Mapping[str, Any]) -> dict[str, Any]:
    same = ("kiosk_id", "tracking_code", "service_id", "form_version", "pack_version")
    return {
        **{name: case[name] for name in same},
        "id": case["submission_id"],
        "kind": "SUBMISSION",
        "kiosk_seq": 0,
        "key_id": "bench",
        "sha256": "0" * 64,
        "sealed": b"",
        "received_at": case["opened_at"],
        "device_time": case["opened_at"],
        "boot_id": "bench",
        "complete": True,
    }


def _terms(case: Mapping[str, Any], person: Person) -> Iterator[dict[str, Any]]:
    for term in person.terms[case["agency_id"]]:
        yield {"term": term, "opened_at": case["opened_at"], "tracking_code": case["tracking_code"]}


def _kiosk(pattern: Mapping[str, Any], number: int, now: datetime) -> dict[str, Any]:
    return {
        **pattern,
        "id": f"{number:08x}-1111-7000-8000-000000000000",
        "number": 1_000 + number,
        "kiosk_part": tracking.kiosk_part(100_000 + number),
        "name": f"Kios {number}",
        "last_heartbeat_at": now,
        "in_service": True,
    }


def _code(number: int) -> str:
    """Codes are in the order of their numbers."""
    payload = f"{tracking.kiosk_part(number >> 20)}000{tracking.kiosk_part(number & 0xFFFFF)}"
    return payload + tracking.check_character(payload)


def _chunks(of: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while batch := list(islice(of, size)):
        yield batch


def _bulk(deps: Deps, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """As fast as the database takes them: COPY on PostgreSQL."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    if deps.engine.dialect.name != "postgresql":
        with deps.engine.begin() as connection:
            connection.execute(table.insert(), [first, *rows])
        return
    names = ", ".join(f'"{name}"' for name in first)
    raw = deps.engine.raw_connection()
    try:
        cursor: Any = raw.cursor()
        with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in chain([first], rows):
                copy.write_row([_plain(row[name]) for name in first])
        raw.commit()
    finally:
        raw.close()


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value
