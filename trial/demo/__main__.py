"""``make demo``: three visits on fresh cities, each in a process of its own; fails if anything is amiss.

``python -m trial.demo plain|line-cut|paper-out`` runs one of them.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import requests

from server.seeding import TRIAL_PASSWORD
from trial import display
from trial.demo.citizen import Citizen
from trial.demo.hands import Hands
from trial.demo.officer import Officer
from trial.demo.timeline import Timeline
from trial.processes import ROOT, Group, python, wait_until
from trial.run import City

BUILD: Final = ROOT / "build" / "demo"
SCENES: Final = ("plain", "line-cut", "paper-out")
OFFICER: Final = "kelurahan"
SECONDS_EACH: Final = 420


class Visit:
    """One city with the kiosk's app in this process, and a citizen beside it."""

    def __init__(self, name: str, folder: Path, group: Group) -> None:
        self.name = name
        self.folder = folder
        self.group = group
        self.timeline = Timeline(folder / "timeline.json")
        self.city = City(folder / "data", group)
        self.code = ""

    def run(self) -> int:
        step = self.timeline.step
        with step("server", "starts"):
            self.city.start_server()
        with step("printer", "starts"):
            self.city.start_printer()
        screen = display.start_virtual(self.group)
        os.environ.update(self.city.kiosk_settings(DISPLAY=screen, SDL_VIDEODRIVER="x11"))
        import main

        settings = main.KioskSettings()
        with step("kiosk", "is enrolled and built"):
            program = main.Program(settings, main.enrolled(settings, self.city.enrolment_code()))
        hands = Hands(screen, self.folder)
        bench = program.devices.bench
        assert bench is not None
        citizen = Citizen(hands, bench, hands.picture)
        driver = threading.Thread(target=self._drive, args=(hands, citizen, program.stop), name="citizen")
        driver.start()
        program.run()
        driver.join()
        return 0 if self.timeline.ok else 1

    def _drive(self, hands: Hands, citizen: Citizen, stop: Callable[[], None]) -> None:
        try:
            with Officer(self.city.server_url, self.folder) as officer:
                self._visit(hands, citizen, officer)
        except Exception as error:  # noqa: BLE001 - told in the timeline, whatever it was
            self.timeline.add("demo", f"broke off: {type(error).__name__}: {error}", ok=False)
            hands.picture("broke-off")
        finally:
            stop()

    def _visit(self, hands: Hands, citizen: Citizen, officer: Officer) -> None:
        step = self.timeline.step
        with step("officer", "signs in and looks at the inbox"):
            officer.sign_in(OFFICER, TRIAL_PASSWORD)
        with step("citizen", "chooses the service"):
            citizen.begin()
        with step("citizen", "shows a card"):
            citizen.identify()
        with step("citizen", "fills the form"):
            citizen.fill()
        with step("citizen", "photographs the card, reviews"):
            citizen.photograph()
        if self.name == "line-cut":
            with step("line", "is cut: the server is killed"):
                self.city.group.stop_one("server", kill=True)
        if self.name == "paper-out":
            with step("printer", "runs out of paper"):
                self._printer("faults/paper_out", {"on": True})
        with step("citizen", "agrees"):
            citizen.consent()
        with step("citizen", "sends; the screen says saved, with a code"):
            self.code = citizen.send()
        self._after_sending(hands, officer)
        with step("officer", "sees the case in the open inbox"):
            officer.sees(self.code)
        officer.picture("office-inbox.png")
        with step("citizen", "leaves"):
            citizen.leave()
        with step("officer", "opens and takes the case"):
            officer.open(self.code)
            officer.take()
            officer.picture("office.png")
        with step("officer", "asks the citizen"):
            officer.ask("Mohon bawa surat pengantar RT.")
        with step("citizen", "scans the slip and reads the question"):
            citizen.track(self.code, "Mohon bawa surat pengantar RT.")
        with step("phone", "shows the tracking page"):
            text = officer.phone(self.code, "tracking.png")
            if "Mohon bawa surat pengantar RT." not in text:
                raise AssertionError("the question is not on the tracking page")

    def _after_sending(self, hands: Hands, officer: Officer) -> None:
        step = self.timeline.step
        if self.name == "line-cut":
            with step("kiosk", "says honestly that it is stored here, not yet received"):
                hands.see("Tersimpan di kios ini")
            hands.picture("stored-here")
            with step("server", "comes back"):
                self.city.start_server()
            officer.back_to_inbox()
        with step("kiosk", "says received"):
            hands.see("Diterima kantor")
        hands.picture("saved")
        if self.name == "paper-out":
            with step("kiosk", "offers code and QR without a slip"):
                hands.see("Kertas struk habis", "Simpan kode ini")
                if hands.sees("Struk sudah dicetak"):
                    raise AssertionError("it says printed without paper")
            return
        with step("printer", "prints the slip"):
            wait_until("printer", lambda: bool(list(self.city.slips.glob("slip-*.png"))), self.group)
        shutil.copy(self.city.slips / "latest.png", self.folder / "slip.png")

    def _printer(self, action: str, body: dict[str, Any]) -> None:
        answer = requests.post(f"http://127.0.0.1:{self.city.printer_page}/{action}", json=body, timeout=5)
        answer.raise_for_status()


def one(name: str) -> int:
    folder = BUILD if name == "plain" else BUILD / name
    shutil.rmtree(folder / "data", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{name}:", flush=True)
    with Group(folder / "logs") as group:
        return Visit(name, folder, group).run()


def everything() -> int:
    shutil.rmtree(BUILD, ignore_errors=True)
    failed = []
    for name in SCENES:
        done = subprocess.run(python("-m", "trial.demo", name), cwd=ROOT, timeout=SECONDS_EACH, check=False)
        if done.returncode:
            failed.append(name)
    entries = []
    for name in SCENES:
        path = (BUILD if name == "plain" else BUILD / name) / "timeline.json"
        entries += [{**entry, "scene": name} for entry in json.loads(path.read_text())] if path.exists() else []
    (BUILD / "timeline.json").write_text(json.dumps(entries, indent=1, ensure_ascii=False))
    print(
        f"demo: {'failed: ' + ', '.join(failed) if failed else 'everything as it should be'}; see {BUILD}", flush=True
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(one(sys.argv[1]) if len(sys.argv) > 1 else everything())
