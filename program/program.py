"""Everything of a kiosk, built and started in order, and stopped in reverse.

This is the one place where devices, line, core and screens meet; each knows the others only by what it asks of them.
"""

import json
import logging
import threading
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from devices.clips.player import ClipPlayer
from devices.frame import SystemClock
from devices.frame.diagnostics import collect
from kiosk.events import Bus, Event, RestartAsked
from kiosk.kiosk import Kiosk
from kiosk.machine.room import FolderDisk
from kiosk.ports import Ports
from kiosk.session.identity import KioskIdentity
from kiosk.store import Store
from program.devices import Devices, build_devices
from program.power import SystemPower
from program.settings import ASSETS, SOFTWARE, KioskSettings
from screens.access.keypads import TABLES
from screens.access.keys import DEFAULT_KEYS, KeyMap
from screens.language.texts import Catalogues, load_catalogues
from screens.shell import allocator, boot
from screens.shell.watchdog import watchdog
from sync.city import CityBadges, FollowingSealer, KioskCodes, KioskSigner
from sync.enrolment import Enrolment, kept_profile
from sync.line import Line, LineOptions

if TYPE_CHECKING:
    from screens.shell.app import KioskApp

logger = logging.getLogger(__name__)


def build_kiosk(
    settings: KioskSettings,
    enrolment: Enrolment,
    store: Store,
    devices: Devices,
    texts: Catalogues,
    clock: SystemClock,
) -> Kiosk:
    """The core with everything plugged in, not yet started."""
    changed = kept_profile(store)
    identity = KioskIdentity(
        kiosk_id=enrolment.kiosk_id,
        name=enrolment.name if changed is None else changed.name,
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
        power=SystemPower() if settings.power == "systemd" else None,
        sign=KioskSigner(enrolment.private_key),
        stick=devices.stick,
        play_clip=ClipPlayer,
    )
    kiosk = Kiosk(identity, ports, store, Bus())
    sealer.follow(kiosk.settings, kiosk.bus)
    return kiosk


class Program:
    """Everything built and started, in order; stopped in reverse, where one failure stops nobody else."""

    def __init__(self, settings: KioskSettings, enrolment: Enrolment) -> None:
        allocator.bound()
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
        if settings.programs is not None:
            # Without a launcher nothing of it is loaded.
            from program.alive import come_back

            come_back(self.store, settings.programs, clock.now())
        self.kiosk = build_kiosk(settings, enrolment, self.store, self.devices, texts, clock)
        self.line = Line(enrolment, self.kiosk, settings.data / "packs", LineOptions(programs=settings.programs))
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
                keys=KeyMap({**DEFAULT_KEYS, **keys.names}, TABLES[keys.keypad], keys.names),
                any_key_speaks=keys.any_key_speaks,
                same_key_s=keys.same_key_s,
                collects_garbage=True,
                makes_ahead=True,
                when_usable=self._begin_devices,
            ),
        )

    def run(self) -> None:
        """Until somebody calls :meth:`stop`; on the main thread, which Kivy owns."""
        with self._owned:
            self._start()
            if self.settings.programs is not None:
                from program.alive import alive

                self._owned.enter_context(alive(self.kiosk, self.settings.programs))
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
        for device in self.devices.all():
            self._owned.callback(_safely, device.component, device.stop)
        self.kiosk.start()
        self._owned.callback(_safely, "kiosk", self.kiosk.stop)
        self.line.load_kept_pack()
        self.line.start()
        self._owned.callback(_safely, "line", self.line.stop)
        self._owned.callback(self.kiosk.bus.subscribe(self._hear))

    def _begin_devices(self) -> None:
        """Once somebody can touch the screen: what drives the devices is loaded by whoever needs it first, and takes as
        long as all that came before."""
        threading.Thread(target=self._start_devices, name="start-devices", daemon=True).start()

    def _start_devices(self) -> None:
        for device in self.devices.all():
            device.start()
        for teller in self.devices.tellers():
            for problem in teller.preflight():
                logger.warning("%s: %s", teller.component, problem)

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
