"""Calls for an officer: an alarm of the fleet until somebody takes it."""

from datetime import datetime

from sqlalchemy import Connection, func, select, update

from protocol.messages import FeedType
from protocol.reports import HelpCall
from server.foundation.actors import kiosk_actor
from server.storage.citizen_tables import help_calls
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitOfWork, UnitsOfWork


class HelpCalls:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def take(self, kiosk_id: str, call: HelpCall) -> bool:
        """False when it was known."""
        with self._units.begin(kiosk_actor(kiosk_id)) as work:
            return insert_new(
                work.connection,
                help_calls,
                {
                    "kiosk_id": kiosk_id,
                    "id": call.id,
                    "place": call.place,
                    "asked_at": call.asked_at,
                    "received_at": work.now,
                },
            )


def waiting_since(connection: Connection, kiosk_id: str) -> datetime | None:
    """When the oldest call that nobody has taken came."""
    return connection.execute(
        select(func.min(help_calls.c.received_at, type_=help_calls.c.received_at.type)).where(
            help_calls.c.kiosk_id == kiosk_id, help_calls.c.answered_at.is_(None)
        )
    ).scalar()


def answer(work: UnitOfWork, kiosk_id: str) -> None:
    """The unit's actor has seen the alarm and goes; the kiosk tells who waits there."""
    calls = work.connection.scalars(
        update(help_calls)
        .where(help_calls.c.kiosk_id == kiosk_id, help_calls.c.answered_at.is_(None))
        .values(answered_at=work.now, answered_by=work.actor.id)
        .returning(help_calls.c.id)
    ).all()
    if calls:
        work.to_kiosk(kiosk_id, FeedType.HELP, {"calls": sorted(calls)})
