"""A kiosk to rehearse with: the real core, with a clock that is turned by hand, devices whose state is set, and a line
that answers what it is told to. For the gallery, the measurements and the tests of the screens; a trial and a kiosk
in the street run on the devices of ``devices`` and the line of ``sync``.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from nacl.public import PrivateKey, SealedBox
from PIL import Image, ImageDraw

from kiosk.cases import Case, CaseProblem, CaseProblemKind
from kiosk.catalogue import Catalogue
from kiosk.events import Bus
from kiosk.identity import KioskIdentity
from kiosk.kiosk import Kiosk, Ports
from kiosk.line_state import LineCondition, LineState
from kiosk.ports import PrintOutcome
from kiosk.store import Store
from screens.texts import Catalogues

BEGIN: Final = datetime(2026, 11, 24, 2, 5, tzinfo=UTC)
CODE_LENGTH: Final = 12
BADGE: Final = "EKB1.petugas-1.rehearsal"
STAFF_ID: Final = "petugas-1"
IDENTITY: Final = KioskIdentity(
    kiosk_id="0190f3a0-0000-7000-8000-000000000001",
    name="Balai Kota 1",
    city="Kota Surabaya",
    time_zone="Asia/Jakarta",
    software="0.1.0",
    boot_id="rehearsal",
)


class HandClock:
    """Both clocks of ``kiosk.ports.Clock``, turned by hand."""

    def __init__(self, now: datetime = BEGIN) -> None:
        self._now = now
        self._seconds = 1_000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._seconds

    def advance(self, seconds: float) -> None:
        self._seconds += seconds
        self._now += timedelta(seconds=seconds)


class RoomyDisk:
    def __init__(self) -> None:
        self.bytes_free = 50_000_000_000

    def free(self) -> int:
        return self.bytes_free


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


class Badges:
    def read(self, token: str, now: datetime) -> str | None:
        return STAFF_ID if token == BADGE and now.year < 2100 else None


@dataclass(frozen=True)
class State:
    component: str
    availability: str = "READY"
    conditions: frozenset[str] = frozenset()
    supplies: Mapping[str, float] = field(default_factory=dict)
    since: datetime = BEGIN
    detail: str = ""


@dataclass(frozen=True)
class Printed:
    job_id: str
    outcome: str
    conditions: frozenset[str] = frozenset()
    paper_mm: float | None = None


@dataclass(frozen=True)
class Scan:
    kind: str
    text: str
    nik: str | None = None
    url: str | None = None
    code: str | None = None
    symbology: str = "QRCODE"
    at: datetime = BEGIN


@dataclass(frozen=True)
class Frame:
    rgba: bytes
    width: int
    height: int
    sequence: int


@dataclass(frozen=True)
class Photo:
    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Problem:
    kind: str
    photo: Photo | None = None


class Device:
    """A device whose state is set."""

    def __init__(self, component: str) -> None:
        self.component = component
        self._state = State(component)
        self._subscribers: list[Callable[[Any], None]] = []

    def state(self) -> State:
        return self._state

    def subscribe(self, callback: Callable[[Any], None]) -> Callable[[], None]:
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            self._subscribers.remove(callback)

        return unsubscribe

    def preflight(self) -> tuple[str, ...]:
        return ()

    def self_test(self, done: Callable[[bool, str], None]) -> None:
        done(self._state.availability == "READY", "")

    def become(self, availability: str = "READY", *conditions: str, **supplies: float) -> None:
        self._state = State(self.component, availability, frozenset(conditions), supplies)
        for subscriber in tuple(self._subscribers):
            subscriber(self._state)


class Slip:
    """Keeps the lines that were laid out."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def title(self, text: str) -> None:
        self.lines.append(text)

    def text(self, text: str, **_style: object) -> None:
        self.lines.append(text)

    def row(self, label: str, value: str) -> None:
        self.lines.append(f"{label}: {value}")

    def rule(self) -> None:
        self.lines.append("")

    def space(self, lines: int = 1) -> None:
        self.lines += [""] * lines

    def qr(self, data: str, caption: str = "") -> None:
        self.lines += [data, caption]


class Printer(Device):
    """``outcome`` is what each job ends with; None: jobs stay on their way until ``finish``."""

    def __init__(self) -> None:
        super().__init__("printer")
        self.outcome: PrintOutcome | None = PrintOutcome.PRINTED
        self.slips: list[tuple[Slip, bool]] = []
        self._open: list[tuple[str, Callable[[Any], None]]] = []

    def new_slip(self) -> Slip:
        return Slip()

    def print(self, slip: Slip, *, job_id: str, copy: bool = False, done: Callable[[Any], None]) -> None:
        self.slips.append((slip, copy))
        self._open.append((job_id, done))
        if self.outcome is not None:
            self.finish(self.outcome)

    def finish(self, outcome: PrintOutcome) -> None:
        while self._open:
            job_id, done = self._open.pop(0)
            done(Printed(job_id, outcome, self.state().conditions))

    def roll_changed(self, length_mm: float) -> None:
        self.become("READY", paper_mm=length_mm)


class Scanner(Device):
    def __init__(self) -> None:
        super().__init__("scanner")
        self._listeners: list[Callable[[Any], None]] = []
        self.active = False

    def on_scan(self, callback: Callable[[Any], None]) -> Callable[[], None]:
        self._listeners.append(callback)

        def unsubscribe() -> None:
            self._listeners.remove(callback)

        return unsubscribe

    def activate(self) -> None:
        self.active = True

    def deactivate(self) -> None:
        self.active = False

    def scan(self, scan: Scan) -> None:
        for listener in tuple(self._listeners):
            listener(scan)


class Camera(Device):
    """Sees a sheet of paper on a table. ``problem``: what is wrong with the next photo."""

    WIDTH: Final = 960
    HEIGHT: Final = 720

    def __init__(self) -> None:
        super().__init__("camera")
        self.problem = ""
        self.running = False

    @cached_property
    def _picture(self) -> Image.Image:
        picture = Image.new("RGBA", (self.WIDTH, self.HEIGHT), (96, 84, 70, 255))
        pen = ImageDraw.Draw(picture)
        pen.polygon([(190, 90), (760, 70), (800, 650), (170, 660)], fill=(244, 241, 232, 255))
        pen.rectangle((250, 140, 520, 172), fill=(40, 60, 80, 255))
        for row in range(13):
            pen.rectangle((250, 220 + row * 30, 700 - (row % 4) * 60, 228 + row * 30), fill=(120, 124, 130, 255))
        pen.rectangle((600, 520, 700, 620), outline=(40, 40, 40, 255), width=6)
        return picture

    def latest(self) -> Frame | None:
        return Frame(self._picture.tobytes(), self.WIDTH, self.HEIGHT, 1) if self.running else None

    def start_preview(self) -> None:
        self.running = True

    def stop_preview(self) -> None:
        self.running = False

    def capture(self) -> Photo | Problem:
        buffer = BytesIO()
        self._picture.convert("RGB").save(buffer, "JPEG", quality=85)
        photo = Photo(buffer.getvalue(), self.WIDTH, self.HEIGHT)
        return Problem(self.problem, photo) if self.problem else photo


class Line:
    """Online until it is cut; knows the cases it is given."""

    def __init__(self) -> None:
        self.condition = LineCondition.ONLINE
        self.cases: dict[str, Case] = {}

    def state(self) -> LineState:
        return LineState(self.condition, BEGIN)

    def kick(self) -> None:
        """Nothing is sent."""

    def ask_case(self, code: str, done: Callable[[Case | CaseProblem], None]) -> None:
        done(self.cases.get(code) or CaseProblem(CaseProblemKind.UNKNOWN_CODE))

    def retry_now(self) -> None:
        """Nothing waits."""


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
    line: Line
    store: Store

    def close(self) -> None:
        self.kiosk.stop()
        self.store.close()


def rehearse(folder: Path, catalogues: Catalogues, catalogue: Catalogue) -> Rehearsal:
    """A kiosk that keeps its data in ``folder`` and offers the services of ``catalogue``."""
    clock, disk, line = HandClock(), RoomyDisk(), Line()
    printer, scanner, camera = Printer(), Scanner(), Camera()
    store, bus = Store.open(folder, clock.now()), Bus()
    ports = Ports(
        clock=clock,
        disk=disk,
        texts=catalogues,
        sealer=Sealer(),
        codes=Codes(),
        badges=Badges(),
        printer=printer,
        scanner=scanner,
        camera=camera,
    )
    kiosk = Kiosk(IDENTITY, ports, store, bus)
    kiosk.start()
    kiosk.connect(line)
    kiosk.install(catalogue)
    return Rehearsal(kiosk, catalogues, clock, disk, printer, scanner, camera, line, store)
