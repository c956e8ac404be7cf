"""The printer of a kiosk: takes slips, keeps the truth about them, and watches itself."""

from __future__ import annotations

import logging
import random
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devices.frame import (
    Availability,
    Clock,
    ComponentState,
    Condition,
    Hotplug,
    PassingFault,
    PermanentFault,
    StateBoard,
    SystemClock,
    Worker,
)
from devices.printer.dialogue import Deadlines, Dialogue
from devices.printer.escpos import JobEncoder, UnknownProfile
from devices.printer.job import (
    Attempt,
    Confirmation,
    JobMachine,
    JobPhase,
    PrintOutcome,
    PrintResult,
)
from devices.printer.layout import Typesetter
from devices.printer.memory import PrinterMemory
from devices.printer.paper import Roll
from devices.printer.process_ids import ProcessIds
from devices.printer.settings import PrinterSettings
from devices.printer.slip import Slip, SlipBuilder
from devices.printer.status import BLOCKING
from devices.printer.transport import LineFault, Transport

logger = logging.getLogger(__name__)

MAX_QUEUED = 8
"""Jobs that wait; a kiosk serves one citizen at a time."""

MAX_REMEMBERED = 1_000
"""Job ids of which a part was sent: printing one of them again makes a copy."""

TRIES = 2
"""Tries to reach a printer before any byte of the slip was sent."""


@dataclass(frozen=True, slots=True)
class _Job:
    slip: Slip
    job_id: str
    copy: bool
    done: Callable[[PrintResult], None]
    progress: Callable[[JobPhase], None]


def _nobody(_: JobPhase) -> None:
    return


class Printer:
    """One printer with one worker. All public methods are safe from any thread; callbacks come from the worker's.

    Every :meth:`print` ends in exactly one call of ``done``. ``unfinished`` is a file that is there while a slip is
    unfinished, so that after a power cut its rest is cleared and cut off before the next citizen's slip.
    """

    def __init__(
        self,
        settings: PrinterSettings,
        open_transport: Callable[[], Transport],
        *,
        clock: Clock | None = None,
        deadlines: Deadlines | None = None,
        chance: Callable[[], float] = random.random,
        hotplug_folders: Sequence[Path] = (),
        unfinished: Path | None = None,
    ) -> None:
        self._settings = settings
        self._open_transport = open_transport
        self._clock = clock or SystemClock()
        self._deadlines = deadlines or Deadlines()
        self._board = StateBoard("printer", self._clock)
        self._worker = Worker(self, self._board, clock=self._clock, chance=chance)
        self._roll = Roll(settings.roll_length_mm, settings.paper_left_mm, settings.paper_low_mm)
        self._hotplug = (
            Hotplug(lambda _: self._worker.restart(), hotplug_folders, clock=self._clock) if hotplug_folders else None
        )
        self._lock = threading.Lock()
        self._queue: deque[_Job] = deque()
        self._begun: OrderedDict[str, None] = OrderedDict()
        self._memory = PrinterMemory(unfinished)
        self._process_ids = ProcessIds(chance)
        self._transport: Transport | None = None
        self._encoder: JobEncoder | None = None
        self._substituted = 0
        self._typesetter: Typesetter | None = None

    # -- what the kiosk sees -------------------------------------------------------------------------------

    @property
    def component(self) -> str:
        return self._board.component

    @property
    def worker(self) -> Worker:
        """For simulations and tests that turn it themselves, and for the supervisor's heartbeat."""
        return self._worker

    @property
    def hotplug(self) -> Hotplug | None:
        """The watch for devices that are plugged in; None for a way that has no plug."""
        return self._hotplug

    def state(self) -> ComponentState:
        return self._board.state()

    def subscribe(self, callback: Callable[[ComponentState], None]) -> Callable[[], None]:
        return self._board.subscribe(callback)

    def start(self) -> None:
        self._worker.start()
        if self._hotplug:
            self._hotplug.start()

    def stop(self) -> None:
        """End the worker after the job it is in; jobs still waiting end as not printed."""
        if self._hotplug:
            self._hotplug.stop()
        self._worker.stop()
        while (job := self._next_job()) is not None:
            self._finish(job, PrintResult(job.job_id, PrintOutcome.NOT_PRINTED, frozenset({Condition.OFFLINE})))

    def new_slip(self) -> SlipBuilder:
        return SlipBuilder()

    def print(
        self,
        slip: SlipBuilder | Slip,
        *,
        job_id: str,
        copy: bool = False,
        done: Callable[[PrintResult], None],
        progress: Callable[[JobPhase], None] = _nobody,
    ) -> None:
        """Queue a slip.

        A job id of which anything was sent before is printed as a copy, whatever ``copy`` says. When
        :data:`MAX_QUEUED` jobs wait already, ``done`` is called at once with "not printed".
        """
        finished = slip.build() if isinstance(slip, SlipBuilder) else slip
        job = _Job(finished, job_id, copy, done, progress)
        with self._lock:
            refused = len(self._queue) >= MAX_QUEUED or self._worker.halted
            if not refused:
                self._queue.append(job)
        if refused:
            conditions = self.state().conditions if self._worker.halted else frozenset({Condition.OFFLINE})
            self._finish(job, PrintResult(job_id, PrintOutcome.NOT_PRINTED, conditions))
            return
        progress(JobPhase.QUEUED)
        self._worker.wake()

    def roll_changed(self, length_mm: float) -> None:
        """The staff put in a roll of this length; raises ValueError when it is not above zero."""
        self._roll.changed(length_mm)
        state = self._board.state()
        self._board.publish(
            state.availability,
            state.conditions - {Condition.MEDIA_LOW, Condition.MEDIA_EMPTY},
            supplies=self._supplies(),
            detail=state.detail,
        )
        self._worker.wake()

    def preflight(self) -> tuple[str, ...]:
        """What stands against printing now, in words for technicians; empty when nothing does."""
        problems = []
        try:
            self._open_transport()
            encoder = JobEncoder(self._settings.profile, self._settings.paper_width_mm)
            problems += [] if encoder.cuts else ["the profile has no knife: slips are torn off by hand"]
        except PermanentFault as fault:
            problems.append(fault.detail)
        except UnknownProfile as error:
            problems.append(f"no printer profile {error}")
        problems += [f"no font {path}" for path in self._settings.fonts or () if not path.is_file()]
        problems += sorted(self.state().conditions)
        return tuple(problems)

    def self_test(self, done: Callable[[bool, str], None]) -> None:
        """Print a test slip; ``done`` hears whether it came out and, for technicians, what was learnt."""
        slip = (
            SlipBuilder()
            .title("TEST")
            .row("Printer", self._settings.address)
            .row("Profile", f"{self._settings.profile}, {self._settings.paper_width_mm} mm")
            .row("Time", self._clock.now().isoformat(timespec="seconds"))
            .row("Paper left", f"{self._roll.left_mm / 1000:.1f} m")
            .text("ABCDEFGHIJKLM abcdefghijklm 0123456789 éèüñ", align="center")
            .qr("eKios printer test")
        )

        def tell(result: PrintResult) -> None:
            named = ", ".join(sorted(result.conditions)) or "no conditions"
            good = result.outcome in (PrintOutcome.PRINTED, PrintOutcome.PROBABLY_PRINTED)
            done(good, f"{result.outcome}: {named}")

        self.print(slip, job_id=f"self-test-{self._clock.now().timestamp()}", done=tell)

    def diagnostics(self) -> Mapping[str, object]:
        """For a technician or the server; no slip, no text and no job id is in it."""
        with self._lock:
            queued = len(self._queue)
        return {
            "driver": self._settings.driver,
            "address": self._settings.address,
            "profile": self._settings.profile,
            "paper_width_mm": self._settings.paper_width_mm,
            "paper_left_mm": round(self._roll.left_mm),
            "answers_process_ids": self._memory.answers_process_ids,
            "unfinished_slip_inside": self._memory.dirty,
            "characters_in_no_font": self._substituted,
            "queued": queued,
            "failures_in_a_row": self._worker.failures,
        }

    # -- the duty, called by the worker --------------------------------------------------------------------

    def setup(self) -> None:
        """Build encoder, type and transport; raises PermanentFault when the settings cannot work."""
        settings = self._settings
        try:
            self._encoder = JobEncoder(settings.profile, settings.paper_width_mm, presenter=settings.presenter)
        except UnknownProfile as error:
            raise PermanentFault(Condition.CONFIGURATION_ERROR, f"no printer profile {error}") from error
        self._typesetter = Typesetter(
            self._encoder.paper,
            encodable=self._encoder.encodable,
            native_qr=self._encoder.native_qr,
            fonts=settings.fonts,
            copy_mark=settings.copy_mark,
        )
        self._transport = self._open_transport()

    def turn(self) -> float:
        """Print the next job, or look how the printer is."""
        job = self._next_job()
        if job is not None:
            self._run(job)
            return 0.0 if self._queue else self._settings.check_every_s
        self._check()
        return self._settings.check_every_s

    def teardown(self) -> None:
        self._transport = None

    # -- inside --------------------------------------------------------------------------------------------

    def _next_job(self) -> _Job | None:
        with self._lock:
            return self._queue.popleft() if self._queue else None

    def _run(self, job: _Job) -> None:
        assert self._encoder and self._typesetter
        copy = job.copy or job.job_id in self._begun
        layout = self._typesetter.lay_out(job.slip, copy=copy)
        data = self._encoder.encode(layout)
        if layout.substituted:
            self._substituted += layout.substituted
            logger.warning("%d characters of a slip are in no font of this kiosk", layout.substituted)
        self._board.publish(Availability.BUSY, self._board.state().conditions - BLOCKING)
        attempt = self._attempt(job, data, layout.length_mm)
        paper = layout.length_mm if attempt.begun else 0.0
        if attempt.begun:
            self._remember(job.job_id)
            self._roll.used(paper)
        self._publish(attempt.conditions)
        self._finish(job, PrintResult(job.job_id, attempt.outcome, attempt.conditions, paper))

    def _remember(self, job_id: str) -> None:
        self._begun[job_id] = None
        self._begun.move_to_end(job_id)
        while len(self._begun) > MAX_REMEMBERED:
            self._begun.popitem(last=False)

    def _attempt(self, job: _Job, data: bytes, length_mm: float) -> Attempt:
        attempt = Attempt(PrintOutcome.NOT_PRINTED, frozenset({Condition.NOT_REACHABLE}))
        for number in range(TRIES):
            if number:
                self._clock.wait(threading.Event(), self._deadlines.retry)
            attempt = self._attempt_once(job, data, length_mm)
            if attempt.begun or attempt.outcome is not PrintOutcome.NOT_PRINTED or self._worker.stopping:
                break
            if attempt.conditions & (BLOCKING - {Condition.OFFLINE}):
                break
        return attempt

    def _attempt_once(self, job: _Job, data: bytes, length_mm: float) -> Attempt:
        assert self._encoder and self._transport
        machine = JobMachine(
            clock=self._clock,
            deadlines=self._deadlines,
            memory=self._memory,
            next_process_id=self._process_ids.next,
            confirmation=self._confirmation,
            separator=self._encoder.separator(),
            beat=self._worker.beat,
            progress=job.progress,
        )
        try:
            connection = self._transport.open(self._deadlines.connect)
        except LineFault as fault:
            return Attempt(PrintOutcome.NOT_PRINTED, frozenset({fault.condition}))
        try:
            return machine.run(connection, data, length_mm)
        finally:
            connection.close()

    @property
    def _confirmation(self) -> Confirmation:
        assert self._transport
        return self._settings.confirmation if self._transport.two_way else "none"

    def _check(self) -> None:
        """Ask for the status; raises PassingFault when the printer cannot be reached or does not answer."""
        assert self._transport
        connection = self._transport.open(self._deadlines.connect)
        try:
            if self._confirmation == "none":
                self._publish(frozenset())
                return
            talk = Dialogue(connection, self._clock, self._deadlines, self._worker.beat)
            status = talk.ask_status() if talk.drain() else None
        finally:
            connection.close()
        if status is None:
            raise PassingFault(Condition.NOT_RESPONDING, f"{self._transport.address} does not answer")
        self._roll.sensed(
            near_end=Condition.MEDIA_LOW in status.conditions, empty=Condition.MEDIA_EMPTY in status.conditions
        )
        self._publish(status.conditions)

    def _publish(self, conditions: frozenset[Condition]) -> None:
        if self._roll.is_low and Condition.MEDIA_EMPTY not in conditions:
            conditions = conditions | {Condition.MEDIA_LOW}
        lost = conditions - {Condition.MEDIA_LOW}
        availability = Availability.UNAVAILABLE if lost else Availability.READY
        self._board.publish(
            availability, conditions, supplies=self._supplies(), detail=self._settings.address if lost else ""
        )

    def _supplies(self) -> Mapping[str, float]:
        return {"paper_mm": self._roll.left_mm}

    def _finish(self, job: _Job, result: PrintResult) -> None:
        try:
            job.done(result)
        except Exception:
            # Whoever waited for the slip has a bug; the printer goes on for the next one.
            logger.exception("the one who waited for a slip failed")
