"""A citizen's whole visit, then an officer, then the citizen again: plain, with the line cut, and without paper."""

import shutil
from typing import Final

from trial.demo.browsers import Browsers, Officer
from trial.demo.citizen import Citizen
from trial.demo.hands import Hands
from trial.demo.scene import Scene
from trial.processes import wait_until

OFFICER: Final = "kelurahan"
QUESTION: Final = "Mohon bawa surat pengantar RT."


class CitizenSession(Scene):
    """``name`` is plain, line-cut or paper-out."""

    def play(self, hands: Hands, citizen: Citizen, browsers: Browsers) -> None:
        step = self.timeline.step
        with step("officer", "signs in and looks at the inbox"):
            officer = Officer(browsers, OFFICER)
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
                self.printer_fault("paper_out", True)
        with step("citizen", "agrees"):
            citizen.consent()
        with step("citizen", "sends; the screen says saved, with a code"):
            code = citizen.send()
        self._after_sending(hands, officer)
        with step("officer", "sees the case in the open inbox"):
            officer.sees(code)
        officer.picture("office-inbox.png")
        with step("citizen", "leaves"):
            citizen.leave(slip=self.name != "paper-out")
        with step("officer", "opens and takes the case"):
            officer.open(code)
            officer.take()
            officer.picture("office.png")
        with step("officer", "asks the citizen"):
            officer.ask(QUESTION)
        with step("citizen", "scans the slip and reads the question"):
            citizen.track(code, QUESTION)
        with step("phone", "shows the tracking page"):
            if QUESTION not in browsers.phone(code, "tracking.png"):
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
