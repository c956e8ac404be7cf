"""The devices that a kiosk's settings ask for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devices.camera.build import build_camera
from devices.camera.camera import Camera
from devices.frame import SystemClock
from devices.printer.factory import build_printer
from devices.printer.printer import Printer
from devices.scanner.build import build_scanner
from devices.scanner.scanner import Scanner
from devices.speech.build import build_speech
from devices.speech.headphones import Headphones, SimulatedHeadphones
from devices.speech.speaker import Speaker
from devices.stick.settings import build_stick
from devices.stick.stick import Stick
from program.settings import PICTOGRAMS, KioskSettings, NoDevice
from protocol.languages import REGISTRY

if TYPE_CHECKING:
    from devices.simulator.bench import Bench


@dataclass(frozen=True)
class Devices:
    printer: Printer | None
    scanner: Scanner | None
    camera: Camera | None
    speaker: Speaker | None
    headphones: Headphones | SimulatedHeadphones | None
    stick: Stick | None
    #: What the simulated ones look at; None when all are real.
    bench: "Bench | None"

    def all(self) -> Iterator[Printer | Scanner | Camera | Speaker | Headphones | SimulatedHeadphones]:
        every = (self.printer, self.camera, self.scanner, self.speaker, self.headphones)
        yield from (device for device in every if device is not None)

    def tellers(self) -> Iterator[Printer | Scanner | Camera | Speaker]:
        """Those that have a state and know what is wrong with them."""
        yield from (d for d in (self.printer, self.camera, self.scanner, self.speaker) if d is not None)


def build_devices(settings: KioskSettings, clock: SystemClock) -> Devices:
    """The devices that the settings ask for, not yet started."""
    bench = _bench() if settings.simulator else None
    printer = None
    if not isinstance(settings.printer, NoDevice):
        wanted = settings.printer.model_copy(update={"signs": PICTOGRAMS})
        printer = build_printer(wanted, clock=clock, unfinished=settings.data / "unfinished-slip")
    camera = None
    if not isinstance(settings.camera, NoDevice):
        camera = build_camera(settings.camera, clock=clock, simulated=bench.camera if bench else None)
    scanner = None
    if not isinstance(settings.scanner, NoDevice):
        wedge = bench.wedge if bench else None
        scanner = build_scanner(settings.scanner, camera=camera, clock=clock, simulated=wedge)
    voice = None
    if not isinstance(settings.speech, NoDevice):
        closest = {language.code: language.voices for language in REGISTRY}
        voice = build_speech(settings.speech, closest, clock=clock, transcribed=bench is not None)
        if bench is not None:
            bench.hear(voice, settings.speech.program)
    stick = None
    if not isinstance(settings.stick, NoDevice):
        stick, simulated = build_stick(settings.stick, settings.data / "usb-stick")
        if bench is not None:
            bench.stick = simulated
    return Devices(
        printer,
        scanner,
        camera,
        speaker=voice.speaker if voice else None,
        headphones=voice.headphones if voice else None,
        stick=stick,
        bench=bench,
    )


def _bench() -> "Bench":
    # Its drawing is loaded only where it is wanted: never in the street.
    from devices.simulator.bench import Bench

    return Bench()
