"""Everything small that goes up: heartbeats, how far the feed was applied, results of commands, visits."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol

from pydantic import ValidationError

from kiosk.events import (
    CatalogueChanged,
    ComponentChanged,
    Event,
    InServiceChanged,
    OutboxChanged,
    ReportWaiting,
    SessionBegan,
    VisitRecorded,
)
from kiosk.kiosk import Kiosk
from kiosk.ports import ComponentState
from kiosk.snapshot import Snapshot
from kiosk.store.packs import UNVERIFIED
from protocol import PROTOCOL_VERSION
from protocol.components import PAPER_DAYS, PAPER_DAYS_EARLY, PRINTER
from protocol.line.releases import ProgramState
from protocol.messages import (
    AppliedReport,
    CommandResult,
    Component,
    Heartbeat,
    HeartbeatAnswer,
    OutboxState,
    Visit,
    VisitAction,
)
from sync.backoff import EAGER, tries
from sync.client import Answer, Client, Outcome
from sync.down.documents import DocumentDelivery
from sync.down.feed import CURSOR
from sync.down.witness import Witness
from sync.monitor import Monitor
from sync.up.reports import ReportDelivery

logger = logging.getLogger(__name__)

LOOP: Final = "presence"
FIRST_INTERVAL_S: Final = 30.0
SHORTEST_INTERVAL_S: Final = 5.0
LONGEST_INTERVAL_S: Final = 600.0
#: The part of the interval that the server may leave a heartbeat unanswered.
SILENT_SHARE: Final = 1 / 3
#: Two heartbeats because of changes are at least this far apart; the last state is always reported.
CHANGE_GAP_S: Final = 1.0
#: What the message takes of a text for technicians.
PROBLEM_CHARACTERS: Final = 200
#: Somebody stands at the kiosk and waits for the office to approve it.
APPROVAL_S: Final = 3.0
_FEED_REPORTED: Final = "feed_told"
_DAY: Final = timedelta(days=1)
_RESTORED: Final = "server_restored"
_AT_ONCE: Final = (ComponentChanged, InServiceChanged, CatalogueChanged)


class Program(Protocol):
    """The program's updates, as far as heartbeats tell of them."""

    def state(self) -> ProgramState: ...

    def wanted(self, number: int | None) -> None: ...


class PresenceDuty:
    """Belongs to its loop's thread, except for ``hear`` and ``report_now``."""

    def __init__(
        self,
        kiosk: Kiosk,
        client: Client,
        monitor: Monitor,
        feed_head: Callable[[int], None],
        verify_key: bytes,
        wake_outbox: Callable[[], None],
        program: Program | None = None,
    ) -> None:
        self._kiosk = kiosk
        self._client = client
        self._monitor = monitor
        #: Called with the server's newest cursor.
        self._feed_head = feed_head
        self._wake_outbox = wake_outbox
        self._program = program
        self._documents = DocumentDelivery(kiosk.open_city, kiosk.room, client, verify_key)
        self._reports = ReportDelivery(kiosk.store, client, kiosk.clock)
        self._witness = Witness(kiosk.store, verify_key)
        self._backoff = tries(EAGER)
        self._began = kiosk.clock.monotonic()
        self._interval = FIRST_INTERVAL_S
        self._patience = client.read_s
        self._next = self._began
        self._last = self._began - CHANGE_GAP_S
        self._not_before = 0.0
        self._lock = threading.Lock()
        self._changed = True

    def hear(self, event: Event) -> bool:
        """Whether the loop should be woken."""
        if isinstance(event, _AT_ONCE):
            self.report_now()
            return True
        if isinstance(event, OutboxChanged) and event.parked:
            self.report_now()
        return isinstance(event, VisitRecorded | SessionBegan | ReportWaiting)

    def report_now(self) -> None:
        with self._lock:
            self._changed = True

    def hurry(self) -> None:
        """The server can be reached again."""
        self._not_before = 0.0

    def turn(self) -> float | None:
        now = self._kiosk.clock.monotonic()
        if now < self._not_before:
            return self._not_before - now
        answers = (
            self._heartbeat(now),
            self._applied(),
            self._visits(),
            self._reports.deliver(),
            self._documents.fetch(),
        )
        for answer in answers:
            if answer is None:
                continue
            self._monitor.report(LOOP, answer)
            if answer.outcome in (Outcome.REJECTED, Outcome.NOT_FOUND, Outcome.CONFLICT):
                continue
            if not answer.ok:
                waiting = answer.outcome is Outcome.WAITING
                pause = APPROVAL_S if waiting else self._backoff.failed(answer.retry_after)
                self._not_before = self._kiosk.clock.monotonic() + pause
                return pause
            self._backoff.succeeded()
        now = self._kiosk.clock.monotonic()
        with self._lock:
            due = min(self._next, self._last + CHANGE_GAP_S) if self._changed else self._next
        return max(0.0, due - now)

    def setup(self) -> None:
        """The client connects when it is asked something."""

    def teardown(self) -> None:
        self._client.close()

    # --- heartbeats ------------------------------------------------------------------------------------------------

    def _heartbeat(self, now: float) -> Answer | None:
        with self._lock:
            due = now >= self._next or (self._changed and now >= self._last + CHANGE_GAP_S)
            if not due:
                return None
            self._changed = False
        self._last = now
        answer = self._client.post("/v1/heartbeat", self._state(now).model_dump_json().encode())
        if not answer.ok:
            self.report_now()
            return answer
        try:
            heard = HeartbeatAnswer.model_validate_json(answer.body)
        except ValidationError:
            return answer.unreadable("the answer to a heartbeat")
        self._kiosk.clock.learn(heard.server_time)
        self._interval = min(max(heard.interval_s, SHORTEST_INTERVAL_S), LONGEST_INTERVAL_S)
        # A server that hangs from this moment on is noticed before the interval is over: the next heartbeat is so much
        # earlier than is asked for as its answer is waited for.
        self._client.read_s = min(self._interval * SILENT_SHARE, self._patience)
        self._next = now + self._interval - self._client.read_s
        self._feed_head(heard.feed_head)
        self._documents.announced(heard.documents)
        if self._witness.hear(heard.checkpoint):
            self.report_now()
        if self._program is not None:
            self._program.wanted(None if heard.release is None else heard.release.number)
        self._hear_of_restore(heard.restored)
        return answer

    def _hear_of_restore(self, restored: str) -> None:
        """The server is of an older state now. What it has after all it calls a duplicate."""
        store = self._kiosk.store
        if restored == store.marks.get(_RESTORED, ""):
            return
        with store.transaction():
            again = store.outbox.send_all_again()
            store.marks.set(_RESTORED, restored)
        logger.warning("the server was restored: %d envelopes are sent again", again)
        self._kiosk.outbox.changed()
        self._wake_outbox()

    def _state(self, now: float) -> Heartbeat:
        snapshot = self._kiosk.snapshot()
        return Heartbeat(
            device_time=self._kiosk.ports.clock.now(),
            boot_id=self._kiosk.identity.boot_id,
            uptime_s=now - self._began,
            software=self._kiosk.identity.software,
            protocol=PROTOCOL_VERSION,
            pack_version=snapshot.pack_version,
            in_service=snapshot.in_service,
            components=tuple(_component(state, snapshot) for state in snapshot.components.values()),
            outbox=OutboxState(
                waiting=snapshot.waiting,
                parked=snapshot.parked,
                oldest_at=snapshot.oldest_waiting_at,
                reasons={reason.value: number for reason, number in self._kiosk.outbox.reasons().items()},
            ),
            sessions_today=snapshot.sessions_today,
            last_touch_at=snapshot.last_touch_at,
            disk_free_bytes=snapshot.disk_free,
            pack_problem=str(self._kiosk.store.marks.get(UNVERIFIED, ""))[:PROBLEM_CHARACTERS],
            witnessed=self._witness.report(),
            program=None if self._program is None else self._program.state(),
        )

    # --- the feed and commands -------------------------------------------------------------------------------------

    def _applied(self) -> Answer | None:
        store = self._kiosk.store
        cursor, results = int(store.marks.get(CURSOR, 0)), store.commands.unreported()
        if cursor == store.marks.get(_FEED_REPORTED, 0) and not results:
            return None
        report = AppliedReport(
            cursor=cursor,
            results=tuple(CommandResult(id=one.id, ok=bool(one.ok), message=one.message) for one in results),
        )
        answer = self._client.post("/v1/feed/applied", report.model_dump_json().encode())
        if answer.ok:
            with store.transaction():
                store.marks.set(_FEED_REPORTED, cursor)
                store.commands.reported(one.id for one in results)
        return answer

    # --- visits ----------------------------------------------------------------------------------------------------

    def _visits(self) -> Answer | None:
        answer = None
        for visit in self._kiosk.store.visits.unreported():
            message = Visit(
                id=visit.id,
                staff_id=visit.staff_id,
                began_at=visit.began_at,
                ended_at=visit.ended_at,
                actions=tuple(VisitAction(kind=one.kind, at=one.at, detail=one.detail) for one in visit.actions),
                note=visit.note,
            )
            answer = self._client.post("/v1/visits", message.model_dump_json().encode())
            if answer.ok or answer.final:
                # Refused for what it is: it stays in the kiosk's own list and is not sent for ever.
                self._kiosk.store.visits.reported(visit.id)
            if not answer.ok:
                logger.warning("visit %s: %s", visit.id, answer.detail)
                break
        return answer


def _component(state: ComponentState, snapshot: Snapshot) -> Component:
    foretold = _foretold(snapshot) if state.component == PRINTER else {}
    return Component(
        component=state.component,
        availability=state.availability,
        conditions=tuple(sorted(state.conditions)),
        supplies={**state.supplies, **foretold},
        since=state.since,
        detail=state.detail[:200],
    )


def _foretold(snapshot: Snapshot) -> dict[str, float]:
    """In how many days the roll will be used up; nothing while the kiosk does not know its own days."""
    paper = snapshot.paper
    if paper.ends_early_at is None:
        return {}
    ends = {PAPER_DAYS: paper.ends_at, PAPER_DAYS_EARLY: paper.ends_early_at}
    return {name: round((at - snapshot.at) / _DAY, 2) for name, at in ends.items() if at is not None}
