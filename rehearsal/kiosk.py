"""A kiosk to rehearse with: the real core, with a clock that is turned by hand, devices whose state is set, and a line
that answers what it is told to. For the gallery, the measurements and the tests of the screens; a trial and a kiosk
in the street run on the devices of ``devices`` and the line of ``sync``.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from nacl import pwhash
from nacl.public import PrivateKey, SealedBox
from nacl.signing import SigningKey
from sqlalchemy import delete

from devices.clips.player import ClipPlayer
from devices.stick import SimulatedStick, Stick
from kiosk.cases.case import Case, CaseProblem, CaseProblemKind
from kiosk.catalogue.catalogue import Catalogue
from kiosk.drafts.draft_words import DraftKept, DraftOpened, DraftProblem
from kiosk.events import Bus
from kiosk.field.orders import open_orders
from kiosk.kiosk import Kiosk
from kiosk.machine.line_state import LineCondition, LineFacts, LineSpeed, LineState
from kiosk.ports import Ports, PrintOutcome
from kiosk.session.identity import KioskIdentity
from kiosk.store import Store, schema
from kiosk.store.journal import StaffMember
from protocol import badges
from protocol.line.releases import ProgramState
from rehearsal.devices import BEGIN, Camera, HandClock, Power, Printer, RoomyDisk, Scanner, Speaker
from screens.language.texts import Catalogues
from sync.city import CityBadges, KioskSigner

CODE_LENGTH: Final = 12
STAFF_ID: Final = "petugas-1"
#: By which the rehearsed city signs badges.
BADGE_KEY: Final = SigningKey(hashlib.sha256(b"rehearsal").digest())
BADGE: Final = badges.issue(STAFF_ID, date(2100, 12, 31), bytes(BADGE_KEY))
PIN: Final = "482913"
#: By which the rehearsed kiosk signs.
KIOSK_KEY: Final = SigningKey(hashlib.sha256(b"a kiosk's rehearsal").digest())
IDENTITY: Final = KioskIdentity(
    kiosk_id="0190f3a0-0000-7000-8000-000000000001",
    name="Balai Kota 1",
    city="Kota Surabaya",
    time_zone="Asia/Jakarta",
    software="0.1.0",
    boot_id="rehearsal",
    fingerprint="8F0A 12C4 9B77 D03E 55A1 C6F2",
)


class Sealer:
    """Seals to a key pair that nobody keeps."""

    key_id = "rehearsal"

    def __init__(self) -> None:
        self._box = SealedBox(PrivateKey.generate().public_key)

    def seal(self, plain: bytes) -> bytes:
        return bytes(self._box.encrypt(plain))

    def digest(self, sealed: bytes) -> str:
        return hashlib.sha256(sealed).hexdigest()


class Codes:
    """Codes that count up; the check character of real ones is the protocol's business."""

    def __init__(self) -> None:
        self._count = 0

    def mint(self) -> str:
        self._count += 1
        return f"K7M29QXF{self._count:04d}"

    def parse(self, text: str) -> str | None:
        code = text.rpartition("/")[2].replace("-", "").upper()
        return code if len(code) == CODE_LENGTH else None

    def display(self, code: str) -> str:
        return "-".join(code[start : start + 4] for start in range(0, len(code), 4))

    def address(self, code: str) -> str:
        return f"https://lacak.surabaya.example/t/{code}"


class OutboxFile:
    """What a stick gets to carry here: only its size matters."""

    name = "ekios-K7M2-20261124-090000.ekios"
    items = 3

    def pieces(self) -> Iterator[bytes]:
        return iter([bytes(30_000)])


class Line:
    """Online until it is cut; knows the cases it is given. ``retries`` counts how often it was told to try at once."""

    def __init__(self) -> None:
        self.condition = LineCondition.ONLINE
        self.cases: dict[str, Case] = {}
        #: Drafts by code, each with the birth date that opens it.
        self.drafts: dict[str, tuple[date, bytes]] = {}
        self.retries = 0
        #: Which packs field staff asked for.
        self.packs_asked: list[str] = []
        #: The release that runs.
        self.release = ProgramState(number=0)

    def state(self) -> LineState:
        return LineState(self.condition, BEGIN)

    def kick(self) -> None:
        """Nothing is sent."""

    def ask_case(self, code: str, done: Callable[[Case | CaseProblem], None]) -> None:
        if self.condition is not LineCondition.ONLINE:
            done(CaseProblem(CaseProblemKind.NO_LINE))
            return
        case = self.cases.get(code)
        done(replace(case, code=code) if case is not None else CaseProblem(CaseProblemKind.UNKNOWN_CODE))

    def keep_draft(self, plain: bytes, birth_date: date, done: Callable[[DraftKept | DraftProblem], None]) -> None:
        if self.condition is not LineCondition.ONLINE:
            done(DraftProblem.NO_LINE)
            return
        code = f"DRAF9QXF{len(self.drafts) + 1:04d}"
        self.drafts[code] = (birth_date, plain)
        done(DraftKept(code, BEGIN + timedelta(days=14)))

    def open_draft(self, code: str, birth_date: date, done: Callable[[DraftOpened | DraftProblem], None]) -> None:
        born, plain = self.drafts.get(code, (birth_date, b""))
        if self.condition is not LineCondition.ONLINE:
            done(DraftProblem.NO_LINE)
        elif code not in self.drafts:
            done(DraftProblem.UNKNOWN)
        else:
            done(DraftOpened(plain) if born == birth_date else DraftProblem.WRONG_DATE)

    def erase_draft(self, code: str, birth_date: date) -> None:  # noqa: ARG002 - the code is enough here
        if self.condition is LineCondition.ONLINE:
            self.drafts.pop(code, None)

    def outbox_file(self) -> OutboxFile:
        return OutboxFile()

    def retry_now(self) -> None:
        self.retries += 1

    def facts(self) -> LineFacts:
        return LineFacts("https://ekios.surabaya.example", "10.20.4.17", signal=0.8)

    def measure(self, done: Callable[[LineSpeed], None]) -> None:
        done(LineSpeed(0.042, 640_000.0) if self.condition is LineCondition.ONLINE else LineSpeed(None))

    def program(self) -> ProgramState | None:
        return self.release

    def take_newest_pack(self) -> None:
        self.packs_asked.append("newest")

    def go_back_to_pack_before(self) -> None:
        self.packs_asked.append("before")


@dataclass
class Rehearsal:
    """A started kiosk with all that is around it."""

    kiosk: Kiosk
    catalogues: Catalogues
    clock: HandClock
    disk: RoomyDisk
    printer: Printer
    scanner: Scanner
    camera: Camera
    speaker: Speaker
    line: Line
    power: Power
    store: Store
    stick: SimulatedStick

    def all_well(self) -> None:
        """Every device is ready, the line is up, there is room, no notice stands, and the kiosk is in service."""
        self.line.condition = LineCondition.ONLINE
        self.line.cases.clear()
        self.disk.bytes_free = RoomyDisk().bytes_free
        for device in (self.printer, self.scanner, self.camera, self.speaker):
            device.become()
        self.printer.outcome = PrintOutcome.PRINTED
        self.camera.problem = None
        self.camera.in_sight = None
        self.camera.kinds.clear()
        self.speaker.hush()
        self.power.works = True
        self.line.packs_asked.clear()
        if open_orders(self.kiosk.settings):
            self.kiosk.settings.store_new({})
            self.kiosk.settings.reload()
        self.speaker.played.clear()
        self.stick.pull_out()
        with self.store.transaction() as connection:
            connection.execute(delete(schema.notices))
        if not self.kiosk.in_service:
            self.kiosk.back_in_service()

    def close(self) -> None:
        self.kiosk.stop()
        self.store.close()


def rehearse(folder: Path, catalogues: Catalogues, catalogue: Catalogue) -> Rehearsal:
    """A kiosk that keeps its data in ``folder`` and offers the services of ``catalogue``."""
    clock, disk, line = HandClock(), RoomyDisk(), Line()
    printer, scanner, camera, speaker, power = Printer(), Scanner(), Camera(), Speaker(), Power()
    stick = SimulatedStick(folder / "usb-stick")
    store, bus = Store.open(folder, clock.now()), Bus()
    pin_hash = pwhash.argon2id.str(PIN.encode(), pwhash.argon2id.OPSLIMIT_MIN, pwhash.argon2id.MEMLIMIT_MIN).decode()
    store.roster.replace([StaffMember(STAFF_ID, "Budi Santoso", "staff", pin_hash)])
    ports = Ports(
        clock=clock,
        disk=disk,
        texts=catalogues,
        sealer=Sealer(),
        codes=Codes(),
        badges=CityBadges(bytes(BADGE_KEY.verify_key)),
        printer=printer,
        scanner=scanner,
        camera=camera,
        speaker=speaker,
        power=power,
        sign=KioskSigner(bytes(KIOSK_KEY)),
        stick=Stick(stick),
        play_clip=ClipPlayer,
    )
    kiosk = Kiosk(IDENTITY, ports, store, bus)
    kiosk.start()
    kiosk.connect(line)
    kiosk.install(catalogue)
    return Rehearsal(kiosk, catalogues, clock, disk, printer, scanner, camera, speaker, line, power, store, stick)
