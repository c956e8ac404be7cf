"""Field staff at the kiosk: a badge signed by the city, a PIN, and a visit that is recorded with what was done."""

import base64
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import uuid_utils
from nacl import pwhash
from nacl.exceptions import CryptoError

from kiosk.events import Bus, StaffSignedIn, StaffSignedOut, VisitRecorded
from kiosk.field.visit_draft import VisitDraft
from kiosk.ports import BadgeFault, BadgeReader, Clock
from kiosk.store import StorageFailed, StorageProblem, Store
from kiosk.store.journal import StaffMember, Visit, VisitAction
from kiosk.store.reports import Report, ReportKind
from protocol.field.orders import OpenOrder
from protocol.field.roles import MAY, May, StaffRole, role_of
from protocol.field.visits import VisitPhoto
from protocol.limits import NOTE_CHARACTERS, PIN_DIGITS

logger = logging.getLogger(__name__)

#: With this many wrong PINs in a row a pause begins; each one more doubles it, up to the longest. Never a lasting
#: lock-out.
FREE_TRIES: Final = 3
FIRST_PAUSE_S: Final = 15.0
LONGEST_PAUSE_S: Final = 300.0
ACTIONS_MOST: Final = 200
_LOCKED: Final = "staff_locked"


class SignInProblem(StrEnum):
    #: Of another city, forged or altered.
    BAD_BADGE = "BAD_BADGE"
    #: Of this city, and past its day.
    EXPIRED = "EXPIRED"
    #: A good badge of somebody who is not on this kiosk's list.
    NOT_LISTED = "NOT_LISTED"
    WRONG_PIN = "WRONG_PIN"
    #: Too many wrong PINs; see ``wait_s``.
    WAIT = "WAIT"
    #: The office locked this kiosk; supervisors may still sign in.
    LOCKED = "LOCKED"
    #: The check itself failed; the log says why.
    UNCHECKED = "UNCHECKED"

    @property
    def text_key(self) -> str:
        return f"staff.problem.{self.lower()}"


@dataclass(frozen=True, slots=True)
class SignInRefused:
    problem: SignInProblem
    #: Seconds until the next try is taken.
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class StaffOnDuty:
    id: str
    name: str
    role: StaffRole
    since: datetime

    def may(self, what: May) -> bool:
        return what in MAY[self.role]


class StaffDuty:
    """Who is signed in, and the visit being recorded. Any thread."""

    def __init__(
        self,
        store: Store,
        badges: BadgeReader,
        clock: Clock,
        bus: Bus,
        storage_failed: Callable[[StorageProblem], None],
        orders: Callable[[], tuple[OpenOrder, ...]] = tuple,
    ) -> None:
        self._store = store
        self._badges = badges
        self._clock = clock
        self._bus = bus
        self._storage_failed = storage_failed
        #: Those that the office has for this kiosk.
        self._orders = orders
        #: What is noted in the visit that is going on.
        self.draft = VisitDraft()
        self._lock = threading.RLock()
        self._on_duty: StaffOnDuty | None = None
        self._actions: list[VisitAction] = []
        self._pause_until: dict[str, float] = {}
        #: Wrong PINs in a row, and who is on the list: a storage that fails keeps nobody out who comes to mend it.
        self._tries: dict[str, int] = {}
        self._known: dict[str, StaffMember] = {}
        self._remember_roster()
        self._locked = bool(store.marks.get(_LOCKED, False))

    @property
    def on_duty(self) -> StaffOnDuty | None:
        return self._on_duty

    @property
    def staff_id(self) -> str | None:
        on_duty = self._on_duty
        return on_duty.id if on_duty is not None else None

    def may(self, what: May) -> bool:
        """Whether whoever is signed in may do it; nobody may nothing."""
        on_duty = self._on_duty
        return on_duty is not None and on_duty.may(what)

    def check_badge(self, token: str) -> str | SignInRefused:
        """The staff id of a badge that may be used here: the PIN is asked next."""
        staff_id = self._badges.read(token, self._clock.now())
        if isinstance(staff_id, BadgeFault):
            expired = staff_id is BadgeFault.EXPIRED
            return SignInRefused(SignInProblem.EXPIRED if expired else SignInProblem.BAD_BADGE)
        member = self._admitted(staff_id)
        return member if isinstance(member, SignInRefused) else staff_id

    def sign_in(self, token: str, pin: str) -> StaffOnDuty | SignInRefused:
        """Badge and PIN; begins a visit. Checking the PIN takes some tenths of a second (argon2id)."""
        staff_id = self.check_badge(token)
        if isinstance(staff_id, SignInRefused):
            return staff_id
        with self._lock:
            member = self._admitted(staff_id)
            if isinstance(member, SignInRefused):
                return member
            wait = self._pause_until.get(staff_id, 0.0) - self._clock.monotonic()
            if wait > 0:
                return SignInRefused(SignInProblem.WAIT, wait)
            if not _pin_is_right(member, pin):
                return self._wrong(staff_id)
            self._count_wrong(staff_id, 0)
            self._pause_until.pop(staff_id, None)
            # Checking took its time: meanwhile the kiosk may have been locked, or the list become another.
            member = self._admitted(staff_id)
            if isinstance(member, SignInRefused):
                return member
            self.sign_out()
            self._on_duty = StaffOnDuty(member.id, member.name, role_of(member.role), self._clock.now())
            self._actions = []
            self.draft = VisitDraft()
            on_duty = self._on_duty
        self._bus.publish(StaffSignedIn(staff_id))
        return on_duty

    @property
    def locked(self) -> bool:
        """Only supervisors may sign in."""
        return self._locked

    def lock(self, locked: bool) -> None:
        """Holds over restarts. Whoever is on duty and may not be any more is signed out."""
        with self._lock:
            self._locked = locked
            on_duty = self._on_duty
        try:
            self._store.marks.set(_LOCKED, locked)
        except StorageFailed as error:
            logger.warning("whether this kiosk is locked is kept in memory only: %s", error.problem)
            self._storage_failed(error.problem)
        if locked and on_duty is not None and not on_duty.may(May.COME_IN_LOCKED):
            self.sign_out()

    def record(self, kind: str, detail: str = "") -> None:
        """Something was done: ``kind`` like roll_changed, test_slip, out_of_service. Nobody signed in: ignored."""
        with self._lock:
            if self._on_duty is not None and len(self._actions) < ACTIONS_MOST:
                self._actions.append(VisitAction(kind, self._clock.now(), detail[:200]))
                self.draft.happened(kind)

    @property
    def actions(self) -> tuple[VisitAction, ...]:
        """Of the visit that is going on."""
        with self._lock:
            return tuple(self._actions)

    def sign_out(self, note: str = "") -> Visit | None:
        """Ends the visit and keeps it for the server, with what was noted in it. None when nobody was signed in, or it could not be kept."""
        with self._lock:
            on_duty, self._on_duty = self._on_duty, None
            actions, self._actions = tuple(self._actions), []
            draft, self.draft = self.draft, VisitDraft()
        if on_duty is None:
            return None
        ended_at = max(self._clock.now(), on_duty.since)
        visit = Visit(
            id=str(uuid_utils.uuid7()),
            staff_id=on_duty.id,
            began_at=on_duty.since,
            ended_at=ended_at,
            actions=(*actions, *draft.actions(ended_at, self._orders())),
            note=(note or draft.note)[:NOTE_CHARACTERS],
        )
        kept = self._keep(visit)
        if kept and draft.photo is not None:
            self._keep_photo(visit.id, draft.photo)
        if kept:
            self._bus.publish(VisitRecorded(visit.id))
        self._bus.publish(StaffSignedOut())
        return visit if kept else None

    def roster_changed(self) -> None:
        """The list is a new one: whoever is no longer on it is signed out."""
        self._remember_roster()
        with self._lock:
            on_duty = self._on_duty
        if on_duty is not None and self._member(on_duty.id) is None:
            self.sign_out()

    def _keep(self, visit: Visit) -> bool:
        try:
            self._store.visits.add(visit)
        except StorageFailed as error:
            logger.error("a visit of field staff could not be kept: %s", error.problem)
            self._storage_failed(error.problem)
            return False
        return True

    def _keep_photo(self, visit_id: str, jpeg: bytes) -> None:
        photo = VisitPhoto(visit_id=visit_id, jpeg=base64.b64encode(jpeg))
        body = photo.model_dump(mode="json", round_trip=True)
        try:
            if not self._store.reports.add(ReportKind.VISIT_PHOTO, Report(visit_id, body), 2 * len(jpeg)):
                logger.warning("a visit's photo has no room here")
        except StorageFailed as error:
            logger.error("a visit's photo could not be kept: %s", error.problem)
            self._storage_failed(error.problem)

    def _admitted(self, staff_id: str) -> StaffMember | SignInRefused:
        member = self._member(staff_id)
        if member is None:
            return SignInRefused(SignInProblem.NOT_LISTED)
        if self.locked and May.COME_IN_LOCKED not in MAY[role_of(member.role)]:
            return SignInRefused(SignInProblem.LOCKED)
        return member

    def _member(self, staff_id: str) -> StaffMember | None:
        try:
            return self._store.roster.get(staff_id)
        except StorageFailed as error:
            self._storage_failed(error.problem)
            return self._known.get(staff_id)

    def _remember_roster(self) -> None:
        try:
            self._known = {member.id: member for member in self._store.roster.all()}
        except StorageFailed as error:
            self._storage_failed(error.problem)

    def _wrong_so_far(self, staff_id: str) -> int:
        tries = self._tries.get(staff_id, 0)
        try:
            return max(tries, self._store.roster.failures(staff_id))
        except StorageFailed as error:
            self._storage_failed(error.problem)
            return tries

    def _count_wrong(self, staff_id: str, failures: int) -> None:
        self._tries[staff_id] = failures
        try:
            self._store.roster.set_failures(staff_id, failures)
        except StorageFailed as error:
            logger.warning("wrong PINs are counted in memory only: %s", error.problem)
            self._storage_failed(error.problem)

    def _wrong(self, staff_id: str) -> SignInRefused:
        failures = self._wrong_so_far(staff_id) + 1
        self._count_wrong(staff_id, failures)
        if failures < FREE_TRIES:
            return SignInRefused(SignInProblem.WRONG_PIN)
        pause = min(FIRST_PAUSE_S * 2.0 ** min(failures - FREE_TRIES, 10), LONGEST_PAUSE_S)
        self._pause_until[staff_id] = self._clock.monotonic() + pause
        return SignInRefused(SignInProblem.WRONG_PIN, pause)


def _pin_is_right(member: StaffMember, pin: str) -> bool:
    if len(pin) != PIN_DIGITS:
        return False
    try:
        return bool(pwhash.verify(member.pin_hash.encode(), pin.encode()))
    except (CryptoError, ValueError):
        return False
