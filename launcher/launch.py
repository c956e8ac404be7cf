"""The process that starts the program and stays beside it.

``EKIOS_PROGRAMS`` names the folder of the slots, ``EKIOS_INSTALLED`` the program that the machine was installed with.
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from launcher.disk import RealDisk
from launcher.slots import LAUNCH, TRYING, Order, Slots
from launcher.trial import Choice, Trial, Verdict

PROGRAMS: Final = "EKIOS_PROGRAMS"
INSTALLED: Final = "EKIOS_INSTALLED"
EXECUTABLE: Final = "kiosk"
_LOOK_S: Final = 1.0
#: A program that is asked to end has so long to do it.
_STOP_S: Final = 20.0
#: How often in a row a program that ends badly is started again here; then systemd knows of it.
_BAD_ENDS: Final = 3
_PASSED_ON: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)

logger = logging.getLogger("launcher")


class Launch:
    def __init__(self, slots: Slots, installed: Path, arguments: Sequence[str] = ()) -> None:
        self._slots = slots
        self._choice = Choice(slots)
        self._installed = installed
        self._arguments = list(arguments)
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = False

    def run(self) -> int:
        """Until the program has ended and nothing is ordered. Gives its exit code."""
        ends = 0
        while True:
            code, again = self._once(careful=ends > 0)
            ends = ends + 1 if code and not again else 0
            again = again or self._slots.order() != Order() or 0 < ends < _BAD_ENDS
            if self._stopping or not again:
                return code

    def stop(self, number: int) -> None:
        """Hands a signal on; after one that ends the program it is not started again."""
        self._stopping = self._stopping or number != signal.SIGUSR1
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(number)

    def _once(self, *, careful: bool) -> tuple[int, bool]:
        """The program's exit code, and whether something is to be started at once."""
        slot = self._next(careful=careful)
        folder = self._slots.root / slot if slot else self._installed
        launch = uuid.uuid4().hex
        logger.info("starts release %d in %s", self._slots.number(slot), folder)
        try:
            self._child = subprocess.Popen([str(folder / EXECUTABLE), *self._arguments], env=_environment(launch))
            if self._stopping:
                # The signal came while there was nobody to hand it to.
                self._child.terminate()
            # What it was called with is for one start: a code that enrols is good once.
            self._arguments = []
        except OSError as error:
            logger.error("%s cannot be started: %s", folder, error)
            return 1, self._slots.state().phase == TRYING
        state = self._slots.state()
        if state.phase == TRYING:
            return self._tried(self._child, Trial(launch, state.troubles, time.monotonic()))
        return self._child.wait(), False

    def _next(self, *, careful: bool) -> str:
        try:
            return self._choice.next(careful=careful)
        except OSError as error:
            # A disk that takes nothing more must not keep the kiosk from its program.
            logger.error("nothing can be written down: %s", error)
            return self._slots.current()

    def _tried(self, child: "subprocess.Popen[bytes]", trial: Trial) -> tuple[int, bool]:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return child.wait(_LOOK_S), True
            match trial.look(self._slots.alive(), time.monotonic()):
                case Verdict.GOOD:
                    self._choice.good()
                    logger.info("the new program is good")
                    return child.wait(), False
                case Verdict.WORSE:
                    self._choice.bad(f"worse than before: {', '.join(sorted(trial.worse))}")
                    return self._end(child), True
                case Verdict.LOST:
                    return self._end(child), True
                case None:
                    pass

    def _end(self, child: "subprocess.Popen[bytes]") -> int:
        logger.error("the new program is ended")
        child.terminate()
        try:
            return child.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


def _environment(launch: str) -> dict[str, str]:
    """Ours, without what PyInstaller put there for the launcher itself: the program has libraries of its own."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("_PYI_")}
    if getattr(sys, "frozen", False):
        before = given.pop("LD_LIBRARY_PATH_ORIG", "")
        given.pop("LD_LIBRARY_PATH", None)
        given |= {"LD_LIBRARY_PATH": before} if before else {}
    return {**given, LAUNCH: launch}


@contextlib.contextmanager
def _passing_on(launch: Launch) -> Iterator[None]:
    before = {number: signal.signal(number, lambda got, _frame: launch.stop(got)) for number in _PASSED_ON}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main(arguments: Sequence[str]) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        programs, installed = Path(os.environ[PROGRAMS]), Path(os.environ[INSTALLED])
    except KeyError as missing:
        print(f"launcher: {missing} is not set; see docs/install.md", file=sys.stderr)
        return 2
    launch = Launch(Slots(RealDisk(), programs), installed, arguments)
    with _passing_on(launch):
        return launch.run()
