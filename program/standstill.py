"""What a kiosk does that cannot start: it says so on its screen and to the office, and tries again; it never stays dark.

A disk that cannot be written, a file of its own that is damaged or somebody else's: whatever it is, restarting in a circle
helps nobody. The screen says out of service in every language with a line for field staff; heartbeats tell the office as
long as the kiosk knows who it is; and as soon as it could start it does.
"""

import contextlib
import logging
import os
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from devices.frame import SystemClock
from kiosk.machine.high_water import CorrectedClock
from kiosk.store import StorageFailed, StorageProblem, Store, StoreInUse, StoreTooNew
from protocol.languages import LANGUAGES
from screens.language.texts import Catalogues
from screens.shell import boot
from sync.client import Client
from sync.distress import DistressDuty
from sync.enrolment import Enrolment, EnrolmentBroken, NotEnrolled
from sync.loops import loop

if TYPE_CHECKING:
    from screens.shell.standstill import StandstillApp

logger = logging.getLogger(__name__)


class StartProblem(StrEnum):
    """Stands on the screen beside what the program said, for field staff and for the log."""

    NOT_ENROLLED = "NOT_ENROLLED"
    ENROLMENT_BROKEN = "ENROLMENT_BROKEN"
    DISK_FULL = "DISK_FULL"
    #: It cannot be written, or not even read.
    DISK_BROKEN = "DISK_BROKEN"
    DATABASE_IN_USE = "DATABASE_IN_USE"
    DATABASE_TOO_NEW = "DATABASE_TOO_NEW"
    UNEXPECTED = "UNEXPECTED"


def problem_of(error: Exception) -> StartProblem:
    match error:
        case NotEnrolled():
            return StartProblem.NOT_ENROLLED
        case EnrolmentBroken():
            return StartProblem.ENROLMENT_BROKEN
        case StorageFailed(problem=StorageProblem.FULL):
            return StartProblem.DISK_FULL
        case StorageFailed() | OSError():
            return StartProblem.DISK_BROKEN
        case StoreInUse():
            return StartProblem.DATABASE_IN_USE
        case StoreTooNew():
            return StartProblem.DATABASE_TOO_NEW
        case _:
            return StartProblem.UNEXPECTED


@dataclass(frozen=True)
class Standstill:
    """``enrolment``: None when the kiosk does not know who it is; then only the silence tells the office.
    ``try_again`` raises what is wrong, or nothing any more."""

    problem: StartProblem
    detail: str
    enrolment: Enrolment | None
    texts: Catalogues
    software: str
    try_again: Callable[[], None]

    def build(self, options: boot.BootOptions) -> "StandstillApp":
        # It may have failed after that already.
        if "kivy.core.window" not in sys.modules:
            boot.prepare(options)
        # Kivy reads its environment when it is imported, so not before `prepare`.
        from screens.shell.standstill import StandstillApp

        lines = [self.texts.texts(language)(key) for language in LANGUAGES for key in ("out.title", "out.text")]
        pairs = [f"{title}. {text}" for title, text in zip(lines[::2], lines[1::2], strict=True)]
        return StandstillApp(pairs, f"{self.problem}: {self.detail}", self.mended, options)

    def mended(self) -> bool:
        try:
            self.try_again()
        except Exception as error:
            logger.warning("still out of service: %s", problem_of(error), exc_info=True)
            return False
        return True

    @contextlib.contextmanager
    def reported(self) -> Iterator[None]:
        """Heartbeats to the office meanwhile."""
        if self.enrolment is None:
            yield
            return
        store = Store.in_memory()
        clock = CorrectedClock(SystemClock(), store)
        duty = DistressDuty(
            Client(self.enrolment, clock),
            clock,
            software=self.software,
            boot_id=str(uuid.uuid4()),
            condition=self.problem.value,
            detail=self.detail,
        )
        telling = loop("line-distress", duty)
        telling.start()
        try:
            yield
        finally:
            telling.stop()
            store.close()


def start_anew() -> None:
    """This program from its beginning, in this process; does not return."""
    os.execv(sys.executable, [sys.executable, *without_code(sys.orig_argv[1:])])


def without_code(arguments: Sequence[str]) -> list[str]:
    """A one-time code was used by the start before."""
    kept = [one for one in arguments if not one.startswith("--enrol=")]
    if "--enrol" in kept:
        place = kept.index("--enrol")
        del kept[place : place + 2]
    return kept
