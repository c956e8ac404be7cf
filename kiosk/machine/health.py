"""The state of all components, and what can still be done when some are lost (the degrade table).

Lost printer: code and QR large on the screen. Lost scanner: the keypad. Lost camera: services with documents say so
before the first question. Lost network: all goes on. Printer, network and storage lost together: a full-screen notice.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from kiosk.catalogue.catalogue import FORM_FILE, Catalogue
from kiosk.catalogue.service import Service
from kiosk.events import Bus, ComponentChanged
from kiosk.machine.content import Content, MediaFault
from kiosk.machine.form_faults import FormFaults
from kiosk.machine.line_state import LineState
from kiosk.machine.room import Room
from kiosk.ports import Clock, Device, Unsubscribe
from kiosk.settings import Settings
from kiosk.store import Opening, StorageFailed, StorageProblem, Store, Use
from kiosk.store.journal import ComponentChange
from protocol.components import CAMERA, FORMS, PRINTER, SCANNER, STORAGE, Availability, ComponentState, Condition

logger = logging.getLogger(__name__)

#: What is written to see whether the storage works again.
_TRIED = "storage_tried"
_CANNOT_PRINT = frozenset(
    {
        Condition.MEDIA_EMPTY,
        Condition.MEDIA_JAMMED,
        Condition.COVER_OPEN,
        Condition.CUTTER_ERROR,
        Condition.HARDWARE_ERROR,
        Condition.OFFLINE,
        Condition.NOT_REACHABLE,
        Condition.NOT_RESPONDING,
        Condition.DISCONNECTED,
    }
)


class Ability(StrEnum):
    FULL = "FULL"
    #: Services go on, something is missing.
    DEGRADED = "DEGRADED"
    #: Nothing can be done here.
    CLOSED = "CLOSED"


class Reason(StrEnum):
    """Why a service cannot be begun, or what will be missing; ``text_key`` is what citizens read."""

    OUT_OF_SERVICE = "OUT_OF_SERVICE"
    DISK_FULL = "DISK_FULL"
    STORAGE_BROKEN = "STORAGE_BROKEN"
    NO_CAMERA = "NO_CAMERA"
    FORM_BROKEN = "FORM_BROKEN"
    #: By the city; the service says why.
    PAUSED = "PAUSED"
    NO_PRINTER = "NO_PRINTER"
    NO_SCANNER = "NO_SCANNER"
    NO_LINE = "NO_LINE"

    @property
    def text_key(self) -> str:
        return f"reason.{self.lower()}"


@dataclass(frozen=True, slots=True)
class ServiceAbility:
    """``blocked``: why the service cannot be begun now; ``missing``: what it will have to do without."""

    blocked: tuple[Reason, ...]
    missing: tuple[Reason, ...]

    @property
    def possible(self) -> bool:
        return not self.blocked


class Health:
    """Follows the devices; any thread."""

    def __init__(
        self,
        store: Store,
        devices: Mapping[str, Device],
        room: Room,
        clock: Clock,
        bus: Bus,
        settings: Settings,
        line_state: Callable[[], LineState],
        content: Content,
    ) -> None:
        self._store = store
        self._devices = devices
        self._room = room
        self._clock = clock
        self._bus = bus
        self._settings = settings
        self._line_state = line_state
        self._content = content
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[Availability, frozenset[Condition]]] = {}
        self._storage_problem: StorageProblem | None = None
        self._storage_since = clock.now()
        self._form_faults = FormFaults(clock)
        #: What could not be read the last time it was tried.
        self._unread: set[str] = set()

    def start(self) -> Unsubscribe:
        """Listen to the devices. Returns how to stop."""
        unsubscribes = [device.subscribe(self._state_changed) for device in self._devices.values()]
        for device in self._devices.values():
            self._state_changed(device.state())

        def stop() -> None:
            for unsubscribe in unsubscribes:
                unsubscribe()

        return stop

    def components(self) -> dict[str, ComponentState]:
        """The devices that this kiosk has, its storage, and what of its pack is faulty, by name."""
        found: dict[str, ComponentState] = {name: device.state() for name, device in self._devices.items()}
        found[STORAGE] = self._storage()
        content = self._content.state()
        if content is not None:
            found[content.component] = content
        failed = self._form_faults.state
        return found if failed is None else {**found, FORMS: failed}

    # --- the degrade table -----------------------------------------------------------------------------------------

    def can_print(self) -> bool:
        return self._usable(PRINTER, _CANNOT_PRINT)

    def can_scan(self) -> bool:
        return self._usable(SCANNER)

    def can_photograph(self) -> bool:
        return self._usable(CAMERA)

    def disk_is_full(self) -> bool:
        """Only the reserve is left: nothing is begun any more, feed and acknowledgements go on."""
        return not self._room.has(Use.NEW)

    def ability(self) -> Ability:
        """CLOSED only out of service, or when printer, line and storage are all lost: with any of them a citizen can
        still do something here (look at a case, read what a service needs, take a code along)."""
        blocked = self._blocked()
        if Reason.OUT_OF_SERVICE in blocked:
            return Ability.CLOSED
        if blocked and not self.can_print() and not self._line_state().online:
            return Ability.CLOSED
        return Ability.DEGRADED if blocked or self._missing() else Ability.FULL

    def reasons(self) -> tuple[Reason, ...]:
        """What banners tell: what closes the kiosk, then what is missing."""
        return (*self._blocked(), *self._missing())

    def service_ability(self, service: Service, catalogue: Catalogue) -> ServiceAbility:
        """Whether the service can be begun now. Said before the first question, never after."""
        blocked = self._blocked()
        if service.paused is not None:
            blocked.append(Reason.PAUSED)
        if CAMERA in service.needs and not self.can_photograph():
            blocked.append(Reason.NO_CAMERA)
        if not catalogue.form_is_good(service.id):
            self._content.failed(service.id, FORM_FILE, MediaFault.BROKEN)
            blocked.append(Reason.FORM_BROKEN)
        return ServiceAbility(tuple(blocked), tuple(self._missing()))

    # --- forms -----------------------------------------------------------------------------------------------------

    def form_failed(self, service: str, error: BaseException) -> None:
        """The engine failed in a session: the command centre is told at once, until other forms are in force."""
        state = self._form_faults.note(service, error)
        logger.error("the form of a service failed: %s", state.detail)
        self._bus.publish(ComponentChanged(FORMS, state.availability, state.conditions))

    def forms_changed(self) -> None:
        """Another pack is in force."""
        if self._form_faults.forget():
            self._bus.publish(ComponentChanged(FORMS, Availability.READY, frozenset()))

    # --- storage ---------------------------------------------------------------------------------------------------

    def storage_failed(self, problem: StorageProblem) -> None:
        """A transaction failed; the next that succeeds says so by ``storage_works``."""
        with self._lock:
            new, self._storage_problem = problem is not self._storage_problem, problem
            if new:
                self._storage_since = self._clock.now()
        if new:
            logger.error("the storage fails: %s", problem)
            self._bus.publish(
                ComponentChanged(STORAGE, Availability.UNAVAILABLE, frozenset({Condition(problem.value)}))
            )

    @contextmanager
    def storage_watched(self) -> Iterator[None]:
        """What fails to be stored within is known, and stops nobody."""
        try:
            yield
        except StorageFailed as error:
            self.storage_failed(error.problem)

    def storage_works(self) -> None:
        with self._lock:
            was, self._storage_problem = self._storage_problem, None
            self._unread.clear()
            if was is not None:
                self._storage_since = self._clock.now()
        if was is not None:
            logger.info("the storage works again")
            self._bus.publish(ComponentChanged(STORAGE, Availability.READY, frozenset()))

    def reading_failed(self, what: str, problem: StorageProblem) -> None:
        """``what`` could not be read. Reported when it begins to fail, not at every look."""
        with self._lock:
            new = what not in self._unread
            self._unread.add(what)
        if new:
            self.storage_failed(problem)

    def reading_works(self, what: str) -> None:
        """``what`` was read. Once all that could not be read is, the storage works; what only writing found stays."""
        with self._lock:
            last = self._unread == {what}
            self._unread.discard(what)
        if last:
            self.storage_works()

    @property
    def storage_fails(self) -> bool:
        return self._storage_problem is not None

    def try_storage(self) -> None:
        """Whether what failed works again. A damaged database waits for the next start, a full disk for room."""
        with self._lock:
            problem, unread = self._storage_problem, bool(self._unread)
        damaged = problem is StorageProblem.CORRUPT
        if problem is None or unread or damaged or (problem is StorageProblem.FULL and self.disk_is_full()):
            return
        try:
            self._store.marks.set(_TRIED, self._clock.now().isoformat())
        except StorageFailed as error:
            self.storage_failed(error.problem)
        else:
            self.storage_works()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _blocked(self) -> list[Reason]:
        found = []
        if not self._settings.in_service:
            found.append(Reason.OUT_OF_SERVICE)
        if self._storage_problem in (StorageProblem.FAULT, StorageProblem.CORRUPT):
            found.append(Reason.STORAGE_BROKEN)
        if self._storage_problem is StorageProblem.FULL or self.disk_is_full():
            found.append(Reason.DISK_FULL)
        return found

    def _missing(self) -> list[Reason]:
        found = []
        if not self.can_print():
            found.append(Reason.NO_PRINTER)
        if not self.can_scan():
            found.append(Reason.NO_SCANNER)
        if not self._line_state().online:
            found.append(Reason.NO_LINE)
        return found

    def _usable(self, name: str, unless: frozenset[Condition] = frozenset()) -> bool:
        device = self._devices.get(name)
        if device is None:
            return False
        state = device.state()
        return state.availability in (Availability.READY, Availability.BUSY) and not unless & state.conditions

    def _storage(self) -> ComponentState:
        with self._lock:
            problem, since = self._storage_problem, self._storage_since
        conditions = {Condition(problem.value)} if problem is not None else set()
        if self.disk_is_full():
            conditions.add(Condition.FULL)
        opening = self._store.opening
        detail = ""
        if opening.kind is Opening.RECOVERED:
            conditions.add(Condition.RECOVERED)
            rows = opening.rescued.rows if opening.rescued is not None else {}
            detail = f"a damaged database was set aside; {rows.get('outbox', 0)} envelopes were taken over"
        return ComponentState(
            component=STORAGE,
            availability=Availability.UNAVAILABLE if problem is not None else Availability.READY,
            conditions=frozenset(conditions),
            supplies={"disk_free_bytes": float(self._room.free())},
            since=since,
            detail=detail,
        )

    def _state_changed(self, state: ComponentState) -> None:
        seen = (state.availability, state.conditions)
        with self._lock:
            if self._seen.get(state.component) == seen:
                return
            self._seen[state.component] = seen
        try:
            self._store.history.add(
                ComponentChange(
                    component=state.component,
                    availability=seen[0],
                    conditions=tuple(sorted(seen[1])),
                    detail=state.detail,
                    at=self._clock.now(),
                )
            )
        except StorageFailed as error:
            self.storage_failed(error.problem)
        self._bus.publish(ComponentChanged(state.component, *seen))
