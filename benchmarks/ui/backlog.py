"""What goes on beside the screens at a busy moment: a backlog goes up a real line, and slips come out of a printer.

``python -m benchmarks.ui.backlog FOLDER`` is the other side, in a process of its own: a city's server, and the printer
emulator at the 150 mm a second of a common printer. It prints one line of JSON and goes on until its standard input
ends. :class:`Backlog` is the kiosk's side, in the process whose frames are measured.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from devices.printer import PrinterSettings, PrintResult, Slip, SlipBuilder, build_printer
from devices.printer.emulator import EmulatorSettings, PrinterEmulator
from kiosk.events import Bus
from server.foundation.actors import OPERATOR
from sync.enrolment import Enrolment, enrol
from tests.kiosk.kiosk_kit import fill
from tests.sync.line_kit import city_server, kiosk_on_line, until

PRINTER_SPEED: Final = 150.0
#: Submissions that wait when the line comes back, each with a photo of a card's size.
WAITING: Final = 60
PHOTO_BYTES: Final = 150_000
SLIPS: Final = 3


class Backlog:
    """``bus`` carries everything that happens, as the screens' own kiosk would be. Made before frames are measured;
    ``run`` returns when everything was acknowledged and printed."""

    def __init__(self, folder: Path, bus: Bus) -> None:
        command = [sys.executable, "-m", "benchmarks.ui.backlog", str(folder / "city")]
        self._other = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        if self._other.stdout is None or self._other.stdin is None:
            raise RuntimeError("the other side tells nothing")
        announced = json.loads(self._other.stdout.readline())
        enrolment = enrol(announced["base"], announced["code"], software="0.1.0", hardware={"model": "bench"})
        if not isinstance(enrolment, Enrolment):
            raise RuntimeError(f"not enrolled: {enrolment}")
        print(json.dumps([enrolment.kiosk_id, enrolment.fingerprint]), file=self._other.stdin, flush=True)
        self._kiosk = kiosk_on_line(folder / "busy", enrolment)
        photo = bytes(PHOTO_BYTES)
        for _ in range(WAITING):
            fill(self._kiosk.at.kiosk, photo=photo)
            self._kiosk.at.kiosk.send()
            self._kiosk.at.kiosk.end()
        self._printer = build_printer(PrinterSettings(driver="network", address=f"127.0.0.1:{announced['printer']}"))
        self._printed = threading.Semaphore(0)
        self._kiosk.at.bus.subscribe(bus.publish)

    def run(self) -> None:
        self._printer.start()
        self._kiosk.line.start()
        for number in range(SLIPS):
            self._printer.print(_slip(), job_id=f"bench-{number}", done=self._done)
        for _ in range(SLIPS):
            self._printed.acquire()
        until(self._kiosk.all_acknowledged)

    def close(self) -> None:
        self._kiosk.stop()
        self._printer.stop()
        if self._other.stdin is not None:
            self._other.stdin.close()
        self._other.wait(30)

    def _done(self, _result: PrintResult) -> None:
        self._printed.release()


def _slip() -> Slip:
    return (
        SlipBuilder()
        .title("Kota Contoh")
        .row("Layanan", "Surat Keterangan Domisili")
        .row("Kode", "ABCD-EFGH-JKM7")
        .qr("https://kios.example/t/ABCDEFGHJKM7", "Pindai untuk melihat status")
        .build()
    )


def main() -> int:
    # What the server logs goes where errors go: the answer alone is on the standard output.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    settings = EmulatorSettings(speed_mm_s=PRINTER_SPEED)
    with city_server(Path(sys.argv[1])) as server, PrinterEmulator(settings, port=0) as emulator:
        code = server.deps.enrolment.new_code(OPERATOR, "Kios Sibuk", ring="all").code
        announced: dict[str, Any] = {"base": server.base, "code": code, "printer": emulator.port}
        print(json.dumps(announced), file=answer, flush=True)
        server.deps.enrolment.approve(OPERATOR, *json.loads(sys.stdin.readline()))
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
