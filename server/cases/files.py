"""What officers see of a case, opened; and what anybody with its code may see."""

from typing import Any

from sqlalchemy import Connection, Row, select

from protocol.messages import CaseState, Content
from server.cases import complaints
from server.cases import lookups as case_lookups
from server.cases.filled_forms import form_of
from server.cases.journal import CaseJournal
from server.cases.public import public_messages
from server.cases.rules import in_scope
from server.cases.states import CaseAttachment, CaseFile, CaseMessage, CaseOutcome
from server.catalogue.packs import PackRepository
from server.foundation.actors import Actor, kiosk_actor
from server.foundation.vault import Vault
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork


class CaseFiles:
    def __init__(self, units: UnitsOfWork, vault: Vault, journal: CaseJournal, packs: PackRepository) -> None:
        self._units = units
        self._engine = units.engine
        self._vault = vault
        self._journal = journal
        self._packs = packs

    def read(self, actor: Actor, code: str, reason: str = "") -> CaseFile | CaseOutcome:
        """The case, without what tells who sent it where the actor may not see that. Reading is logged, with the reason where one was given."""
        with self._units.begin(actor) as work:
            case = work.connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).first()
            if case is None:
                return CaseOutcome.NOT_FOUND
            if not in_scope(actor, case):
                return CaseOutcome.OUT_OF_SCOPE
            opened = self._open(work.connection, case)
            work.audit("case.read", f"case:{code}", {"reason": reason} if reason else {})
        if complaints.may_see_who(actor, case):
            return opened
        # After the transaction: looking for the pack takes a connection of its own.
        service = self._packs.service(case.pack_version, case.service_id)
        return complaints.without_identity(opened, None if service is None else form_of(service))

    def public_state(self, code: str) -> CaseState | None:
        """What anybody with the code may see."""
        with self._engine.connect() as connection:
            case = connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).first()
            return None if case is None else self._journal.state_of(connection, case)

    def shown_to_kiosk(self, kiosk_id: str, code: str) -> CaseState | None:
        """As ``public_state``, with what office and citizen wrote to each other; the kiosk was shown the code, and may
        answer for the case from now on."""
        with self._units.begin(kiosk_actor(kiosk_id)) as work:
            shown = case_lookups.remember(work.connection, kiosk_id, code, work.now)
            if not shown:
                return None
            case = work.connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).one()
            steps = self._journal.steps_of(work.connection, case)
            state = self._journal.state_of(work.connection, case, steps)
            said = self._messages(work.connection, code)
            messages = public_messages(case.privacy, said, [step._asdict() for step in steps])
        return state.model_copy(update={"messages": messages})

    def _open(self, connection: Connection, case: Row[Any]) -> CaseFile:
        steps = self._journal.steps_of(connection, case)
        return CaseFile(
            row=case,
            description=self._journal.description(connection, case),
            content=Content.model_validate_json(self._vault.open(case.content)),
            state=self._journal.state_of(connection, case, steps),
            steps=steps,
            messages=self._messages(connection, case.tracking_code),
            attachments=attachments_of(connection, case.kiosk_id, case.submission_id),
        )

    def _messages(self, connection: Connection, code: str) -> tuple[CaseMessage, ...]:
        rows = connection.execute(
            select(tables.case_messages)
            .where(tables.case_messages.c.tracking_code == code)
            # of the same instant, the question came first
            .order_by(tables.case_messages.c.at, tables.case_messages.c.direction.desc())
        ).all()
        return tuple(
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


def attachments_of(connection: Connection, kiosk_id: str, submission_id: str) -> tuple[CaseAttachment, ...]:
    link, blob = tables.submission_attachments, tables.attachments
    rows = connection.execute(
        select(link.c.submission_id, link.c.sha256, link.c.name, link.c.media_type, blob.c.size, blob.c.complete)
        .join(blob, (blob.c.kiosk_id == link.c.kiosk_id) & (blob.c.sha256 == link.c.sha256))
        .where(link.c.kiosk_id == kiosk_id, link.c.submission_id == submission_id)
        .order_by(link.c.position)
    )
    return tuple(CaseAttachment(**row) for row in rows.mappings())
