"""What the field staff's pages know of the machine behind the panel: line, storage, clock, versions, faults. Knows nothing
of Kivy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kiosk.events import RestartAsked
from kiosk.field import touch_test
from kiosk.field.touch_test import TouchVerdict
from kiosk.kiosk import Kiosk
from kiosk.machine.line_state import LineFacts, LineSpeed, LineState
from kiosk.ports import Availability
from kiosk.store import Opening, StorageFailed
from kiosk.store.journal import ComponentChange
from kiosk.store.packs import HELD_BACK, PROBLEM, InstalledPack
from protocol.field.roles import May
from protocol.line.releases import ProgramState

#: Faults that are listed, and changes that are looked through for them.
FAULTS_SHOWN: Final = 20
CHANGES: Final = 400


@dataclass(frozen=True)
class Fault:
    component: str
    availability: str
    conditions: tuple[str, ...]
    began: datetime
    #: None: it stands.
    ended: datetime | None


@dataclass(frozen=True)
class StorageFacts:
    free: int
    #: Below this nothing is begun any more.
    reserve: int
    database: int
    opening: Opening


@dataclass(frozen=True)
class ClockFacts:
    now: datetime
    #: By how much the machine's own clock was corrected; None: no server said so since the start.
    correction: timedelta | None
    asked_at: datetime | None


@dataclass(frozen=True)
class Versions:
    software: str
    in_force: int
    kept: tuple[InstalledPack, ...]
    held_back: int | None
    problem: str
    program: ProgramState | None

    @property
    def before(self) -> int | None:
        """The pack that somebody can go back to."""
        return max((pack.version for pack in self.kept if pack.version < self.in_force), default=None)


class MachineContext:
    """What is asked for here is done only by who may (``protocol.field.roles``), and recorded in the visit. Any thread."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk

    # --- the line --------------------------------------------------------------------------------------------------

    def line_state(self) -> LineState | None:
        line = self._kiosk.line
        return None if line is None else line.state()

    def line_facts(self) -> LineFacts | None:
        """May ask for a name's address, which takes seconds on a bad line."""
        line = self._kiosk.line
        return None if line is None else line.facts()

    def measure_line(self, done: Callable[[LineSpeed], None]) -> bool:
        """False: there is no line, or they may not."""
        line = self._kiosk.line
        if line is None or not self._kiosk.staff.may(May.SEND):
            return False
        line.measure(done)
        return True

    # --- what it runs on -------------------------------------------------------------------------------------------

    def storage(self) -> StorageFacts:
        kiosk = self._kiosk
        try:
            size = kiosk.store.path.stat().st_size
        except OSError:
            size = 0
        reserve = int(kiosk.settings.number("disk_reserve_bytes"))
        return StorageFacts(kiosk.room.free(), reserve, size, kiosk.store.opening.kind)

    def clock(self) -> ClockFacts:
        state = self.line_state()
        asked_at = state.last_contact if state is not None else None
        correction = self._kiosk.clock.offset if asked_at is not None else None
        return ClockFacts(self._kiosk.clock.now(), correction, asked_at)

    def versions(self) -> Versions:
        kiosk = self._kiosk
        kept: tuple[InstalledPack, ...] = ()
        held_back, problem = None, ""
        try:
            kept = kiosk.store.packs.newest_first()
            held_back = kiosk.store.marks.get(HELD_BACK)
            problem = str(kiosk.store.marks.get(PROBLEM, ""))
        except StorageFailed as error:
            kiosk.health.storage_failed(error.problem)
        program = None if kiosk.line is None else kiosk.line.program()
        return Versions(kiosk.identity.software, kiosk.pack_in_force.version, kept, held_back, problem, program)

    def take_newest_pack(self) -> None:
        if self._may(May.TAKE_PACK, "pack_taken") and self._kiosk.line is not None:
            self._kiosk.line.take_newest_pack()

    def go_back_to_pack_before(self) -> None:
        if self._may(May.GO_BACK, "pack_back") and self._kiosk.line is not None:
            self._kiosk.line.go_back_to_pack_before()

    # --- faults ----------------------------------------------------------------------------------------------------

    def faults(self) -> tuple[Fault, ...]:
        """The newest first; each component's until it worked again."""
        try:
            changes = self._kiosk.store.history.latest(CHANGES)
        except StorageFailed as error:
            self._kiosk.health.storage_failed(error.problem)
            return ()
        return faults_of(changes)[:FAULTS_SHOWN]

    def touch_verdict(self) -> TouchVerdict | None:
        try:
            return touch_test.kept(self._kiosk.store)
        except StorageFailed as error:
            self._kiosk.health.storage_failed(error.problem)
            return None

    def keep_touch_verdict(self, verdict: TouchVerdict) -> None:
        dead = ", ".join(f"{zone} {number}" for zone, number in verdict.dead)
        self._kiosk.staff.record("touch_test", dead or "OK")
        with self._kiosk.health.storage_watched():
            touch_test.keep(self._kiosk.store, verdict)

    # --- off and on ------------------------------------------------------------------------------------------------

    @property
    def can_shut_down(self) -> bool:
        return self._kiosk.ports.power is not None and self._kiosk.staff.may(May.SHUT_DOWN)

    def restart(self) -> None:
        """The program, once the visit is recorded."""
        if self._may(May.RESTART, "restart"):
            self._kiosk.staff.sign_out()
            self._kiosk.bus.publish(RestartAsked())

    def shut_down(self) -> bool:
        """The machine; the visit is recorded first. False: it stays on. May take some seconds."""
        power = self._kiosk.ports.power
        if power is None or not self._may(May.SHUT_DOWN, "shut_down"):
            return False
        self._kiosk.staff.sign_out()
        return power.shut_down()

    def _may(self, what: May, recorded_as: str) -> bool:
        if not self._kiosk.staff.may(what):
            return False
        self._kiosk.staff.record(recorded_as)
        return True


def faults_of(changes: tuple[ComponentChange, ...]) -> tuple[Fault, ...]:
    """Of changes with the newest first."""
    found: list[Fault] = []
    ends: dict[str, datetime] = {}
    for change in changes:
        if change.conditions or change.availability == Availability.UNAVAILABLE:
            ended = ends.get(change.component)
            found.append(Fault(change.component, change.availability, change.conditions, change.at, ended))
        ends[change.component] = change.at
    return tuple(found)
