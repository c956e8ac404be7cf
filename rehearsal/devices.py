"""What a rehearsed kiosk is connected to: a clock turned by hand, a disk of a set size, devices whose state is set.

They meet ``kiosk.ports`` and know nothing of Kivy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageDraw

from protocol.components import Availability, ComponentState, Condition
from protocol.peripherals import CaptureFault, CaptureKind, Hint, PrintOutcome, ScanKind

BEGIN: Final = datetime(2026, 11, 24, 2, 5, tzinfo=UTC)


class HandClock:
    """Both clocks of ``kiosk.ports.Clock``, turned by hand; the day can be set apart from the seconds."""

    def __init__(self, now: datetime = BEGIN) -> None:
        self.time_of_day = now
        self.seconds = 1_000.0

    def now(self) -> datetime:
        return self.time_of_day

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        self.time_of_day += timedelta(seconds=seconds)


class RoomyDisk:
    def __init__(self) -> None:
        self.bytes_free = 50_000_000_000

    def free(self) -> int:
        return self.bytes_free


@dataclass(frozen=True)
class Printed:
    job_id: str
    outcome: PrintOutcome
    conditions: frozenset[Condition] = frozenset()
    paper_mm: float | None = None


@dataclass(frozen=True)
class Scan:
    kind: ScanKind
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
class Sight:
    corners: tuple[tuple[float, float], ...] | None
    hint: Hint
    sequence: int = 1


@dataclass(frozen=True)
class Photo:
    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Problem:
    kind: CaptureFault
    photo: Photo | None = None


class Device:
    """A device whose state is set."""

    def __init__(self, component: str) -> None:
        self.component = component
        self._state = ComponentState(component, Availability.READY, BEGIN)
        self._subscribers: list[Callable[[Any], None]] = []

    def state(self) -> ComponentState:
        return self._state

    def subscribe(self, callback: Callable[[Any], None]) -> Callable[[], None]:
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            self._subscribers.remove(callback)

        return unsubscribe

    def preflight(self) -> tuple[str, ...]:
        return ()

    def self_test(self, done: Callable[[bool, str], None]) -> None:
        done(self._state.availability is Availability.READY, self._state.availability)

    def become(self, availability: str = "READY", *conditions: str, **supplies: float) -> None:
        self._state = ComponentState(
            self.component, Availability(availability), BEGIN, frozenset(map(Condition, conditions)), supplies
        )
        for subscriber in tuple(self._subscribers):
            subscriber(self._state)


class Power:
    """The machine stays on. ``works``: whether it would go off; ``asked``: how often it was asked to."""

    def __init__(self) -> None:
        self.works = True
        self.asked = 0

    def shut_down(self) -> bool:
        self.asked += 1
        return self.works


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

    def signs(self, characters: str, *, linked: bool = False) -> None:
        self.lines.append((" → " if linked else " ").join(characters))

    @property
    def all_text(self) -> str:
        return "\n".join(self.lines)


class Printer(Device):
    """``outcome`` is what each job ends with as long as it is ready; None: jobs stay on their way until ``finish``."""

    def __init__(self) -> None:
        super().__init__("printer")
        self.outcome: PrintOutcome | None = PrintOutcome.PRINTED
        self.slips: list[tuple[Slip, bool]] = []
        #: What each result says of the paper that came out.
        self.paper_mm: float | None = None
        #: Lengths of the rolls that were put in, in millimetres.
        self.rolls: list[float] = []
        #: What the kiosk said it knows: full, low, left.
        self.known: list[tuple[float, float, float | None]] = []
        self._open: list[tuple[str, Callable[[Any], None]]] = []

    def new_slip(self) -> Slip:
        return Slip()

    def print(self, slip: Slip, *, job_id: str, copy: bool = False, done: Callable[[Any], None]) -> None:
        self.slips.append((slip, copy))
        self._open.append((job_id, done))
        if self._state.availability is not Availability.READY:
            self.finish(PrintOutcome.NOT_PRINTED)
        elif self.outcome is not None:
            self.finish(self.outcome)

    def finish(self, outcome: PrintOutcome) -> None:
        while self._open:
            job_id, done = self._open.pop(0)
            done(Printed(job_id, outcome, self.state().conditions, self.paper_mm))

    def know_roll(self, *, full_mm: float, low_mm: float, left_mm: float | None = None) -> None:
        self.known.append((full_mm, low_mm, left_mm))
        if left_mm is not None:
            state = self.state()
            self.become(state.availability, *state.conditions, paper_mm=left_mm)

    def roll_changed(self, length_mm: float) -> None:
        self.rolls.append(length_mm)
        self.become("READY", paper_mm=length_mm)


class Speaker(Device):
    """Makes no sound. ``played``: the recordings that were asked for."""

    def __init__(self) -> None:
        super().__init__("speaker")
        self.speaking = False
        self.played: list[bytes] = []

    def say(self, text: str, *, language: str, rate: int, volume: float, after: bool = False) -> None:
        """Said at once, and nobody hears it."""

    def play(self, sound: bytes, *, volume: float, after: bool = False) -> None:  # noqa: ARG002
        """Goes on until it is silenced."""
        self.played.append(sound)
        self.speaking = True

    def hush(self) -> None:
        self.speaking = False


class Scanner(Device):
    def __init__(self) -> None:
        super().__init__("scanner")
        self.listeners: list[Callable[[Any], None]] = []
        self.active = False
        #: How often it was told to look anew.
        self.looks = 0

    def on_scan(self, callback: Callable[[Any], None]) -> Callable[[], None]:
        self.listeners.append(callback)

        def unsubscribe() -> None:
            self.listeners.remove(callback)

        return unsubscribe

    def activate(self) -> None:
        self.active = True
        self.looks += 1

    def deactivate(self) -> None:
        self.active = False

    def scan(self, scan: Scan) -> None:
        for listener in tuple(self.listeners):
            listener(scan)


class Camera(Device):
    """Sees a sheet of paper on a table. ``problem``: what is wrong with the next photo; ``in_sight``: what it finds in
    the live picture, nothing unless it is told; ``broken``: its own code fails; ``kinds``: what it was asked to
    photograph."""

    WIDTH: Final = 960
    HEIGHT: Final = 720
    #: The corners of the sheet in pixels, from the top left.
    SHEET: Final = ((190, 90), (760, 70), (800, 650), (170, 660))

    def __init__(self) -> None:
        super().__init__("camera")
        self.problem: CaptureFault | None = None
        self.running = False
        self.in_sight: Sight | None = None
        self.broken = False
        self.kinds: list[CaptureKind] = []

    @cached_property
    def _picture(self) -> Image.Image:
        picture = Image.new("RGBA", (self.WIDTH, self.HEIGHT), (96, 84, 70, 255))
        pen = ImageDraw.Draw(picture)
        pen.polygon(self.SHEET, fill=(244, 241, 232, 255))
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

    @cached_property
    def jpeg(self) -> bytes:
        """The photo it takes."""
        buffer = BytesIO()
        self._picture.convert("RGB").save(buffer, "JPEG", quality=85)
        return buffer.getvalue()

    @property
    def sheet(self) -> tuple[tuple[float, float], ...]:
        """The corners of the sheet on the table, as ``Sight`` tells them."""
        return tuple((x / self.WIDTH, y / self.HEIGHT) for x, y in self.SHEET)

    def sight(self, kind: CaptureKind = CaptureKind.DOCUMENT) -> Sight:
        self._fail_when_broken()
        nothing = Sight(None, Hint.NO_FACE if kind == CaptureKind.PORTRAIT else Hint.NO_SHEET)
        return self.in_sight or nothing

    def capture(self, kind: CaptureKind = CaptureKind.DOCUMENT) -> Photo | Problem:
        self._fail_when_broken()
        self.kinds.append(kind)
        photo = Photo(self.jpeg, self.WIDTH, self.HEIGHT)
        return Problem(self.problem, photo) if self.problem else photo

    def _fail_when_broken(self) -> None:
        if self.broken:
            raise RuntimeError("the camera's code failed")
