"""The kiosk's front door: reads the settings, builds the program, runs it; stands still where it cannot."""

from runtime import seldom_garbage  # noqa: F401, before all that is imported below

# isort: split
import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from devices.frame import SystemClock, children
from kiosk.store import Store
from program.enrolled import EnrolmentFailed, enrolled
from program.program import Program
from program.settings import ASSETS, SOFTWARE, KioskSettings
from program.standstill import Standstill, problem_of, start_anew
from runtime.process_guard import guard
from screens.access.keys import NoSuchKey
from screens.language.texts import load_catalogues
from screens.shell import boot
from screens.shell.watchdog import watchdog
from sync.enrolment import Enrolment

logger = logging.getLogger(__name__)


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


def main(enrol_code: str = "") -> int:
    """Runs the kiosk until it is stopped (SIGTERM or SIGINT). ``enrol_code``: one-time code from the back office."""
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
        return 1
    except Exception as error:
        logger.exception("the kiosk cannot start")
        try:
            stand_still(settings, enrolment, error)
        except boot.BootError as no_window:
            print(f"kiosk: {error}; {no_window}", file=sys.stderr)
            return 1
        return 0
    _stop_by_signal(program.stop)
    signal.signal(signal.SIGUSR1, lambda *_: threading.Thread(target=program.diagnose, daemon=True).start())
    logger.info("built in %.2f s", time.monotonic() - began)
    program.run()
    logger.info("stopped")
    return 0


def _enrol_code() -> str:
    arguments = argparse.ArgumentParser(prog="kiosk", description="Runs the kiosk until it is stopped.")
    arguments.add_argument(
        "--enrol",
        metavar="CODE",
        default="",
        help="one-time code from the back office; - reads it from a scanner or keyboard",
    )
    code = str(arguments.parse_args().enrol)
    return input("Scan the QR code of the back office, or type the code: ") if code == "-" else code


if __name__ == "__main__":
    # A frozen kiosk is its own second decoder, and its own player of sounds and clips.
    if (ended := children.run_asked(sys.argv)) is not None:
        raise SystemExit(ended)
    raise SystemExit(main(_enrol_code()))
