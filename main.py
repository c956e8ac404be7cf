"""The kiosk's front door: reads the settings, builds the parts, starts the app.

This is the one place where devices, line, core and screens meet; each knows the others only by what it asks of them.
"""

import json
import logging
import os
import platform
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from pydantic import BaseModel, ConfigDict
from pydantic_settings import BaseSettings, SettingsConfigDict

from devices.camera.build import build_camera
from devices.camera.camera import Camera
from devices.camera.settings import CameraSettings
from devices.frame import SystemClock
from devices.frame.diagnostics import collect
from devices.printer.factory import build_printer
from devices.printer.printer import Printer
from devices.printer.settings import PrinterSettings
from devices.scanner.build import build_scanner
from devices.scanner.reading import second_engine, zbar_child
from devices.scanner.scanner import Scanner
from devices.scanner.settings import ScannerSettings
from devices.simulator.printer_link import PRINTER_PAGE
from devices.speech import player
from devices.speech.build import build_speech
from devices.speech.headphones import Headphones, SimulatedHeadphones
from devices.speech.settings import SpeechSettings
from devices.speech.speaker import Speaker
from kiosk.events import Bus, Event, RestartAsked
from kiosk.kiosk import Kiosk
from kiosk.machine.room import FolderDisk
from kiosk.ports import Ports
from kiosk.store import Store
from kiosk.visit.identity import KioskIdentity
from process_guard import guard
from program.standstill import Standstill, problem_of, start_anew
from protocol.languages import REGISTRY
from screens.access.keys import DEFAULT_KEYS, Action, KeyMap, NoSuchKey
from screens.language.texts import Catalogues, load_catalogues
from screens.look.tokens import DEFAULT_DPI
from screens.shell import boot, heap
from screens.shell.watchdog import watchdog
from sync.city import CityBadges, FollowingSealer, KioskCodes
from sync.enrolment import Enrolment, EnrolProblem, EnrolRefused, NotEnrolled, enrol, insecure, load, save
from sync.line import Line

if TYPE_CHECKING:
    from devices.simulator.bench import Bench
    from screens.shell.app import KioskApp

logger = logging.getLogger(__name__)

SOFTWARE: Final = "ekios 0.1.0"
#: Beside this file when run from the sources, in the package's folder when frozen.
ROOT: Final = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parent))
ASSETS: Final = ROOT / "assets"


class ScreenSettings(BaseModel):
    """The window; ``dpi`` is pixels an inch of the panel, because all sizes are millimetres."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    driver: Literal["x11", "KMSDRM", "offscreen"] = "x11"
    width: int = 1080
    height: int = 1920
    dpi: float = DEFAULT_DPI
    fullscreen: bool = True
    show_cursor: bool = False
    touch_device: str = ""

    def boot_options(self) -> boot.BootOptions:
        return boot.BootOptions(**self.model_dump())


class KeySettings(BaseModel):
    """``names``: which keys ask for what, where a keypad sends others than a keyboard (screens/access/keys.py has both)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: dict[Action, tuple[str, ...]] = {}
    #: Whether any key at the resting screen asks for the voice; else headphones and its own key alone do.
    any_key_speaks: bool = True


class NoDevice(BaseModel):
    """A device that this kiosk does not have."""

    model_config = ConfigDict(frozen=True)

    driver: Literal["none"]


class KioskSettings(BaseSettings):
    """``EKIOS_*`` in the environment; ``EKIOS_PRINTER__ADDRESS`` is the printer's address. See docs/install.md."""

    model_config = SettingsConfigDict(env_prefix="EKIOS_", env_nested_delimiter="__", frozen=True, extra="ignore")

    data: Path = Path("var/kiosk")
    server: str = "http://127.0.0.1:8700"
    printer: PrinterSettings | NoDevice = PrinterSettings()
    scanner: ScannerSettings | NoDevice = ScannerSettings()
    camera: CameraSettings | NoDevice = CameraSettings()
    speech: SpeechSettings | NoDevice = SpeechSettings()
    keys: KeySettings = KeySettings()
    screen: ScreenSettings = ScreenSettings()
    #: ``host:port`` on loopback of the page that drives the simulated devices; empty in service.
    simulator: str = ""
    #: The printer emulator's own page, which that page drives as well.
    simulator_printer: str = PRINTER_PAGE


class EnrolmentFailed(RuntimeError):
    """The server did not take this kiosk in; the message says why."""


@dataclass(frozen=True)
class Devices:
    printer: Printer | None
    scanner: Scanner | None
    camera: Camera | None
    speaker: Speaker | None
    headphones: Headphones | SimulatedHeadphones | None
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
        printer = build_printer(settings.printer, clock=clock, unfinished=settings.data / "unfinished-slip")
    camera = None
    if not isinstance(settings.camera, NoDevice):
        camera = build_camera(settings.camera, clock=clock, simulated=bench.camera if bench else None)
    scanner = None
    if not isinstance(settings.scanner, NoDevice):
        wedge = bench.wedge if bench else None
        scanner = build_scanner(settings.scanner, camera=camera, clock=clock, simulated=wedge)
    voice = (
        None
        if isinstance(settings.speech, NoDevice)
        else build_speech(settings.speech, {language.code: language.voices for language in REGISTRY}, clock=clock)
    )
    return Devices(
        printer,
        scanner,
        camera,
        speaker=voice.speaker if voice else None,
        headphones=voice.headphones if voice else None,
        bench=bench,
    )


def _bench() -> "Bench":
    # Its drawing is loaded only where it is wanted: never in the street.
    from devices.simulator.bench import Bench

    return Bench()


def build_kiosk(
    settings: KioskSettings,
    enrolment: Enrolment,
    store: Store,
    devices: Devices,
    texts: Catalogues,
    clock: SystemClock,
) -> Kiosk:
    """The core with everything plugged in, not yet started."""
    identity = KioskIdentity(
        kiosk_id=enrolment.kiosk_id,
        name=enrolment.name,
        city=enrolment.city.name,
        time_zone=enrolment.city.time_zone,
        software=SOFTWARE,
        boot_id=str(uuid.uuid4()),
        fingerprint=enrolment.fingerprint,
    )
    sealer = FollowingSealer(enrolment.city)
    ports = Ports(
        clock=clock,
        disk=FolderDisk(settings.data),
        texts=texts,
        sealer=sealer,
        codes=KioskCodes(enrolment.kiosk_part, enrolment.city.tracking_base),
        badges=CityBadges(enrolment.city.badge_key),
        printer=devices.printer,
        scanner=devices.scanner,
        camera=devices.camera,
        speaker=devices.speaker,
        headphones=devices.headphones,
    )
    kiosk = Kiosk(identity, ports, store, Bus())
    sealer.follow(kiosk.settings, kiosk.bus)
    return kiosk


def enrolled(settings: KioskSettings, code: str = "") -> Enrolment:
    """Who this kiosk is; with a one-time ``code`` it asks the server to take it in. Raises
    NotEnrolled, EnrolmentBroken, EnrolmentFailed, and OSError when it cannot be kept."""
    kept = load(settings.data)
    if kept is not None and not code:
        if problem := insecure(kept.server):
            raise NotEnrolled(f"this kiosk does not start: {problem}; enrol it anew with --enrol CODE")
        return kept
    if not code:
        raise NotEnrolled("this kiosk is not enrolled: make a one-time code in the back office, then --enrol CODE")
    answer = enrol(
        settings.server, code, software=SOFTWARE, hardware={"host": socket.gethostname(), "machine": platform.machine()}
    )
    if isinstance(answer, EnrolRefused) and answer.problem is EnrolProblem.INSECURE:
        raise NotEnrolled(f"EKIOS_SERVER: {answer.detail}")
    if isinstance(answer, EnrolRefused):
        raise EnrolmentFailed(
            f"the server at {settings.server} did not take this kiosk in: {answer.problem}, {answer.detail}"
        )
    save(answer, settings.data)
    logger.info("enrolled as %s; it waits for its approval in the back office: %s", answer.name, answer.fingerprint)
    return answer


class Program:
    """Everything built and started, in order; stopped in reverse, where one failure stops nobody else."""

    def __init__(self, settings: KioskSettings, enrolment: Enrolment) -> None:
        heap.bound()
        self.settings = settings
        self._enrolment = enrolment
        self._owned = ExitStack()
        with self._owned:
            self._build(settings, enrolment)
            self._owned = self._owned.pop_all()

    def _build(self, settings: KioskSettings, enrolment: Enrolment) -> None:
        clock = SystemClock()
        settings.data.mkdir(parents=True, exist_ok=True)
        texts = load_catalogues(ASSETS / "translations")
        self.store = Store.open(settings.data, clock.now())
        self._owned.callback(_safely, "store", self.store.close)
        self.devices = build_devices(settings, clock)
        self.kiosk = build_kiosk(settings, enrolment, self.store, self.devices, texts, clock)
        self.line = Line(enrolment, self.kiosk, settings.data / "packs")
        self.kiosk.connect(self.line)
        self.app = self._build_app(texts)

    def _build_app(self, texts: Catalogues) -> "KioskApp":
        options = self.settings.screen.boot_options()
        boot.prepare(options)
        # Kivy reads its environment when it is imported, so not before `prepare`.
        from screens.shell.app import AppOptions, build_app

        keys = self.settings.keys
        return build_app(
            self.kiosk,
            AppOptions(
                assets=ASSETS,
                catalogues=texts,
                boot=options,
                keys=KeyMap({**DEFAULT_KEYS, **keys.names}),
                any_key_speaks=keys.any_key_speaks,
                tidy=True,
            ),
        )

    def run(self) -> None:
        """Until somebody calls :meth:`stop`; on the main thread, which Kivy owns."""
        with self._owned:
            self._start()
            with watchdog():
                self.app.run()

    def stop(self) -> None:
        """Ends :meth:`run` soon; from any thread or a signal."""
        self.app.ask_stop()

    def _start(self) -> None:
        if self.devices.bench is not None:
            from devices.simulator.control_page import ControlPage

            port, printer_page = _port(self.settings.simulator), self.settings.simulator_printer
            page = ControlPage(self.devices.bench, port, printer_page=printer_page)
            page.start()
            self._owned.callback(_safely, "control page", page.stop)
        for teller in self.devices.tellers():
            for problem in teller.preflight():
                logger.warning("%s: %s", teller.component, problem)
        for device in self.devices.all():
            device.start()
            self._owned.callback(_safely, device.component, device.stop)
        self.kiosk.start()
        self._owned.callback(_safely, "kiosk", self.kiosk.stop)
        self.line.load_kept_pack()
        self.line.start()
        self._owned.callback(_safely, "line", self.line.stop)
        self._owned.callback(self.kiosk.bus.subscribe(self._hear))

    def diagnose(self) -> None:
        """What the devices say about themselves, into the log; nothing of a citizen is in it. From any thread."""
        logger.info("devices: %s", json.dumps(collect(self.devices.tellers()), sort_keys=True))

    def _hear(self, event: Event) -> None:
        if isinstance(event, RestartAsked):
            logger.info("a restart was asked for")
            self.stop()


def _safely(name: str, stop: Callable[[], object]) -> None:
    try:
        stop()
    except Exception:
        logger.exception("%s did not stop cleanly", name)


def _port(address: str) -> int:
    host, _, port = address.rpartition(":")
    if host not in ("127.0.0.1", "localhost"):
        raise ValueError(f"EKIOS_SIMULATOR is an address on loopback (127.0.0.1:9181), not {address!r}")
    return int(port)


def stand_still(settings: KioskSettings, enrolment: Enrolment | None, error: Exception) -> None:
    """Until the kiosk could start, which it then does, or somebody stops it."""

    def try_again() -> None:
        enrolled(settings)
        Store.open(settings.data, SystemClock().now()).close()

    texts = load_catalogues(ASSETS / "translations")
    standing = Standstill(problem_of(error), str(error), enrolment, texts, SOFTWARE, try_again)
    app = standing.build(settings.screen.boot_options())
    _stop_by_signal(app.ask_stop)
    with standing.reported(), watchdog():
        app.run()
    if app.is_over:
        start_anew()


def _stop_by_signal(stop: Callable[[], object]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        # The handler interrupts the main thread anywhere in Kivy's loop; a thread of its own hands the wish over.
        signal.signal(number, lambda *_: threading.Thread(target=stop, daemon=True).start())


def main(
    enrol_code: Annotated[str, typer.Option("--enrol", help="One-time code from the back office.")] = "",
) -> None:
    """Runs the kiosk until it is stopped (SIGTERM or SIGINT)."""
    # What a kiosk keeps is its user's alone.
    os.umask(0o077)
    # Before it starts, Kivy logs by itself: force replaces the handler it may have made.
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    guard(lock=True)
    began = time.monotonic()
    settings, enrolment = KioskSettings(), None
    try:
        enrolment = enrolled(settings, enrol_code)
        program = Program(settings, enrolment)
    except (EnrolmentFailed, NoSuchKey, boot.BootError) as error:
        print(f"kiosk: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    except Exception as error:
        logger.exception("the kiosk cannot start")
        try:
            stand_still(settings, enrolment, error)
        except boot.BootError as no_window:
            print(f"kiosk: {error}; {no_window}", file=sys.stderr)
            raise typer.Exit(1) from no_window
        return
    _stop_by_signal(program.stop)
    signal.signal(signal.SIGUSR1, lambda *_: threading.Thread(target=program.diagnose, daemon=True).start())
    logger.info("built in %.2f s", time.monotonic() - began)
    program.run()
    logger.info("stopped")


if __name__ == "__main__":
    # A frozen kiosk is its own second decoder and its own player: those may abort, so they run as children.
    if sys.argv[1:] == [second_engine.FROZEN_ARGUMENT]:
        raise SystemExit(zbar_child.main())
    if sys.argv[1:2] == [player.FROZEN_ARGUMENT]:
        from devices.speech import player_child  # only the child loads the decoders

        raise SystemExit(player_child.main(sys.argv))
    typer.run(main)
