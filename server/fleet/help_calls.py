"""Calls for an officer: an alarm of the fleet until somebody takes it."""

from datetime import datetime

from sqlalchemy import Connection, Engine, func, select, update

from protocol.messages import FeedType
from protocol.reports import HelpCall
from server.foundation import feed
from server.foundation.clock import Clock
from server.storage.citizen_tables import help_calls
from server.storage.transactions import insert_new


class HelpCalls:
    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def take(self, kiosk_id: str, call: HelpCall) -> bool:
        """False when it was known."""
        with self._engine.begin() as connection:
            return insert_new(
                connection,
                help_calls,
                {
                    "kiosk_id": kiosk_id,
                    "id": call.id,
                    "place": call.place,
                    "asked_at": call.asked_at,
                    "received_at": self._clock.now(),
                },
            )


def waiting_since(connection: Connection, kiosk_id: str) -> datetime | None:
    """When the oldest call that nobody has taken came."""
    return connection.execute(
        select(func.min(help_calls.c.received_at, type_=help_calls.c.received_at.type)).where(
            help_calls.c.kiosk_id == kiosk_id, help_calls.c.answered_at.is_(None)
        )
    ).scalar()


def answer(connection: Connection, kiosk_id: str, officer_id: str, now: datetime) -> None:
    """Somebody goes, whoever has seen the alarm; the kiosk tells who waits there. The feed's topic is the caller's."""
    calls = connection.scalars(
        update(help_calls)
        .where(help_calls.c.kiosk_id == kiosk_id, help_calls.c.answered_at.is_(None))
        .values(answered_at=now, answered_by=officer_id)
        .returning(help_calls.c.id)
    ).all()
    if calls:
        feed.append(connection, kiosk_id, FeedType.HELP, {"calls": sorted(calls)}, now)
