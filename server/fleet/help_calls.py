"""Calls for an officer: an alarm of the fleet until somebody takes it."""

from collections.abc import Sequence
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


def waiting_since(connection: Connection, kiosk_ids: Sequence[str]) -> dict[str, datetime]:
    """When the oldest call of each of these kiosks came that nobody has taken; those without one are left out."""
    calls = help_calls.c
    oldest = func.min(calls.received_at, type_=calls.received_at.type)
    rows = connection.execute(
        select(calls.kiosk_id, oldest)
        .where(calls.kiosk_id.in_(kiosk_ids), calls.answered_at.is_(None))
        .group_by(calls.kiosk_id)
    )
    return {kiosk_id: asked for kiosk_id, asked in rows}


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
