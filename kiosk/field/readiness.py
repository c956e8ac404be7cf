"""Testing everything at once, for the readiness report."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

import uuid_utils

from kiosk.field import touch_test
from kiosk.kiosk import Kiosk
from kiosk.ports import Availability, Device, PrintOutcome, PrintResult
from kiosk.store import Opening, StorageFailed, Use
from kiosk.store.reports import Report, ReportKind
from protocol.components import CAMERA, PRINTER, SCANNER, SPEAKER, STORAGE
from protocol.field import readiness
from protocol.field.readiness import CheckOutcome, ReadinessCheck, ReadinessReport

logger = logging.getLogger(__name__)

#: A slip with a queue before it, or a sentence.
ANSWER_S: Final = 30.0
#: A touch test counts for so long.
TOUCH_FRESH: Final = timedelta(hours=12)
#: What the office calls a wrong clock is more; here somebody can still set it.
CLOCK_GOOD: Final = timedelta(seconds=30)
#: Written and read back.
PROBE_BYTES: Final = 4_096
_PROBE: Final = "readiness_probe"
_PRINTED: Final = (PrintOutcome.PRINTED, PrintOutcome.PROBABLY_PRINTED)
_WORKS: Final = (Availability.READY, Availability.BUSY)

Test = Callable[[Callable[[bool, str], None]], None]


class NoSigner(RuntimeError):
    """This kiosk has no key: it is not enrolled."""


@dataclass(frozen=True, slots=True)
class MadeReport:
    report: ReadinessReport
    body: bytes
    signature: bytes

    @property
    def digest(self) -> str:
        return readiness.digest(self.body)


class SlipTexts(Protocol):
    """What stands on the printed report."""

    def title(self) -> str: ...
    def verdict(self, ready: bool) -> str: ...
    def check(self, check: ReadinessCheck) -> tuple[str, str]: ...
    def facts(self, made: MadeReport) -> tuple[tuple[str, str], ...]: ...


class Readiness:
    """Takes some seconds: a slip is printed and a sentence said. Not on a thread that draws."""

    def __init__(self, kiosk: Kiosk, answer_s: float = ANSWER_S) -> None:
        self._kiosk = kiosk
        self._answer_s = answer_s

    def make(self, staff_id: str) -> MadeReport:
        """Tests everything and signs what was found. Raises NoSigner."""
        kiosk = self._kiosk
        if kiosk.ports.sign is None:
            raise NoSigner
        report = ReadinessReport(
            id=str(uuid_utils.uuid7()),
            kiosk_id=kiosk.identity.kiosk_id,
            made_at=kiosk.clock.now(),
            staff_id=staff_id,
            software=kiosk.identity.software,
            pack_version=kiosk.pack_in_force.version,
            checks=tuple(self._checks()),
        )
        return MadeReport(report, *readiness.signed(report, kiosk.ports.sign))

    def keep(self, made: MadeReport) -> bool:
        """For the server, until it has it. False: the storage has no room, or fails."""
        body = {"body": made.body.decode(), "signature": made.signature.hex()}
        try:
            return self._kiosk.store.reports.add(ReportKind.READINESS, Report(made.report.id, body))
        except StorageFailed as error:
            self._kiosk.health.storage_failed(error.problem)
            return False

    def print(self, made: MadeReport, texts: SlipTexts) -> bool:
        """Queue it on paper. False: there is no printer."""
        printer = self._kiosk.ports.printer
        if printer is None:
            return False
        slip = printer.new_slip()
        slip.title(self._kiosk.identity.city)
        slip.text(texts.title(), bold=True, align="center")
        slip.text(texts.verdict(made.report.ready), bold=True, size=2, align="center")
        slip.rule()
        for label, value in texts.facts(made):
            slip.row(label, value)
        slip.rule()
        for check in made.report.checks:
            slip.row(*texts.check(check))
        printer.print(slip, job_id=f"readiness-{made.report.id}", copy=False, done=_printed)
        return True

    # --- the tests -------------------------------------------------------------------------------------------------

    def _checks(self) -> Iterator[ReadinessCheck]:
        ports = self._kiosk.ports
        if ports.printer is not None:
            yield self._tested(PRINTER, ports.printer, self._print)
        for name, device in ((SCANNER, ports.scanner), (CAMERA, ports.camera), (SPEAKER, ports.speaker)):
            if device is not None:
                yield self._tested(name, device, device.self_test)
        yield self._touch()
        yield self._clock()
        yield self._storage()
        yield self._line()
        version = self._kiosk.pack_in_force.version
        yield _check("pack", good=version > 0, detail=str(version))

    def _tested(self, name: str, device: Device, test: Test) -> ReadinessCheck:
        """What it lacks before it is tried, then the test of its own."""
        state, lacks = device.state(), device.preflight()
        conditions = sorted(str(condition) for condition in state.conditions)
        if lacks or conditions or state.availability not in _WORKS:
            return _check(name, good=False, detail=", ".join((*lacks, *conditions)) or str(state.availability))
        answered, said = threading.Event(), list[tuple[bool, str]]()

        def done(good: bool, detail: str) -> None:
            said.append((good, detail))
            answered.set()

        test(done)
        if not answered.wait(self._answer_s):
            return _check(name, good=False, detail="no answer")
        good, detail = said[0]
        return _check(name, good=good, detail=detail)

    def _print(self, done: Callable[[bool, str], None]) -> None:
        def printed(result: PrintResult) -> None:
            done(result.outcome in _PRINTED, str(result.outcome))

        self._kiosk.slips.print_test(printed)

    def _touch(self) -> ReadinessCheck:
        try:
            verdict = touch_test.kept(self._kiosk.store)
        except StorageFailed as error:
            return ReadinessCheck(name="touch", outcome=CheckOutcome.UNTESTED, detail=str(error.problem))
        if verdict is None or self._kiosk.clock.now() - verdict.at > TOUCH_FRESH:
            return ReadinessCheck(name="touch", outcome=CheckOutcome.UNTESTED)
        dead = ", ".join(f"{zone} {number}" for zone, number in verdict.dead)
        return _check("touch", good=verdict.good, detail=dead or f"{verdict.cells}/{verdict.cells}")

    def _clock(self) -> ReadinessCheck:
        line = self._kiosk.line
        if line is None or line.state().last_contact is None:
            return ReadinessCheck(name="clock", outcome=CheckOutcome.UNTESTED, detail="no server time")
        offset = self._kiosk.clock.offset
        return _check("clock", good=abs(offset) <= CLOCK_GOOD, detail=f"{offset.total_seconds():+.1f} s")

    def _storage(self) -> ReadinessCheck:
        kiosk, store = self._kiosk, self._kiosk.store
        probe = "x" * PROBE_BYTES
        try:
            store.marks.set(_PROBE, probe)
            whole = store.marks.get(_PROBE) == probe
            store.marks.remove(_PROBE)
        except StorageFailed as error:
            kiosk.health.storage_failed(error.problem)
            return _check(STORAGE, good=False, detail=str(error.problem))
        sound = whole and store.opening.kind is not Opening.RECOVERED and kiosk.room.has(Use.NEW)
        return _check(STORAGE, good=sound, detail=f"{kiosk.room.free() // 1_000_000} MB, {store.opening.kind}")

    def _line(self) -> ReadinessCheck:
        line = self._kiosk.line
        state = line.state() if line is not None else None
        return _check("line", good=state is not None and state.online, detail=str(state.condition) if state else "")


def _check(name: str, *, good: bool, detail: str) -> ReadinessCheck:
    return ReadinessCheck(name=name, outcome=CheckOutcome.GOOD if good else CheckOutcome.BAD, detail=detail[:200])


def _printed(result: PrintResult) -> None:
    logger.info("the readiness report: %s", result.outcome)
