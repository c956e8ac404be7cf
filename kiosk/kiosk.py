"""The kiosk as one object graph: what screens and the line work with.

Threads: ``begin``, ``touch``, ``tick``, ``send``, ``send_answer``, ``end`` and all of ``session`` belong to the one
thread of the screens. ``snapshot``, ``install``, in and out of service and the parts (``slips``, ``supplies``,
``health``, ``staff``, ``cases``, ``outbox``, ``notices``) may be used from any thread. What happens is published on ``bus``.
"""

import threading
from collections.abc import Sequence
from functools import partial
from typing import Final

from kiosk.cases.lookup import CaseLookup
from kiosk.catalogue.catalogue import Catalogue
from kiosk.catalogue.in_force import PackInForce
from kiosk.catalogue.service import Service
from kiosk.city.notices import Notices
from kiosk.city.open_city import OpenCity
from kiosk.city.ratings import Ratings
from kiosk.drafts.draft_slip import DraftSlips
from kiosk.events import (
    Bus,
    CatalogueChanged,
    EndReason,
    HeadphonesChanged,
    InServiceChanged,
    LanguageChanged,
    Scanned,
    SessionBegan,
    SessionEnded,
    Step,
)
from kiosk.field.orders import open_orders
from kiosk.machine.content import Content, MediaFault
from kiosk.machine.form_faults import is_form_fault
from kiosk.machine.health import Health, ServiceAbility
from kiosk.machine.high_water import CorrectedClock
from kiosk.machine.line_state import Approval, LineCondition, LineState
from kiosk.machine.room import Room
from kiosk.machine.staff import StaffDuty
from kiosk.machine.supplies import Supplies
from kiosk.machine.usage import Usage
from kiosk.ports import Line, Ports, Scan, Unsubscribe
from kiosk.session.attachments import Attachment
from kiosk.session.help_calls import HelpCalls
from kiosk.session.identity import KioskIdentity
from kiosk.session.idle import Hold, IdleTimer, IdleWatch
from kiosk.session.outcomes import Refused, Saved
from kiosk.session.session import Session
from kiosk.settings import Settings
from kiosk.snapshot import Snapshot
from kiosk.store import Store
from kiosk.submissions.carrying import Carrying
from kiosk.submissions.outbox import OutboxView
from kiosk.submissions.receipts import Slips
from kiosk.submissions.slip_wait import SlipWait
from kiosk.submissions.submissions import Submissions
from protocol.languages import FALLBACK
from protocol.messages import ItemKind

#: The screens call ``tick`` at least this often, in seconds.
TICK_S: Final = 0.25
#: Seconds between two looks whether a storage that failed works again.
STORAGE_AGAIN_S: Final = 5.0


class Kiosk:
    """Everything that ``screens`` and ``sync`` see. Built by ``main.py``; ``start`` and ``stop`` by it, too."""

    def __init__(self, identity: KioskIdentity, ports: Ports, store: Store, bus: Bus) -> None:
        self.identity = identity
        self.ports = ports
        self.store = store
        self.bus = bus
        self.codes = ports.codes
        self.texts = ports.texts
        #: The machine's clock as the server corrected it.
        self.clock = CorrectedClock(ports.clock, store)
        self.settings = Settings(store, bus)
        self.room = Room(ports.disk, self.settings)
        store.keep_to(self.room.has)
        self.content = Content(self.clock, bus)
        self.health = Health(
            store, ports.devices(), self.room, self.clock, bus, self.settings, self._line_state, self.content
        )
        storage_failed = self.health.storage_failed
        self.usage = Usage(store, self.clock, identity.time_zone, self.health)
        self.supplies = Supplies(
            store, ports.printer, self.clock, bus, self.settings, storage_failed, identity.time_zone
        )
        self.notices = Notices(store, self.clock, bus, self.health)
        self.outbox = OutboxView(store, bus, self.health, self.clock, self._line_state)
        self.carrying = Carrying(store, self.clock, ports.stick, lambda: self._line)
        self.open_city = OpenCity(store, bus)
        self.draft_slips = DraftSlips(identity, ports.printer, ports.codes, ports.texts, bus)
        self.help_calls = HelpCalls(store, self.clock, bus, self.settings, storage_failed)
        self.ratings = Ratings(store, self.clock, bus, storage_failed)
        self.staff = StaffDuty(
            store, ports.badges, self.clock, bus, storage_failed, partial(open_orders, self.settings)
        )
        self.slips = Slips(identity, store, ports.printer, ports.codes, ports.texts, bus, lambda: self._packs.current)
        self.cases = CaseLookup(store, ports.codes, lambda: self._line)
        self._submissions = Submissions(
            identity, store, ports.sealer, ports.codes, self.clock, ports.clock, bus, self.health, ports.failpoint
        )
        self._slip_wait = SlipWait(store, self.clock, bus, self.settings)
        self._idle = IdleWatch(IdleTimer(self.clock, self.settings), bus)
        self._began_at = self.clock.now()
        self._storage_tried_at = ports.clock.monotonic()
        self._lock = threading.RLock()
        self._packs = PackInForce(self._lock, lambda: self._session is not None, self._renewed)
        self._line: Line | None = None
        self._session: Session | None = None
        self._unsubscribes: list[Unsubscribe] = []

    # --- set up and tear down --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to listen to the devices. The store is open and a pack may have been installed before."""
        self._unsubscribes.append(self.bus.subscribe(self._slip_wait.hear))
        self._unsubscribes.append(self.health.start())
        self._unsubscribes.append(self.supplies.start())
        self._unsubscribes.append(self.slips.start())
        if self.ports.scanner is not None:
            self._unsubscribes.append(self.ports.scanner.on_scan(self._scanned))
        if self.ports.headphones is not None:
            self._unsubscribes.append(self.ports.headphones.on_plug(self._plugged))

    def stop(self) -> None:
        """Wipe what a citizen left and stop listening."""
        if self._session is not None:
            self.end(EndReason.CANCELLED)
        while self._unsubscribes:
            self._unsubscribes.pop()()

    def connect(self, line: Line) -> None:
        """The line, which is built after the kiosk because it reads from it."""
        self._line = line

    # --- the pack in force -----------------------------------------------------------------------------------------

    @property
    def catalogue(self) -> Catalogue:
        """Of the session when there is one, else the pack in force."""
        session = self._session
        return session.catalogue if session is not None else self.pack_in_force

    @property
    def pack_in_force(self) -> Catalogue:
        """What the next session will be pinned to, if no newer one comes."""
        return self._packs.current

    def install(self, catalogue: Catalogue) -> None:
        """Put a verified pack in force: at once, or when the session that is open has ended. From any thread."""
        self._packs.install(catalogue)

    def most_used(self, limit: int = 6) -> tuple[Service, ...]:
        """The services that people used most at this kiosk, then the pack's order."""
        return self.catalogue.most_used(self.usage.counts(), limit)

    def service_ability(self, service: Service) -> ServiceAbility:
        """Whether the service can be begun now, and what it will have to do without."""
        return self.health.service_ability(service, self.catalogue)

    # --- one citizen's visit ---------------------------------------------------------------------------------------

    @property
    def session(self) -> Session | None:
        return self._session

    @property
    def step(self) -> Step:
        session = self._session
        return session.step if session is not None else Step.START

    def begin(self, language: str) -> Session:
        """A citizen chose a language: a new session at SERVICES, pinned to the pack in force.

        An out-of-service kiosk begins none: the screens show its notice instead of START.
        """
        if self._session is not None:
            self.end(EndReason.CANCELLED)
        self._packs.switch()
        self._idle.restart()
        with self.health.storage_watched():
            self.usage.session_began()
        with self._lock:
            self._session = Session(
                language=language,
                catalogue=self._packs.current,
                identity=self.identity,
                clock=self.clock,
                bus=self.bus,
                settings=self.settings,
                ability=self.health.service_ability,
            )
            session = self._session
        self.bus.publish(SessionBegan(language))
        return session

    def set_language(self, language: str) -> None:
        """Change the language in the middle of a session; answers and page stay."""
        if self._session is not None:
            self._session.language = language
            self.bus.publish(LanguageChanged(language))

    def touch(self) -> None:
        """Somebody touched the screen or a key: starts the idle time anew and ends its warning."""
        self._idle.touched()
        self.usage.touched()

    def tick(self) -> None:
        """Called by the screens at least every TICK_S seconds: idle warning, time-out, slip that is due."""
        self._slip_wait.tick()
        if self.health.storage_fails:
            self._try_storage()
        if self._session is None:
            self._packs.switch()
            return
        self._idle.hold(Hold.HELP, self.help_calls.awaited_until)
        if self._idle.is_over():
            self.end(EndReason.IDLE)

    def await_code(self, *, awaited: bool) -> None:
        """The citizen has only what stands on the screen of a code that was not printed; or has it by now."""
        hold_s = self.settings.number("code_hold_s") if awaited else 0.0
        self._idle.hold(Hold.CODE, self.clock.monotonic() + hold_s)

    def send(self) -> Saved | Refused:
        """Seal and store the session's submission; a few milliseconds. SlipDue follows within two seconds.

        The session goes on to SAVED, or back to where it was when refused.
        """
        session = self._session
        if session is None:
            raise RuntimeError("nobody is here who could send something")
        session.sending()
        try:
            result = self._submissions.send(session)
        except Exception:
            # Whatever failed: nothing was stored, and the session stands where it can be sent from.
            session.refused()
            raise
        if isinstance(result, Saved):
            session.saved(result)
            self._slip_wait.expect(result.code)
            self._kick()
            with self.health.storage_watched():
                self.usage.service_used(result.service)
        else:
            session.refused(result.violations)
        return result

    def send_answer(
        self,
        code: str,
        service: str,
        text: str,
        photos: Sequence[Attachment] = (),
        kind: ItemKind = ItemKind.ANSWER,
    ) -> Saved | Refused:
        """What a citizen says to a case; ``code`` and ``service`` are the case's."""
        language = self._session.language if self._session is not None else FALLBACK
        result = self._submissions.send_answer(
            code=code, service=service, text=text, language=language, photos=photos, kind=kind
        )
        if isinstance(result, Saved):
            self._kick()
        return result

    def form_failed(self, error: BaseException) -> bool:
        """The forms engine failed in a session, which goes on from where it was good last. False: there is no such session."""
        session = self._session
        if session is None or session.service is None or not is_form_fault(error):
            return False
        self.health.form_failed(session.service.id, error)
        session.regain(error)
        return True

    def end(self, reason: EndReason = EndReason.DONE) -> None:
        """End the session and wipe all that it held. Safe to call when nobody is here."""
        with self._lock:
            session, self._session = self._session, None
        if session is None:
            return
        session.wipe()
        self._idle.restart()
        self.help_calls.session_over()
        self._packs.switch()
        self.bus.publish(SessionEnded(reason))

    # --- in and out of service -------------------------------------------------------------------------------------

    @property
    def in_service(self) -> bool:
        return self.settings.in_service

    def out_of_service(self) -> None:
        """No further session is begun; one that is open may finish. Survives a restart. Any thread."""
        self._set_in_service(False)

    def back_in_service(self) -> None:
        """Also ends a lock."""
        if self.staff.locked:
            self.staff.lock(False)
        self._set_in_service(True)

    def lock(self) -> None:
        """Out of service, and of field staff only supervisors may sign in, until it is put back into service. Any thread."""
        self.staff.lock(True)
        self.out_of_service()

    @property
    def approval(self) -> Approval:
        """Nobody can begin anything until it is given."""
        match self._line_state().condition:
            case LineCondition.WAITING:
                return Approval.WAITING
            case LineCondition.REVOKED if not self.pack_in_force.version:
                return Approval.REFUSED
            case _:
                return Approval.GIVEN

    # --- what banners, staff and the line look at ------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Storage that fails is one of its reasons, and never in its way: what was read last stands in."""
        waiting, notices, sessions = self.outbox.counts(), self.notices.current(), self.usage.sessions_today()
        return Snapshot(
            at=self.clock.now(),
            step=self.step,
            in_service=self.in_service,
            ability=self.health.ability(),
            reasons=self.health.reasons(),
            line=self._line_state(),
            components=self.health.components(),
            paper=self.supplies.paper(),
            waiting=waiting.waiting,
            parked=waiting.parked,
            oldest_waiting_at=waiting.oldest_at,
            pack_version=self.pack_in_force.version,
            notices=notices,
            sessions_today=sessions,
            last_touch_at=self.usage.last_touch_at,
            disk_free=self.room.free(),
            staff_id=self.staff.staff_id,
        )

    @property
    def line(self) -> Line | None:
        return self._line

    # --- inside ----------------------------------------------------------------------------------------------------

    def _line_state(self) -> LineState:
        if self._line is None:
            return LineState(LineCondition.UNKNOWN, self._began_at)
        return self._line.state()

    def _kick(self) -> None:
        if self._line is not None:
            self._line.kick()

    def _renewed(self, catalogue: Catalogue) -> None:
        self.content.renewed()
        for service_id, file in catalogue.faulty_files():
            self.content.failed(service_id, file, MediaFault.BROKEN)
        self.health.forms_changed()
        self.bus.publish(CatalogueChanged(catalogue.version))

    def _scanned(self, scan: Scan) -> None:
        code = self.codes.parse(scan.code) if scan.code else None
        self.bus.publish(Scanned(kind=scan.kind, text=scan.text, nik=scan.nik, code=code, url=scan.url))

    def _plugged(self, plugged: bool) -> None:
        self.bus.publish(HeadphonesChanged(plugged))

    def _set_in_service(self, value: bool) -> None:
        if self.settings.in_service is value:
            return
        with self.health.storage_watched():
            self.settings.set_in_service(value)
        self.bus.publish(InServiceChanged(value))

    def _try_storage(self) -> None:
        """Now and then, whether what failed works again: nobody else may look, as long as nothing can be begun."""
        now = self.clock.monotonic()
        if now - self._storage_tried_at < STORAGE_AGAIN_S:
            return
        self._storage_tried_at = now
        self.outbox.counts()
        self.notices.current()
        self.usage.sessions_today()
        self.usage.counts()
        self.health.try_storage()
