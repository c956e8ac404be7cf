"""What changes a case, whoever does it: the row, its step and the kiosk's event, in the caller's transaction.

Officers' actions (``server.cases.actions``), the intake, attachments and chores all write through here, and publish after the
commit.
"""

from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from protocol.messages import CasePublicState as State
from protocol.messages import CaseState, FeedType
from protocol.packs import ServiceDocument
from server.audit import audit
from server.cases.public import public_state
from server.cases.states import Change
from server.catalogue.services import Catalogue
from server.foundation import bus, feed
from server.foundation.actors import SYSTEM, Actor
from server.foundation.bus import Bus
from server.foundation.clock import Clock, load_calendar
from server.foundation.vault import Vault
from server.storage import tables


class CaseJournal:
    def __init__(self, engine: Engine, clock: Clock, bus: Bus, vault: Vault, catalogue: Catalogue, zone: str) -> None:
        self._engine = engine
        self._clock = clock
        self._bus = bus
        self._vault = vault
        self._catalogue = catalogue
        self._zone = zone

    def lock(self, connection: Connection, code: str) -> Row[Any] | None:
        return connection.execute(
            select(tables.cases).where(tables.cases.c.tracking_code == code).with_for_update()
        ).first()

    def document(self, connection: Connection, case: Row[Any]) -> ServiceDocument:
        document = self._catalogue.document(connection, case.pack_version, case.service_id)
        if document is None:
            raise LookupError(f"the case's service {case.service_id} of pack {case.pack_version} is not published")
        return document

    def state_of(self, connection: Connection, case: Row[Any]) -> CaseState:
        steps = connection.execute(
            select(tables.case_steps)
            .where(tables.case_steps.c.tracking_code == case.tracking_code)
            .order_by(tables.case_steps.c.n)
        ).all()
        return public_state(self.document(connection, case), case._asdict(), [step._asdict() for step in steps])

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
        case = self.lock(connection, code)
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
        case = self.lock(connection, code)
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
