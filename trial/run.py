"""``make run``: a server and a kiosk with simulated devices and sample services, on this machine, until Ctrl-C.

Begins with an empty city the first time and goes on with the same data the next; ``--fresh`` begins anew. Without a
screen a virtual one is opened and served to a browser. Everything listens on loopback only.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import requests
import typer

from server.catalogue.pack_content import PackContent
from server.operator.seeding import TRIAL_PASSWORD, TRIAL_PIN, CitySource, trial_accounts
from sync import enrolment as enrolments
from trial import display
from trial.processes import ROOT, Group, NotReady, free_port, listening, python, wait_until

DATA = ROOT / "var"
#: Preferred ports; one that is taken is replaced by a free one, and what is printed says so.
SERVER, PRINTER, PRINTER_PAGE, SIMULATOR_PAGE, SCREEN = 8700, 9100, 9180, 9181, 6080
#: There is a sound device when the kernel shows one; without it the kiosk's voice is simulated.
SOUND = Path("/dev/snd")
KIOSK_NAME = "Kios percobaan"
FIELD_WORKER = "petugas-1"
#: A kiosk that ends is started again, as its service manager would; more often than this in a row is a failure.
RESTARTS = 5
WATCH_SECONDS = 0.5


class City:
    """A server, a printer and a kiosk that belong together, with their data in one folder."""

    def __init__(self, data: Path, group: Group) -> None:
        self.data = data
        self.group = group
        self.server_port = free_port(SERVER)
        self.printer_port = free_port(PRINTER)
        self.printer_page = free_port(PRINTER_PAGE)
        self.simulator_page = free_port(SIMULATOR_PAGE)

    @property
    def server_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def slips(self) -> Path:
        return self.data / "slips"

    def start_server(self) -> None:
        self.group.start(
            "server",
            python("-m", "server", "serve", "--data", str(self.data / "server"))
            + ["--port", str(self.server_port), "--trial"],
        )
        wait_until("server", lambda: _answers(f"{self.server_url}/healthz"), self.group)

    def start_printer(self) -> None:
        self.group.start(
            "printer",
            python("-m", "devices.printer.emulator", "--tcp", f"127.0.0.1:{self.printer_port}")
            + ["--http", f"127.0.0.1:{self.printer_page}", "--out", str(self.slips)],
        )
        wait_until("printer", lambda: listening(self.printer_port), self.group)

    def order(self, *command: str) -> dict[str, str]:
        """An operator's order to the server, and what it answered, by name."""
        made = subprocess.run(
            [*python("-m", "server"), *command, "--data", str(self.data / "server")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return dict(line.split(": ", 1) for line in made.stdout.splitlines() if ": " in line)

    def enrolment_code(self) -> str:
        """A new one-time code, as an administrator makes it in the back office."""
        return self.order("enrol-code", KIOSK_NAME, "--place", "Balai Kota")["code"]

    def let_kiosk_in(self) -> None:
        """As an administrator does who has compared the fingerprint at the kiosk's screen."""
        enrolment = enrolments.load(self.data / "kiosk")
        if enrolment is None:
            raise NotReady("the kiosk did not enrol; see its log")
        self.order("approve", enrolment.kiosk_id, enrolment.fingerprint)

    def accounts(self) -> list[str]:
        """User names of the trial's officers, in the order in which they were made."""
        with (ROOT / "assets" / "services" / "city.toml").open("rb") as file:
            city = tomllib.load(file)
        source = CitySource(city["name"], city["agencies"], PackContent(()))
        return [f"{account.user_name:12} {account.name}" for account in trial_accounts(source)]

    def kiosk_settings(self, **more: str) -> dict[str, str]:
        """The kiosk's settings as environment variables; see docs/install.md for each."""
        return {
            "EKIOS_DATA": str(self.data / "kiosk"),
            "EKIOS_SERVER": self.server_url,
            "EKIOS_PRINTER__DRIVER": "network",
            "EKIOS_PRINTER__ADDRESS": f"127.0.0.1:{self.printer_port}",
            "EKIOS_SCANNER__DRIVER": "simulated",
            "EKIOS_CAMERA__DRIVER": "simulated",
            "EKIOS_SPEECH__DRIVER": "espeak" if SOUND.is_dir() else "simulated",
            "EKIOS_STICK__DRIVER": "simulated",
            "EKIOS_SIMULATOR": f"127.0.0.1:{self.simulator_page}",
            "EKIOS_SIMULATOR_PRINTER": f"http://127.0.0.1:{self.printer_page}",
            **more,
        }

    def start_kiosk(self, settings: dict[str, str]) -> None:
        enrolled = self._follow_server()
        code = [] if enrolled else ["--enrol", self.enrolment_code()]
        self.group.start("kiosk", python("main.py", *code), settings)
        wait_until("kiosk", lambda: listening(self.simulator_page), self.group, seconds=60)
        if not enrolled:
            self.let_kiosk_in()

    def _follow_server(self) -> bool:
        """Whether the kiosk was enrolled before; then it is led to where the server listens this time.

        A kiosk in service keeps the address that it was enrolled at. Here another program may have taken the port.
        """
        folder = self.data / "kiosk"
        kept = enrolments.load(folder)
        if kept is not None and kept.server != self.server_url:
            city = kept.city.model_copy(update={"tracking_base": self.server_url})
            enrolments.save(replace(kept, server=self.server_url, city=city), folder)
        return kept is not None


def main(
    fresh: Annotated[bool, typer.Option(help="Throw the trial's data away and begin anew.")] = False,
    data: Annotated[Path, typer.Option(help="Where the trial keeps its data.")] = DATA,
) -> None:
    """Runs a whole trial city until Ctrl-C."""
    stop = _stop_on_signals()
    if fresh and data.exists():
        shutil.rmtree(data)
    with Group(data / "logs") as group:
        try:
            city = City(data, group)
            city.start_server()
            city.start_printer()
            screen, settings = _screen(group, city)
            city.start_kiosk(settings)
        except (NotReady, OSError, subprocess.CalledProcessError) as error:
            print(f"run: {error}", file=sys.stderr)
            raise typer.Exit(1) from error
        _tell(city, screen)
        code = _watch(city, settings, stop)
        print("\nrun: stopping", flush=True)
    print("run: everything is stopped; the same data next time, or FRESH=1", flush=True)
    raise typer.Exit(code)


def _screen(group: Group, city: City) -> tuple[str, dict[str, str]]:
    if display.has_display():
        return "a window on this screen", city.kiosk_settings(EKIOS_SCREEN__FULLSCREEN="false")
    name = display.start_virtual(group)
    address = display.serve_to_browser(group, name, SCREEN)
    shown = address or f"the virtual screen {name} (install x11vnc and noVNC to see it in a browser)"
    return shown, city.kiosk_settings(DISPLAY=name, SDL_VIDEODRIVER="x11")


def _tell(city: City, screen: str) -> None:
    badge = city.order("badge", FIELD_WORKER)["badge"]
    lines = [
        "",
        "eKios runs. Everything is on this machine only.",
        "",
        f"  kiosk          {screen}",
        f"  its devices    http://127.0.0.1:{city.simulator_page}/   hold a card or a slip before it, pull its plugs",
        f"  its printer    http://127.0.0.1:{city.printer_page}/   take the paper out, see the last slip",
        f"  slips          {city.slips}",
        f"  back office    {city.server_url}/",
        f"  tracking page  {city.server_url}/t/",
        "",
        f"  accounts       password {TRIAL_PASSWORD}",
        *(f"{'':17}{account}" for account in city.accounts()),
        "",
        f"  field staff    PIN {TRIAL_PIN}; the badge to hold before the kiosk, on its devices' page:",
        f"                 {badge}",
        "",
        f"  logs           {city.data / 'logs'}",
        "  Ctrl-C stops everything.",
    ]
    print("\n".join(lines), flush=True)


def _watch(city: City, settings: dict[str, str], stop: threading.Event) -> int:
    """Until somebody stops it. Starts the kiosk again when it ends; 1 when something else has ended."""
    restarts = 0
    while not stop.wait(WATCH_SECONDS):
        ended = city.group.ended()
        if not ended:
            continue
        if ended == ["kiosk"] and restarts < RESTARTS:
            restarts += 1
            print(f"run: the kiosk ended; starting it again ({restarts} of {RESTARTS})", flush=True)
            city.group.stop_one("kiosk")
            city.start_kiosk(settings)
            continue
        print(f"run: {', '.join(ended)} ended; see {city.data / 'logs'}", file=sys.stderr)
        return 1
    return 0


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    handler: Callable[[int, object], None] = lambda number, frame: stop.set()  # noqa: ARG005, E731
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)
    return stop


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    typer.run(main)
