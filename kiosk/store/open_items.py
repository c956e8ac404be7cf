"""What the server does not hold whole, as people and heartbeats are told of it: without its payload."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from kiosk.store.database import Database
from kiosk.store.outbox import OPEN_STATES, OutboxState
from kiosk.store.schema import attachments, outbox


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is not acknowledged, without its payload."""

    kiosk_seq: int
    tracking_code: str
    service: str
    device_time: datetime
    state: OutboxState
    #: Of a parked one.
    reason: str
    #: Attachments that the server lacks.
    missing: int


class OpenItems:
    """Reads only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def oldest(self, limit: int) -> tuple[OpenItem, ...]:
        """What is waiting, delivered in part or parked; oldest first."""
        missing = (
            select(func.count())
            .select_from(attachments)
            .where(attachments.c.kiosk_seq == outbox.c.kiosk_seq, attachments.c.delivered.is_(False))
            .scalar_subquery()
        )
        columns = (outbox.c.kiosk_seq, outbox.c.tracking_code, outbox.c.service, outbox.c.device_time)
        query = select(*columns, outbox.c.state, outbox.c.reason, missing.label("missing"))
        with self._database.transaction() as connection:
            rows = connection.execute(
                query.where(outbox.c.state.in_(OPEN_STATES)).order_by(outbox.c.kiosk_seq).limit(limit)
            ).all()
        return tuple(OpenItem(*row[:4], OutboxState(row.state), row.reason, row.missing) for row in rows)

    def seqs(self) -> tuple[int, ...]:
        """Numbers of all that is waiting, delivered in part or parked; oldest first."""
        with self._database.transaction() as connection:
            query = select(outbox.c.kiosk_seq).where(outbox.c.state.in_(OPEN_STATES)).order_by(outbox.c.kiosk_seq)
            return tuple(connection.scalars(query))

    def counts(self, held: Collection[int]) -> tuple[dict[OutboxState, int], frozenset[int]]:
        """How many are in which open state, and which of ``held`` still wait to be sent."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                select(outbox.c.state, func.count()).where(outbox.c.state.in_(OPEN_STATES)).group_by(outbox.c.state)
            ).all()
            waiting = (
                connection.scalars(select(outbox.c.kiosk_seq).where(outbox.c.state == OutboxState.WAITING)).all()
                if held
                else ()
            )
        return {OutboxState(state): number for state, number in rows}, frozenset(waiting) & frozenset(held)
