"""What officers do with cases.

Every action checks the actor's scope and the case's state, and writes the case, its history, the audit log and the
event for the kiosk in one transaction. A refusal is a value: ``CaseResult.outcome`` says why.

States: INCOMPLETE (attachments still on their way) → RECEIVED → IN_REVIEW ⇄ QUESTION, IN_REVIEW → APPROVED → READY →
COLLECTED, IN_REVIEW → REJECTED, any open one → CANCELLED.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, insert, or_, select, update

from server import audit, bus, complaints, feed
from server.actors import SYSTEM, Actor, Role
from server.bus import Bus
from server.catalogue import Catalogue
from server.clock import Clock, load_calendar
from server.failpoints import Failpoints
from server.storage import tables
from server.storage.transactions import in_transaction
from server.vault import Vault
from sync.protocol.messages import CasePublicState as State
from sync.protocol.messages import CaseState, CaseStep, Content, FeedType
from sync.protocol.packs import ServiceDocument

NOTE_CHARACTERS: Final = 2000
INBOX_ROWS: Final = 200
OPEN_STATES: Final = (State.INCOMPLETE, State.RECEIVED, State.IN_REVIEW, State.QUESTION)
CLOSED_STATES: Final = (State.REJECTED, State.COLLECTED, State.CANCELLED)


class CaseOutcome(StrEnum):
    DONE = "DONE"
    NOT_FOUND = "NOT_FOUND"
    #: Not the actor's agency, or not a role that decides.
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    #: A colleague has it; a supervisor may assign it.
    ALREADY_TAKEN = "ALREADY_TAKEN"
    #: Take it first.
    NOT_TAKEN = "NOT_TAKEN"
    #: The action does not fit the case's state.
    WRONG_STATE = "WRONG_STATE"
    #: Attachments are still on their way; nothing can be decided yet.
    INCOMPLETE = "INCOMPLETE"
    #: A text for the citizen is needed.
    TEXT_MISSING = "TEXT_MISSING"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    #: The stage given is not of the service's workflow.
    NO_SUCH_STAGE = "NO_SUCH_STAGE"
    NO_SUCH_OFFICER = "NO_SUCH_OFFICER"


@dataclass(frozen=True)
class CaseResult:
    outcome: CaseOutcome
    #: What the citizen now sees; None when refused.
    state: CaseState | None = None

    @property
    def ok(self) -> bool:
        return self.outcome is CaseOutcome.DONE


@dataclass(frozen=True)
class CaseMessage:
    id: str
    direction: str  # ask, answer
    at: datetime
    text: str
    officer_id: str | None
    kiosk_id: str | None
    #: Of an answer: its attachments.
    attachments: tuple["CaseAttachment", ...] = ()


@dataclass(frozen=True)
class CaseAttachment:
    submission_id: str
    sha256: str
    name: str
    media_type: str
    size: int
    complete: bool


@dataclass(frozen=True)
class CaseFile:
    """Everything about one case, opened. ``row`` is the row of ``cases``."""

    row: Row[Any]
    document: ServiceDocument
    content: Content
    state: CaseState
    steps: Sequence[Row[Any]]
    messages: tuple[CaseMessage, ...]
    attachments: tuple[CaseAttachment, ...]
    #: Who complains is known to the case's officer only, and was left out.
    hidden: bool = False


@dataclass
class Change:
    """What an action does to a case: columns, the step's name, a public note."""

    action: str
    values: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)


#: Looks at the locked case, and gives what to change or why not; DONE when nothing is left to do.
Decision = Callable[[Row[Any], Connection], Change | CaseOutcome]


class Cases:
    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        bus: Bus,
        vault: Vault,
        catalogue: Catalogue,
        zone: str,
        failpoints: Failpoints,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._bus = bus
        self._vault = vault
        self._catalogue = catalogue
        self._zone = zone
        self._failpoints = failpoints

    # --- what officers do ---------------------------------------------------------------------------------------

    def take(self, actor: Actor, code: str) -> CaseResult:
        """Makes the case the actor's own. ALREADY_TAKEN when a colleague was faster; one's own again is DONE."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if case.officer_id is not None:
                return CaseOutcome.DONE if case.officer_id == actor.id else CaseOutcome.ALREADY_TAKEN
            if case.state not in (State.INCOMPLETE, State.RECEIVED):
                return CaseOutcome.WRONG_STATE
            return Change("take", {"officer_id": actor.id, "state": State.IN_REVIEW if case.complete else case.state})

        return self._act(actor, code, decide)

    def give_back(self, actor: Actor, code: str) -> CaseResult:
        """Puts one's case back into the agency's inbox."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if refusal := _not_held(actor, case):
                return refusal
            if case.state not in (State.INCOMPLETE, State.IN_REVIEW):
                return CaseOutcome.WRONG_STATE
            return Change("give_back", {"officer_id": None, "state": _resting(case)})

        return self._act(actor, code, decide)

    def assign(self, actor: Actor, code: str, officer_id: str) -> CaseResult:
        """A supervisor gives an open case to an officer of the same agency."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if actor.role is not Role.SUPERVISOR:
                return CaseOutcome.OUT_OF_SCOPE
            if case.state not in OPEN_STATES:
                return CaseOutcome.WRONG_STATE
            if not _decides_for(connection, officer_id, case.agency_id):
                return CaseOutcome.NO_SUCH_OFFICER
            state = State.IN_REVIEW if case.state == State.RECEIVED else case.state
            return Change("assign", {"officer_id": officer_id, "state": state}, details={"to": officer_id})

        return self._act(actor, code, decide)

    def ask(self, actor: Actor, code: str, text: str) -> CaseResult:
        """Asks the citizen; the standard's clock stands until the answer."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refusal := _not_held(actor, case) or _unfit(text, needed=True):
                return refusal
            if case.state != State.IN_REVIEW:
                return CaseOutcome.WRONG_STATE
            now = self._clock.now()
            connection.execute(
                insert(tables.case_messages).values(
                    id=str(uuid.uuid4()),
                    tracking_code=code,
                    direction="ask",
                    at=now,
                    officer_id=actor.id,
                    body=self._vault.close(text.strip().encode()),
                )
            )
            return Change("ask", {"state": State.QUESTION, "paused_at": now, "note": text.strip()}, text.strip())

        return self._act(actor, code, decide)

    def approve(self, actor: Actor, code: str, note: str = "") -> CaseResult:
        """Decides for the citizen. The stage becomes the workflow's last."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refusal := _undecidable(actor, case) or _unfit(note):
                return refusal
            stages = self._document(connection, case).stages
            values = {"state": State.APPROVED, "stage": stages[-1].id, "note": note.strip()}
            return Change("approve", values, note.strip())

        return self._act(actor, code, decide)

    def reject(self, actor: Actor, code: str, reason: str) -> CaseResult:
        """Decides against; ``reason`` is told to the citizen."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if refusal := _undecidable(actor, case) or _unfit(reason, needed=True):
                return refusal
            return Change(
                "reject",
                {"state": State.REJECTED, "note": reason.strip(), "closed_at": self._clock.now()},
                reason.strip(),
            )

        return self._act(actor, code, decide)

    def advance(self, actor: Actor, code: str, stage: str | None = None) -> CaseResult:
        """Moves the case to ``stage``, or to the next one of its service's workflow."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refusal := _undecidable(actor, case):
                return refusal
            stages = self._document(connection, case).stages
            ids = [one.id for one in stages]
            following = ids.index(case.stage) + 1 if stage is None else ids.index(stage) if stage in ids else len(ids)
            if following >= len(ids):
                return CaseOutcome.NO_SUCH_STAGE
            calendar = load_calendar(connection, self._zone)
            due = calendar.due(self._clock.now(), stages[following].working_days)
            return Change("advance", {"stage": ids[following], "stage_due_at": due})

        return self._act(actor, code, decide)

    def ready(self, actor: Actor, code: str, note: str = "") -> CaseResult:
        """The product can be collected."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if refusal := _not_held(actor, case) or _unfit(note):
                return refusal
            if case.state != State.APPROVED:
                return CaseOutcome.WRONG_STATE
            return Change("ready", {"state": State.READY, "note": note.strip()}, note.strip())

        return self._act(actor, code, decide)

    def collected(self, actor: Actor, code: str) -> CaseResult:
        """The citizen has it; the case is closed. Any officer of the agency may hand it out."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if case.state != State.READY:
                return CaseOutcome.WRONG_STATE
            return Change("collected", {"state": State.COLLECTED, "closed_at": self._clock.now()})

        return self._act(actor, code, decide)

    def cancel(self, actor: Actor, code: str, reason: str) -> CaseResult:
        """Closes an open case at the citizen's wish."""

        def decide(case: Row[Any], _: Connection) -> Change | CaseOutcome:
            if refusal := _not_held(actor, case) or _unfit(reason, needed=True):
                return refusal
            if case.state not in OPEN_STATES:
                return CaseOutcome.WRONG_STATE
            return Change(
                "cancel",
                {"state": State.CANCELLED, "note": reason.strip(), "closed_at": self._clock.now()},
                reason.strip(),
            )

        return self._act(actor, code, decide)

    # --- what officers see --------------------------------------------------------------------------------------

    def inbox(
        self,
        actor: Actor,
        states: Sequence[State] = OPEN_STATES,
        *,
        mine: bool = False,
        limit: int = INBOX_ROWS,
    ) -> Sequence[Row[Any]]:
        """Rows of ``cases`` of the actor's agency, the newest first; nothing for a role that does not decide."""
        if not actor.decides:
            return ()
        query = (
            select(tables.cases)
            .where(tables.cases.c.agency_id == actor.agency_id, tables.cases.c.state.in_(states))
            .order_by(tables.cases.c.opened_at.desc(), tables.cases.c.tracking_code)
            .limit(limit)
        )
        if mine:
            query = query.where(tables.cases.c.officer_id == actor.id)
        with self._engine.connect() as connection:
            return connection.execute(query).all()

    def read(self, actor: Actor, code: str, reason: str = "") -> CaseFile | CaseOutcome:
        """The whole case. Reading is logged, with the reason where one was given."""
        with self._engine.begin() as connection:
            case = connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).first()
            if case is None:
                return CaseOutcome.NOT_FOUND
            if not in_scope(actor, case):
                return CaseOutcome.OUT_OF_SCOPE
            opened = complaints.shown_to(actor, self._open(connection, case))
            entry = audit.Entry(actor.id, "case.read", f"case:{code}", {"reason": reason} if reason else {})
            audit.append(connection, self._clock.now(), [entry])
        return opened

    def find_by_nik(self, actor: Actor, nik: str) -> Sequence[Row[Any]]:
        """Cases of the actor's agency that were sent with this NIK; the search is logged without it."""
        if not actor.decides:
            return ()
        index = self._vault.nik_index(nik)
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(tables.cases)
                .where(tables.cases.c.nik_index == index, tables.cases.c.agency_id == actor.agency_id)
                .order_by(tables.cases.c.opened_at.desc())
                .limit(INBOX_ROWS)
            ).all()
            audit.append(
                connection, self._clock.now(), [audit.Entry(actor.id, "case.search", "cases", {"found": len(rows)})]
            )
        return rows

    def public_state(self, code: str) -> CaseState | None:
        """What anybody with the code may see."""
        with self._engine.connect() as connection:
            case = connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).first()
            return None if case is None else self.state_of(connection, case)

    def state_of(self, connection: Connection, case: Row[Any]) -> CaseState:
        steps = connection.execute(
            select(tables.case_steps)
            .where(tables.case_steps.c.tracking_code == case.tracking_code)
            .order_by(tables.case_steps.c.n)
        ).all()
        return _public_state(self._document(connection, case), case._asdict(), [step._asdict() for step in steps])

    # --- within a transaction of the intake ---------------------------------------------------------------------

    def apply(self, connection: Connection, actor: Actor, case: Row[Any], change: Change) -> CaseState:
        """Writes a change, its step and the kiosk's event; the caller writes the audit log last, see ``entry``."""
        now = self._clock.now()
        number = case.steps + 1
        values = {**change.values, "updated_at": now, "steps": number}
        connection.execute(
            update(tables.cases).where(tables.cases.c.tracking_code == case.tracking_code).values(**values)
        )
        connection.execute(
            insert(tables.case_steps).values(
                tracking_code=case.tracking_code,
                n=number,
                at=now,
                action=change.action,
                state=values.get("state", case.state),
                stage=values.get("stage", case.stage),
                actor=actor.id,
                note=change.note,
            )
        )
        changed = connection.execute(
            select(tables.cases).where(tables.cases.c.tracking_code == case.tracking_code)
        ).one()
        state = self.state_of(connection, changed)
        feed.append(connection, case.kiosk_id, FeedType.CASE, state.model_dump(mode="json"), now)
        return state

    def completed(self, connection: Connection, code: str) -> audit.Entry | None:
        """The last attachment of the case's submission was verified."""
        case = self._lock(connection, code)
        if case is None or case.complete:
            return None
        values: dict[str, Any] = {"complete": True}
        if case.state == State.INCOMPLETE:
            values["state"] = State.RECEIVED if case.officer_id is None else State.IN_REVIEW
        self.apply(connection, SYSTEM, case, Change("complete", values))
        return audit.Entry(SYSTEM.id, "case.complete", f"case:{code}")

    def answered(
        self, connection: Connection, actor: Actor, code: str, submission_id: str, kiosk_id: str, text: str
    ) -> audit.Entry | None:
        """A citizen's answer came in; the clock goes on. None when there is no such case.

        An answer that comes when nothing is asked is kept with the case and changes no state.
        """
        case = self._lock(connection, code)
        if case is None:
            return None
        now = self._clock.now()
        connection.execute(
            insert(tables.case_messages).values(
                id=submission_id,
                tracking_code=code,
                direction="answer",
                at=now,
                kiosk_id=kiosk_id,
                submission_id=submission_id,
                body=self._vault.close(text.encode()),
            )
        )
        values: dict[str, Any] = {}
        if case.state == State.QUESTION:
            calendar = load_calendar(connection, self._zone)
            values = {"state": State.IN_REVIEW, "paused_at": None, "note": "", "escalated_at": None}
            for column in ("due_at", "stage_due_at"):
                due = getattr(case, column)
                values[column] = due and calendar.resumed(due, case.paused_at, now)
        self.apply(connection, actor, case, Change("answer", values))
        return audit.Entry(actor.id, "case.answer", f"case:{code}")

    def publish_code(self, code: str) -> None:
        """As ``publish``, for a case of which only the code is at hand."""
        with self._engine.connect() as connection:
            case = connection.execute(
                select(tables.cases.c.agency_id, tables.cases.c.kiosk_id).where(tables.cases.c.tracking_code == code)
            ).first()
        if case is not None:
            self.publish(case.agency_id, code, case.kiosk_id)

    def publish(self, case_agency: str, code: str, kiosk_id: str) -> None:
        """Hints after a commit that changed a case."""
        self._bus.publish(bus.inbox_topic(case_agency), code)
        self._bus.publish(bus.case_topic(code), code)
        self._bus.publish(bus.feed_topic(kiosk_id))

    # --- inside -------------------------------------------------------------------------------------------------

    def _act(self, actor: Actor, code: str, decide: Decision) -> CaseResult:
        def work(connection: Connection) -> tuple[CaseResult, Row[Any] | None]:
            case = self._lock(connection, code)
            if case is None:
                return CaseResult(CaseOutcome.NOT_FOUND), None
            if not in_scope(actor, case):
                return CaseResult(CaseOutcome.OUT_OF_SCOPE), None
            change = decide(case, connection)
            if change is CaseOutcome.DONE:
                return CaseResult(CaseOutcome.DONE, self.state_of(connection, case)), None
            if isinstance(change, CaseOutcome):
                return CaseResult(change), None
            state = self.apply(connection, actor, case, change)
            entry = audit.Entry(actor.id, f"case.{change.action}", f"case:{code}", change.details)
            audit.append(connection, self._clock.now(), [entry])
            return CaseResult(CaseOutcome.DONE, state), case

        result, changed = in_transaction(self._engine, work)
        if changed is not None:
            self._failpoints.reach("case.committed")
            self.publish(changed.agency_id, code, changed.kiosk_id)
        return result

    def _lock(self, connection: Connection, code: str) -> Row[Any] | None:
        return connection.execute(
            select(tables.cases).where(tables.cases.c.tracking_code == code).with_for_update()
        ).first()

    def _document(self, connection: Connection, case: Row[Any]) -> ServiceDocument:
        document = self._catalogue.document(connection, case.pack_version, case.service_id)
        if document is None:
            raise LookupError(f"the case's service {case.service_id} of pack {case.pack_version} is not published")
        return document

    def _open(self, connection: Connection, case: Row[Any]) -> CaseFile:
        code = case.tracking_code
        steps = connection.execute(
            select(tables.case_steps).where(tables.case_steps.c.tracking_code == code).order_by(tables.case_steps.c.n)
        ).all()
        rows = connection.execute(
            select(tables.case_messages)
            .where(tables.case_messages.c.tracking_code == code)
            # of the same instant, the question came first
            .order_by(tables.case_messages.c.at, tables.case_messages.c.direction.desc())
        ).all()
        messages = tuple(
            CaseMessage(
                id=row.id,
                direction=row.direction,
                at=row.at,
                text=self._vault.open(row.body).decode(),
                officer_id=row.officer_id,
                kiosk_id=row.kiosk_id,
                attachments=attachments_of(connection, row.kiosk_id, row.submission_id) if row.submission_id else (),
            )
            for row in rows
        )
        return CaseFile(
            row=case,
            document=self._document(connection, case),
            content=Content.model_validate_json(self._vault.open(case.content)),
            state=self.state_of(connection, case),
            steps=steps,
            messages=messages,
            attachments=attachments_of(connection, case.kiosk_id, case.submission_id),
        )


def in_scope(actor: Actor, case: Row[Any]) -> bool:
    """Cases belong to the officers and supervisors of one agency; nobody else sees answers."""
    return actor.decides and actor.agency_id == case.agency_id


def attachments_of(connection: Connection, kiosk_id: str, submission_id: str) -> tuple[CaseAttachment, ...]:
    link, blob = tables.submission_attachments, tables.attachments
    rows = connection.execute(
        select(link.c.submission_id, link.c.sha256, link.c.name, link.c.media_type, blob.c.size, blob.c.complete)
        .join(blob, (blob.c.kiosk_id == link.c.kiosk_id) & (blob.c.sha256 == link.c.sha256))
        .where(link.c.kiosk_id == kiosk_id, link.c.submission_id == submission_id)
        .order_by(link.c.position)
    )
    return tuple(CaseAttachment(**row) for row in rows.mappings())


def opened_state(document: ServiceDocument, case: Mapping[str, Any]) -> CaseState:
    """What the citizen sees of a case that has just been opened, from its row alone."""
    first = {"state": case["state"], "stage": case["stage"], "at": case["opened_at"]}
    return _public_state(document, case, [first])


def _public_state(document: ServiceDocument, case: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> CaseState:
    state = State(case["state"])
    return CaseState(
        tracking_code=case["tracking_code"],
        service=case["service_id"],
        kind=document.kind,
        service_name=document.name,
        agency_name=document.agency.name,
        state=state,
        updated_at=case["updated_at"],
        received_at=case["opened_at"],
        due=case["due_at"] if state in OPEN_STATES and case.get("paused_at") is None else None,
        note=case["note"],
        steps=_public_steps(steps, {stage.id: stage.name for stage in document.stages}),
    )


def _public_steps(steps: Sequence[Mapping[str, Any]], names: Mapping[str, dict[str, str]]) -> tuple[CaseStep, ...]:
    """One step for each change that a citizen can tell from the one before."""
    told: list[CaseStep] = []
    seen = None
    for step in steps:
        if seen != (step["state"], step["stage"]):
            seen = (step["state"], step["stage"])
            told.append(CaseStep(state=State(step["state"]), at=step["at"], stage=names.get(step["stage"], {})))
    return tuple(told)


def _resting(case: Row[Any]) -> State:
    return State.RECEIVED if case.complete else State.INCOMPLETE


def _not_held(actor: Actor, case: Row[Any]) -> CaseOutcome | None:
    """Supervisors act on any case of their agency once somebody has taken it."""
    if case.officer_id is None:
        return CaseOutcome.NOT_TAKEN
    if case.officer_id != actor.id and actor.role is not Role.SUPERVISOR:
        return CaseOutcome.ALREADY_TAKEN
    return None


def _undecidable(actor: Actor, case: Row[Any]) -> CaseOutcome | None:
    if refusal := _not_held(actor, case):
        return refusal
    if not case.complete:
        return CaseOutcome.INCOMPLETE
    return None if case.state == State.IN_REVIEW else CaseOutcome.WRONG_STATE


def _unfit(text: str, *, needed: bool = False) -> CaseOutcome | None:
    if needed and not text.strip():
        return CaseOutcome.TEXT_MISSING
    return CaseOutcome.TEXT_TOO_LONG if len(text) > NOTE_CHARACTERS else None


def _decides_for(connection: Connection, officer_id: str, agency_id: str) -> bool:
    officer = tables.officers.c
    found = connection.execute(
        select(officer.id).where(
            officer.id == officer_id,
            officer.agency_id == agency_id,
            officer.active,
            or_(officer.role == Role.OFFICER.value, officer.role == Role.SUPERVISOR.value),
        )
    ).first()
    return found is not None
