"""What the kiosk's core needs from outside: time, disk, devices, sealing, codes, the line, texts.

Everything here is structural: ``devices`` and ``sync`` know nothing of these classes, their objects simply fit. The words
that both sides use (states, outcomes, hints) stand in ``protocol`` and are handed on from here.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeGuard, runtime_checkable

from kiosk.cases.case import Case, CaseProblem
from kiosk.drafts.draft_words import DraftKept, DraftOpened, DraftProblem
from kiosk.field.power import Power as Power
from kiosk.machine.line_state import LineFacts, LineSpeed, LineState
from protocol.badges import BadgeFault as BadgeFault
from protocol.components import CAMERA, PRINTER, SCANNER, SPEAKER
from protocol.components import Availability as Availability
from protocol.components import ComponentState as ComponentState
from protocol.components import Condition as Condition
from protocol.line.releases import ProgramState as ProgramState
from protocol.peripherals import CaptureFault as CaptureFault
from protocol.peripherals import CaptureKind as CaptureKind
from protocol.peripherals import Hint as Hint
from protocol.peripherals import PrintOutcome as PrintOutcome
from protocol.peripherals import ScanKind as ScanKind
from protocol.peripherals import StickOutcome as StickOutcome

Unsubscribe = Callable[[], None]

# --- time, disk, chance, texts -------------------------------------------------------------------------------------


class Clock(Protocol):
    def now(self) -> datetime:
        """Time of day, aware. May be wrong and may jump; never used for order or for time-outs."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        ...


class Disk(Protocol):
    def free(self) -> int:
        """Bytes that can still be written where the kiosk keeps its data."""
        ...


class Texts(Protocol):
    def __call__(self, key: str, language: str, /, **values: object) -> str:
        """The text under ``key`` in ``language`` (id, jv, mad, en), placeholders filled; falls back to ``id``."""
        ...


class Failpoint(Protocol):
    def __call__(self, name: str, /) -> None:
        """Called at named steps where a power cut must do no harm; does nothing in service."""
        ...


# --- devices -------------------------------------------------------------------------------------------------------


class Device(Protocol):
    @property
    def component(self) -> str: ...
    def state(self) -> ComponentState: ...
    def subscribe(self, callback: Callable[[ComponentState], None]) -> Unsubscribe:
        """Called from the device's thread with every new state."""
        ...

    def preflight(self) -> tuple[str, ...]: ...
    def self_test(self, done: Callable[[bool, str], None]) -> None: ...


class SlipBuilder(Protocol):
    def title(self, text: str) -> object: ...
    def text(self, text: str, *, bold: bool = False, size: int = 1, align: str = "left") -> object: ...
    def row(self, label: str, value: str) -> object: ...
    def rule(self) -> object: ...
    def space(self, lines: int = 1) -> object: ...
    def qr(self, data: str, caption: str = "") -> object: ...
    def signs(self, characters: str, *, linked: bool = False) -> object:
        """Characters of the font of pictograms in a row; ``linked``: as steps of a way."""
        ...


class PrintResult(Protocol):
    @property
    def job_id(self) -> str: ...
    @property
    def outcome(self) -> PrintOutcome: ...
    @property
    def conditions(self) -> frozenset[Condition]: ...
    @property
    def paper_mm(self) -> float | None:
        """Paper that it took at most; 0: certainly nothing came out; None: not known."""
        ...


class Printer(Device, Protocol):
    def new_slip(self) -> Any:
        """A fresh SlipBuilder of this printer."""
        ...

    def print(self, slip: Any, *, job_id: str, copy: bool = False, done: Callable[[PrintResult], None]) -> None:
        """Queue the slip; ``done`` comes once, from the printer's thread."""
        ...

    def know_roll(self, *, full_mm: float, low_mm: float, left_mm: float | None = None) -> None:
        """What the kiosk knows of its paper: a full roll's length, from where it counts as low, and what was left of it
        when it was last seen (None: as the printer counted)."""
        ...

    def roll_changed(self, length_mm: float) -> None:
        """A roll of this length was put in."""
        ...


class Scan(Protocol):
    @property
    def symbology(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> ScanKind: ...
    @property
    def nik(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def code(self) -> str | None: ...
    @property
    def at(self) -> datetime: ...


class Scanner(Device, Protocol):
    def on_scan(self, callback: Callable[[Scan], None]) -> Unsubscribe: ...
    def activate(self) -> None:
        """Look for codes from now on; what lies before it already counts anew."""
        ...


class Frame(Protocol):
    """The newest picture of the camera, RGBA, top row first."""

    @property
    def rgba(self) -> bytes | memoryview: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def sequence(self) -> int: ...


class Photo(Protocol):
    @property
    def jpeg(self) -> bytes: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


@runtime_checkable
class CaptureProblem(Protocol):
    @property
    def kind(self) -> CaptureFault: ...
    @property
    def photo(self) -> Any:
        """The Photo when one was taken all the same, else None."""
        ...


class Sight(Protocol):
    """What the camera has in sight at one moment."""

    @property
    def corners(self) -> tuple[tuple[float, float], ...] | None:
        """Of the sheet, or of what a portrait would show: four (x, y) from 0 to 1 of the picture, from its top left,
        clockwise; None when there is none."""
        ...

    @property
    def hint(self) -> Hint: ...
    @property
    def sequence(self) -> int:
        """The frame's."""
        ...


class Camera(Device, Protocol):
    def latest(self) -> Frame | None: ...
    def start_preview(self) -> None: ...
    def stop_preview(self) -> None: ...
    def sight(self, kind: CaptureKind = CaptureKind.DOCUMENT) -> Sight:
        """What the newest picture shows, and a hint; takes up to 50 ms of computing: not on a thread that draws."""
        ...

    def capture(self, kind: CaptureKind = CaptureKind.DOCUMENT) -> Photo | CaptureProblem:
        """Photograph what ``kind`` says; takes longer than ``sight``."""
        ...


def is_problem(result: Photo | CaptureProblem) -> TypeGuard[CaptureProblem]:
    """Whether ``Camera.capture`` gave a problem rather than a photo."""
    return not hasattr(result, "jpeg")


class Speaker(Device, Protocol):
    """The voice of the kiosk."""

    @property
    def speaking(self) -> bool: ...
    def say(self, text: str, *, language: str, rate: int, volume: float, after: bool = False) -> None:
        """Speak in a kiosk's language (id, jv, mad, en), ``rate`` in words a minute, ``volume`` from 0 to 1; cuts
        off what is being said, or waits until ``after`` it. Never blocks."""

    def play(self, sound: bytes, *, volume: float, after: bool = False) -> None:
        """Play a recorded sound file (WAV, MP3, Ogg Vorbis or FLAC), ``volume`` from 0 to 1, as ``say`` would speak."""
        ...

    def hush(self) -> None:
        """Silent, at once."""
        ...


class Headphones(Protocol):
    @property
    def plugged(self) -> bool: ...
    def on_plug(self, callback: Callable[[bool], None]) -> Unsubscribe:
        """Called with True when headphones were plugged in, False when pulled out, from another thread."""
        ...


class Stick(Protocol):
    """A USB stick that field staff put in."""

    def save(self, name: str, pieces: Iterable[bytes]) -> StickOutcome:
        """SAVED: the whole file is on it, durably; else nothing of that name. Takes as long as the stick does."""
        ...


# --- what the city gives -------------------------------------------------------------------------------------------


class Sealer(Protocol):
    """Seals to the city's public key; nothing of a citizen touches the disk in any other way."""

    @property
    def key_id(self) -> str: ...
    def seal(self, plain: bytes) -> bytes: ...
    def digest(self, sealed: bytes) -> str:
        """SHA-256 in lower-case hex."""
        ...


class TrackingCodes(Protocol):
    def mint(self) -> str:
        """A new random code of this kiosk, twelve characters; the caller makes sure that it is new."""
        ...

    def parse(self, text: str) -> str | None:
        """The code somebody typed or scanned, as twelve characters, or None when it cannot be one."""
        ...

    def display(self, code: str) -> str:
        """With hyphens, for people."""
        ...

    def address(self, code: str) -> str:
        """Of the public tracking page; what the slip's QR holds."""
        ...


class BadgeReader(Protocol):
    def read(self, token: str, now: datetime) -> str | BadgeFault:
        """The staff id on a badge of this city that is signed and not expired, else what is wrong with it. Needs no line."""
        ...


# --- the line ------------------------------------------------------------------------------------------------------


class OutboxFile(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def items(self) -> int:
        """How many went into it; complete once ``pieces`` has ended."""
        ...

    def pieces(self) -> Iterator[bytes]:
        """Its content in order. Raises StorageFailed."""
        ...


class Line(Protocol):
    def state(self) -> LineState: ...
    def kick(self) -> None:
        """There is something new in the outbox; never blocks."""

    def ask_case(self, code: str, done: Callable[[Case | CaseProblem], None]) -> None:
        """Ask the server for a case's state; ``done`` comes once, from another thread, within a few seconds."""
        ...

    def keep_draft(self, plain: bytes, birth_date: date, done: Callable[[DraftKept | DraftProblem], None]) -> None:
        """Seal a draft under a new code and the birth date, and leave it at the server; ``done`` comes once, from
        another thread, within some seconds."""
        ...

    def open_draft(self, code: str, birth_date: date, done: Callable[[DraftOpened | DraftProblem], None]) -> None:
        """Fetch and open a draft, which stays at the server; ``done`` as above."""
        ...

    def erase_draft(self, code: str, birth_date: date) -> None:
        """What the draft held is safe somewhere else: the server may erase it. Lost when the line is cut. Never blocks."""
        ...

    def outbox_file(self) -> "OutboxFile":
        """All that the server has not acknowledged, as a file that only the city can read. Any thread."""
        ...

    def retry_now(self) -> None:
        """Try again at once rather than when the pause is over (field staff asked)."""

    def facts(self) -> LineFacts: ...

    #: None: the program is not updated by the line. Any thread.
    def program(self) -> ProgramState | None: ...

    def measure(self, done: Callable[[LineSpeed], None]) -> None:
        """How fast the server is reached; ``done`` comes once, from another thread, within half a minute."""
        ...

    def take_newest_pack(self) -> None:
        """Look for a newer pack now, and forget that field staff went back from one. Never blocks."""
        ...

    def go_back_to_pack_before(self) -> None:
        """Put the pack before the one in force into force, until a newer one comes. Never blocks; CatalogueChanged tells."""
        ...


# --- all together --------------------------------------------------------------------------------------------------


def no_failpoint(_name: str) -> None:
    """The failpoint of a kiosk in service: nothing happens."""


class ClipPlay(Protocol):
    """One run of one clip; ``frame`` is its newest picture, as a camera's."""

    @property
    def ended(self) -> bool: ...
    @property
    def failed(self) -> bool:
        """It ended and showed nothing."""
        ...

    def frame(self) -> Any: ...
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """What ``main.py`` plugs in. A device that is not there is None."""

    clock: Clock
    disk: Disk
    texts: Texts
    sealer: Sealer
    codes: TrackingCodes
    badges: BadgeReader
    printer: Printer | None = None
    scanner: Scanner | None = None
    camera: Camera | None = None
    speaker: Speaker | None = None
    headphones: Headphones | None = None
    #: None: this machine is turned off by its switch.
    power: Power | None = None
    #: Signs as this kiosk what the office shall know to be its own; gives the 64 bytes of Ed25519.
    sign: Callable[[bytes], bytes] | None = None
    stick: Stick | None = None
    #: Begins to play a clip.
    play_clip: Callable[[bytes], ClipPlay] | None = None
    failpoint: Failpoint = no_failpoint

    def devices(self) -> dict[str, Device]:
        """Those that are there, by the name of their component."""
        devices: dict[str, Device | None] = {
            PRINTER: self.printer,
            SCANNER: self.scanner,
            CAMERA: self.camera,
            SPEAKER: self.speaker,
        }
        return {name: device for name, device in devices.items() if device is not None}
