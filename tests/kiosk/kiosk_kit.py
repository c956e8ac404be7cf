"""What the tests of the kiosk and of its line stand on: a clock to turn, a disk to fill, a pack, a city, a kiosk."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from kiosk.catalogue.catalogue import Catalogue
from kiosk.events import Bus, Event
from kiosk.kiosk import Kiosk
from kiosk.ports import BadgeReader, Disk, Failpoint, Ports, Sealer, TrackingCodes, no_failpoint
from kiosk.session.citizen import HowIdentified
from kiosk.session.identity import KioskIdentity
from kiosk.session.outcomes import Saved
from kiosk.store import Store
from protocol import sealing
from protocol.packs import Manifest, ServiceDescription, build, unpack
from rehearsal.devices import Camera, HandClock, Printer, RoomyDisk, Scanner
from rehearsal.devices import Slip as PaperSlip
from sync.city import CityBadges, CitySealer, KioskCodes

BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NIK = "3578014107900001"
NAME = "Siti Canary Wulandari"
PHOTO = b"\xff\xd8\xff\xe0CANARY-PHOTO" + bytes(range(256)) * 8


class TurnedClock(HandClock):
    """At the time that these tests begin with."""

    def __init__(self, now: datetime = BEGIN) -> None:
        super().__init__(now)


class SimplePrinter(Printer):
    """Its jobs are the slips it was given, each with whether it is a copy."""

    @property
    def jobs(self) -> list[tuple[PaperSlip, bool]]:
        return self.slips


def key_texts(key: str, language: str, /, **values: object) -> str:
    """Every text is its key, language and values: enough to see which one was asked for."""
    reported = ",".join(f"{name}={value}" for name, value in values.items())
    return f"{key}|{language}" + (f"|{reported}" if reported else "")


@dataclass(frozen=True)
class City:
    """A city's keys."""

    name: str = "Kota Contoh"
    sealing: PrivateKey = field(default_factory=lambda: PrivateKey(hashlib.sha256(b"sealing").digest()))
    badge: SigningKey = field(default_factory=lambda: SigningKey(hashlib.sha256(b"badge").digest()))
    tracking_base: str = "https://lacak.contoh.example"

    @property
    def sealing_public(self) -> bytes:
        return bytes(self.sealing.public_key)

    def unseal(self, sealed: bytes) -> bytes:
        return sealing.unseal(sealed, bytes(self.sealing))


CITY = City()

FORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
<h:head><h:title>Surat</h:title><model>
<itext><translation lang="Bahasa Indonesia (id)" default="true()">
<text id="name"><value>Nama</value></text></translation>
<translation lang="English (en)"><text id="name"><value>Name</value></text></translation></itext>
<instance><data id="letter" version="3"><nik/><name/><birth_date/><sex/><photo/><other/><why/>
<meta><instanceID/></meta></data></instance>
<bind nodeset="/data/nik" type="string" required="true()"/>
<bind nodeset="/data/name" type="string" required="true()"/>
<bind nodeset="/data/birth_date" type="date"/>
<bind nodeset="/data/sex" type="string"/>
<bind nodeset="/data/photo" type="binary"/>
<bind nodeset="/data/other" type="string"/>
<bind nodeset="/data/why" type="string" relevant="/data/other = 'yes'" required="true()"/>
<bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/>
</model></h:head><h:body>
<input ref="/data/nik"><label>NIK</label></input>
<input ref="/data/name"><label ref="jr:itext('name')"/></input>
<input ref="/data/birth_date"><label>Lahir</label></input>
<input ref="/data/sex"><label>Sex</label></input>
<upload ref="/data/photo" mediatype="image/*"><label>Foto</label></upload>
<input ref="/data/other"><label>Lain</label></input>
<input ref="/data/why"><label>Mengapa</label></input>
</h:body></h:html>
"""


def service_document(service_id: str = "letter", **changes: Any) -> ServiceDescription:
    text = {"id": "teks"}
    document: dict[str, Any] = {
        "id": service_id,
        "agency": {"id": "civil", "name": {"id": "Dinas Kependudukan", "en": "Civil registry"}},
        "name": {"id": "Surat keterangan domisili", "en": "Domicile letter", "jv": "Serat domisili"},
        "summary": {"id": "Surat bahwa Anda tinggal di sini"},
        "icon": "letter",
        "life_events": ["moving"],
        "keywords": {"id": ["pindah", "tempat tinggal"], "en": ["residence"]},
        "standard": {
            "requirements": {"id": ["KTP"]},
            "procedure": {"id": ["Isi", "Kirim"]},
            "working_days": 1,
            "time": text,
            "fee_rupiah": 0,
            "fee": {"id": "Rp 0"},
            "product": text,
            "complaints": text,
        },
        "stages": [{"id": "check", "name": text, "working_days": 1}],
        "slip": {"title": {"id": "BUKTI"}, "next_step": {"id": "Tunggu kabar", "en": "Wait for news"}},
        "identification": "nik",
        "nik_question": "nik",
        "consent": True,
        "needs": [],
        "form_id": "letter",
        "form_version": "3",
    }
    return ServiceDescription.model_validate(document | changes)


def pack_bytes(
    version: int = 1, city: str = CITY.name, services: tuple[ServiceDescription, ...] | None = None, form: str = FORM
) -> bytes:
    documents = services if services is not None else (service_document(),)
    manifest = Manifest(
        version=version,
        city=city,
        made_at=BEGIN,
        services=tuple(document.id for document in documents),
        life_events={"moving": {"id": "Pindah"}, "birth": {"id": "Kelahiran"}},
        consent_version="2",
        consent={"id": "Saya setuju"},
    )
    return build(
        manifest,
        {document.id: document for document in documents},
        {f"services/{document.id}/form.xml": form.encode() for document in documents},
    )


def catalogue(version: int = 1, **changes: Any) -> Catalogue:
    return Catalogue.read(unpack(pack_bytes(version, **changes))[1])


@dataclass
class Bench:
    """A kiosk with all that is around it."""

    kiosk: Kiosk
    clock: TurnedClock
    disk: RoomyDisk
    printer: SimplePrinter
    scanner: Scanner
    camera: Camera
    store: Store
    bus: Bus
    folder: Path
    events: list[Event]

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def close(self) -> None:
        self.kiosk.stop()
        self.store.close()


IDENTITY = KioskIdentity(
    kiosk_id="0190f3a0-0000-7000-8000-000000000001",
    name="Kiosk Balai Kota",
    city=CITY.name,
    time_zone="Asia/Jakarta",
    software="0.1.0",
    boot_id="boot-1",
)


def bench(
    folder: Path,
    *,
    clock: Any = None,
    identity: KioskIdentity = IDENTITY,
    failpoint: Failpoint = no_failpoint,
    sealer: Sealer | None = None,
    codes: TrackingCodes | None = None,
    badges: BadgeReader | None = None,
    pack: Catalogue | None = None,
    printer: SimplePrinter | None = None,
    disk: Disk | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> Bench:
    """``disk`` None: one of a set size. ``pack`` None: the one above. ``printer`` None: one of its own. ``sealer``, ``codes`` and ``badges`` None: those of CITY."""
    clock = clock or TurnedClock()
    store, bus, roomy = Store.open(folder, BEGIN), Bus(), RoomyDisk()
    printer, scanner, camera = printer or SimplePrinter(), Scanner(), Camera()
    ports = Ports(
        clock=clock,
        disk=disk or roomy,
        texts=key_texts,
        sealer=sealer or CitySealer(sealing.key_id(CITY.sealing_public), CITY.sealing_public),
        codes=codes or KioskCodes("K7M2", CITY.tracking_base),
        badges=badges or CityBadges(bytes(CITY.badge.verify_key)),
        printer=printer,
        scanner=scanner,
        camera=camera,
        sign=sign,
        failpoint=failpoint,
    )
    kiosk = Kiosk(identity, ports, store, bus)
    events: list[Event] = []
    bus.subscribe(events.append)
    kiosk.start()
    kiosk.install(pack if pack is not None else catalogue())
    return Bench(kiosk, clock, roomy, printer, scanner, camera, store, bus, folder, events)


def fill(kiosk: Kiosk, *, photo: bytes | None = PHOTO) -> None:
    """A citizen's way from START to where "send" can be touched."""
    session = kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    session.answer("/data/name", NAME)
    if photo is not None:
        session.attach("/data/photo", photo)
    for _ in range(len(session.pages())):
        session.next_page()
    session.finish_review()
    session.agree()


def sent(made: Bench) -> Saved:
    """A submission that was filled in and sent."""
    fill(made.kiosk)
    result = made.kiosk.send()
    assert isinstance(result, Saved)
    return result
