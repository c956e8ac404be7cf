"""The printer of a kiosk: takes slips, keeps the truth about them, and watches itself."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from devices.frame import (
    Availability,
    Clock,
    Component,
    Condition,
    Device,
    PassingFault,
    PermanentFault,
    SystemClock,
)
from devices.printer.delivery import Delivery
from devices.printer.dialogue import Deadlines, Dialogue
from devices.printer.job import Confirmation, JobPhase, PrintResult
from devices.printer.memory import PrinterMemory
from devices.printer.process_ids import ProcessIds
from devices.printer.queue import Begun, Job, Queue
from devices.printer.settings import PrinterSettings
from devices.printer.slips.escpos import JobEncoder, UnknownProfile
from devices.printer.slips.layout import Typesetter
from devices.printer.slips.paper import CUT_FEED_MM, Roll
from devices.printer.slips.self_test import self_test_slip
from devices.printer.slips.slip import Slip, SlipBuilder
from devices.printer.status import BLOCKING
from devices.printer.transport import Transport
from protocol.peripherals import PrintOutcome

logger = logging.getLogger(__name__)

Reported = TypeVar("Reported", PrintResult, JobPhase)


def _nobody(_: JobPhase) -> None:
    return


class Printer(Device):
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
        super().__init__(Component("printer", self, clock=self._clock, chance=chance, hotplug_folders=hotplug_folders))
        self._roll = Roll()
        self._queue = Queue()
        self._begun = Begun()
        self._memory = PrinterMemory(unfinished)
        self._process_ids = ProcessIds(chance)
        self._transport: Transport | None = None
        self._encoder: JobEncoder | None = None
        self._substituted = 0
        self._typesetter: Typesetter | None = None

    # -- what the kiosk sees -------------------------------------------------------------------------------

    def start(self) -> None:
        self._queue.open()
        super().start()

    def stop(self) -> None:
        """End the worker after the job it is in; jobs still waiting end as not printed."""
        super().stop()
        self._refuse_all(Condition.OFFLINE)

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
        :data:`~devices.printer.queue.MAX_QUEUED` jobs wait already, ``done`` is called at once with "not printed".
        """
        finished = slip.build() if isinstance(slip, SlipBuilder) else slip
        job = Job(finished, job_id, copy, done, progress)
        if not self._queue.put(job):
            conditions = self.state().conditions if self.worker.halted else frozenset({Condition.OFFLINE})
            self._finish(job, PrintResult(job_id, PrintOutcome.NOT_PRINTED, conditions))
            return
        progress(JobPhase.QUEUED)
        self.worker.wake()

    def roll_changed(self, length_mm: float) -> None:
        """The staff put in a roll of this length; raises ValueError when it is not above zero."""
        self._roll.changed(length_mm)
        state = self.board.state()
        self.board.publish(
            state.availability,
            state.conditions - {Condition.MEDIA_LOW, Condition.MEDIA_EMPTY},
            supplies=self._supplies(),
            detail=state.detail,
        )
        self.worker.wake()

    def know_roll(self, *, full_mm: float, low_mm: float, left_mm: float | None = None) -> None:
        """What the kiosk knows of its paper, in millimetres: a full roll's length, from where it counts as low, and
        what was left when it was last seen (None: as counted here)."""
        self._roll.known(full_mm=full_mm, low_mm=low_mm, left_mm=left_mm)
        state = self.board.state()
        if state.availability is not Availability.UNKNOWN:
            self._publish(state.conditions - {Condition.MEDIA_LOW})
        self.worker.wake()

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

        def tell(result: PrintResult) -> None:
            named = ", ".join(sorted(result.conditions)) or "no conditions"
            good = result.outcome in (PrintOutcome.PRINTED, PrintOutcome.PROBABLY_PRINTED)
            done(good, f"{result.outcome}: {named}")

        slip = self_test_slip(self._settings, self._clock.now(), self._roll.left_mm)
        self.print(slip, job_id=f"self-test-{self._clock.now().timestamp()}", done=tell)

    def diagnostics(self) -> Mapping[str, object]:
        """For a technician or the server; no slip, no text and no job id is in it."""
        return {
            "driver": self._settings.driver,
            "address": self._settings.address,
            "profile": self._settings.profile,
            "paper_width_mm": self._settings.paper_width_mm,
            "paper_left_mm": round(self._roll.left_mm),
            "answers_process_ids": self._memory.answers_process_ids,
            "unfinished_slip_inside": self._memory.dirty,
            "characters_in_no_font": self._substituted,
            "queued": len(self._queue),
            "failures_in_a_row": self.worker.failures,
        }

    # -- the duty, called by the worker --------------------------------------------------------------------

    def setup(self) -> None:
        """Build encoder, type and transport; raises PermanentFault when the settings cannot work."""
        try:
            self._set_up()
        except PermanentFault as fault:
            self._refuse_all(fault.condition)
            raise
        self._queue.open()

    def _set_up(self) -> None:
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
            signs=settings.signs,
            copy_mark=settings.copy_mark,
        )
        self._transport = self._open_transport()

    def turn(self) -> float:
        """Print the next job, or look how the printer is."""
        job = self._queue.next()
        if job is not None:
            self._run(job)
            return 0.0 if len(self._queue) else self._settings.check_every_s
        self._check()
        return self._settings.check_every_s

    def teardown(self) -> None:
        self._transport = None

    # -- inside --------------------------------------------------------------------------------------------

    def _refuse_all(self, condition: Condition) -> None:
        """Nobody will print: who waits, or comes now, hears "not printed" at once."""
        for job in self._queue.close():
            self._finish(job, PrintResult(job.job_id, PrintOutcome.NOT_PRINTED, frozenset({condition})))

    def _run(self, job: Job) -> None:
        try:
            result = self._deliver(job)
        except Exception:
            # A bug, and nobody knows how far it came: who waits hears of it, then the worker logs it.
            self._begun.add(job.job_id)
            unknown = frozenset({Condition.HARDWARE_ERROR})
            self._finish(job, PrintResult(job.job_id, PrintOutcome.UNKNOWN, unknown, CUT_FEED_MM))
            raise
        self._finish(job, result)

    def _deliver(self, job: Job) -> PrintResult:
        assert self._encoder and self._typesetter and self._transport
        layout = self._typesetter.lay_out(job.slip, copy=job.copy or job.job_id in self._begun)
        data = self._encoder.encode(layout)
        if layout.substituted:
            self._substituted += layout.substituted
            logger.warning("%d characters of a slip are in no font of this kiosk", layout.substituted)
        self.board.publish(Availability.BUSY, self.board.state().conditions - BLOCKING)
        delivery = Delivery(
            clock=self._clock,
            deadlines=self._deadlines,
            memory=self._memory,
            process_ids=self._process_ids,
            confirmation=self._confirmation,
            separator=self._encoder.separator(),
            beat=self.worker.beat,
            stopping=lambda: self.worker.stopping,
        )
        attempt = delivery.deliver(
            self._transport, data, layout.length_mm, lambda phase: self._tell(job.progress, phase)
        )
        paper = layout.length_mm if attempt.begun else 0.0
        if attempt.begun:
            self._begun.add(job.job_id)
            self._roll.used(paper)
        self._publish(attempt.conditions)
        return PrintResult(job.job_id, attempt.outcome, attempt.conditions, paper)

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
            talk = Dialogue(connection, self._clock, self._deadlines, self.worker.beat)
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
        self.board.publish(
            availability, conditions, supplies=self._supplies(), detail=self._settings.address if lost else ""
        )

    def _supplies(self) -> Mapping[str, float]:
        return {"paper_mm": self._roll.left_mm}

    def _finish(self, job: Job, result: PrintResult) -> None:
        self._tell(job.done, result)

    def _tell(self, listener: Callable[[Reported], None], what: Reported) -> None:
        try:
            listener(what)
        except Exception:
            # Whoever waited for the slip has a bug; the printer goes on for the next one.
            logger.exception("the one who waited for a slip failed")
