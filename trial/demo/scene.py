"""A scene of the demo: one city on this machine, the kiosk's app in this process, and people beside it."""

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from trial import display
from trial.demo.browsers import Browsers
from trial.demo.citizen import Citizen
from trial.demo.hands import Hands
from trial.demo.timeline import Timeline
from trial.processes import Group
from trial.run import City


class Scene(ABC):
    """``run`` once; ``play`` is what happens, in a thread beside the app, step by step into the timeline."""

    def __init__(self, name: str, folder: Path, group: Group) -> None:
        self.name = name
        self.folder = folder
        self.group = group
        self.timeline = Timeline(folder / "timeline.json")
        self.city = City(folder / "data", group)

    @abstractmethod
    def play(self, hands: Hands, citizen: Citizen, browsers: Browsers) -> None:
        """Raises when something is not as it should be."""

    def run(self) -> int:
        """0 when every step was as it should be."""
        step = self.timeline.step
        with step("server", "starts"):
            self.city.start_server()
        with step("printer", "starts"):
            self.city.start_printer()
        screen = display.start_virtual(self.group)
        os.environ.update(self.city.kiosk_settings(DISPLAY=screen, SDL_VIDEODRIVER="x11"))
        # Kivy looks at the environment when it is imported: not before the display is known.
        from program.enrolled import enrolled
        from program.program import Program
        from program.settings import KioskSettings

        settings = KioskSettings()
        with step("kiosk", "is enrolled and built"):
            program = Program(settings, enrolled(settings, self.city.enrolment_code()))
            self.city.let_kiosk_in()
        hands = Hands(screen, self.folder)
        assert program.devices.bench is not None
        citizen = Citizen(hands, program.devices.bench, hands.picture)
        driver = threading.Thread(target=self._drive, args=(hands, citizen, program.stop), name="people")
        driver.start()
        program.run()
        driver.join()
        return 0 if self.timeline.ok else 1

    def printer_fault(self, name: str, on: bool) -> None:
        """A fault of the printer emulator, as somebody's hand would make it."""
        url = f"http://127.0.0.1:{self.city.printer_page}/faults/{name}"
        requests.post(url, json={"on": on}, timeout=5).raise_for_status()

    def _drive(self, hands: Hands, citizen: Citizen, stop: Callable[[], Any]) -> None:
        try:
            with Browsers(self.city.server_url, self.folder) as browsers:
                self.play(hands, citizen, browsers)
        except Exception as error:  # noqa: BLE001 - recorded in the timeline, whatever it was
            self.timeline.add("demo", f"broke off: {type(error).__name__}: {error}", ok=False)
            hands.picture("broke-off")
        finally:
            stop()
